"""Billing: pure functions from rows to records."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from gateway.canonical.fault import FaultCode
from gateway.canonical.values import Money
from gateway.errors import SourceError
from subgraphs.erp.netsuite import ledger, wire
from subgraphs.erp.netsuite.custom import ExpenseFields, NetSuiteMapping
from subgraphs.erp.netsuite.mapping import Account

ACCOUNT = Account(connection="erp", zone=ZoneInfo("UTC"), mapping=NetSuiteMapping())
TAX = {"tax_type": "VAT", "tax_nexus": "UK", "tax_country": "GB", "tax_rate": "0.2"}


@pytest.mark.parametrize(
    ("told", "expected"),
    [("7.25", "7.25"), ("7:15", "7.25"), ("0:20", "0.3333"), ("25:45", "25.75"), ("8", "8"), ("-1:30", "-1.5")],
)
def test_durations_come_as_hours_or_as_hours_and_minutes(told: str, expected: str):
    assert ledger.hours(told) == Decimal(expected)


@pytest.mark.parametrize("told", ["seven", "1:2:3", ":", "1:xx"])
def test_a_duration_of_another_form_is_a_mismatch(told: str):
    with pytest.raises(SourceError) as raised:
        ledger.hours(told)
    assert raised.value.code is FaultCode.CONTRACT_MISMATCH


@pytest.mark.parametrize(
    ("value", "pattern", "expected"),
    [
        ("PSA-T-70001", "PSA-{id}", "T-70001"),
        ("PSA-", "PSA-{id}", None),
        ("T-70001", "PSA-{id}", None),
        ("a-7-z", "a-{id}-z", "7"),
        (None, "PSA-{id}", None),
    ],
)
def test_the_other_systems_id_is_inside_the_reference(value: str | None, pattern: str, expected: str | None):
    assert ledger.native_reference(value, pattern) == expected


@pytest.mark.parametrize(
    ("billable", "document", "expected"),
    [
        ("F", (None, None), "F"),
        ("T", (None, None), "T"),
        ("T", ("CustInvc", "A"), "T:CustInvc:A"),
        (None, ("CustInvc", "A"), None),
    ],
)
def test_the_raw_billing_state_names_the_document_that_bills(
    billable: wire.Flag | None, document: tuple[str | None, str | None], expected: str | None
):
    assert ledger.billing_code(billable, *document) == expected


def invoice_row(**given: Any) -> wire.InvoiceRow:
    head = {
        "id": "7",
        "type": "CustInvc",
        "status": "A",
        "entity": "101",
        "issued": "2026-10-31",
        "currency": "GBP",
        "rate": "1",
        "total": "12",
        "unpaid": "12",
        "line": "1",
        "main": "F",
        "tax_line": "F",
        **given,
    }
    return msgspec.convert(head, wire.InvoiceRow, strict=False)


def test_a_line_with_two_taxes_counts_once_and_its_taxes_add_up():
    rows = [
        invoice_row(line="0", main="T", line_amount="12.6", total="12.6", subsidiary="2", base_currency="GBP"),
        invoice_row(line="1", line_amount="-10", line_job="201", total="12.6", **TAX, tax_basis="10", tax_amount="2"),
        invoice_row(
            line="1",
            line_amount="-10",
            line_job="201",
            total="12.6",
            **{**TAX, "tax_rate": "0.05"},
            tax_basis="10",
            tax_amount="0.5",
        ),
        invoice_row(
            line="2", line_amount="-0.1", line_job="202", total="12.6", **TAX, tax_basis="0.1", tax_amount="0.02"
        ),
        invoice_row(line="3", tax_line="T", line_amount="-2.5", total="12.6"),
    ]
    invoice = ledger.invoice(rows, ACCOUNT)
    assert (invoice.subtotal, invoice.tax_total) == (Money(Decimal("10.10"), "GBP"), Money(Decimal("2.50"), "GBP"))
    assert [(tax.rate, tax.taxable.amount, tax.amount.amount) for tax in invoice.taxes] == [
        (Decimal("0.2"), Decimal("10.1"), Decimal("2.02")),
        (Decimal("0.05"), Decimal(10), Decimal("0.5")),
    ]
    assert invoice.job_ids == ("201", "202")
    assert invoice.legal_entity == "2"


def test_an_invoice_to_a_project_belongs_to_the_projects_customer():
    invoice = ledger.invoice([invoice_row(entity="201", entity_customer="101", entity_job="201", main="T")], ACCOUNT)
    assert (invoice.customer_id, invoice.job_ids) == ("101", ("201",))


def test_a_full_status_key_is_not_prefixed_again():
    assert ledger.status_code("CustInvc", "A") == "CustInvc:A"
    assert ledger.status_code("CustInvc", "CustInvc:A") == "CustInvc:A"


def item(**given: Any) -> wire.OpenItemRow:
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


def owed(*rows: wire.OpenItemRow, as_of: date = date(2026, 11, 20)) -> tuple[list[Decimal], list[Decimal]]:
    stated = ledger.receivables("101", as_of, as_of - ledger.BILLED_WINDOW, rows, ACCOUNT)
    return [i.open_amount.amount for i in stated.items], [money.amount for money in stated.billed_90_days]


@pytest.mark.parametrize(
    ("_case", "settled_on", "open_amounts"),
    [
        ("paid after the day: still open on it", "2026-11-21", [Decimal(100)]),
        ("paid on the day: not open any more", "2026-11-20", []),
    ],
)
def test_what_was_paid_after_the_day_was_open_on_it(_case: str, settled_on: str, open_amounts: list[Decimal]):
    assert owed(item(settled_on=settled_on, settled_amount="100"))[0] == open_amounts


@pytest.mark.parametrize(
    ("issued", "billed"), [("2026-08-22", [Decimal(100)]), ("2026-08-21", [])], ids=["90 days before", "91 days before"]
)
def test_billing_counts_from_ninety_days_before_the_day(issued: str, billed: list[Decimal]):
    assert owed(item(issued=issued))[1] == billed


def test_billing_and_open_amounts_are_stated_in_the_entitys_currency():
    stated = ledger.receivables(
        "101",
        date(2026, 11, 20),
        date(2026, 8, 22),
        [item(currency="JPY", rate="0.00512", base_currency="EUR", total="279001", unpaid="179001")],
        ACCOUNT,
    )
    assert stated.items[0].open_amount == Money(Decimal(179001), "JPY")
    assert stated.items[0].functional == Money(Decimal("916.49"), "EUR")  # 916.48512
    assert stated.billed_90_days == (Money(Decimal("1428.49"), "EUR"),)  # 1428.48512


def expense(status: str, *, not_reimbursable: wire.Flag) -> str | None:
    words = {"ExpRept:I": "PAID", "not_reimbursable": "NOT_APPLICABLE"}
    account = Account(
        connection="erp", zone=ZoneInfo("UTC"), mapping=NetSuiteMapping(reimbursement=words, expense=ExpenseFields())
    )
    row = wire.ExpenseRow(
        id="9",
        status=status,
        employee="301",
        incurred=date(2026, 10, 8),
        amount=Decimal(5),
        currency="USD",
        not_reimbursable=not_reimbursable,
    )
    return ledger.expense([row], account).reimbursement


def test_reimbursement_follows_the_report_unless_there_is_nothing_to_reimburse():
    assert expense("I", not_reimbursable="F") == "PAID"
    assert expense("I", not_reimbursable="T") == "NOT_APPLICABLE"
    assert expense("A", not_reimbursable="F") is None
