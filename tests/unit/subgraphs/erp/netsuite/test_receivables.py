"""Pure functions that compute a customer's receivables on a day."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from gateway.canonical.fault import FaultCode
from gateway.canonical.values import Money
from gateway.errors import SourceError
from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.mapping import AccountContext
from subgraphs.erp.netsuite.mapping_file import NetSuiteMapping
from subgraphs.erp.netsuite.receivables import BILLED_WINDOW, compute_receivables
from tests.fixtures.unwrapping import unwrap

ACCOUNT = AccountContext(connection="erp", zone=ZoneInfo("UTC"), mapping_file=NetSuiteMapping())


def build_row(**given: Any) -> wire.OpenItemRow:
    row = {
        "id": "7",
        "type": "CustInvc",
        "customer": "101",
        "issued": "2026-08-22",
        "due": "2026-09-21",
        "total": "100",
        "unpaid": "0",
        "currency": "USD",
        "rate": "1",
        "base_currency": "USD",
        **given,
    }
    return msgspec.convert(row, wire.OpenItemRow, strict=False)


def compute_amounts(*rows: wire.OpenItemRow, as_of: date = date(2026, 11, 20)) -> tuple[list[Decimal], list[Decimal]]:
    receivables = unwrap(compute_receivables("101", as_of, as_of - BILLED_WINDOW, rows, ACCOUNT))
    open_amounts = [item.open_amount.amount for item in unwrap(receivables.items)]
    return open_amounts, [money.amount for money in unwrap(receivables.billed_90_days)]


@pytest.mark.parametrize(
    ("_case", "settled_on", "open_amounts"),
    [
        ("paid after the day", "2026-11-21", [Decimal(100)]),
        ("paid on the day", "2026-11-20", []),
    ],
)
def test_an_invoice_paid_after_the_day_is_open_on_the_day(_case: str, settled_on: str, open_amounts: list[Decimal]):
    assert compute_amounts(build_row(settled_on=settled_on, settled_amount="100"))[0] == open_amounts


@pytest.mark.parametrize(
    ("issued", "billed"), [("2026-08-22", [Decimal(100)]), ("2026-08-21", [])], ids=["90 days before", "91 days before"]
)
def test_billing_counts_from_ninety_days_before_the_day(issued: str, billed: list[Decimal]):
    assert compute_amounts(build_row(issued=issued))[1] == billed


def test_billed_and_open_amounts_are_converted_to_the_functional_currency():
    row = build_row(currency="JPY", rate="0.00512", base_currency="EUR", total="279001", unpaid="179001")
    receivables = unwrap(compute_receivables("101", date(2026, 11, 20), date(2026, 8, 22), [row], ACCOUNT))
    (item,) = unwrap(receivables.items)
    assert item.open_amount == Money(Decimal(179001), "JPY")
    assert item.functional == Money(Decimal("916.49"), "EUR")  # 916.48512
    assert receivables.billed_90_days == (Money(Decimal("1428.49"), "EUR"),)  # 1428.48512


def test_an_unknown_functional_currency_is_a_contract_mismatch():
    """100 euros at a rate of 1.25 are 125 in the functional currency, so that euros would be wrong."""
    unknown = build_row(currency="EUR", rate="1.25", unpaid="100", base_currency=None)

    receivables = compute_receivables("101", date(2026, 11, 20), date(2026, 8, 22), [unknown], ACCOUNT)

    assert isinstance(receivables, SourceError)
    assert receivables.code is FaultCode.CONTRACT_MISMATCH


@pytest.mark.parametrize(
    ("given", "open_amount"),
    [
        ({"unpaid": None}, "100"),
        ({"unpaid": "0"}, None),
        ({"type": "CustCred", "total": "-100", "unpaid": None, "unused": "30"}, "-30"),
        ({"type": "CustCred", "total": "-100", "unpaid": None, "unused": None}, "-100"),
        ({"type": "CustCred", "total": "-100", "unpaid": None, "unused": "0"}, None),
    ],
)
def test_a_document_without_an_open_amount_is_open_in_full(given: dict[str, Any], open_amount: str | None):
    assert compute_amounts(build_row(**given))[0] == ([] if open_amount is None else [Decimal(open_amount)])
