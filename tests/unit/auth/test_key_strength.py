"""Weak public keys of issuers are refused with the reason; strong ones are not."""

import base64
import json

import pytest
from joserfc.jwk import ECKey, OKPKey

from gateway.auth.jwks import parse_keys
from gateway.auth.key_strength import find_weakness

PRIME = 2**255 - 19
ORDER_EIGHT_Y = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
"""The y of a point of order 8; its negative and the sign bit give the four such points."""
SMALL_ORDER_Y = (0, 1, PRIME - 1, PRIME, PRIME + 1, ORDER_EIGHT_Y, PRIME - ORDER_EIGHT_Y)


def build_ed25519(y: int, sign: int = 0) -> dict[str, object]:
    x = base64.urlsafe_b64encode((y | sign << 255).to_bytes(32, "little")).decode().rstrip("=")
    return {"kty": "OKP", "crv": "Ed25519", "x": x}


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("y", SMALL_ORDER_Y)
def test_every_encoding_of_a_small_order_point_is_refused(y: int, sign: int) -> None:
    assert find_weakness(build_ed25519(y, sign)) == "an Ed25519 key of small order"


@pytest.mark.parametrize("key", [OKPKey.generate_key("Ed25519") for _ in range(10)])
def test_generated_ed25519_keys_are_accepted(key: OKPKey) -> None:
    assert find_weakness(key.as_dict(private=False)) is None


def build_rsa(bits: int) -> dict[str, object]:
    modulus = base64.urlsafe_b64encode((1 << (bits - 1) | 1).to_bytes((bits + 7) // 8, "big")).decode().rstrip("=")
    return {"kty": "RSA", "e": "AQAB", "n": modulus}


@pytest.mark.parametrize("bits", [1024, 2047])
def test_an_rsa_key_below_2048_bits_is_refused(bits: int) -> None:
    assert find_weakness(build_rsa(bits)) == f"an RSA key of {bits} bits; the least is 2048"


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (ECKey.generate_key("secp256k1").as_dict(private=False), "a key of the curve secp256k1; use P-256"),
        (ECKey.generate_key("P-384").as_dict(private=False), "a key of the curve P-384; use P-256"),
        (OKPKey.generate_key("X25519").as_dict(private=False), "a key of the curve X25519; use Ed25519"),
        ({"kty": "RSA"}, "an RSA key of 0 bits; the least is 2048"),
        ({"kty": "OKP", "crv": "Ed25519", "x": "AA"}, "an Ed25519 key of small order"),
        ({"kty": "XYZ"}, "a key of the type XYZ; use RSA, EC or OKP"),
    ],
)
def test_other_curves_and_malformed_keys_are_refused(key: dict[str, object], reason: str) -> None:
    assert find_weakness(key) == reason


def test_a_key_set_keeps_its_strong_keys_and_names_the_weak_one() -> None:
    strong = ECKey.generate_key("P-256", {"kid": "strong", "use": "sig"})
    weak = {**build_rsa(1024), "kid": "weak", "use": "sig"}
    body = json.dumps({"keys": [strong.as_dict(private=False), weak]}).encode()

    found = parse_keys(body)

    assert set(found.usable) == {"strong"}
    assert found.refused == {"weak": "an RSA key of 1024 bits; the least is 2048"}
