from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from subgraphs.kit.decoding import decode


class Line(msgspec.Struct):
    amount: Decimal
    name: str = ""


def test_amounts_keep_all_digits_in_typed_and_untyped_places():
    body = b'{"amount": 123456789012345678.10}'

    assert decode(body, Line).amount == Decimal("123456789012345678.10")
    assert str(decode(body, dict[str, Any])["amount"]) == "123456789012345678.10"


@pytest.mark.parametrize(
    ("_case", "body"),
    [
        ("not JSON", b"<html>busy</html>"),
        ("cut in two", b'{"amount": 1.5'),
        ("empty", b""),
        ("not UTF-8", b'{"amount": 1, "name": "\xff\xfe"}'),
        ("no number", b'{"amount": NaN}'),
        ("missing field", b"{}"),
        ("wrong type", b'{"amount": 1, "name": 7}'),
        ("nested without end", b"[" * 200_000),
    ],
)
def test_any_other_body_is_a_contract_mismatch(_case, body):
    with pytest.raises(SourceError) as raised:
        decode(body, Line)

    assert raised.value.code is FaultCode.CONTRACT_MISMATCH
    assert not raised.value.retryable


def test_the_error_has_the_place_and_not_the_value():
    with pytest.raises(SourceError) as raised:
        decode(b'{"amount": "jane.doe@acme.example"}', Line)

    assert "$.amount" in raised.value.detail
    assert "jane" not in str(raised.value)
