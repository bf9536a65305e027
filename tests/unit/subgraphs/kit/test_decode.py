from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from subgraphs.kit.decode import decode


class Line(msgspec.Struct):
    amount: Decimal
    name: str = ""


def test_amounts_keep_every_digit_typed_or_not():
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
def test_whatever_does_not_fit_is_a_broken_contract(_case, body):
    with pytest.raises(SourceError) as refused:
        decode(body, Line)

    assert refused.value.code is FaultCode.CONTRACT_MISMATCH
    assert not refused.value.retryable


def test_the_place_is_told_and_the_value_is_not():
    with pytest.raises(SourceError) as refused:
        decode(b'{"amount": "jane.doe@acme.example"}', Line)

    assert "$.amount" in refused.value.detail
    assert "jane" not in str(refused.value)
