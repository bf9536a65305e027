"""Configuration checks of a connection.

They cover login, API version, object permissions, every field that the mapping file names with its type, the names of
countries, the currency setting and the remaining API calls.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.ports.base import Finding
from subgraphs.crm.salesforce.client import Client, Quota
from subgraphs.crm.salesforce.mapping import SalesforceMapping
from subgraphs.crm.salesforce.soql import Select
from subgraphs.crm.salesforce.wire import ObjectDescription
from subgraphs.kit.checks import build_failure
from subgraphs.kit.countries import check_countries
from subgraphs.kit.decoding import decode
from subgraphs.kit.type_checks import check_type

_LOW_QUOTA_SHARE = 0.1
_CURRENCY = "CurrencyIsoCode"
_SAMPLE = 2000
_TEXTS = (
    "string",
    "textarea",
    "picklist",
    "multipicklist",
    "combobox",
    "reference",
    "id",
    "email",
    "phone",
    "url",
    "anyType",
    "encryptedstring",
)
_AMOUNTS = ("currency", "double", "int", "percent")
_TYPES_BY_KEY = {
    "amount": _AMOUNTS,
    "quantity": _AMOUNTS,
    "rate": _AMOUNTS,
    "total_value": _AMOUNTS,
    "not_to_exceed": _AMOUNTS,
    "start_date": ("date",),
    "end_date": ("date",),
    "closed_at": ("datetime",),
}
"""The types of fields that a mapping key can be read from, if not those that hold text.

Source: Object Reference for the Salesforce Platform, "Field Types".
"""
_CONVERT = "Map a field of that type, such as a formula field that converts the value."
_REMEDIES = {
    FaultCode.AUTH_EXPIRED: (
        "Check the secret `client_id` with `client_secret` or `private_key`, and that the connected app allows its "
        "user to log in."
    ),
    FaultCode.PERMISSION_DENIED: "Grant the user the permission API Enabled, and read access to the object.",
    FaultCode.NOT_FOUND: "Check `base_url`, and that the integration user has read access to the object.",
    FaultCode.RATE_LIMITED: "Raise the org's daily API limit or reduce the load of its clients.",
}


async def run_checks(client: Client, mapping: SalesforceMapping) -> list[Finding]:
    """Return one finding per check.

    Stop after a failed login or an unsupported API version.
    """
    try:
        versions = await client.list_versions()
    except SourceError as error:
        return [build_failure("login", error, _REMEDIES)]
    findings = [Finding(subject="login", ok=True, message="Login succeeded."), _check_version(client.version, versions)]
    if not findings[-1].ok:
        return findings
    for name, fields in _list_mapped_fields(mapping).items():
        try:
            description = await client.describe_object(name)
        except SourceError as error:
            findings.append(build_failure(f"object {name}", error, _REMEDIES))
            if error.code is FaultCode.AUTH_EXPIRED:
                return findings[-1:]
            continue
        findings += [*_check_fields(description, fields), *_check_types(description, fields)]
        if name == "Account":
            findings.append(_check_currency(description, multi_currency=mapping.multi_currency))
    findings += await _check_countries(client, mapping)
    if client.quota is not None:
        findings.append(_check_quota(client.quota))
    return findings


def _list_mapped_fields(mapping: SalesforceMapping) -> dict[str, dict[str, str]]:
    """Return the fields that the mapping file names, by object and mapping key."""
    lines = mapping.contract_lines
    return {
        **({} if lines is None else {lines.object: lines.fields.list_mapped()}),
        "Account": mapping.account.list_mapped(),
        "Opportunity": mapping.opportunity.list_mapped(),
        "OpportunityLineItem": mapping.opportunity_line.list_mapped(),
        "Contract": mapping.contract.list_mapped(),
        "Contact": mapping.contact.list_mapped(),
    }


def _check_version(version: str, supported: Sequence[str]) -> Finding:
    is_supported = version.removeprefix("v") in supported
    latest = max(supported, key=float, default="none")
    return Finding(
        subject="API version",
        ok=is_supported,
        message=f"The org {'supports' if is_supported else 'does not support'} {version}; its latest is {latest}.",
        remedy=None
        if is_supported
        else "Set the option `api_version` to a version that the org supports, such as v67.0.",
    )


def _check_fields(description: ObjectDescription, mapped: dict[str, str]) -> Iterable[Finding]:
    known = {field.name: field for field in description.fields}
    missing = {key: field for key, field in mapped.items() if field not in known}
    for key, field in sorted(missing.items()):
        yield Finding(
            subject=f"field {description.name}.{field}",
            ok=False,
            message=f"Mapped to {key}, but the field does not exist or the integration user has no read access.",
            remedy="Correct or remove the name in the mapping file, or grant the user field-level read access.",
        )
    external = mapped.get("external_id")
    if external in known and not known[external].external_id:
        yield Finding(
            subject=f"field {description.name}.{external}",
            ok=False,
            message="Mapped as external id, but the field is not marked as External ID.",
            remedy="Mark the field as External ID and unique in the org's setup.",
        )
    if not missing:
        yield Finding(
            subject=f"object {description.name}", ok=True, message=f"{len(mapped)} mapped fields are readable."
        )


def _check_types(description: ObjectDescription, mapped: dict[str, str]) -> Iterable[Finding]:
    """Yield a finding per mapped field whose type the mapping key cannot be read from."""
    types = {field.name: field.type for field in description.fields}
    for key, field in sorted(mapped.items()):
        finding = check_type(
            f"field {description.name}.{field}", (key,), _TYPES_BY_KEY.get(key, _TEXTS), types.get(field, ""), _CONVERT
        )
        if finding is not None:
            yield finding


class _Rows(msgspec.Struct):
    records: tuple[dict[str, Any], ...] = ()


async def _check_countries(client: Client, mapping: SalesforceMapping) -> Sequence[Finding]:
    """Return a finding that names the countries of accounts that no code is known for, from up to 2,000 accounts."""
    fields = tuple(dict.fromkeys((mapping.account.billing_country, mapping.account.shipping_country)))
    select = Select(columns=("Id", *fields), source="Account", order_by=("Id",), limit=_SAMPLE)
    try:
        (body,) = await client.run_queries([select])
    except SourceError:
        return ()
    if isinstance(body, SourceError):
        return ()
    records = decode(body, _Rows).records
    values = {value for record in records for field in fields if isinstance(value := record.get(field), str)}
    finding = check_countries(values, mapping.countries, "countries")
    return () if finding is None else (finding,)


def _check_currency(description: ObjectDescription, *, multi_currency: bool) -> Finding:
    is_enabled = any(field.name == _CURRENCY for field in description.fields)
    state = "enabled" if is_enabled else "disabled"
    matches = is_enabled == multi_currency
    return Finding(
        subject="multi-currency",
        ok=matches,
        message=f"Multi-currency is {state} in the org{'' if matches else '; the mapping file says otherwise'}.",
        remedy=None if matches else "Set `multi_currency` in the mapping file to the org's setting.",
    )


def _check_quota(quota: Quota) -> Finding:
    is_low = quota.remaining < quota.allowed * _LOW_QUOTA_SHARE
    return Finding(
        subject="API calls",
        ok=not is_low,
        message=f"{quota.remaining} of {quota.allowed} API calls are left today.",
        remedy="Raise the org's API limit or reduce the load of its clients." if is_low else None,
    )
