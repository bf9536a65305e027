"""The types of the fields that the adapter reads, and those that the database reports.

Tryton has no custom fields, but a module may replace a field by one of another type. `fields_get` describes the fields
of a model by name; a name that the model does not have is missing from its answer (trytond 8.2, `model/model.py`).
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, get_args, get_type_hints

import msgspec

from gateway.errors import SourceError
from gateway.ports.base import Finding
from subgraphs.kit.type_checks import check_type
from subgraphs.suite.tryton.rest import FieldDescription, RestClient
from subgraphs.suite.tryton.wire import Day, Moment, Number, Span, find_nested, list_fields

_TEXTS: Final = ("char", "text", "selection", "reference", "fulltext")
_TYPES: Final[Mapping[Any, Collection[str]]] = {
    Number: ("numeric",),
    Day: ("date",),
    Moment: ("datetime", "timestamp"),
    Span: ("timedelta",),
    bool: ("boolean",),
    int: ("integer", "many2one", "one2one"),
    str: _TEXTS,
}
"""The types of fields by the type of a row's attribute, in the order in which they are looked for.

Numbers that Tryton sends as JSON numbers are not listed: integer, float and the counts of relations all fit.
"""
_ONE, _MANY = ("many2one", "one2one"), ("one2many", "many2many")
_MODULES: Final = "Activate the modules named in the manual."
_REMEDY: Final = "Deactivate the module that has changed the field, or have it add a field of its own."


class _Use(NamedTuple):
    """A row type that is read from a model, for a record class."""

    model: str
    row: type[msgspec.Struct]
    record: str


async def check_field_types(rest: RestClient, rows: Iterable[tuple[str, type[msgspec.Struct], str]]) -> list[Finding]:
    """Return one finding per field that is missing or of another type; rows are (model, row, record class).

    One call per model and row, related ones included. A model that cannot be described has no finding.
    """
    described: dict[tuple[str, type[msgspec.Struct]], Mapping[str, FieldDescription]] = {}
    found: dict[str, Finding] = {}
    waiting, seen = deque(_Use(*each) for each in rows), set[_Use]()
    while waiting:
        use = waiting.popleft()
        if use in seen:
            continue
        seen.add(use)
        hints = dict(_list_attributes(use.row))
        try:
            fields = described.get((use.model, use.row)) or await rest.describe_fields(use.model, tuple(hints))
        except SourceError:
            continue
        described[use.model, use.row] = fields
        for name, hint in hints.items():
            finding, nested = _check_field(use, name, hint, fields.get(name)), find_nested(hint)
            if finding is not None:
                found.setdefault(finding.subject, finding)
            elif nested is not None and (relation := fields[name].relation):
                waiting.append(_Use(relation, nested, use.record))
    return list(found.values())


def _check_field(use: _Use, name: str, hint: Any, field: FieldDescription | None) -> Finding | None:
    subject = f"field {use.model}.{name}"
    if field is None:
        message = f"Read for {use.record}, but {use.model} has no field {name}."
        return Finding(subject=subject, ok=False, message=message, remedy=_MODULES)
    needed = _get_needed_types(hint)
    return check_type(subject, (use.record,), needed, field.type, _REMEDY) if needed else None


def _get_needed_types(hint: Any) -> Collection[str]:
    if find_nested(hint) is not None:
        return _MANY if _is_tuple(hint) else _ONE
    members = {hint, *get_args(hint)}
    return next((types for member, types in _TYPES.items() if member in members), ())


def _is_tuple(hint: Any) -> bool:
    return getattr(hint, "__origin__", None) is tuple


def _list_attributes(row: type[msgspec.Struct]) -> Iterator[tuple[str, Any]]:
    """Yield the names and types of the attributes that are requested."""
    requested = {name.partition(".")[0] for name in list_fields(row)}
    hints = get_type_hints(row)
    for field in msgspec.structs.fields(row):
        if field.encode_name in requested:
            yield field.encode_name, hints[field.name]
