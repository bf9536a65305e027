"""Decodes a vendor's JSON straight into wire structs; what does not fit is a broken contract, not a crash."""

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
    """Return the decoded body, untyped numbers with a fraction as Decimals; raises SourceError(CONTRACT_MISMATCH) that names the place, never the value."""
    try:
        return cast("T", _decoder(cast("Hashable", kind)).decode(body))
    except msgspec.ValidationError as error:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, _QUOTED.sub("'...'", str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "the body is not JSON") from None
    except RecursionError:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "the body is nested too deeply") from None


def typed(record: Mapping[str, Any], kind: type[T]) -> T:
    """Return a decoded object as a struct, nulls as if they were missing; raise SourceError(CONTRACT_MISMATCH) that names the place, never the value."""
    given = {name: value for name, value in record.items() if value is not None}
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, str(error).rpartition(" - at ")[2] or kind.__name__) from None


@lru_cache(maxsize=512)
def _decoder(kind: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cast("type[Any]", kind), float_hook=Decimal)
