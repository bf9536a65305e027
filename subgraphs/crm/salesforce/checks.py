"""Whether a connection can work: login, version, rights on each object, every field that the mapping file names, currency, and the calls that are left."""

from collections.abc import Iterable, Sequence

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.ports.base import Finding
from subgraphs.crm.salesforce.mapping import SalesforceMapping
from subgraphs.crm.salesforce.rest import Quota, Rest
from subgraphs.crm.salesforce.wire import Description
from subgraphs.kit.checks import failed

_SCARCE = 0.1
_CURRENCY = "CurrencyIsoCode"
_REMEDIES = {
    FaultCode.AUTH_EXPIRED: "Check the secret `client_id` with `client_secret` or `private_key`, and that the connected app lets its user log in.",
    FaultCode.PERMISSION_DENIED: "Give the client's user the permission API Enabled, and read on the object.",
    FaultCode.NOT_FOUND: "Check `base_url`, and that the client's user may read the object.",
    FaultCode.RATE_LIMITED: "Raise the org's daily API limit or lower the load of its clients.",
}


async def findings(rest: Rest, mapping: SalesforceMapping) -> list[Finding]:
    """Return one finding per thing that was looked at; without a login, or in a version that is not offered, nothing else is looked at."""
    try:
        versions = await rest.versions()
    except SourceError as error:
        return [failed("login", error, _REMEDIES)]
    found = [Finding(subject="login", ok=True, message="The client can log in."), _version(rest.version, versions)]
    if not found[-1].ok:
        return found
    for name, fields in _named(mapping).items():
        try:
            description = await rest.describe(name)
        except SourceError as error:
            found.append(failed(f"object {name}", error, _REMEDIES))
            if error.code is FaultCode.AUTH_EXPIRED:
                return found[-1:]
            continue
        found += _fields(description, fields)
        if name == "Account":
            found.append(_currency(description, multi_currency=mapping.multi_currency))
    if rest.quota is not None:
        found.append(_calls_left(rest.quota))
    return found


def _named(mapping: SalesforceMapping) -> dict[str, dict[str, str]]:
    """Return the fields that the mapping file names, by object and key."""
    return {
        "Account": mapping.account.named(),
        "Opportunity": mapping.opportunity.named(),
        "OpportunityLineItem": mapping.opportunity_line.named(),
        "Contract": mapping.contract.named(),
        "Contact": mapping.contact.named(),
    }


def _version(version: str, offered: Sequence[str]) -> Finding:
    known = version.removeprefix("v") in offered
    latest = max(offered, key=float, default="none")
    return Finding(
        subject="API version",
        ok=known,
        message=f"The org {'offers' if known else 'does not offer'} {version}; its latest is {latest}.",
        remedy=None if known else "Set the option `api_version` to one that the org offers, such as v67.0.",
    )


def _fields(description: Description, named: dict[str, str]) -> Iterable[Finding]:
    known = {field.name: field for field in description.fields}
    missing = {key: field for key, field in named.items() if field not in known}
    for key, field in sorted(missing.items()):
        yield Finding(
            subject=f"field {description.name}.{field}",
            ok=False,
            message=f"The mapping file names it for {key}, but it does not exist or the user may not read it.",
            remedy="Correct the name in the mapping file, leave it out, or give the user field-level read access.",
        )
    external = named.get("external_id")
    if external in known and not known[external].external_id:
        yield Finding(
            subject=f"field {description.name}.{external}",
            ok=False,
            message="The mapping file names it as external id, but it is not marked as one.",
            remedy="Mark the field as External ID and unique in the org's setup.",
        )
    if not missing:
        yield Finding(subject=f"object {description.name}", ok=True, message=f"{len(named)} named fields can be read.")


def _currency(description: Description, *, multi_currency: bool) -> Finding:
    exists = any(field.name == _CURRENCY for field in description.fields)
    state = "on" if exists else "off"
    agrees = exists == multi_currency
    return Finding(
        subject="multi-currency",
        ok=agrees,
        message=f"The org has multi-currency {state}{'' if agrees else ', the mapping file says otherwise'}.",
        remedy=None if agrees else "Set multi_currency in the mapping file to what the org has.",
    )


def _calls_left(quota: Quota) -> Finding:
    scarce = quota.remaining < quota.allowed * _SCARCE
    return Finding(
        subject="API calls",
        ok=not scarce,
        message=f"{quota.remaining} of {quota.allowed} calls are left today.",
        remedy="Raise the org's API limit or lower the load of its clients." if scarce else None,
    )
