"""The firm as plain data, keyed by business codes. Twins and seeders add vendors' ids, encodings and custom fields.

Names and addresses are fictitious; e-mail addresses end in `.example` (RFC 2606).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from subgraphs.sandbox.firm.billing_model import Invoice
from subgraphs.sandbox.firm.disagreements import KnownDisagreement
from subgraphs.sandbox.firm.open_credits import OpenCredit


@dataclass(frozen=True, kw_only=True)
class Period:
    name: str
    start: date
    end: date
    status: str  # FUTURE OPEN SOFT_CLOSED CLOSED


@dataclass(frozen=True, kw_only=True)
class Entity:
    """A legal entity; `code` such as US01."""

    code: str
    name: str
    country: str
    currency: str
    time_zone: str
    region: str
    tax_number: str
    tax_from: date | None = None
    tax_until: date | None = None
    parent: str | None = None
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rate:
    """One unit of `source` is `rate` units of `target` from `effective` on."""

    source: str
    target: str
    rate: Decimal
    effective: date


@dataclass(frozen=True, kw_only=True)
class DimensionValue:
    code: str
    name: str
    active: bool = True
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """`kind` and `required_on` are canonical values (DimensionKind, DimensionTarget)."""

    code: str
    name: str
    kind: str
    required_on: tuple[str, ...]
    values: tuple[DimensionValue, ...]


@dataclass(frozen=True, kw_only=True)
class WorkerSkill:
    code: str
    name: str
    level: str  # NOVICE INTERMEDIATE ADVANCED EXPERT
    category: str
    certified_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Absence:
    day: date
    hours: Decimal
    holiday: bool = False


@dataclass(frozen=True, kw_only=True)
class Worker:
    """`cost_rate` per hour in the entity's currency; `number` such as W-1001.

    A termination before `hire_date` means that the worker was rehired.
    """

    number: str
    name: str
    email: str
    entity: str
    job_title: str
    practice: str
    cost_center: str
    hire_date: date
    cost_rate: Decimal
    bill_rate: Decimal | None = None
    type: str = "EMPLOYEE"
    job_level: str = "Consultant"
    manager: str | None = None
    termination_date: date | None = None
    weekly_hours: Decimal = Decimal(40)
    skills: tuple[WorkerSkill, ...] = ()
    absences: tuple[Absence, ...] = ()

    def has_left_before(self, day: date) -> bool:
        """Return whether the worker has left before a day without being rehired."""
        return self.termination_date is not None and self.hire_date <= self.termination_date < day


@dataclass(frozen=True, kw_only=True)
class Contact:
    name: str
    title: str
    email: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class Customer:
    """`number` such as C-2001; `currency` is the billing currency; `entity` is the selling legal entity."""

    number: str
    name: str
    legal_name: str
    entity: str
    currency: str
    country: str
    city: str
    street: str
    postal_code: str
    industry: str
    segment: str
    region: str
    owner: str
    suite: str | None = None
    state: str | None = None
    parent: str | None = None
    status: str = "ACTIVE"
    terms_code: str = "NET30"
    terms_days: int = 30
    discount_percent: Decimal | None = None
    discount_days: int | None = None
    exempt_until: date | None = None
    tax_id: str | None = None
    tax_complete: bool = True
    tax_treatment: str = "STANDARD"
    credit_limit: Decimal | None = None
    credit_hold: bool = False
    contacts: tuple[Contact, ...] = ()
    erp_parent: str | None = None  # the ERP's parent if it disagrees with `parent`
    absent_from: tuple[str, ...] = ()  # systems that lack the customer (known disagreement)


@dataclass(frozen=True, kw_only=True)
class OpportunityLine:
    description: str
    role: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    service_line: str
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, kw_only=True)
class Opportunity:
    """`number` such as O-3001; amounts in `currency`; `probability` 0..1."""

    number: str
    name: str
    customer: str
    stage: str
    probability: Decimal
    amount: Decimal
    currency: str
    close_date: date
    owner: str
    entity: str
    service_line: str
    contract_type: str
    closed_at: datetime | None = None
    quote_number: str | None = None
    contract: str | None = None
    project: str | None = None
    lines: tuple[OpportunityLine, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ContractLine:
    description: str
    quantity: Decimal
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class Contract:
    """`number` such as CT-4001."""

    number: str
    title: str
    customer: str
    type: str
    status: str
    entity: str
    currency: str
    effective: date
    expires: date
    total: Decimal
    not_to_exceed: Decimal | None = None
    purchase_order: str | None = None
    lines: tuple[ContractLine, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Task:
    """`code` is unique in the project."""

    code: str
    name: str
    status: str
    billable: bool
    start: date
    end: date
    estimated_hours: Decimal
    parent: str | None = None


@dataclass(frozen=True, kw_only=True)
class Milestone:
    code: str
    name: str
    due: date
    completed: date | None = None


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """`code` is unique in the firm; `bill_rate` per hour in the project's currency."""

    code: str
    worker: str
    task: str
    role: str
    start: date
    end: date
    planned_hours: Decimal
    bill_rate: Decimal
    booking: str = "HARD"
    percentage: float | None = None


@dataclass(frozen=True, kw_only=True)
class Demand:
    code: str
    role: str
    start: date
    end: date
    hours: Decimal
    status: str
    skills: tuple[tuple[str, str], ...] = ()
    priority: str = "NORMAL"
    location: str | None = None
    bill_rate: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class TimeEntry:
    """`code` such as T-70001. `approval` is canonical; `invoice_line` is the invoice line's code (None: unbilled)."""

    code: str
    worker: str
    task: str
    day: date
    hours: Decimal
    billable: bool
    approval: str
    note: str
    invoice_line: str | None = None
    posted: bool = True  # False: approved but missing in the ERP (known disagreement)


@dataclass(frozen=True, kw_only=True)
class Expense:
    """`amount` without tax, in `currency`."""

    code: str
    worker: str
    category: str
    day: date
    amount: Decimal
    currency: str
    approval: str
    billable: bool = True
    reimbursable: bool = True
    tax: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Project:
    """`code` such as PRJ-1001; `dimensions` holds pairs of dimension code and value code."""

    code: str
    name: str
    description: str
    customer: str
    type: str
    status: str
    start: date
    end: date
    manager: str
    entity: str
    currency: str
    service_line: str
    percent_complete: Decimal
    contract: str | None = None
    opportunity: str | None = None
    erp_status: str | None = None  # may differ from `status` (known disagreement); None: no ERP job yet
    health: str = "GREEN"
    health_note: str | None = None
    dimensions: tuple[tuple[str, str], ...] = ()
    tasks: tuple[Task, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    demands: tuple[Demand, ...] = ()
    time_entries: tuple[TimeEntry, ...] = ()
    expenses: tuple[Expense, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Firm:
    """The whole firm. `today` is its fixed present, to which statuses such as OVERDUE refer.

    `group_currency` is the reporting currency.
    """

    today: date
    group_currency: str
    entities: tuple[Entity, ...]
    rates: tuple[Rate, ...]
    dimensions: tuple[Dimension, ...]
    workers: tuple[Worker, ...]
    customers: tuple[Customer, ...]
    opportunities: tuple[Opportunity, ...]
    contracts: tuple[Contract, ...]
    projects: tuple[Project, ...]
    invoices: tuple[Invoice, ...]
    open_credits: tuple[OpenCredit, ...] = ()
    known_disagreements: tuple[KnownDisagreement, ...] = field(default=())
