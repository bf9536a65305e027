"""The check of an account: login, read permission on every resource, and the custom fields of the mapping file."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from gateway.canonical.fault import FaultCode
from gateway.ports.base import Finding
from subgraphs.kit.psa.checks import CUSTOM_FIELDS, FieldName, check_psa, group_fields, list_field_names
from subgraphs.psa.kantata.client import Client, Listing
from subgraphs.psa.kantata.mapping import KantataMapping

_REMEDIES: Final = {
    FaultCode.AUTH_EXPIRED: "Check the secret `token`: it must belong to an application that an administrator has "
    "registered.",
    FaultCode.PERMISSION_DENIED: "Let the token's user see it: projects, time, expenses, resources and their financial "
    "data.",
    FaultCode.NOT_FOUND: "The account does not have this resource; its edition may lack it.",
}


_SET, _SETS = "custom_field_set", "custom_field_sets"
_TEXTS = ("string", "single", "number")
_TYPES: Final[Mapping[str, Collection[str]]] = {
    "demand.hours": ("number", "string"),
    "user.bill_rate": ("currency",),
    "demand.bill_rate": ("currency",),
}
"""The types of custom fields (`value_type`) that a key can be read from, if not those of a text or code.

Source: the vendor's custom fields, https://developer.kantata.com. A field of type multi has several values.
"""


async def check_account(client: Client, resources: Iterable[str], mapping: KantataMapping) -> Sequence[Finding]:
    """Return one finding per resource and per custom field; only that of the login if the token is rejected."""
    fields = group_fields(
        (
            *list_field_names("project", mapping.project, "Workspace"),
            *list_field_names("user", mapping.user, "User"),
            *list_field_names("demand", mapping.demand, "StaffingDemand"),
        )
    )

    async def load_types() -> Callable[[FieldName], str | None]:
        return _index_types(await client.read_all(CUSTOM_FIELDS, (), _SET))

    return await check_psa(client.count, resources, fields, load_types, lambda key: _TYPES.get(key, _TEXTS), _REMEDIES)


def _index_types(listing: Listing) -> Callable[[FieldName], str | None]:
    """Return the type of a field of the record type; of one whose set does not tell the record type, by name only."""
    sets = listing.tables.get(_SETS, {})
    types: dict[FieldName, str] = {}
    for record in listing.list_raw_rows():
        name, kind = str(record.get("name")), str(record.get("value_type") or "")
        subject = sets.get(str(record.get("custom_field_set_id")), {}).get("subject_type")
        types.setdefault(FieldName(name), kind)
        if subject is not None:
            types.setdefault(FieldName(name, str(subject)), kind)
    return lambda field: types.get(field, types.get(FieldName(field.name)))
