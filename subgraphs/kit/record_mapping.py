"""Maps rows to records: a value that cannot be mapped costs its own attribute, at worst its own record.

The normal way is one call of the vendor's pure mapping per row, and a look at the record's texts and numbers. A row
whose mapping fails is mapped again without its optional attributes, and then with one more of them at a time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar, get_args

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.base import Record, UnreadableValue
from gateway.canonical.values import Money
from gateway.errors import SourceError
from gateway.ports.lineage import Lineage, Origin, Supplied
from gateway.ports.unreadable import report_unreadable
from subgraphs.kit.failures import UnreadableValueError, build_mismatch
from subgraphs.kit.numbers import is_plausible
from subgraphs.kit.rows import Attribute, build_lost_row, list_attributes

RowT = TypeVar("RowT", bound=msgspec.Struct)
RecordT = TypeVar("RecordT", bound=Record)
T = TypeVar("T")
ValueT = TypeVar("ValueT")

_FAILURES: Final = (SourceError, ArithmeticError, ValueError, TypeError, LookupError, AttributeError)
_NOTED: ContextVar[list[UnreadableValue] | None] = ContextVar("psgw_noted_values", default=None)


def parse_value(
    parse: Callable[[ValueT], T], value: ValueT | None, attribute: str, object_: str, field: str | None
) -> T | None:
    """Return a parsed value, None for None or an empty text.

    If it cannot be parsed, return None and mark `attribute` of the record that is being mapped as unreadable, by the
    vendor's `field`. For values that are no attribute of their own in the row, such as custom fields.
    """
    if value is None or value == "":
        return None
    try:
        return parse(value)
    except _FAILURES as error:
        noted = _NOTED.get()
        if noted is None or not _is_mismatch(error):
            raise
        noted.append(UnreadableValue(attribute, object_, field or attribute))
        return None


def note_unreadable(attribute: str, object_: str, field: str) -> None:
    """Mark an attribute of the record that is being mapped as unreadable: another row that it needs cannot be read."""
    noted = _NOTED.get()
    if noted is None:
        raise build_mismatch(f"{object_}: {field}")
    noted.append(UnreadableValue(attribute, object_, field))


@contextmanager
def _note_values() -> Iterator[list[UnreadableValue]]:
    noted: list[UnreadableValue] = []
    token = _NOTED.set(noted)
    try:
        yield noted
    finally:
        _NOTED.reset(token)


def mark_unreadable(record: RecordT, values: Iterable[UnreadableValue]) -> RecordT:
    """Return a record with more unreadable attributes, which must be optional; they hold their defaults."""
    fields = {field.name: field for field in msgspec.structs.fields(type(record))}
    values = tuple(values)
    named = [fields[each.attribute] for each in values if each.attribute]
    defaults = {field.name: None if field.required else field.default for field in named}
    return msgspec.structs.replace(record, **defaults, unreadable=tuple(dict.fromkeys((*record.unreadable, *values))))


class RecordMapper(Generic[RecordT]):
    """Maps the rows of one object to records of one class.

    `origins` is the lineage of the record class: it says which attributes suffer from an unreadable field.
    """

    def __init__(self, record: type[RecordT], object_: str, origins: Mapping[str, Origin]) -> None:
        self._object = object_
        self._origins = {name: origin for name, origin in origins.items() if isinstance(origin, Supplied)}
        fields = msgspec.structs.fields(record)
        self._required = frozenset(
            field.name for field in fields if field.required and type(None) not in get_args(field.type)
        )
        self._texts = tuple(field.name for field in fields if {str, type(None)} <= set(get_args(field.type)))
        self._numbers = tuple(field.name for field in fields if {Decimal, Money} & {field.type, *get_args(field.type)})
        self._get_texts: Callable[[RecordT], tuple[Any, ...]] = attrgetter(*self._texts)

    def map_rows(self, rows: Iterable[RowT], build: Callable[[RowT], RecordT | None]) -> list[RecordT]:
        """Return the records of the rows. Rows without a record (None) and unreadable ones, reported, are left out."""
        with _note_values() as noted:
            records = [self._map_row(row, build, noted) for row in rows]
        return [record for record in records if record is not None]

    def _map_row(
        self, row: RowT, build: Callable[[RowT], RecordT | None], noted: list[UnreadableValue]
    ) -> RecordT | None:
        noted.clear()
        try:
            record = build(row)
        except _FAILURES as error:
            if not _is_mismatch(error):
                raise
            return self._recover(row, build, noted, error)
        unread = getattr(row, "unread", ())
        if unread or noted:
            return self._finish(record, row, unread, noted)
        return None if record is None else self._check(record, row)

    def _recover(
        self,
        row: RowT,
        build: Callable[[RowT], RecordT | None],
        noted: list[UnreadableValue],
        error: Exception,
    ) -> RecordT | None:
        """Map a row without the attributes that the mapping refuses: all optional ones are restored one by one."""
        optional = [
            each for each in list_attributes(type(row)) if each.droppable and getattr(row, each.name) != each.default
        ]
        kept = msgspec.structs.replace(row, **{each.name: each.default for each in optional})
        failure = _try_build(kept, build)
        if failure is not None:
            unread = getattr(row, "unread", ())
            self._report(row, _find_field(kept, build, failure) or (_get_key(row, unread[0]) if unread else None))
            return None
        dropped: list[str] = []
        for each in optional:
            candidate = msgspec.structs.replace(kept, **{each.name: getattr(row, each.name)})
            if _try_build(candidate, build) is None:
                kept = candidate
            else:
                dropped.append(each.name)
        if not dropped:
            raise error
        noted.clear()
        record = build(kept)
        if record is None:
            self._report(row, _find_field(row, build, error) or _get_key(row, dropped[0]))
            return None
        return self._finish(record, row, (*getattr(row, "unread", ()), *dropped), noted)

    def _finish(
        self, record: RecordT | None, row: RowT, unread: Sequence[str], noted: Sequence[UnreadableValue]
    ) -> RecordT | None:
        """Mark what could not be read. A row that became no record without these values may be one, and is reported."""
        if record is None:
            self._report(row, _get_key(row, unread[0]) if unread else noted[0].field)
            return None
        marked = self._mark(record, row, unread, noted)
        return None if marked is None else self._check(marked, row)

    def _mark(
        self, record: RecordT, row: RowT, unread: Sequence[str], noted: Sequence[UnreadableValue]
    ) -> RecordT | None:
        attributes = {each.name: each for each in list_attributes(type(row))}
        found = [
            value
            for path in unread
            for value in self._list_affected(attributes[path.partition(".")[0]], type(row), path.partition(".")[2])
        ]
        return self._replace(record, row, [*found, *noted])

    def _replace(self, record: RecordT, row: RowT, values: Sequence[UnreadableValue]) -> RecordT | None:
        """Mark attributes of a record; a record whose mandatory attribute is unreadable is reported and left out."""
        mandatory = next((each for each in values if each.attribute in self._required), None)
        if mandatory is not None:
            self._report(row, mandatory.field)
            return None
        return mark_unreadable(record, values)

    def _report(self, row: RowT, field: str | None) -> None:
        raw = {each.key: getattr(row, each.name) for each in list_attributes(type(row))}
        report_unreadable(build_lost_row(raw, type(row), self._object, field))

    def _list_affected(self, attribute: Attribute, kind: type[Any], inner: str) -> list[UnreadableValue]:
        """Return the record's attributes that depend on an attribute of the row; one without a name if none do.

        `inner` is the path of the unreadable attribute within a nested object, empty for the attribute itself. An inner
        attribute that neither the lineage nor `affects` names affects what depends on the whole object.
        """
        affects = getattr(kind, "affects", {})
        if inner:
            path = f"{attribute.field}.{inner}"
            sources = [(name, part) for name, origin in self._origins.items() for part in origin.field.split(",")]
            sources += [(name, key) for key, names in affects.items() for name in names]
            inside = dict.fromkeys(name for name, part in sources if _overlaps(part.strip(), path))
            if inside:
                return [UnreadableValue(name, self._object, path) for name in inside]
        by_lineage = [
            name
            for name, origin in self._origins.items()
            if {attribute.field, attribute.name, attribute.name.removesuffix("_id")}
            & {part.split(".")[0].strip() for part in origin.field.split(",")}
        ]
        by_row = [name for key, names in affects.items() if key.partition(".")[0] == attribute.name for name in names]
        field = f"{attribute.field}.{inner}" if inner else attribute.field
        return [UnreadableValue(name, self._object, field) for name in dict.fromkeys((*by_lineage, *by_row)) or ("",)]

    def _check(self, record: RecordT, row: RowT) -> RecordT | None:
        """Return the record with empty texts as None, and with implausible numbers as unreadable.

        None, after reporting it, for a record whose id is empty.
        """
        if not record.native.id:
            self._report(row, "id")
            return None
        if "" in self._get_texts(record):
            empty = {name: None for name in self._texts if getattr(record, name) == ""}
            record = msgspec.structs.replace(record, **empty)
        wrong = [name for name in self._numbers if not is_plausible(getattr(record, name))]
        if not wrong:
            return record
        values = [UnreadableValue(name, self._object, self._get_field(name)) for name in wrong]
        return self._replace(record, row, values)

    def _get_field(self, attribute: str) -> str:
        origin = self._origins.get(attribute)
        return attribute if origin is None else origin.field


def build_mappers(lineage: Lineage) -> Mapping[type[Any], RecordMapper[Any]]:
    """Return a mapper per record class of a lineage; its object is the first that the lineage names."""
    return {record: RecordMapper(record, _find_object(origins), origins) for record, origins in lineage.items()}


def _find_object(origins: Mapping[str, Origin]) -> str:
    return next((origin.object for origin in origins.values() if isinstance(origin, Supplied)), "")


def _is_mismatch(error: Exception) -> bool:
    return not isinstance(error, SourceError) or error.code is FaultCode.CONTRACT_MISMATCH


def _overlaps(one: str, other: str) -> bool:
    """Return whether two paths are the same, or one is inside the other."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _try_build(row: Any, build: Callable[[Any], Any]) -> Exception | None:
    """Return why a row cannot be mapped, None if it can."""
    try:
        build(row)
    except _FAILURES as error:
        if not _is_mismatch(error):
            raise
        return error
    return None


def _get_key(row: msgspec.Struct, name: str) -> str:
    first, _, inner = name.partition(".")
    field = next(each.field for each in list_attributes(type(row)) if each.name == first)
    return f"{field}.{inner}" if inner else field


def _find_field(row: Any, build: Callable[[Any], Any], failure: Exception) -> str | None:
    """Return the vendor's name of the mandatory field that the mapping refuses; None if it is unknown."""
    present = [each for each in list_attributes(type(row)) if getattr(row, each.name) != each.default]
    if isinstance(failure, UnreadableValueError):
        return next((each.field for each in present if getattr(row, each.name) == failure.value), None)
    for each in present:
        value = getattr(row, each.name)
        if (
            isinstance(value, (int, Decimal))
            and _try_build(msgspec.structs.replace(row, **{each.name: type(value)(0)}), build) is None
        ):
            return each.field
    return None
