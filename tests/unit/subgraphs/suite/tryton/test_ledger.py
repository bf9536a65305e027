"""What the rows of a company's books mean: exact amounts, the rate that was booked, and what a draft lacks."""

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
from subgraphs.kit.decode import decode
from subgraphs.suite.tryton.ledger import LedgerBuilder, corrected_line, project_number
from subgraphs.suite.tryton.ledger_wire import ClaimRow, CompanyRow, DebtorRow, InvoiceRow, PeriodRow, RateRow
from subgraphs.suite.tryton.rates import in_force
from subgraphs.suite.tryton.receivables import open_item

BUILDER = LedgerBuilder("erp", bracketed=True)
MOMENT = {"__class__": "datetime", "year": 2026, "month": 11, "day": 24, "hour": 10, "minute": 48, "second": 9, "microsecond": 344958}  # fmt: skip
COMPANY = {"id": 3, "party": {"id": 3, "code": "NL01"}, "currency": {"id": 1, "code": "EUR"}}


def number(value: str) -> dict[str, str]:
    return {"__class__": "Decimal", "decimal": value}


def day(value: date) -> dict[str, Any]:
    return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}


def claim(booked: str, stated: str | None, due: date | None = None) -> dict[str, Any]:
    amount = Decimal(booked)
    return {
        "debit": number(str(max(amount, Decimal(0)))),
        "credit": number(str(max(-amount, Decimal(0)))),
        "amount_second_currency": None if stated is None else number(stated),
        "maturity_date": due and day(due),
    }


def invoice(**changes: Any) -> InvoiceRow:
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
        "invoice_date": day(date(2026, 10, 30)),
        "untaxed_amount": number("279000"),
        "tax_amount": number("0"),
        "total_amount": number("279000"),
        "amount_to_pay": number("179000"),
        "lines_to_pay": [claim("1428.48", "279000", date(2026, 11, 29))],
        "taxes": [],
        "lines": [{"origin": None}],
    }
    return decode(msgspec.json.encode({**row, **changes}), InvoiceRow)


def test_an_invoice_in_another_currency_tells_the_rate_at_which_it_was_booked() -> None:
    built = BUILDER.invoice(invoice(), "7", None)

    assert (built.functional_rate, built.functional_currency) == (Decimal("0.00512"), "EUR")
    assert (built.total, built.balance) == (Money(Decimal(279000), "JPY"), Money(Decimal(179000), "JPY"))
    assert (built.due_date, built.job_ids, built.kind) == (date(2026, 11, 29), ("7",), "invoice")


def test_a_draft_has_its_id_for_a_number_and_no_rate() -> None:
    built = BUILDER.invoice(invoice(number=None, state="draft", lines_to_pay=[], invoice_date=None), None, None)

    assert (built.number, built.references, built.status) == ("4", (), "draft")
    assert (built.functional_rate, built.due_date, built.issue_date, built.job_ids) == (None, None, None, ())


def test_nothing_left_to_pay_has_the_decimals_of_its_currency() -> None:
    built = BUILDER.invoice(invoice(currency={"code": "EUR"}, amount_to_pay=number("0")), None, None)

    assert str(built.balance.amount) == "0.00"


def test_the_last_of_several_payments_is_when_an_invoice_falls_due() -> None:
    halves = [claim("714.24", "139500", date(2026, 12, 29)), claim("714.24", "139500", date(2026, 11, 29))]

    built = BUILDER.invoice(invoice(lines_to_pay=halves), None, None)

    assert (built.due_date, built.functional_rate) == (date(2026, 12, 29), Decimal("0.00512"))


def test_a_tax_of_a_fixed_amount_has_the_rate_that_it_comes_to() -> None:
    fixed = {"base": number("200.00"), "amount": number("5.00"), "tax": {"name": "Levy", "rate": None, "group": None}}
    percent = {"base": number("200.00"), "amount": number("42.00"), "tax": {"name": "BTW", "rate": number("0.2100"), "group": {"name": "VAT"}}}  # fmt: skip

    levy, vat = BUILDER.invoice(invoice(taxes=[fixed, percent]), None, None).taxes

    assert (levy.tax_type, levy.rate) == ("Levy", Decimal("0.025"))
    assert (vat.tax_type, vat.rate) == ("VAT", Decimal("0.21"))


def test_only_a_credit_note_corrects_the_invoice_of_the_line_that_it_was_made_from() -> None:
    lines = [{"origin": None}, {"origin": "account.invoice.line,10"}]

    assert corrected_line(invoice(lines=lines)) is None
    assert corrected_line(invoice(lines=lines, total_amount=number("-5"))) == "10"
    assert corrected_line(invoice(lines=[{"origin": "sale.line,3"}], total_amount=number("-5"))) is None
    assert BUILDER.invoice(invoice(total_amount=number("-5")), None, "8").corrects_id == "8"


@pytest.mark.parametrize(
    ("description", "expected"), [(None, None), ("", None), ("PRJ-1", "PRJ-1"), ("  PRJ-1 May ", "PRJ-1")]
)
def test_the_first_word_of_a_description_is_the_projects_number(description: str | None, expected: str | None) -> None:
    assert project_number(description) == expected


