"""What `psgw check` looks at: login and rights on every type of resource, and every custom field that the mapping file names."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.ports.base import Finding
from subgraphs.kit.checks import countable, failed
from subgraphs.psa.productive.budgets import DEALS, MEMBERSHIPS
from subgraphs.psa.productive.client import Client
from subgraphs.psa.productive.fields import EMPLOYEES, EXPENSES, FIELDS, PROJECTS, read
from subgraphs.psa.productive.kinds import Kind
from subgraphs.psa.productive.mapping import ProductiveMapping
from subgraphs.psa.productive.records import SERVICES

_REMEDIES = {
    FaultCode.AUTH_EXPIRED: "Check the token (Settings, API integrations): it ends when its user is deactivated.",
    FaultCode.PERMISSION_DENIED: "Check the option `organization`, and let the token's user see it: a token has its user's rights.",
    FaultCode.NOT_FOUND: "The organization has not this resource: its plan may lack it.",
    FaultCode.RATE_LIMITED: "Look again later: the organization's calls of this window are used up.",
}


async def findings(client: Client, kinds: Mapping[type[Any], Kind[Any]], mapping: ProductiveMapping) -> list[Finding]:
    """Return one finding per type of resource and per custom field; without a login nothing else is looked at."""
    found: list[Finding] = []
    for resource in dict.fromkeys([*(kind.resource for kind in kinds.values()), DEALS, SERVICES, MEMBERSHIPS]):
        finding, code = await countable(resource, client.count, _REMEDIES)
        if code is FaultCode.AUTH_EXPIRED:
            return [finding]
        found.append(finding)
    return [*found, *await _fields(client, list(dict.fromkeys(named(mapping))))]


async def _fields(client: Client, wanted: Sequence[tuple[str, str]]) -> list[Finding]:
    if not wanted:
        return []
    try:
        directory = await read(client)
    except SourceError as error:
        return [failed(FIELDS, error, _REMEDIES)]
    return [_field(on, name, there=directory.find(on, name) is not None) for on, name in wanted]


def _field(on: str, name: str, *, there: bool) -> Finding:
    subject = f"custom field {name} of {on}"
    if there:
        return Finding(subject=subject, ok=True, message="Is there.")
    remedy = "Correct the name in the mapping file, leave it out, or make the field, for one value."
    return Finding(subject=subject, ok=False, message=f"There is no field {name} that holds one value.", remedy=remedy)


def named(mapping: ProductiveMapping) -> Iterator[tuple[str, str]]:
    """Yield every custom field that the mapping file names, after what it is on."""
    project, user = mapping.project, mapping.user
    of_project = (
        project.code,
        project.status,
        project.type,
        project.legal_entity,
        project.service_line,
        project.contract_number,
        project.opportunity_reference,
        *project.dimensions.values(),
    )
    of_person = (user.number, user.type, user.practice)
    for on, names in ((PROJECTS, of_project), (EMPLOYEES, of_person), (EXPENSES, (mapping.expense.number,))):
        yield from ((on, name) for name in names if name is not None)
