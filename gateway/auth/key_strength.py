"""Refuses weak public keys of issuers: short RSA keys, curves without an accepted algorithm, small-order points.

Sources: RFC 7518 (3.3: RSA keys of at least 2048 bits), RFC 8037 and RFC 8032 (Ed25519), RFC 8725 (3.2).
"""

import base64
from collections.abc import Mapping
from typing import Final

MIN_RSA_BITS: Final = 2048
EC_CURVES: Final = frozenset({"P-256"})
"""The curves of the accepted algorithms: ES256 alone."""
OKP_CURVES: Final = frozenset({"Ed25519"})

_PRIME: Final = 2**255 - 19
_COEFFICIENT: Final = -121665 * pow(121666, -1, _PRIME) % _PRIME
"""The `d` of the curve -x^2 + y^2 = 1 + d x^2 y^2 (RFC 8032, 5.1)."""


def find_weakness(key: Mapping[str, object]) -> str | None:
    """Return why a public key (a JWK) is refused, or None."""
    match key.get("kty"):
        case "RSA":
            bits = int.from_bytes(_decode(key.get("n"))).bit_length()
            return None if bits >= MIN_RSA_BITS else f"an RSA key of {bits} bits; the least is {MIN_RSA_BITS}"
        case "EC":
            return None if key.get("crv") in EC_CURVES else f"a key of the curve {key.get('crv')}; use P-256"
        case "OKP":
            if key.get("crv") not in OKP_CURVES:
                return f"a key of the curve {key.get('crv')}; use Ed25519"
            return "an Ed25519 key of small order" if _has_small_order(_decode(key.get("x"))) else None
        case kind:
            return f"a key of the type {kind}; use RSA, EC or OKP"


def _decode(value: object) -> bytes:
    """Return base64url bytes; none for anything else, which makes the key weak."""
    try:
        return base64.urlsafe_b64decode(f"{value}===") if isinstance(value, str) else b""
    except ValueError:
        return b""


def _has_small_order(encoded: bytes) -> bool:
    """Return whether eight times the point is the neutral element, or the bytes are no point of the curve.

    With such a key a signature exists that is valid for many messages.
    """
    if len(encoded) != 32:  # noqa: PLR2004 -- RFC 8032, 5.1.2
        return True
    y = (int.from_bytes(encoded, "little") & (2**255 - 1)) % _PRIME
    denominator = (_COEFFICIENT * y * y + 1) % _PRIME
    x_squared = (y * y - 1) * pow(denominator, -1, _PRIME) % _PRIME
    if x_squared and pow(x_squared, (_PRIME - 1) // 2, _PRIME) != 1:
        return True
    for _ in range(3):
        x_squared, y = _double(x_squared, y)
    return x_squared == 0 and y == 1


def _double(x_squared: int, y: int) -> tuple[int, int]:
    """Return (x^2, y) of twice a point: the sign of x does not matter for the order."""
    product = _COEFFICIENT * x_squared * y * y % _PRIME
    doubled_squared = 4 * x_squared * y * y * pow((1 + product) ** 2, -1, _PRIME) % _PRIME
    return doubled_squared, (y * y + x_squared) * pow(1 - product, -1, _PRIME) % _PRIME
