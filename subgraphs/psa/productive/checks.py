"""The check of an organization: login, read permission on every resource type, and the mapping file's custom fields."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from gateway.canonical.fault import FaultCode
from gateway.ports.base import Finding
from subgraphs.kit.psa.checks import FieldName, check_psa, group_fields, list_field_names
from subgraphs.psa.productive.budgets import DEALS, MEMBERSHIPS
from subgraphs.psa.productive.client import Client
from subgraphs.psa.productive.fields import EMPLOYEES, EXPENSES, PROJECTS, TYPES, read_directory
from subgraphs.psa.productive.mapping import ProductiveMapping
from subgraphs.psa.productive.records import SERVICES

_REMEDIES: Final = {
    FaultCode.AUTH_EXPIRED: "Check the token (Settings, API integrations): it ends when its user is deactivated.",
    FaultCode.PERMISSION_DENIED: "Check the option `organization`, and let the token's user see it: a token has its "
    "user's permissions.",
    FaultCode.NOT_FOUND: "The organization does not have this resource; its plan may lack it.",
    FaultCode.RATE_LIMITED: "Check again later: the organization has used up the calls of this window.",
}


_NEEDED: Final = tuple(TYPES[each] for each in (1, 2, 3))
"""The types that every key of the mapping file can be read from: each is a text, code or number."""


async def check_organization(client: Client, resources: Iterable[str], mapping: ProductiveMapping) -> Sequence[Finding]:
    """Return one finding per resource type and per custom field; only that of the login if the token is rejected."""

    async def load_types() -> Callable[[FieldName], str | None]:
        directory = await read_directory(client)
        return directory.get_type

    every = [*resources, DEALS, SERVICES, MEMBERSHIPS]
    return await check_psa(
        client.count, every, group_fields(list_fields(mapping)), load_types, lambda _: _NEEDED, _REMEDIES
    )


def list_fields(mapping: ProductiveMapping) -> Iterator[tuple[str, FieldName]]:
    """Yield (key, field) of the custom fields that the mapping file names."""
    yield from list_field_names("project", mapping.project, PROJECTS)
    yield from list_field_names("user", mapping.user, EMPLOYEES)
    yield from list_field_names("expense", mapping.expense, EXPENSES)
