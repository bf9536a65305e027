"""Hypothesis strategies of small random firms with one project, as a NetSuite account can store them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from gateway.canonical.values import Money, get_minor_units
from subgraphs.sandbox.firm.billing_model import Invoice, InvoiceLine, Payment, Tax
from subgraphs.sandbox.firm.model import Contract, Customer, Dimension, Expense, Firm, Project, Rate, TimeEntry, Worker
from subgraphs.sandbox.firm.small import FIRM

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
COST_CENTERS = [value.code for value in FIRM.dimensions[0].values]
CURRENCIES = {entity.code: entity.currency for entity in FIRM.entities}

texts = (
    st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=30).map(str.strip).filter(bool)
)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
quarters = st.integers(1, 400).map(lambda quarter: Decimal(quarter) / 4)
currencies = st.sampled_from(["USD", "EUR", "JPY"])
rates = st.decimals("0.0001", "999.9999", places=6)


def amounts(currency: str, least: int = 1) -> st.SearchStrategy[Decimal]:
    return st.integers(least, 10**10).map(lambda units: Decimal(units).scaleb(-get_minor_units(currency)))


@st.composite
def customers(draw: st.DrawFn) -> Customer:
    currency = draw(currencies)
    return replace(
        FIRM.customers[0],
        name=draw(texts),
        legal_name=draw(texts),
        currency=currency,
        city=draw(texts),
        street=draw(texts),
        postal_code=draw(texts),
        terms_code=draw(texts),
        terms_days=draw(st.integers(0, 120)),
        tax_id=draw(st.none() | texts),
        tax_complete=draw(st.booleans()),
        tax_treatment=draw(texts),
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
        number=draw(texts),
        currency=currency,
        total=draw(amounts(currency)),
        purchase_order=draw(st.none() | texts),
    )


@st.composite
def dimensions(draw: st.DrawFn, dimension: Dimension) -> Dimension:
    """Return the dimension with random names of its values."""
    values = tuple(replace(value, name=draw(texts), active=draw(st.booleans())) for value in dimension.values)
    return replace(dimension, values=values)


@st.composite
def projects(draw: st.DrawFn, currency: str) -> Project:
    model = FIRM.projects[0]
    entry = st.builds(
        TimeEntry,
        code=texts,
        worker=st.just("W-1001"),
        task=st.just("T"),
        day=days,
        hours=quarters,
        billable=st.booleans(),
        approval=st.just("APPROVED"),
        note=texts,
    )
    expense = st.builds(
        Expense,
        code=texts,
        worker=st.just("W-1001"),
        category=texts,
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
        name=draw(texts),
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
        code=texts,
        kind=st.sampled_from(["TIME", "FIXED_FEE", "EXPENSE"]),
        description=texts,
        quantity=quarters.map(lambda quantity: sign * quantity),
        unit_rate=amounts(currency),
        amount=amounts(currency).map(lambda amount: sign * amount),
        worker=st.none() | st.just("W-1001"),
    )
    lines = tuple(draw(st.lists(line, min_size=1, max_size=3, unique_by=lambda each: each.code)))
    subtotal = sum((each.amount for each in lines), Decimal(0))
    rate = draw(st.sampled_from([Decimal("0.2"), Decimal("0.1"), Decimal("0.055")]))
    tax = Money(subtotal * rate, currency).round().amount if draw(st.booleans()) else Decimal(0)
    total = subtotal + tax
    paid = min(draw(amounts(currency)), total) if kind == "STANDARD" and draw(st.booleans()) else Decimal(0)
    payment = Payment(code="P-1", day=draw(days), amount=paid, method=draw(texts), reference=draw(texts))
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
        purchase_order=draw(st.none() | texts),
    )


@st.composite
def firms(draw: st.DrawFn) -> Firm:
    customer = draw(customers())
    project = draw(projects(customer.currency))
    rate = Rate(source="JPY", target="USD", rate=draw(rates), effective=draw(days))
    # The twin has a rate of yen only if a customer or subsidiary uses yen.
    yen_customer = replace(FIRM.customers[1], number="C-YEN", currency="JPY", parent=None)
    return replace(
        FIRM,
        customers=(customer, yen_customer),
        workers=(draw(people()),),
        dimensions=tuple(draw(dimensions(dimension)) for dimension in FIRM.dimensions),
        contracts=(draw(contracts(customer.currency)),),
        opportunities=(),
        projects=(project,),
        invoices=(draw(invoices(project)),),
        rates=(rate,),
    )
