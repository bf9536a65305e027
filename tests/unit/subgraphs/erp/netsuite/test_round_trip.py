"""Random master data, invoices, payments, time and expenses survive a round trip through the twin and the adapter."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings

from gateway.canonical.records.erp import (
    ErpContract,
    ErpCustomer,
    ErpEmployee,
    ErpExpense,
    ErpInvoice,
    ErpJob,
    ErpPayment,
)
from gateway.canonical.values import Money
from gateway.ports.base import PageRequest
from gateway.ports.erp import ErpPort, RateKey
from gateway.ports.where import ExpenseWhere
from subgraphs.erp.netsuite.adapter import connect
from subgraphs.erp.netsuite.conformance import build_account_connection, load_sandbox_mapping
from subgraphs.erp.netsuite.twin.app import build_twin
from subgraphs.erp.netsuite.twin.settings import TwinSettings, generate_key_pair
from subgraphs.sandbox.firm.billing_model import Invoice
from subgraphs.sandbox.firm.model import Contract, Customer, Firm, Project, Worker
from tests.fixtures.in_process import BASE_URL, build_opener
from tests.unit.subgraphs.erp.netsuite.random_firms import CURRENCIES, NOON, firms

PRIVATE, PUBLIC = generate_key_pair()


@given(firms())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None, max_examples=40)
def test_every_record_equals_the_firms_data(firm: Firm) -> None:
    actual = asyncio.run(_read_records(firm))

    _assert_customer(actual[ErpCustomer], firm.customers[0])
    _assert_employee(actual[ErpEmployee], firm.workers[0])
    _assert_job(actual[ErpJob], firm.projects[0])
    _assert_contract(actual[ErpContract], firm.contracts[0])
    _assert_invoice(actual[ErpInvoice], firm.invoices[0])
    _assert_lines(actual["lines"], firm.invoices[0])
    _assert_payments(actual[ErpPayment], actual[ErpInvoice], firm)
    _assert_time_postings(actual["time"], firm)
    _assert_expenses(actual[ErpExpense], firm)
    (rate,) = firm.rates
    assert [(each.rate, each.effective_date) for each in actual["rates"]] == [(rate.rate, rate.effective)]
    assert {each.code: _list_values(each) for each in actual["dimensions"]} == {
        each.code: _list_values(each) for each in firm.dimensions
    }


async def _read_records(firm: Firm) -> dict[Any, Any]:
    """Read all records of the one customer, project and invoice."""
    port = _open_port(firm)
    (project,), (invoice,), (rate,) = firm.projects, firm.invoices, firm.rates
    try:
        (customer,) = await port.find_by_reference(ErpCustomer, firm.customers[0].number)
        (employee,) = await port.find_by_reference(ErpEmployee, "W-1001")
        (job,) = await port.find_by_reference(ErpJob, project.code)
        (contract,) = await port.find_by_reference(ErpContract, firm.contracts[0].number)
        (billed,) = await port.find_by_reference(ErpInvoice, invoice.number)
        ids, job_ids, page = [billed.native.id], [job.native.id], PageRequest(50)
        lines: Any = (await port.list_invoice_lines_by_invoice(ids, page))[billed.native.id]
        expenses: Any = (await port.list_expenses_by_job(job_ids, ExpenseWhere(), page))[job.native.id]
        key = RateKey(rate.source, rate.target, rate.effective, "CORPORATE")
        return {
            ErpCustomer: customer,
            ErpEmployee: employee,
            ErpJob: job,
            ErpInvoice: billed,
            ErpContract: contract,
            "dimensions": await port.list_dimensions(),
            "lines": lines.rows,
            ErpPayment: (await port.list_payments_by_invoice(ids)).get(billed.native.id, ()),
            "time": await port.get_time_postings([entry.code for entry in project.time_entries]),
            ErpExpense: expenses.rows,
            "rates": list((await port.get_exchange_rates([key])).values()),
        }
    finally:
        await port.aclose()


def _open_port(firm: Firm) -> ErpPort:
    account = TwinSettings(client_id="client", certificate_id="certificate", public_key=PUBLIC, now=lambda: NOON)
    connection = build_account_connection(
        BASE_URL,
        client_id="client",
        certificate_id="certificate",
        private_key=PRIVATE,
        mapping=load_sandbox_mapping(),
        time_zone="America/New_York",
    )
    return connect(replace(connection, open_upstream=build_opener(build_twin(firm, account))))


def _assert_customer(actual: ErpCustomer, customer: Customer) -> None:
    assert (actual.name, actual.legal_name, actual.number) == (customer.name, customer.legal_name, customer.number)
    assert (actual.default_currency, actual.credit_hold) == (customer.currency, customer.credit_hold)
    limit = customer.credit_limit
    assert actual.credit_limit == (None if limit is None else Money(limit, customer.currency))
    assert actual.payment_terms is not None
    assert (actual.payment_terms.code, actual.payment_terms.net_days) == (customer.terms_code, customer.terms_days)
    assert actual.tax_profile is not None
    assert (actual.tax_profile.complete, actual.tax_profile.tax_id, actual.tax_profile.treatment) == (
        customer.tax_complete,
        customer.tax_id,
        customer.tax_treatment,
    )
    address = actual.billing_address
    assert address is not None
    assert (address.line1, address.city, address.postal_code, address.country) == (
        customer.street,
        customer.city,
        customer.postal_code,
        customer.country,
    )


def _assert_employee(actual: ErpEmployee, worker: Worker) -> None:
    assert (actual.worker_number, actual.email, actual.cost_center) == (worker.number, worker.email, worker.cost_center)
    assert actual.cost_rate == Money(worker.cost_rate, CURRENCIES[worker.entity])


def _assert_job(actual: ErpJob, project: Project) -> None:
    assert (actual.code, actual.name, actual.currency) == (project.code, project.name, project.currency)
    assert (actual.start_date, actual.end_date) == (project.start, project.end)
    assert actual.dimensions is not None
    assert {(tag.dimension, tag.value) for tag in actual.dimensions} == set(project.dimensions)


def _assert_contract(actual: ErpContract, contract: Contract) -> None:
    assert (actual.number, actual.purchase_order_number) == (contract.number, contract.purchase_order)
    assert actual.total_value == Money(contract.total, contract.currency)


def _list_values(dimension: Any) -> set[tuple[str, str, bool]]:
    return {(value.code, value.name, value.active) for value in dimension.values}


def _assert_invoice(actual: ErpInvoice, invoice: Invoice) -> None:
    money = [Money(each, invoice.currency) for each in (invoice.subtotal, invoice.tax_total, invoice.total)]
    assert [actual.subtotal, actual.tax_total, actual.total] == money
    assert actual.balance == Money(invoice.balance, invoice.currency)
    assert (actual.issue_date, actual.due_date) == (invoice.issue_date, invoice.due_date)
    assert (actual.period_start, actual.period_end) == (invoice.period_start, invoice.period_end)
    assert (actual.functional_rate, actual.purchase_order_number) == (invoice.functional_rate, invoice.purchase_order)
    assert actual.functional_currency == CURRENCIES[invoice.entity]
    assert [(tax.tax_type, tax.rate, tax.taxable.amount, tax.amount.amount) for tax in actual.taxes] == [
        (tax.tax_type, tax.rate, tax.taxable, tax.amount) for tax in invoice.taxes
    ]


def _assert_lines(actual: Any, invoice: Invoice) -> None:
    assert [(line.description, line.quantity, line.unit_rate, line.amount) for line in actual] == [
        (
            line.description,
            line.quantity,
            Money(line.unit_rate, invoice.currency),
            Money(line.amount, invoice.currency),
        )
        for line in invoice.lines
    ]
    booked = (invoice.functional_rate, CURRENCIES[invoice.entity])
    assert {(line.functional_rate, line.functional_currency) for line in actual} == {booked}
    assert [line.employee_id is None for line in actual] == [line.worker is None for line in invoice.lines]


def _find_rate(firm: Firm, currency: str, base: str, on: date) -> Decimal:
    """Return the firm's one exchange rate if it applies to the pair and day, else 1."""
    (rate,) = firm.rates
    return rate.rate if (rate.source, rate.target) == (currency, base) and rate.effective <= on else Decimal(1)


