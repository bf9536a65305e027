"""Decodes a vendor's JSON straight into wire structs; what does not fit is a broken contract, not a crash."""

from typing import TypeVar

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError

T = TypeVar("T")


def decode(body: bytes, kind: type[T]) -> T:
    """Return the decoded body; raises SourceError(CONTRACT_MISMATCH) that names the place, never the value."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, str(error)) from None
    except msgspec.DecodeError:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "the body is not JSON") from None
