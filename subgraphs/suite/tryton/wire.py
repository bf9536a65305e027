"""Wire structs. The fields of a nested struct are requested through the relation, such as `party.code`.

Tryton tags decimals, dates, datetimes and timedeltas with `__class__` (trytond documentation, "JSON-RPC"). Datetimes
have no zone and are UTC. Hours are timedeltas. Observed on 8.2.1.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, get_args, get_type_hints

import msgspec

from subgraphs.kit.numbers import round_hours

_HOUR = Decimal(3600)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def normalize(number: Decimal) -> Decimal:
    """Return the number without trailing zeros: Tryton sends floats such as 8.0."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


class MarkedValue(msgspec.Struct, frozen=True, tag_field="__class__"):
    """A value that JSON cannot represent, tagged with `__class__`."""


class Number(MarkedValue, frozen=True, tag="Decimal"):
    """A decimal, with its scale as stored."""

    decimal: Decimal


class Day(MarkedValue, frozen=True, tag="date"):
    """A date."""

    year: int
    month: int
    day: int

    def to_date(self) -> date:
        """Return the date. Raise ValueError for an invalid one."""
        return date(self.year, self.month, self.day)


class Moment(MarkedValue, frozen=True, tag="datetime"):
    """A datetime in UTC."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    microsecond: int

    def to_datetime(self) -> datetime:
        """Return the aware datetime. Raise ValueError for an invalid one."""
        return datetime(
            self.year, self.month, self.day, self.hour, self.minute, self.second, self.microsecond, tzinfo=UTC
        )


class Span(MarkedValue, frozen=True, tag="timedelta"):
    """A timedelta."""

    seconds: Decimal

    def to_hours(self) -> Decimal:
        """Return the hours, rounded to ten decimals."""
        return round_hours(self.seconds / _HOUR)


class Nested(msgspec.Struct, frozen=True, kw_only=True):
    """Some fields of a record, read through a relation."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Some fields of a record. `last_modified_at` is never null, even for a record that was never changed."""

    id: int
    last_modified_at: Moment

    def get_modified_at(self) -> datetime:
        """Return the last change of the record and of the related fields that it includes."""
        return self.last_modified_at.to_datetime()


class CodeRef(Nested, frozen=True, kw_only=True):
    """A related record: only the code."""

    code: str


class NameRef(Nested, frozen=True, kw_only=True):
    """A related record: only the name."""

    name: str


class Company(Nested, frozen=True, kw_only=True):
    """company.company: its party's code is the legal entity's code."""

    party: CodeRef
    currency: CodeRef


class Employer(Company, frozen=True, kw_only=True):
    """company.company with its employees' settings."""

    timezone: str | None
    hours_per_work_week: Decimal | None


class PartyRow(Row, frozen=True, kw_only=True):
    """party.party."""

    name: str | None
    code: str


class Address(Nested, frozen=True, kw_only=True):
    """party.address. Booleans read through a relation are 0 or 1."""

    last_modified_at: Moment
    street: str | None
    city: str | None
    postal_code: str | None
    country: CodeRef | None
    invoice: bool | int


class AccountRow(PartyRow, frozen=True, kw_only=True):
    """party.party of a customer."""

    active: bool | int
    customer_currency: CodeRef | None
    addresses: tuple[Address, ...]

    def get_modified_at(self) -> datetime:
        """Return the last change of the party or one of its addresses."""
        return max(
            self.last_modified_at.to_datetime(),
            *(each.last_modified_at.to_datetime() for each in self.addresses),
            _EPOCH,
        )


class Sale(Nested, frozen=True, kw_only=True):
    """sale.sale, read through its opportunity."""

    number: str | None


class OpportunityLine(Nested, frozen=True, kw_only=True):
    """sale.opportunity.line. It has no price."""

    id: int
    description: str | None
    quantity: Decimal
    unit: NameRef | None
    product: NameRef | None


class OpportunityRow(Row, frozen=True, kw_only=True):
    """sale.opportunity."""

    number: str
    reference: str | None
    description: str | None
    party: int | None
    state: str
    conversion_probability: Decimal
    amount: Number | None
    currency: CodeRef
    company: Company
    end_date: Day | None
    sales: tuple[Sale, ...]
    lines: tuple[OpportunityLine, ...]


class WorkRow(Row, frozen=True, kw_only=True):
    """project.work: a project or a task. `path` holds the ids of its ancestors and its own, such as 4/17/."""

    name: str
    number: str | None
    comment: str | None
    path: str
    parent: int | None
    party: int | None
    status: NameRef
    company: Company
    progress: Decimal | None
    list_price: Number | None
    effort_duration: Span | None
    timesheet_duration: Span | None
    timesheet_start_date: Day | None
    timesheet_end_date: Day | None

    @property
    def root(self) -> str:
        """Return the id of the topmost work, the project."""
        return self.path.split("/", 1)[0]


class TimesheetWork(Nested, frozen=True, kw_only=True):
    """timesheet.work. `origin` refers to the work, such as project.work,17; REST does not read beyond it."""

    origin: str | None


class WorkedRow(Row, frozen=True, kw_only=True):
    """timesheet.line."""

    work: TimesheetWork
    date: Day
    duration: Span
    description: str | None

    @property
    def work_id(self) -> str:
        """Return the id of the project or task, empty if the time is booked for another model."""
        model, _, identifier = (self.work.origin or "").partition(",")
        return identifier if model == "project.work" else ""


class LineRow(WorkedRow, frozen=True, kw_only=True):
    """timesheet.line of the PSA role."""

    employee: int
    invoice_line: int | None


class Person(Nested, frozen=True, kw_only=True):
    """party.party, read through an employee."""

    name: str | None
    code: str
    email: str | None
    last_modified_at: Moment


class UserRow(Row, frozen=True, kw_only=True):
    """company.employee of the PSA role. Name and e-mail belong to the party, which has its own change timestamp."""

    active: bool
    party: Person

    def get_modified_at(self) -> datetime:
        """Return the last change of the employee or the party."""
        return max(self.last_modified_at.to_datetime(), self.party.last_modified_at.to_datetime())


class EmployeeRow(UserRow, frozen=True, kw_only=True):
    """company.employee of the HCM role. `cost_price` is today's, per hour."""

    company: Employer
    start_date: Day | None
    end_date: Day | None
    supervisor: int | None
    cost_price: Number | None


class CategoryRow(Row, frozen=True, kw_only=True):
    """party.category."""

    name: str


@cache
def list_fields(row: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the field names of a row, dotted for related records."""
    return tuple(_iterate_fields(row))


def _iterate_fields(row: type[msgspec.Struct]) -> Iterator[str]:
    hints = get_type_hints(row)
    for field in msgspec.structs.fields(row):
        inner = find_nested(hints[field.name])
        if inner is None:
            yield field.encode_name
        else:
            yield from (f"{field.encode_name}.{name}" for name in _iterate_fields(inner))


def find_nested(hint: Any) -> type[Nested] | None:
    """Return the struct of a related record, None for an attribute without one."""
    for member in (hint, *get_args(hint)):
        if isinstance(member, type) and issubclass(member, Nested):
            return member
    return None
