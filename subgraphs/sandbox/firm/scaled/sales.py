"""Customers by number, and the deals and contracts behind their projects."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from subgraphs.sandbox.firm.model import Contact, Contract, Customer, Opportunity, OpportunityLine, Project

FIRST_CUSTOMER = 3001
_NAMES = ("Alder", "Beacon", "Cobalt", "Delta", "Ember", "Falcon", "Granite", "Harbor", "Indigo", "Juniper", "Kestrel")
_TRADES = ("Retail", "Health", "Energy", "Foods", "Logistics", "Precision", "Insurance")
_ENTITIES = ("US01", "UK01", "NL01")
_CURRENCIES = {"US01": "USD", "UK01": "GBP", "NL01": "EUR"}
_COUNTRIES = {"US01": ("US", "Denver"), "UK01": ("GB", "Leeds"), "NL01": ("NL", "Utrecht")}
_REGIONS = {"US01": "US", "UK01": "UK", "NL01": "EU"}
_EVERY_YEN, _EVERY_CHILD = 12, 5
_ODD = 90_000


def customers(count: int) -> tuple[Customer, ...]:
    """Return so many customers; every fifth belongs to the one before it, and every twelfth pays in yen."""
    return tuple(_customer(place) for place in range(count))


def _customer(place: int) -> Customer:
    entity = _ENTITIES[place % len(_ENTITIES)]
    yen = place % _EVERY_YEN == 2
    country, city = ("JP", "Osaka") if yen else _COUNTRIES[entity]
    name = f"{_NAMES[place % len(_NAMES)]} {_TRADES[place % len(_TRADES)]} {place + 1}"
    number = FIRST_CUSTOMER + place
    child = place % _EVERY_CHILD == _EVERY_CHILD - 1
    mail = f"buyer.{number}@customers.example"
    return Customer(
        number=f"C-{number}",
        name=name,
        legal_name=f"{name} Holding",
        entity=entity,
        currency="JPY" if yen else _CURRENCIES[entity],
        country=country,
        city=city,
        street=f"{place + 1} High Street",
        postal_code=f"{10000 + place}",
        industry=_TRADES[place % len(_TRADES)],
        segment="Enterprise" if place % 2 else "Mid-market",
        region=_REGIONS[entity],
        owner="Alice Hartmann",
        parent=f"C-{number - 1}" if child else None,
        tax_id=f"TX-{number}",
        tax_complete=place % 20 != 7,
        credit_limit=Decimal(500_000),
        contacts=(Contact(name=f"Buyer {number}", title="Head of procurement", email=mail, phone="+1 555 0100"),),
    )


def odd_customers() -> tuple[Customer, ...]:
    """Return the customers that the systems disagree about; nothing is sold to them."""
    unfinanced, unsold, again, elsewhere, first, second = (
        replace(_customer(_ODD + place), parent=None, contacts=()) for place in range(6)
    )
    original = _customer(0)
    return (
        replace(unfinanced, absent_from=("ERP",)),
        replace(unsold, absent_from=("CRM",)),
        replace(again, name=f"{original.name} Ltd.", tax_id=original.tax_id, absent_from=("PSA", "ERP")),
        replace(elsewhere, parent=original.number, erp_parent=_customer(1).number),
        # Each belongs to the other, and finance has heard of neither.
        replace(first, parent=second.number, absent_from=("PSA", "ERP")),
        replace(second, parent=first.number, absent_from=("PSA", "ERP")),
    )


def contracts(projects: Sequence[Project]) -> tuple[Contract, ...]:
    """Return the contract of each project that has one."""
    return tuple(
        Contract(
            number=project.contract,
            title=project.name,
            customer=project.customer,
            type="TIME_AND_MATERIALS",
            status="ACTIVE",
            entity=project.entity,
            currency=project.currency,
            effective=project.start,
            expires=project.end,
            total=_value(project),
            purchase_order=f"PO-{project.code}",
        )
        for project in projects
        if project.contract is not None
    )


def opportunities(projects: Sequence[Project], sold_to: Sequence[Customer]) -> tuple[Opportunity, ...]:
    """Return the deal behind each project, and one open deal per third customer."""
    won = [_won(project) for project in projects]
    return (*won, *(_open(place, customer) for place, customer in enumerate(sold_to) if place % 3 == 0))


def _won(project: Project) -> Opportunity:
    closed = project.start - timedelta(days=21)
    value, hours = _value(project), sum((booked.planned_hours for booked in project.assignments), Decimal(0))
    return Opportunity(
        number=project.opportunity or "",
        name=project.name,
        customer=project.customer,
        stage="CLOSED_WON",
        probability=Decimal(1),
        amount=value,
        currency=project.currency,
        close_date=closed,
        owner="Alice Hartmann",
        entity=project.entity,
        service_line=project.service_line,
        contract_type="TIME_AND_MATERIALS",
        closed_at=datetime(closed.year, closed.month, closed.day, 15, 30, tzinfo=UTC),
        quote_number="Q-" + (project.opportunity or "")[2:],
        contract=project.contract,
        project=project.code,
        lines=(
            OpportunityLine(
                description="Delivery",
                role="Consultant",
                quantity=hours,
                unit="HOUR",
                unit_price=project.assignments[0].bill_rate,
                service_line=project.service_line,
            ),
        ),
    )


def _open(place: int, customer: Customer) -> Opportunity:
    return Opportunity(
        number=f"O-{8001 + place}",
        name=f"Next phase for {customer.name}",
        customer=customer.number,
        stage=("PROSPECTING", "PROPOSAL", "NEGOTIATION")[place % 3],
        probability=Decimal("0.1") * (1 + place % 8),
        amount=Decimal(40_000 + 1_000 * (place % 60)),
        currency=customer.currency,
        close_date=date(2026, 12, 1) + timedelta(days=place % 120),
        owner="Alice Hartmann",
        entity=customer.entity,
        service_line=("STRAT", "DATA", "CLOUD", "OPS")[place % 4],
        contract_type="FIXED_FEE",
    )


def _value(project: Project) -> Decimal:
    return sum((booked.planned_hours * booked.bill_rate for booked in project.assignments), Decimal(0))
