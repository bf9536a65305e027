"""What Tryton sends, as structs. A nested struct makes the request ask for that field of the record that a relation leads to.

JSON lacks decimals, days, instants and spans of time: Tryton marks them with `__class__` (trytond documentation, "JSON-RPC"). Instants have no zone and
are UTC. Hours are spans of time. Observed on 8.2.1.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, get_args, get_type_hints

import msgspec

_HOUR = Decimal(3600)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def plain(number: Decimal) -> Decimal:
    """Return the number without zeros behind its last decimal: what Tryton keeps as a float comes as 8.0."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


class Marked(msgspec.Struct, frozen=True, tag_field="__class__"):
    """A value that JSON has no form for."""


class Number(Marked, frozen=True, tag="Decimal"):
    """An exact number, its scale as it was written."""

    decimal: Decimal


class Day(Marked, frozen=True, tag="date"):
    """A day of the calendar."""

    year: int
    month: int
    day: int

    def value(self) -> date:
        """Return the day; raise ValueError for one that does not exist."""
        return date(self.year, self.month, self.day)


class Moment(Marked, frozen=True, tag="datetime"):
    """An instant."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    microsecond: int

    def value(self) -> datetime:
        """Return the instant, aware; raise ValueError for one that does not exist."""
        return datetime(
            self.year, self.month, self.day, self.hour, self.minute, self.second, self.microsecond, tzinfo=UTC
        )


class Span(Marked, frozen=True, tag="timedelta"):
    """A span of time."""

    seconds: Decimal

    def hours(self) -> Decimal:
        """Return the span in hours, to four decimals: a third of an hour has no end."""
        return plain(round(self.seconds / _HOUR, 4))


class Nested(msgspec.Struct, frozen=True, kw_only=True):
    """Some fields of a record that another one leads to."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Some fields of a record. `last_modified_at` is never null, not even for a record that nobody has changed."""

    id: int
    last_modified_at: Moment

    def modified_at(self) -> datetime:
        """Return when the record, or what it shows of another, was last changed."""
        return self.last_modified_at.value()


class Coded(Nested, frozen=True, kw_only=True):
    """A record of which the code is shown."""

    code: str


class Named(Nested, frozen=True, kw_only=True):
    """A record of which the name is shown."""

    name: str


class Company(Nested, frozen=True, kw_only=True):
    """company.company: its party's code is the firm's code of the legal entity."""

    party: Coded
    currency: Coded


class Employer(Company, frozen=True, kw_only=True):
    """company.company, with what it sets for its employees."""

    timezone: str | None
    hours_per_work_week: Decimal | None


class PartyRow(Row, frozen=True, kw_only=True):
    """party.party."""

    name: str | None
    code: str


class Address(Nested, frozen=True, kw_only=True):
    """party.address. Flags come as 0 and 1 from below a relation."""

    last_modified_at: Moment
    street: str | None
    city: str | None
    postal_code: str | None
    country: Coded | None
    invoice: bool | int


class AccountRow(PartyRow, frozen=True, kw_only=True):
    """party.party, as a customer."""

    active: bool | int
    customer_currency: Coded | None
    addresses: tuple[Address, ...]

    def modified_at(self) -> datetime:
        """Return when the party or one of its addresses was last changed."""
        return max(self.last_modified_at.value(), *(each.last_modified_at.value() for each in self.addresses), _NEVER)


class Sale(Nested, frozen=True, kw_only=True):
    """sale.sale, as the opportunity that it came from shows it."""

    number: str | None


class OpportunityLine(Nested, frozen=True, kw_only=True):
    """sale.opportunity.line. It has no price."""

    id: int
    description: str | None
    quantity: Decimal
    unit: Named | None
    product: Named | None


class OpportunityRow(Row, frozen=True, kw_only=True):
    """sale.opportunity."""

    number: str
    reference: str | None
    description: str | None
    party: int | None
    state: str
    conversion_probability: Decimal
    amount: Number | None
    currency: Coded
    company: Company
    end_date: Day | None
    sales: tuple[Sale, ...]
    lines: tuple[OpportunityLine, ...]


class WorkRow(Row, frozen=True, kw_only=True):
    """project.work: a project or a task. `path` names its ancestors and itself, such as 4/17/."""

    name: str
    number: str | None
    comment: str | None
    path: str
    parent: int | None
    party: int | None
    status: Named
    company: Company
    progress: Decimal | None
    list_price: Number | None
    effort_duration: Span | None
    timesheet_duration: Span | None
    timesheet_start_date: Day | None
    timesheet_end_date: Day | None

    @property
    def root(self) -> str:
        """Return the id of the project at the top."""
        return self.path.split("/", 1)[0]


class TimesheetWork(Nested, frozen=True, kw_only=True):
    """timesheet.work; `origin` names the work that time is booked for, such as project.work,17. REST does not read beyond it."""

    origin: str | None


class WorkedRow(Row, frozen=True, kw_only=True):
    """timesheet.line: what was worked."""

    work: TimesheetWork
    date: Day
    duration: Span
    description: str | None

    @property
    def work_id(self) -> str:
        """Return the id of the project or task, empty when the time is booked for something else."""
        model, _, identifier = (self.work.origin or "").partition(",")
        return identifier if model == "project.work" else ""


class LineRow(WorkedRow, frozen=True, kw_only=True):
    """timesheet.line, as a project needs it."""

    employee: int
    invoice_line: int | None


class Person(Nested, frozen=True, kw_only=True):
    """party.party, as an employee shows it."""

    name: str | None
    code: str
    email: str | None
    last_modified_at: Moment


class UserRow(Row, frozen=True, kw_only=True):
    """company.employee, as a project needs them. Name and address are the party's, which changes by itself."""

    active: bool
    party: Person

    def modified_at(self) -> datetime:
        """Return when the employee or the party was last changed."""
        return max(self.last_modified_at.value(), self.party.last_modified_at.value())


class EmployeeRow(UserRow, frozen=True, kw_only=True):
    """company.employee. `cost_price` is today's, per hour."""

    company: Employer
    start_date: Day | None
    end_date: Day | None
    supervisor: int | None
    cost_price: Number | None


class CategoryRow(Row, frozen=True, kw_only=True):
    """party.category."""

    name: str


@cache
def fields_of(row: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the fields that fill a row, with dots where they belong to another record."""
    return tuple(_fields(row))


def _fields(row: type[msgspec.Struct]) -> Iterator[str]:
    hints = get_type_hints(row)
    for field in msgspec.structs.fields(row):
        inner = _nested(hints[field.name])
        if inner is None:
            yield field.encode_name
        else:
            yield from (f"{field.encode_name}.{name}" for name in _fields(inner))


def _nested(hint: Any) -> type[Nested] | None:
    for member in (hint, *get_args(hint)):
        if isinstance(member, type) and issubclass(member, Nested):
            return member
    return None
