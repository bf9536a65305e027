"""The check of an account: login, read permission on every resource, and the custom fields of the mapping file."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from gateway.canonical.fault import FaultCode
from gateway.ports.base import Finding
from subgraphs.kit.psa.checks import CUSTOM_FIELDS, FieldName, check_psa, list_field_names
from subgraphs.psa.kantata.client import Client
from subgraphs.psa.kantata.mapping import KantataMapping

_REMEDIES: Final = {
    FaultCode.AUTH_EXPIRED: "Check the secret `token`: it must belong to an application that an administrator has "
    "registered.",
    FaultCode.PERMISSION_DENIED: "Let the token's user see it: projects, time, expenses, resources and their financial "
    "data.",
    FaultCode.NOT_FOUND: "The account does not have this resource; its edition may lack it.",
}


async def check_account(client: Client, resources: Iterable[str], mapping: KantataMapping) -> Sequence[Finding]:
    """Return one finding per resource and per custom field; only that of the login if the token is rejected."""
    sections = (mapping.project, mapping.user, mapping.demand)
    fields = [field for section in sections for field in list_field_names(section)]

    async def load_fields() -> Callable[[FieldName], bool]:
        listing = await client.read_all(CUSTOM_FIELDS, ())
        names = {record.get("name") for record in listing.tables.get(CUSTOM_FIELDS, {}).values()}
        return lambda field: field.name in names

    return await check_psa(client.count, resources, fields, load_fields, _REMEDIES)
