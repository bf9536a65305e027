"""Masks for classified values."""

import hashlib
import hmac
from typing import Any

from gateway.canonical.roles import MaskMode
from gateway.errors import ForbiddenError

REDACTED = "•••"
HASH_DIGITS = 12


def mask_value(value: Any, mode: MaskMode, key: bytes) -> Any:
    """Return the masked value; a value that is no text becomes None. Raise ForbiddenError for DENY."""
    if mode is MaskMode.DENY:
        raise ForbiddenError([])
    if mode is MaskMode.NULLIFY or not isinstance(value, str):
        return None
    if mode is MaskMode.REDACT:
        return REDACTED
    if mode is MaskMode.HASH:
        return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:HASH_DIGITS]
    name, at, domain = value.partition("@")
    return name[:1] + REDACTED + at + domain
