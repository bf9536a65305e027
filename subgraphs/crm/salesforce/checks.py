"""Whether a connection can work: login, rights on each object, every field that the mapping file names, currency, and the calls that are left."""

from collections.abc import Iterable

from gateway.errors import SourceError
from gateway.ports.base import Finding
from subgraphs.crm.salesforce.mapping import SalesforceMapping
from subgraphs.crm.salesforce.rest import Quota, Rest
from subgraphs.crm.salesforce.wire import Description

_SCARCE = 0.1
_CURRENCY = "CurrencyIsoCode"


async def findings(rest: Rest, mapping: SalesforceMapping) -> list[Finding]:
    """Describe each object that is read and compare it with the mapping file; a failed call becomes a finding."""
    named = {
        "Account": mapping.account.named(),
        "Opportunity": mapping.opportunity.named(),
        "OpportunityLineItem": mapping.opportunity_line.named(),
        "Contract": mapping.contract.named(),
        "Contact": mapping.contact.named(),
    }
    found: list[Finding] = []
    for name, fields in named.items():
        try:
            description = await rest.describe(name)
        except SourceError as failed:
            found.append(_unreadable(name, failed))
            continue
        found += _fields(description, fields)
        if name == "Account":
            found.append(_currency(description, multi_currency=mapping.multi_currency))
    if rest.quota is not None:
        found.append(_calls_left(rest.quota))
    return found


def _unreadable(name: str, failed: SourceError) -> Finding:
    return Finding(
        subject=f"object {name}",
        ok=False,
        message=f"The object cannot be described ({failed.code}).",
        remedy="Check the client's credentials, the API permission of its user and that user's right to read the object.",
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
