"""Reads a vendor's rows one by one after their page could not be decoded: a bad value costs its own field.

The typed decoding of a whole page stays the normal way; only a page that it refuses comes here, in time linear in its
rows. An attribute that cannot be converted is left out if its default means "unknown" (None, or empty); the row keeps
its name in `unread`. A row without a readable mandatory attribute is reported and left out.
"""

from collections.abc import Hashable, Mapping, Sequence, Sized
from functools import lru_cache
from types import UnionType
from typing import Any, ClassVar, NamedTuple, TypeVar, cast, get_args

import msgspec

from gateway.ports.unreadable import UnreadableRecord, report_unreadable

RowT = TypeVar("RowT")


class WireRow(msgspec.Struct, frozen=True, kw_only=True):
    """Base class of rows that survive an unreadable attribute.

    `essential` names attributes whose default would change a meaning, so that a row without them cannot be read; those
    whose default is neither None nor empty are essential anyway. `affects` names, per attribute, the attributes of the
    record that depend on it, besides those that the lineage names. `keys` maps an attribute that holds the row's own
    id to `id`, and one that holds another row's id to the record's attribute, where the names differ. `fields` names
    the vendor's field of an attribute whose key is a name of our own.
    """

    essential: ClassVar[frozenset[str]] = frozenset()
    affects: ClassVar[Mapping[str, Sequence[str]]] = {}
    keys: ClassVar[Mapping[str, str]] = {}
    fields: ClassVar[Mapping[str, str]] = {}

    unread: tuple[str, ...] = msgspec.field(default=(), name="(unread)")
    """The attributes that could not be read; never sent by a vendor."""


class NestedRow(WireRow, frozen=True, kw_only=True):
    """Base class of objects in a row that survive an unreadable attribute themselves.

    The row keeps the path of the attribute in `unread`, such as `party.email`, and so does `affects`.
    """


class Attribute(NamedTuple):
    """One attribute of a row: its names in Python, in the JSON and at the vendor, and how it is read."""

    name: str
    key: str
    field: str
    type: Any
    default: Any
    required: bool
    droppable: bool
    takes_text: bool


def list_attributes(kind: type[Any]) -> tuple[Attribute, ...]:
    """Return the attributes of a row type."""
    return _list_attributes(cast("Hashable", kind))


@lru_cache(maxsize=512)
def _list_attributes(kind: Any) -> tuple[Attribute, ...]:
    fields = msgspec.structs.fields(kind)
    return tuple(_describe(kind, field) for field in fields if field.name != "unread")


def _describe(kind: type[Any], field: msgspec.structs.FieldInfo) -> Attribute:
    default = field.default_factory() if callable(field.default_factory) else field.default
    unknown = default is None or (isinstance(default, Sized) and not default)
    survives = issubclass(kind, WireRow) and field.name not in kind.essential
    return Attribute(
        name=field.name,
        key=field.encode_name,
        field=getattr(kind, "fields", {}).get(field.name, field.encode_name),
        type=field.type,
        default=default,
        required=field.required,
        droppable=unknown and survives,
        takes_text=_takes_text(field.type),
    )


def _takes_text(kind: Any) -> bool:
    return kind in {str, Any} or (isinstance(kind, UnionType) and any(map(_takes_text, get_args(kind))))


def recover_row(raw: Any, kind: type[RowT], object_: str, *, strict: bool = True) -> RowT | None:
    """Return a row without its unreadable attributes, or None, after reporting it, if it cannot be read at all.

    An empty text where no text is meant is a missing value, and no error.
    """
    if not isinstance(raw, Mapping):
        report_unreadable(UnreadableRecord(object=object_, id=None))
        return None
    kept: dict[str, Any] = {}
    unread: list[str] = []
    for attribute in list_attributes(kind):
        value = raw.get(attribute.key)
        if attribute.key not in raw or (_is_empty(value, attribute) and attribute.droppable):
            continue
        if _is_readable(value, attribute.type, strict=strict):
            kept[attribute.key] = value
        elif (pruned := _prune(value, attribute, strict=strict)) is not None:
            kept[attribute.key] = pruned.value
            unread += [f"{attribute.name}.{path}" for path in dict.fromkeys(pruned.unread)]
        elif attribute.droppable:
            unread.append(attribute.name)
        else:
            report_unreadable(build_lost_row(raw, kind, object_, attribute.field))
            return None
    missing = next((each.field for each in list_attributes(kind) if each.required and each.key not in kept), None)
    if missing is not None:
        report_unreadable(build_lost_row(raw, kind, object_, missing))
        return None
    row = msgspec.convert(kept, kind, strict=strict)
    return msgspec.structs.replace(row, unread=tuple(unread)) if unread else row  # type: ignore[type-var]  # a struct


class _Pruned(NamedTuple):
    """Nested objects without their unreadable attributes, and the paths of these."""

    value: Any
    unread: Sequence[str]


def _prune(value: Any, attribute: Attribute, *, strict: bool) -> _Pruned | None:
    """Return a nested object, or a list of them, without unreadable attributes; None if that does not help."""
    members = (attribute.type, *get_args(attribute.type))
    kind = next((each for each in members if isinstance(each, type) and issubclass(each, NestedRow)), None)
    if kind is None:
        return None
    if isinstance(value, list):
        parts = [_prune_object(each, kind, strict=strict) for each in value]
        pruned = _Pruned([part.value for part in parts], [path for part in parts for path in part.unread])
    else:
        pruned = _prune_object(value, kind, strict=strict)
    return pruned if _is_readable(pruned.value, attribute.type, strict=strict) else None


def _prune_object(raw: Any, kind: type[NestedRow], *, strict: bool) -> _Pruned:
    if not isinstance(raw, Mapping):
        return _Pruned(raw, ())
    kept: dict[str, Any] = {}
    unread: list[str] = []
    for attribute in list_attributes(kind):
        value = raw.get(attribute.key)
        if attribute.key not in raw or (_is_empty(value, attribute) and attribute.droppable):
            continue
        readable = _is_readable(value, attribute.type, strict=strict)
        pruned = None if readable else _prune(value, attribute, strict=strict)
        if readable or (pruned is None and not attribute.droppable):
            kept[attribute.key] = value
        elif pruned is None:
            unread.append(attribute.name)
        else:
            kept[attribute.key] = pruned.value
            unread += [f"{attribute.name}.{path}" for path in pruned.unread]
    return _Pruned({**kept, "(unread)": unread}, unread)


def _is_empty(value: Any, attribute: Attribute) -> bool:
    return value is None or (value == "" and not attribute.takes_text)


def _is_readable(value: Any, kind: Any, *, strict: bool) -> bool:
    try:
        msgspec.convert(value, kind, strict=strict)
    except (msgspec.ValidationError, ArithmeticError, ValueError):
        return False
    return True


def build_lost_row(raw: Mapping[str, Any], kind: type[Any], object_: str, field: str | None) -> UnreadableRecord:
    """Return the report of a row that cannot be read; its id and its keys are those that can be read."""
    names = getattr(kind, "keys", {})
    ids = {
        names.get(each.name, each.name): _to_id(raw.get(each.key))
        for each in list_attributes(kind)
        if each.name in names or each.name.endswith("id")
    }
    keys = {name: value for name, value in ids.items() if value is not None and name != "id"}
    return UnreadableRecord(object=object_, id=ids.get("id"), field=field, keys=keys)


def _to_id(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "" else None
