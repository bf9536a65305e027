"""Pure functions that map rows to billing records."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from gateway.canonical.values import Money
from subgraphs.erp.netsuite import billing_mapping, wire
from subgraphs.erp.netsuite.mapping import AccountContext
from subgraphs.erp.netsuite.mapping_file import ExpenseFields, NetSuiteMapping
from tests.fixtures.unwrapping import unwrap

ACCOUNT = AccountContext(connection="erp", zone=ZoneInfo("UTC"), mapping_file=NetSuiteMapping())
TAX = {"tax_type": "VAT", "tax_nexus": "UK", "tax_country": "GB", "tax_rate": "0.2"}


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
def test_the_other_systems_id_is_extracted_from_the_reference(value: str | None, pattern: str, expected: str | None):
    assert billing_mapping.extract_reference_id(value, pattern) == expected


@pytest.mark.parametrize(
    ("billable", "document", "expected"),
    [
        ("F", (None, None), "F"),
        ("T", (None, None), "T"),
        ("T", ("CustInvc", "A"), "T:CustInvc:A"),
        (None, ("CustInvc", "A"), None),
    ],
)
def test_the_raw_billing_state_has_the_status_of_the_billing_document(
    billable: wire.Flag | None, document: tuple[str | None, str | None], expected: str | None
):
    assert billing_mapping.build_billing_code(billable, *document) == expected


def build_invoice_row(**given: Any) -> wire.InvoiceRow:
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


def test_a_line_with_two_taxes_counts_once_and_its_taxes_are_summed():
    rows = [
        build_invoice_row(line="0", main="T", line_amount="12.6", total="12.6", subsidiary="2", base_currency="GBP"),
        build_invoice_row(
            line="1", line_amount="-10", line_job="201", total="12.6", **TAX, tax_basis="10", tax_amount="2"
        ),
        build_invoice_row(
            line="1",
            line_amount="-10",
            line_job="201",
            total="12.6",
            **{**TAX, "tax_rate": "0.05"},
            tax_basis="10",
            tax_amount="0.5",
        ),
        build_invoice_row(
            line="2", line_amount="-0.1", line_job="202", total="12.6", **TAX, tax_basis="0.1", tax_amount="0.02"
        ),
        build_invoice_row(line="3", tax_line="T", line_amount="-2.5", total="12.6"),
    ]
    invoice = billing_mapping.map_invoice(rows, ACCOUNT)
    assert (invoice.subtotal, invoice.tax_total) == (Money(Decimal("10.10"), "GBP"), Money(Decimal("2.50"), "GBP"))
    assert [(tax.rate, tax.taxable.amount, tax.amount.amount) for tax in invoice.taxes] == [
        (Decimal("0.2"), Decimal("10.1"), Decimal("2.02")),
        (Decimal("0.05"), Decimal(10), Decimal("0.5")),
    ]
    assert invoice.job_ids == ("201", "202")
    assert invoice.legal_entity == "2"


@pytest.mark.parametrize(
    ("given", "balance"),
    [
        ({"unpaid": None}, "12.00"),
        ({"unpaid": "0"}, "0.00"),
        ({"type": "CustCred", "total": "-12", "unpaid": None, "unused": "5"}, "-5.00"),
        ({"type": "CustCred", "total": "-12", "unpaid": None, "unused": None}, "-12.00"),
    ],
)
def test_an_invoice_without_an_open_amount_has_its_total_as_balance(given: dict[str, Any], balance: str):
    invoice = billing_mapping.map_invoice([build_invoice_row(main="T", **given)], ACCOUNT)

    assert str(unwrap(invoice.balance).amount) == balance


def test_the_tax_of_an_untaxed_credit_memo_is_not_negative_zero():
    rows = [build_invoice_row(type="CustCred", total="-10", **{**TAX, "tax_rate": "0"}, tax_basis="10", tax_amount="0")]

    (tax,) = billing_mapping.map_invoice(rows, ACCOUNT).taxes

    assert [str(amount.amount) for amount in (tax.taxable, tax.amount)] == ["-10.00", "0.00"]


def test_a_description_line_has_the_amount_zero():
    row = {
        "id": "1",
        "invoice": "7",
        "issued": "2026-10-31",
        "type": "CustInvc",
        "sequence": "3",
        "description": "Phase 2",
        "currency": "USD",
    }
    line = billing_mapping.map_invoice_line(
        [msgspec.convert({**row, "rate": "1"}, wire.InvoiceLineRow, strict=False)], ACCOUNT
    )

    assert (line.description, line.quantity, line.unit_rate, str(line.amount.amount)) == ("Phase 2", None, None, "0.00")


def test_several_applications_of_a_payment_to_one_invoice_are_summed():
    """A payment is applied to each instalment of an invoice separately."""
    head = {"id": "9", "received": "2026-11-18", "total": "100", "currency": "EUR", "rate": "1"}
    rows = [
        msgspec.convert({**head, "document": document, "document_amount": amount}, wire.PaymentRow, strict=False)
        for document, amount in (("7", "60"), ("7", "30.5"), ("8", "9.5"))
    ]

    paid = billing_mapping.map_payment(rows, ACCOUNT)

    assert paid.applied == (("7", Money(Decimal("90.50"), "EUR")), ("8", Money(Decimal("9.50"), "EUR")))
    assert paid.amount == Money(Decimal(100), "EUR")


def test_the_customer_of_an_invoice_to_a_project_is_the_projects_customer():
    invoice = billing_mapping.map_invoice(
        [build_invoice_row(entity="201", entity_customer="101", entity_job="201", main="T")], ACCOUNT
    )
    assert (invoice.customer_id, invoice.job_ids) == ("101", ("201",))


def test_a_full_status_code_is_not_prefixed_again():
    assert billing_mapping.build_status_code("CustInvc", "A") == "CustInvc:A"
    assert billing_mapping.build_status_code("CustInvc", "CustInvc:A") == "CustInvc:A"


def map_reimbursement(status: str, *, not_reimbursable: wire.Flag) -> str | None:
    codes = {"ExpRept:I": "PAID", "not_reimbursable": "NOT_APPLICABLE"}
    account = AccountContext(
        connection="erp",
        zone=ZoneInfo("UTC"),
        mapping_file=NetSuiteMapping(reimbursement=codes, expense=ExpenseFields()),
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
    return billing_mapping.map_expense([row], account).reimbursement


def test_reimbursement_follows_the_reports_status_for_reimbursable_expenses():
    assert map_reimbursement("I", not_reimbursable="F") == "PAID"
    assert map_reimbursement("I", not_reimbursable="T") == "NOT_APPLICABLE"
    assert map_reimbursement("A", not_reimbursable="F") == "ExpRept:A"
