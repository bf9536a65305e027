"""What `psgw check` looks at: login and rights on every resource, and every custom field that the mapping file names."""

from collections.abc import Iterable, Iterator, Sequence

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.ports.base import Finding
from subgraphs.kit.checks import countable, failed
from subgraphs.psa.kantata.client import Client
from subgraphs.psa.kantata.mapping import KantataMapping

_REMEDIES = {
    FaultCode.AUTH_EXPIRED: "Check the secret `token`: it is one of an application that an administrator has registered.",
    FaultCode.PERMISSION_DENIED: "Let the token's user see it: projects, time, expenses, resources and their financial data.",
    FaultCode.NOT_FOUND: "The account has not this resource: its edition may lack it.",
}
_FIELDS = "custom_fields"


async def findings(client: Client, resources: Iterable[str], mapping: KantataMapping) -> list[Finding]:
    """Return one finding per resource and per custom field; without a login nothing else is looked at."""
    found: list[Finding] = []
    for resource in dict.fromkeys(resources):
        finding, code = await countable(resource, client.count, _REMEDIES)
        if code is FaultCode.AUTH_EXPIRED:
            return [finding]
        found.append(finding)
    return [*found, *await _fields(client, list(dict.fromkeys(named(mapping))))]


async def _fields(client: Client, names: Sequence[str]) -> list[Finding]:
    if not names:
        return []
    try:
        listing = await client.every(_FIELDS, ())
    except SourceError as error:
        return [failed(_FIELDS, error, _REMEDIES)]
    held = {record.get("name") for record in listing.tables.get(_FIELDS, {}).values()}
    return [_field(name, there=name in held) for name in names]


def _field(name: str, *, there: bool) -> Finding:
    if there:
        return Finding(subject=f"custom field {name}", ok=True, message="Is there.")
    remedy = "Correct the name in the mapping file, leave it out, or make the field."
    return Finding(subject=f"custom field {name}", ok=False, message=f"There is no field {name}.", remedy=remedy)


def named(mapping: KantataMapping) -> Iterator[str]:
    """Yield every custom field that the mapping file names."""
    project, user, demand = mapping.project, mapping.user, mapping.demand
    single = (
        project.type,
        project.legal_entity,
        project.service_line,
        project.contract_number,
        project.opportunity_reference,
        user.type,
        user.practice,
        demand.hours,
        demand.priority,
    )
    yield from (name for name in single if name is not None)
    yield from project.dimensions.values()
