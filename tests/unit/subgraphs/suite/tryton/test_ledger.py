"""ERP records are built exactly: amounts, booked rates, and the attributes that a draft lacks."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.erp import ErpPaymentTerms
from gateway.canonical.values import Money
from gateway.errors import SourceError
from gateway.ports.erp import RateKey
from subgraphs.kit.decoding import decode
from subgraphs.suite.tryton.ledger import LedgerBuilder, find_corrected_line, parse_project_number
from subgraphs.suite.tryton.ledger_wire import ClaimRow, CompanyRow, DebtorRow, InvoiceRow, PeriodRow, RateRow
from subgraphs.suite.tryton.rates import compute_rates
from subgraphs.suite.tryton.receivables import build_open_item
from tests.fixtures.unwrapping import unwrap

BUILDER = LedgerBuilder("erp", bracketed=True)
MOMENT = {
    "__class__": "datetime",
    "year": 2026,
    "month": 11,
    "day": 24,
    "hour": 10,
    "minute": 48,
    "second": 9,
    "microsecond": 344958,
}
COMPANY = {"id": 3, "party": {"id": 3, "code": "NL01"}, "currency": {"id": 1, "code": "EUR"}}


def encode_decimal(value: str) -> dict[str, str]:
    return {"__class__": "Decimal", "decimal": value}


def encode_date(value: date) -> dict[str, Any]:
    return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}


def build_claim(booked: str, stated: str | None, due: date | None = None) -> dict[str, Any]:
    amount = Decimal(booked)
    return {
        "debit": encode_decimal(str(max(amount, Decimal(0)))),
        "credit": encode_decimal(str(max(-amount, Decimal(0)))),
        "amount_second_currency": None if stated is None else encode_decimal(stated),
        "maturity_date": due and encode_date(due),
    }


def build_invoice_row(**changes: Any) -> InvoiceRow:
    row = {
        "id": 4,
        "last_modified_at": MOMENT,
        "number": "INV-NL-0002",
        "state": "posted",
        "description": "PRJ-1007 October",
        "reference": "FP-8840",
        "party": 18,
        "company": COMPANY,
        "currency": {"code": "JPY"},
        "invoice_date": encode_date(date(2026, 10, 30)),
        "untaxed_amount": encode_decimal("279000"),
        "tax_amount": encode_decimal("0"),
        "total_amount": encode_decimal("279000"),
        "amount_to_pay": encode_decimal("179000"),
        "lines_to_pay": [build_claim("1428.48", "279000", date(2026, 11, 29))],
        "taxes": [],
        "lines": [{"origin": None}],
    }
    return decode(msgspec.json.encode({**row, **changes}), InvoiceRow)


def test_an_invoice_in_another_currency_has_its_booked_rate() -> None:
    built = BUILDER.build_invoice(build_invoice_row(), "7", None)

    assert (built.functional_rate, built.functional_currency) == (Decimal("0.00512"), "EUR")
    assert (built.total, built.balance) == (Money(Decimal(279000), "JPY"), Money(Decimal(179000), "JPY"))
    assert (built.due_date, built.job_ids, built.kind) == (date(2026, 11, 29), ("7",), "invoice")


def test_a_draft_has_its_id_as_number_and_no_rate() -> None:
    built = BUILDER.build_invoice(
        build_invoice_row(number=None, state="draft", lines_to_pay=[], invoice_date=None), None, None
    )

    assert (built.number, built.references, built.status) == ("4", (), "draft")
    assert (built.functional_rate, built.due_date, built.issue_date, built.job_ids) == (None, None, None, ())


def test_a_zero_balance_has_the_decimals_of_its_currency() -> None:
    built = BUILDER.build_invoice(
        build_invoice_row(currency={"code": "EUR"}, amount_to_pay=encode_decimal("0")), None, None
    )

    assert str(unwrap(built.balance).amount) == "0.00"


def test_the_due_date_is_that_of_the_last_instalment() -> None:
    halves = [build_claim("714.24", "139500", date(2026, 12, 29)), build_claim("714.24", "139500", date(2026, 11, 29))]

    built = BUILDER.build_invoice(build_invoice_row(lines_to_pay=halves), None, None)

    assert (built.due_date, built.functional_rate) == (date(2026, 12, 29), Decimal("0.00512"))


def test_a_tax_of_a_fixed_amount_has_its_effective_rate() -> None:
    fixed = {
        "base": encode_decimal("200.00"),
        "amount": encode_decimal("5.00"),
        "tax": {"name": "Levy", "rate": None, "group": None},
    }
    tax = {"name": "BTW", "rate": encode_decimal("0.2100"), "group": {"name": "VAT"}}
    percent = {"base": encode_decimal("200.00"), "amount": encode_decimal("42.00"), "tax": tax}

    levy, vat = BUILDER.build_invoice(build_invoice_row(taxes=[fixed, percent]), None, None).taxes

    assert (levy.tax_type, levy.rate) == ("Levy", Decimal("0.025"))
    assert (vat.tax_type, vat.rate) == ("VAT", Decimal("0.21"))


def test_only_a_credit_note_corrects_the_invoice_of_its_origin_line() -> None:
    lines = [{"origin": None}, {"origin": "account.invoice.line,10"}]

    assert find_corrected_line(build_invoice_row(lines=lines)) is None
    assert find_corrected_line(build_invoice_row(lines=lines, total_amount=encode_decimal("-5"))) == "10"
    assert (
        find_corrected_line(build_invoice_row(lines=[{"origin": "sale.line,3"}], total_amount=encode_decimal("-5")))
        is None
    )
    assert BUILDER.build_invoice(build_invoice_row(total_amount=encode_decimal("-5")), None, "8").corrects_id == "8"


@pytest.mark.parametrize(
    ("description", "expected"), [(None, None), ("", None), ("PRJ-1", "PRJ-1"), ("  PRJ-1 May ", "PRJ-1")]
)
def test_the_first_word_of_a_description_is_the_projects_number(description: str | None, expected: str | None) -> None:
    assert parse_project_number(description) == expected


def build_customer_row(*delays: dict[str, Any]) -> DebtorRow:
    empty = dict.fromkeys(("days", "day", "weeks", "months", "month", "weekday"))
    row = {
        "id": 12,
        "last_modified_at": MOMENT,
        "name": "Aurora",
        "code": "C-1",
        "active": True,
        "customer_currency": None,
        "addresses": [],
        "customer_payment_term": {
            "name": "Terms",
            "lines": [{"relativedeltas": [{**empty, **delay} for delay in delays]}],
        },
    }
    return decode(msgspec.json.encode(row), DebtorRow)


@pytest.mark.parametrize(
    ("delays", "days"),
    [
        ((), 0),
        (({"days": 30},), 30),
        (({"weeks": 2}, {"days": 1}), 15),
        (({"months": 1},), None),
        (({"days": 30}, {"day": 31}), None),
    ],
)
def test_only_terms_of_a_number_of_days_are_mapped(delays: Any, days: int | None) -> None:
    terms = BUILDER.build_customer(build_customer_row(*delays)).payment_terms

    assert terms == (None if days is None else ErpPaymentTerms(code="Terms", net_days=days))


def build_company_row(**party: Any) -> CompanyRow:
    known = {
        "code": "NL01",
        "name": None,
        "last_modified_at": MOMENT,
        "identifiers": [],
        "addresses": [{"country": None}, {"country": {"code": "NL"}}],
    }
    row = {
        "id": 3,
        "last_modified_at": MOMENT,
        "timezone": None,
        "currency": {"code": "EUR"},
        "party": {**known, **party},
    }
    return decode(msgspec.json.encode(row), CompanyRow)


def build_period_row(first: date, last: date, state: str) -> PeriodRow:
    year = {"company": 3, "start_date": encode_date(date(2026, 4, 1))}
    row = {
        "id": 1,
        "last_modified_at": MOMENT,
        "name": f"{first:%Y-%m}",
        "start_date": encode_date(first),
        "end_date": encode_date(last),
        "state": state,
        "fiscalyear": year,
    }
    return decode(msgspec.json.encode(row), PeriodRow)


def test_a_legal_entity_has_country_tax_numbers_and_periods() -> None:
    numbers = [{"type": "eu_vat", "code": "NL0"}, {"type": None, "code": "1"}, {"type": "us_ein", "code": "98"}]
    months = [
        build_period_row(date(2026, 4, 1), date(2026, 4, 30), "locked"),
        build_period_row(date(2026, 5, 1), date(2026, 5, 31), "open"),
    ]

    built = BUILDER.build_legal_entity(build_company_row(identifiers=numbers), months)

    assert (built.country, built.fiscal_year_start_month, built.name) == ("NL", 4, "NL01")
    assert [(each.jurisdiction, each.country) for each in built.tax_registrations] == [
        ("eu_vat", "NL"),
        ("us_ein", "US"),
    ]
    assert [each.status for each in built.periods or ()] == ["CLOSED", "OPEN"]


def test_a_company_without_a_country_is_refused() -> None:
    with pytest.raises(SourceError) as refused:
        BUILDER.build_legal_entity(build_company_row(addresses=[]), ())

    assert refused.value.code is FaultCode.CONTRACT_MISMATCH


def build_claim_row(to_pay: str, *paid: tuple[str, date]) -> ClaimRow:
    row = {
        "id": 4,
        "last_modified_at": MOMENT,
        "number": "INV-NL-0002",
        "currency": {"code": "JPY"},
        "company": COMPANY,
        "payment_lines": [
            {
                **build_claim(str(-Decimal(amount) * Decimal("0.005")), str(-Decimal(amount))),
                "id": 28,
                "date": encode_date(on),
                "last_modified_at": MOMENT,
                "move_description_used": None,
                "journal": {"name": "Wire"},
            }
            for amount, on in paid
        ],
        "party": 18,
        "invoice_date": encode_date(date(2026, 10, 30)),
        "total_amount": encode_decimal("279000"),
        "amount_to_pay": encode_decimal(to_pay),
        "lines_to_pay": [build_claim("1428.48", "279000", date(2026, 11, 29))],
    }
    return decode(msgspec.json.encode(row), ClaimRow)


def test_payments_after_the_day_count_as_open() -> None:
    row = build_claim_row("0", ("100000", date(2026, 11, 18)), ("179000", date(2026, 11, 19)))

    assert build_open_item(row, date(2026, 11, 19)) is None
    item = build_open_item(row, date(2026, 11, 18))
    assert item is not None
    assert (item.open_amount, item.functional) == (Money(Decimal(179000), "JPY"), Money(Decimal("916.48"), "EUR"))
    before = build_open_item(row, date(2026, 11, 17))
    assert before is not None
    assert (before.open_amount.amount, before.functional.amount) == (Decimal(279000), Decimal("1428.48"))


def build_rate_row(code: str, on: date, value: str) -> RateRow:
    row = {
        "id": 1,
        "last_modified_at": MOMENT,
        "currency": {"code": code},
        "date": encode_date(on),
        "rate": encode_decimal(value),
    }
    return decode(msgspec.json.encode(row), RateRow)


def test_a_rate_is_a_quotient_effective_from_the_later_date() -> None:
    rows = [
        build_rate_row("USD", date(2026, 1, 1), "1"),
        build_rate_row("EUR", date(2026, 1, 1), "0.8"),
        build_rate_row("JPY", date(2026, 3, 1), "156.25"),
    ]
    key = RateKey("JPY", "EUR", date(2026, 10, 30))

    assert compute_rates([key], rows)[key].rate == Decimal("0.00512")
    assert compute_rates([key], rows)[key].effective_date == date(2026, 3, 1)
    assert compute_rates([key._replace(on=date(2026, 2, 1))], rows) == {}
    assert compute_rates([key], [*rows, build_rate_row("JPY", date(2026, 4, 1), "0")]) == {}


RATES = st.decimals("0.0001", "9999", places=6)


@given(RATES, RATES, st.dates(date(2026, 1, 2), date(2026, 12, 31)))
def test_a_rate_and_its_inverse_multiply_to_one(one: Decimal, other: Decimal, on: date) -> None:
    rows = [build_rate_row("GBP", date(2026, 1, 1), str(one)), build_rate_row("EUR", date(2026, 1, 1), str(other))]
    there, back = RateKey("GBP", "EUR", on), RateKey("EUR", "GBP", on)

    found = compute_rates([there, back], rows)

    assert abs(found[there].rate * found[back].rate - 1) < Decimal("0.001")
