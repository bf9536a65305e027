"""Decodes a vendor's JSON straight into wire structs; anything else is a contract mismatch, not a crash."""

import re
from collections.abc import Hashable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeVar, cast

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError

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


def convert_row(record: Mapping[str, Any], kind: type[T]) -> T:
    """Return a decoded object as a struct, with nulls treated as missing.

    Raises SourceError(CONTRACT_MISMATCH) with the place, never the value.
    """
    values = {name: value for name, value in record.items() if value is not None}
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, str(error).rpartition(" - at ")[2] or kind.__name__) from None


@lru_cache(maxsize=512)
def _get_decoder(kind: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cast("type[Any]", kind), float_hook=Decimal)
