"""The types of fields by the account's metadata catalogue, and those that the keys of the mapping file need.

The catalogue describes a record type as JSON Schema, as the role sees it (NetSuite help, section_1545129726). A custom
field's property is its script id; a standard field's differs from its SuiteQL column in case only. The catalogue has no
types of line fields on the record itself: those of `transactionline` stay unknown.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from gateway.errors import SourceError
from subgraphs.erp.netsuite.client import NetSuiteClient

REFERENCE, REFERENCES = "reference", "multiple references"
_TEXTS: Final = ("string", "integer", "number", REFERENCE)
_NEEDED: Final[Mapping[str, Collection[str]]] = {
    "customer.tax_complete": ("boolean",),
    "customer.reverse_charge": ("boolean",),
    "customer.exempt_until": ("date",),
    "invoice.period_start": ("date",),
    "invoice.period_end": ("date",),
    "invoice.contract": (REFERENCE,),
    "contract.customer": (REFERENCE,),
    "contract.subsidiary": (REFERENCE,),
    "contract.currency": (REFERENCE,),
    "contract.total": ("number", "integer"),
    "time.invoice_line": ("integer", "number", "string"),
}
"""The types that a key can be read from, if not those of a text or code: a list's value is the id of its entry."""
_NEEDED_OF_DIMENSIONS: Final[Mapping[str, Collection[str]]] = {
    "valid_from": ("date",),
    "valid_to": ("date",),
    **dict.fromkeys(("on_customer", "on_job", "on_employee", "on_time"), (REFERENCE,)),
}
_RECORDS: Final = {"transaction": "invoice", "timebill": "timeBill"}
"""The record types whose table has another name."""
_WITHOUT_TYPES: Final = frozenset({"transactionline"})


def get_needed_types(key: str) -> Collection[str]:
    """Return the types that a key of the mapping file can be read from; a dimension's key starts with its code."""
    return _NEEDED.get(key) or _NEEDED_OF_DIMENSIONS.get(key.rpartition(".")[2]) or _TEXTS


async def load_field_types(client: NetSuiteClient, tables: Iterable[str]) -> Mapping[tuple[str, str], str]:
    """Return the types of fields by table and column: one call per table.

    Fields of a record type that the role cannot describe have no type.
    """
    types: dict[tuple[str, str], str] = {}
    for table in dict.fromkeys(tables):
        if table in _WITHOUT_TYPES:
            continue
        try:
            properties = await client.fetch_properties(_RECORDS.get(table, table))
        except SourceError:
            continue
        types |= {(table, name.lower()): name_type(described) for name, described in properties.items()}
    return types


def name_type(described: Any) -> str:
    """Return the name of a property's type: its format, else its JSON type; empty for an unknown one."""
    if not isinstance(described, dict):
        return ""
    inner = described.get("properties")
    if isinstance(inner, dict):
        return REFERENCES if "items" in inner else REFERENCE
    if "$ref" in described:
        return REFERENCE
    kind, form = str(described.get("type") or ""), described.get("format")
    return str(form) if kind == "string" and form in {"date", "date-time"} else kind
