"""Random master data, invoices, payments, time and expenses go through the account, SuiteQL and the mapping, and come back equal."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.canonical.records.erp import (
    ErpContract,
    ErpCustomer,
    ErpEmployee,
    ErpExpense,
    ErpInvoice,
    ErpJob,
    ErpPayment,
)
from gateway.canonical.values import Money, minor_units
from gateway.ports.base import PageRequest
from gateway.ports.erp import ErpPort, RateKey
from gateway.ports.where import ExpenseWhere
from subgraphs.erp.netsuite.adapter import connect
from subgraphs.erp.netsuite.conformance import connection_to, sandbox_mapping
from subgraphs.erp.netsuite.twin.app import build_twin
from subgraphs.erp.netsuite.twin.settings import TwinSettings, key_pair
from subgraphs.sandbox.firm.model import (
    Contract,
    Customer,
    Dimension,
    Expense,
    Firm,
    Invoice,
    InvoiceLine,
    Payment,
    Project,
    Rate,
    Tax,
    TimeEntry,
    Worker,
)
from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures.in_process import BASE_URL, opener_to

PRIVATE, PUBLIC = key_pair()
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
COST_CENTERS = [value.code for value in FIRM.dimensions[0].values]
CURRENCIES = {entity.code: entity.currency for entity in FIRM.entities}

words = (
    st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=30).map(str.strip).filter(bool)
)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
quarters = st.integers(1, 400).map(lambda quarter: Decimal(quarter) / 4)
currencies = st.sampled_from(["USD", "EUR", "JPY"])
rates = st.decimals("0.0001", "999.9999", places=6)


def amounts(currency: str, least: int = 1) -> st.SearchStrategy[Decimal]:
    return st.integers(least, 10**10).map(lambda units: Decimal(units).scaleb(-minor_units(currency)))


@st.composite
def customers(draw: st.DrawFn) -> Customer:
    currency = draw(currencies)
    return replace(
        FIRM.customers[0],
        name=draw(words),
        legal_name=draw(words),
        currency=currency,
        city=draw(words),
        street=draw(words),
        postal_code=draw(words),
        terms_code=draw(words),
        terms_days=draw(st.integers(0, 120)),
        tax_id=draw(st.none() | words),
        tax_complete=draw(st.booleans()),
        tax_treatment=draw(words),
        credit_limit=draw(st.none() | amounts(currency, least=0)),
        credit_hold=draw(st.booleans()),
    )


@st.composite
def people(draw: st.DrawFn) -> Worker:
    return replace(
        FIRM.workers[0],
        manager=None,
        email=draw(st.emails()),
        cost_center=draw(st.sampled_from(COST_CENTERS)),
        cost_rate=draw(amounts("USD")),
    )


@st.composite
def contracts(draw: st.DrawFn, currency: str) -> Contract:
    return replace(
        FIRM.contracts[0],
        number=draw(words),
        currency=currency,
        total=draw(amounts(currency)),
        purchase_order=draw(st.none() | words),
    )


@st.composite
def named(draw: st.DrawFn, dimension: Dimension) -> Dimension:
    """The dimension with other names of its values."""
    values = tuple(replace(value, name=draw(words), active=draw(st.booleans())) for value in dimension.values)
    return replace(dimension, values=values)


@st.composite
def projects(draw: st.DrawFn, currency: str) -> Project:
    model = FIRM.projects[0]
    entry = st.builds(
        TimeEntry,
        code=words,
        worker=st.just("W-1001"),
        task=st.just("T"),
        day=days,
        hours=quarters,
        billable=st.booleans(),
        approval=st.just("APPROVED"),
        note=words,
    )
    expense = st.builds(
        Expense,
        code=words,
        worker=st.just("W-1001"),
        category=words,
        day=days,
        amount=amounts(currency),
        currency=st.just(currency),
        approval=st.just("APPROVED"),
        billable=st.booleans(),
        reimbursable=st.booleans(),
        tax=st.just(Decimal(0)) | amounts(currency),
    )
    return replace(
        model,
        name=draw(words),
        currency=currency,
        start=draw(days),
        end=draw(days),
        erp_status="ACTIVE",
        contract=None,
        opportunity=None,
        manager="W-1001",
        assignments=(replace(model.assignments[0], worker="W-1001", task="T", bill_rate=draw(amounts(currency))),),
        time_entries=tuple(draw(st.lists(entry, max_size=3, unique_by=lambda each: each.code))),
        expenses=tuple(draw(st.lists(expense, max_size=3, unique_by=lambda each: each.code))),
    )


@st.composite
def invoices(draw: st.DrawFn, project: Project) -> Invoice:
    currency, kind = project.currency, draw(st.sampled_from(["STANDARD", "CREDIT_MEMO"]))
    sign = -1 if kind == "CREDIT_MEMO" else 1
    line = st.builds(
        InvoiceLine,
        code=words,
        kind=st.sampled_from(["TIME", "FIXED_FEE", "EXPENSE"]),
        description=words,
        quantity=quarters.map(lambda quantity: sign * quantity),
        unit_rate=amounts(currency),
        amount=amounts(currency).map(lambda amount: sign * amount),
        worker=st.none() | st.just("W-1001"),
    )
    lines = tuple(draw(st.lists(line, min_size=1, max_size=3, unique_by=lambda each: each.code)))
    subtotal = sum((each.amount for each in lines), Decimal(0))
    rate = draw(st.sampled_from([Decimal("0.2"), Decimal("0.1"), Decimal("0.055")]))
    tax = Money(subtotal * rate, currency).rounded().amount if draw(st.booleans()) else Decimal(0)
    total = subtotal + tax
    paid = min(draw(amounts(currency)), total) if kind == "STANDARD" and draw(st.booleans()) else Decimal(0)
    payment = Payment(code="P-1", day=draw(days), amount=paid, method=draw(words), reference=draw(words))
    return Invoice(
        number="INV-1",
        customer=project.customer,
        project=project.code,
        entity=project.entity,
        currency=currency,
        functional_rate=draw(rates),
        kind=kind,
        status="ISSUED",
        issue_date=draw(days),
        due_date=draw(days),
        period_start=draw(days),
        period_end=draw(days),
        subtotal=subtotal,
        tax_total=tax,
        total=total,
        balance=total - paid,
        lines=lines,
        taxes=(Tax(code="T", tax_type="VAT", country="US", rate=rate, taxable=subtotal, amount=tax),) if tax else (),
        payments=(payment,) if paid else (),
        purchase_order=draw(st.none() | words),
    )


@st.composite
def firms(draw: st.DrawFn) -> Firm:
    customer = draw(customers())
    project = draw(projects(customer.currency))
    rate = Rate(source="JPY", target="USD", rate=draw(rates), effective=draw(days))
    # A rate of yen is there to be read only where the account has yen.
    held = replace(FIRM.customers[1], number="C-YEN", currency="JPY", parent=None)
    return replace(
        FIRM,
        customers=(customer, held),
        workers=(draw(people()),),
        dimensions=tuple(draw(named(dimension)) for dimension in FIRM.dimensions),
        contracts=(draw(contracts(customer.currency)),),
        opportunities=(),
        projects=(project,),
        invoices=(draw(invoices(project)),),
        rates=(rate,),
    )


@given(firms())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None, max_examples=40)
def test_everything_comes_back_as_the_firm_knows_it(firm: Firm) -> None:
    found = asyncio.run(_read(firm))

    _is_customer(found[ErpCustomer], firm.customers[0])
    _is_employee(found[ErpEmployee], firm.workers[0])
    _is_job(found[ErpJob], firm.projects[0])
    _is_contract(found[ErpContract], firm.contracts[0])
    _is_invoice(found[ErpInvoice], firm.invoices[0])
    _are_lines(found["lines"], firm.invoices[0])
    _are_payments(found[ErpPayment], found[ErpInvoice], firm)
    _is_time(found["time"], firm)
    _are_expenses(found[ErpExpense], firm)
    (rate,) = firm.rates
    assert [(each.rate, each.effective_date) for each in found["rates"]] == [(rate.rate, rate.effective)]
    assert {each.code: _values(each) for each in found["dimensions"]} == {
        each.code: _values(each) for each in firm.dimensions
    }


async def _read(firm: Firm) -> dict[Any, Any]:
    """Read everything that the account says of the one customer, project and invoice."""
    port = _port(firm)
    (project,), (invoice,), (rate,) = firm.projects, firm.invoices, firm.rates
    try:
        (customer,) = await port.find_by_reference(ErpCustomer, firm.customers[0].number)
        (employee,) = await port.find_by_reference(ErpEmployee, "W-1001")
        (job,) = await port.find_by_reference(ErpJob, project.code)
        (contract,) = await port.find_by_reference(ErpContract, firm.contracts[0].number)
        (billed,) = await port.find_by_reference(ErpInvoice, invoice.number)
        ids, job_ids, page = [billed.native.id], [job.native.id], PageRequest(50)
        lines: Any = (await port.invoice_lines_by_invoice(ids, page))[billed.native.id]
        expenses: Any = (await port.expenses_by_job(job_ids, ExpenseWhere(), page))[job.native.id]
        key = RateKey(rate.source, rate.target, rate.effective, "CORPORATE")
        return {
            ErpCustomer: customer,
            ErpEmployee: employee,
            ErpJob: job,
            ErpInvoice: billed,
            ErpContract: contract,
            "dimensions": await port.dimensions(),
            "lines": lines.rows,
            ErpPayment: (await port.payments_by_invoice(ids)).get(billed.native.id, ()),
            "time": await port.time_postings([entry.code for entry in project.time_entries]),
            ErpExpense: expenses.rows,
            "rates": list((await port.exchange_rates([key])).values()),
        }
    finally:
        await port.aclose()


def _port(firm: Firm) -> ErpPort:
    account = TwinSettings(client_id="client", certificate_id="certificate", public_key=PUBLIC, now=lambda: NOON)
    connection = connection_to(
        BASE_URL,
        client_id="client",
        certificate_id="certificate",
        private_key=PRIVATE,
        mapping=sandbox_mapping(),
        time_zone="America/New_York",
    )
    return connect(replace(connection, open_upstream=opener_to(build_twin(firm, account))))


def _is_customer(found: ErpCustomer, customer: Customer) -> None:
    assert (found.name, found.legal_name, found.number) == (customer.name, customer.legal_name, customer.number)
    assert (found.default_currency, found.credit_hold) == (customer.currency, customer.credit_hold)
    limit = customer.credit_limit
    assert found.credit_limit == (None if limit is None else Money(limit, customer.currency))
    assert found.payment_terms is not None
    assert (found.payment_terms.code, found.payment_terms.net_days) == (customer.terms_code, customer.terms_days)
    assert found.tax_profile is not None
    assert (found.tax_profile.complete, found.tax_profile.tax_id, found.tax_profile.treatment) == (
        customer.tax_complete,
        customer.tax_id,
        customer.tax_treatment,
    )
    address = found.billing_address
    assert address is not None
    assert (address.line1, address.city, address.postal_code, address.country) == (
        customer.street,
        customer.city,
        customer.postal_code,
        customer.country,
    )


def _is_employee(found: ErpEmployee, worker: Worker) -> None:
    assert (found.worker_number, found.email, found.cost_center) == (worker.number, worker.email, worker.cost_center)
    assert found.cost_rate == Money(worker.cost_rate, CURRENCIES[worker.entity])


def _is_job(found: ErpJob, project: Project) -> None:
    assert (found.code, found.name, found.currency) == (project.code, project.name, project.currency)
    assert (found.start_date, found.end_date) == (project.start, project.end)
    assert found.dimensions is not None
    assert {(tag.dimension, tag.value) for tag in found.dimensions} == set(project.dimensions)


def _is_contract(found: ErpContract, contract: Contract) -> None:
    assert (found.number, found.purchase_order_number) == (contract.number, contract.purchase_order)
    assert found.total_value == Money(contract.total, contract.currency)


def _values(dimension: Any) -> set[tuple[str, str, bool]]:
    return {(value.code, value.name, value.active) for value in dimension.values}


def _is_invoice(found: ErpInvoice, invoice: Invoice) -> None:
    money = [Money(each, invoice.currency) for each in (invoice.subtotal, invoice.tax_total, invoice.total)]
    assert [found.subtotal, found.tax_total, found.total] == money
    assert found.balance == Money(invoice.balance, invoice.currency)
    assert (found.issue_date, found.due_date) == (invoice.issue_date, invoice.due_date)
    assert (found.period_start, found.period_end) == (invoice.period_start, invoice.period_end)
    assert (found.functional_rate, found.purchase_order_number) == (invoice.functional_rate, invoice.purchase_order)
    assert found.functional_currency == CURRENCIES[invoice.entity]
    assert [(tax.tax_type, tax.rate, tax.taxable.amount, tax.amount.amount) for tax in found.taxes] == [
        (tax.tax_type, tax.rate, invoice.subtotal, invoice.subtotal * tax.rate) for tax in invoice.taxes
    ]


def _are_lines(found: Any, invoice: Invoice) -> None:
    assert [(line.description, line.quantity, line.unit_rate, line.amount) for line in found] == [
        (
            line.description,
            line.quantity,
            Money(line.unit_rate, invoice.currency),
            Money(line.amount, invoice.currency),
        )
        for line in invoice.lines
    ]
    booked = (invoice.functional_rate, CURRENCIES[invoice.entity])
    assert {(line.functional_rate, line.functional_currency) for line in found} == {booked}
    assert [line.employee_id is None for line in found] == [line.worker is None for line in invoice.lines]


def _in_force(firm: Firm, currency: str, base: str, on: date) -> Decimal:
    """Return the firm's one rate where it is of this pair and day, else 1: the account holds no other."""
    (rate,) = firm.rates
    return rate.rate if (rate.source, rate.target) == (currency, base) and rate.effective <= on else Decimal(1)


