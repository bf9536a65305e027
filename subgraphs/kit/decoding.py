"""Decodes a vendor's JSON straight into wire structs; anything else is a contract mismatch, not a crash."""

import re
from collections.abc import Hashable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeVar, cast, get_args

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.ports.unreadable import collect_unreadable
from subgraphs.kit.rows import recover_row

T = TypeVar("T")

_QUOTED: Final = re.compile(r"'[^']*'")


def decode(body: bytes, kind: type[T]) -> T:
    """Return the decoded body, fractions in untyped places as Decimals.

    Raises SourceError(CONTRACT_MISMATCH) with the place, never the value.
    """
    try:
        return cast("T", _get_decoder(cast("Hashable", kind)).decode(body))
    except msgspec.ValidationError as error:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, _QUOTED.sub("'...'", str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "the body is not JSON") from None
    except RecursionError:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "the body is nested too deeply") from None


def decode_rows(body: bytes, page: Any, object_: str, rows: str | None = None) -> Any:
    """Return a decoded page, without the rows that cannot be read: those are reported.

    `page` is a list of rows, or with `rows`, the name of its attribute that holds them, an envelope; its last type
    argument is the type of the rows. Raises SourceError(CONTRACT_MISMATCH) if the body is no such page.
    """
    try:
        return decode(body, page)
    except SourceError:
        raw = decode(body, Any)
        kind = get_args(page)[-1] if get_args(page)[-1] is not ... else get_args(page)[0]
        if rows is None:
            return _recover_rows(raw, kind, object_)
        key = next(each.encode_name for each in msgspec.structs.fields(page) if each.name == rows)
        if not isinstance(raw, Mapping):
            raise
        envelope = _convert_envelope({**raw, key: []}, page)
        return msgspec.structs.replace(envelope, **{rows: tuple(_recover_rows(raw.get(key), kind, object_))})


def _recover_rows(raw: Any, kind: type[T], object_: str) -> list[T]:
    if not isinstance(raw, list):
        raise SourceError(FaultCode.CONTRACT_MISMATCH, f"{object_}: the rows are no list")
    recovered = (recover_row(each, kind, object_) for each in raw)
    return [row for row in recovered if row is not None]


def _convert_envelope(raw: Mapping[str, Any], page: Any) -> Any:
    try:
        return msgspec.convert(raw, page)
    except msgspec.ValidationError as error:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, _QUOTED.sub("'...'", str(error))) from None


def convert_row(record: Mapping[str, Any], kind: type[T], object_: str) -> T | None:
    """Return a decoded object as a struct, with nulls treated as missing, and without unreadable attributes.

    None, after reporting it, for an object that cannot be read.
    """
    if not isinstance(record, Mapping):
        return recover_row(record, kind, object_)
    values = {name: value for name, value in record.items() if value is not None}
    try:
        return msgspec.convert(values, kind, strict=False)
    except (msgspec.ValidationError, ArithmeticError, ValueError):
        return recover_row(values, kind, object_, strict=False)


def convert_included(record: Mapping[str, Any], kind: type[T], object_: str) -> T:
    """Return an object that other rows refer to, as `convert_row` does.

    Raises SourceError(CONTRACT_MISMATCH) if it cannot be read: it is the rows that refer to it that suffer.
    """
    with collect_unreadable() as lost:
        row = convert_row(record, kind, object_)
    if row is None:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, f"{object_}: {lost[0].field or 'no object'}")
    return row


def convert_rows(records: Iterable[Mapping[str, Any]], kind: type[T], object_: str) -> list[T]:
    """Return decoded objects as structs, without those that cannot be read."""
    return [row for each in records if (row := convert_row(each, kind, object_)) is not None]


@lru_cache(maxsize=512)
def _get_decoder(kind: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cast("type[Any]", kind), float_hook=Decimal)