def _assert_payments(actual: Any, billed: ErpInvoice, firm: Firm) -> None:
    (invoice,) = firm.invoices
    base = CURRENCIES[invoice.entity]
    assert [(paid.applied, paid.functional_rate, paid.functional_currency) for paid in actual] == [
        (
            ((billed.native.id, Money(paid.amount, invoice.currency)),),
            _find_rate(firm, invoice.currency, base, paid.day),
            base,
        )
        for paid in invoice.payments
    ]
    assert [(paid.amount, paid.received_on, paid.reference, paid.method) for paid in actual] == [
        (Money(paid.amount, invoice.currency), paid.day, paid.reference, paid.method) for paid in invoice.payments
    ]


def _assert_time_postings(actual: Mapping[str, Any], firm: Firm) -> None:
    (project,), (worker,) = firm.projects, firm.workers
    assert actual.keys() == {entry.code for entry in project.time_entries}
    for entry in project.time_entries:
        posting = actual[entry.code]
        assert (posting.hours, posting.billing) == (entry.hours, "T" if entry.billable else "F")
        rate = project.assignments[0].bill_rate
        assert posting.bill_rate == (Money(rate, project.currency) if entry.billable else None)
        assert posting.bill_amount == (Money(entry.hours * rate, project.currency).round() if entry.billable else None)
        assert posting.cost_amount == Money(entry.hours * worker.cost_rate, CURRENCIES[project.entity]).round()


def _assert_expenses(actual: Any, firm: Firm) -> None:
    (project,) = firm.projects
    base = CURRENCIES[project.entity]
    by_reference = {expense.expense_reference: expense for expense in actual}
    assert by_reference.keys() == {expense.code for expense in project.expenses}
    for expense in project.expenses:
        record = by_reference[expense.code]
        assert (record.category, record.incurred_on, record.billable, record.reimbursable) == (
            expense.category,
            expense.day,
            expense.billable,
            expense.reimbursable,
        )
        rate = _find_rate(firm, expense.currency, base, expense.day)
        assert record.functional_amount == Money(expense.amount * rate, base).round()
        assert (record.amount, record.tax) == (
            Money(expense.amount, expense.currency),
            Money(expense.tax, expense.currency),
        )