def _are_payments(found: Any, billed: ErpInvoice, firm: Firm) -> None:
    (invoice,) = firm.invoices
    base = CURRENCIES[invoice.entity]
    assert [(paid.applied, paid.functional_rate, paid.functional_currency) for paid in found] == [
        (
            ((billed.native.id, Money(paid.amount, invoice.currency)),),
            _in_force(firm, invoice.currency, base, paid.day),
            base,
        )
        for paid in invoice.payments
    ]
    assert [(paid.amount, paid.received_on, paid.reference, paid.method) for paid in found] == [
        (Money(paid.amount, invoice.currency), paid.day, paid.reference, paid.method) for paid in invoice.payments
    ]


def _is_time(found: Mapping[str, Any], firm: Firm) -> None:
    (project,), (worker,) = firm.projects, firm.workers
    assert found.keys() == {entry.code for entry in project.time_entries}
    for entry in project.time_entries:
        posting = found[entry.code]
        assert (posting.hours, posting.billing) == (entry.hours, "T" if entry.billable else "F")
        rate = project.assignments[0].bill_rate
        assert posting.bill_rate == (Money(rate, project.currency) if entry.billable else None)
        assert posting.bill_amount == (
            Money(entry.hours * rate, project.currency).rounded() if entry.billable else None
        )
        assert posting.cost_amount == Money(entry.hours * worker.cost_rate, CURRENCIES[project.entity]).rounded()


def _are_expenses(found: Any, firm: Firm) -> None:
    (project,) = firm.projects
    base = CURRENCIES[project.entity]
    told = {expense.expense_reference: expense for expense in found}
    assert told.keys() == {expense.code for expense in project.expenses}
    for expense in project.expenses:
        record = told[expense.code]
        assert (record.category, record.incurred_on, record.billable, record.reimbursable) == (
            expense.category,
            expense.day,
            expense.billable,
            expense.reimbursable,
        )
        rate = _in_force(firm, expense.currency, base, expense.day)
        assert record.functional_amount == Money(expense.amount * rate, base)
        assert (record.amount, record.tax) == (
            Money(expense.amount, expense.currency),
            Money(expense.tax, expense.currency),
        )