def debtor(*delays: dict[str, Any]) -> DebtorRow:
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
def test_terms_are_told_where_they_are_a_number_of_days(delays: Any, days: int | None) -> None:
    told = BUILDER.customer(debtor(*delays)).payment_terms

    assert told == (None if days is None else ErpPaymentTerms(code="Terms", net_days=days))


def company(**party: Any) -> CompanyRow:
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


def period(first: date, last: date, state: str) -> PeriodRow:
    year = {"company": 3, "start_date": day(date(2026, 4, 1))}
    row = {
        "id": 1,
        "last_modified_at": MOMENT,
        "name": f"{first:%Y-%m}",
        "start_date": day(first),
        "end_date": day(last),
        "state": state,
        "fiscalyear": year,
    }
    return decode(msgspec.json.encode(row), PeriodRow)


def test_a_company_has_the_country_of_its_address_its_numbers_and_periods() -> None:
    numbers = [{"type": "eu_vat", "code": "NL0"}, {"type": None, "code": "1"}, {"type": "us_ein", "code": "98"}]
    months = [
        period(date(2026, 4, 1), date(2026, 4, 30), "locked"),
        period(date(2026, 5, 1), date(2026, 5, 31), "open"),
    ]

    built = BUILDER.legal_entity(company(identifiers=numbers), months)

    assert (built.country, built.fiscal_year_start_month, built.name) == ("NL", 4, "NL01")
    assert [(each.jurisdiction, each.country) for each in built.tax_registrations] == [
        ("eu_vat", "NL"),
        ("us_ein", "US"),
    ]
    assert [each.status for each in built.periods or ()] == ["CLOSED", "OPEN"]


def test_a_company_without_a_country_is_refused() -> None:
    with pytest.raises(SourceError) as refused:
        BUILDER.legal_entity(company(addresses=[]), ())

    assert refused.value.code is FaultCode.CONTRACT_MISMATCH


def owed(to_pay: str, *paid: tuple[str, date]) -> ClaimRow:
    row = {
        "id": 4,
        "last_modified_at": MOMENT,
        "number": "INV-NL-0002",
        "currency": {"code": "JPY"},
        "company": COMPANY,
        "payment_lines": [
            {
                **claim(str(-Decimal(amount) * Decimal("0.005")), str(-Decimal(amount))),
                "id": 28,
                "date": day(on),
                "last_modified_at": MOMENT,
                "move_description_used": None,
                "journal": {"name": "Wire"},
            }
            for amount, on in paid
        ],
        "party": 18,
        "invoice_date": day(date(2026, 10, 30)),
        "total_amount": number("279000"),
        "amount_to_pay": number(to_pay),
        "lines_to_pay": [claim("1428.48", "279000", date(2026, 11, 29))],
    }
    return decode(msgspec.json.encode(row), ClaimRow)


def test_what_was_paid_after_the_day_was_still_open_on_it() -> None:
    row = owed("0", ("100000", date(2026, 11, 18)), ("179000", date(2026, 11, 19)))

    assert open_item(row, date(2026, 11, 19)) is None
    item = open_item(row, date(2026, 11, 18))
    assert item is not None
    assert (item.open_amount, item.functional) == (Money(Decimal(179000), "JPY"), Money(Decimal("916.48"), "EUR"))
    before = open_item(row, date(2026, 11, 17))
    assert before is not None
    assert (before.open_amount.amount, before.functional.amount) == (Decimal(279000), Decimal("1428.48"))


def rate(code: str, on: date, value: str) -> RateRow:
    row = {"id": 1, "last_modified_at": MOMENT, "currency": {"code": code}, "date": day(on), "rate": number(value)}
    return decode(msgspec.json.encode(row), RateRow)


def test_a_pairs_rate_is_the_quotient_of_two_and_holds_from_the_later_of_their_days() -> None:
    rows = [
        rate("USD", date(2026, 1, 1), "1"),
        rate("EUR", date(2026, 1, 1), "0.8"),
        rate("JPY", date(2026, 3, 1), "156.25"),
    ]
    key = RateKey("JPY", "EUR", date(2026, 10, 30))

    assert in_force([key], rows)[key].rate == Decimal("0.00512")
    assert in_force([key], rows)[key].effective_date == date(2026, 3, 1)
    assert in_force([key._replace(on=date(2026, 2, 1))], rows) == {}
    assert in_force([key], [*rows, rate("JPY", date(2026, 4, 1), "0")]) == {}


@given(
    st.decimals("0.0001", "9999", places=6), st.decimals("0.0001", "9999", places=6), st.dates(date(2026, 1, 2), date(2026, 12, 31))
)  # fmt: skip
def test_a_rate_and_its_opposite_undo_each_other(one: Decimal, other: Decimal, on: date) -> None:
    rows = [rate("GBP", date(2026, 1, 1), str(one)), rate("EUR", date(2026, 1, 1), str(other))]
    there, back = RateKey("GBP", "EUR", on), RateKey("EUR", "GBP", on)

    found = in_force([there, back], rows)

    assert abs(found[there].rate * found[back].rate - 1) < Decimal("0.001")
