"""Pure functions that map time records to postings."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from gateway.canonical.fault import FaultCode
from gateway.canonical.values import Money
from gateway.errors import SourceError
from subgraphs.erp.netsuite import time_postings, wire
from subgraphs.erp.netsuite.mapping import AccountContext
from subgraphs.erp.netsuite.mapping_file import NetSuiteMapping

ACCOUNT = AccountContext(connection="erp", zone=ZoneInfo("UTC"), mapping_file=NetSuiteMapping())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("7.25", "7.25"), ("7:15", "7.25"), ("0:20", "0.3333333333"), ("25:45", "25.75"), ("8", "8"), ("-1:30", "-1.5")],
)
def test_durations_are_parsed_as_decimal_hours_or_as_hours_and_minutes(text: str, expected: str):
    assert time_postings.round_hours(time_postings.parse_duration(text)) == Decimal(expected)


@pytest.mark.parametrize("text", ["seven", "1:2:3", ":", "1:xx"])
def test_a_malformed_duration_is_a_contract_mismatch(text: str):
    with pytest.raises(SourceError) as raised:
        time_postings.parse_duration(text)
    assert raised.value.code is FaultCode.CONTRACT_MISMATCH


@pytest.mark.parametrize(
    ("hours", "rate", "currency", "amount"),
    [
        ("0:20", "150", "USD", "50.00"),
        ("0.333333", "150", "USD", "50.00"),
        ("0:20", "100", "USD", "33.33"),
        ("0:10", "100", "JPY", "17"),
        ("-0:30", "185.50", "EUR", "-92.75"),
        ("7:15", "0", "EUR", "0.00"),
        ("0", "-3", "EUR", "0.00"),
    ],
)
def test_the_amount_of_an_entry_is_exact_hours_times_rate_rounded_to_the_currency(
    hours: str, rate: str, currency: str, amount: str
):
    row = wire.TimeRow(
        id="1", reference="PSA-T-1", hours=hours, rate=Decimal(rate), currency=currency, base_currency=currency
    )

    posting = time_postings.map_time_posting(row, ACCOUNT)

    assert posting.bill_amount is not None
    assert (str(posting.bill_amount.amount), posting.bill_amount.currency) == (amount, currency)
    assert posting.cost_amount is None


def test_an_amount_needs_hours_a_rate_and_a_currency():
    row = wire.TimeRow(id="1", reference="PSA-T-1", hours="2", rate=Decimal(100), labor_cost=Decimal(40))

    posting = time_postings.map_time_posting(row, ACCOUNT)

    assert (posting.hours, posting.bill_rate, posting.bill_amount, posting.cost_amount) == (
        Decimal(2),
        None,
        None,
        None,
    )
    row = wire.TimeRow(id="1", reference="PSA-T-1", labor_cost=Decimal(40), base_currency="USD")
    assert time_postings.map_time_posting(row, ACCOUNT).cost_amount is None
    assert time_postings.compute_amount(time_postings.parse_duration("2"), Decimal(40), "USD") == Money(
        Decimal(80), "USD"
    )
