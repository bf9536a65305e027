"""Wire structs. The fields of a nested struct are requested through the relation, such as `party.code`.

Tryton tags decimals, dates, datetimes and timedeltas with `__class__` (trytond documentation, "JSON-RPC"). Datetimes
have no zone and are UTC. Hours are timedeltas. Observed on 8.2.1.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, ClassVar, get_args, get_type_hints

import msgspec

from subgraphs.kit.failures import build_mismatch
from subgraphs.kit.numbers import round_hours
from subgraphs.kit.rows import NestedRow, WireRow

_HOUR = Decimal(3600)


def normalize(number: Decimal) -> Decimal:
    """Return the number without trailing zeros: Tryton sends floats such as 8.0."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


Id = Annotated[int, msgspec.Meta(ge=1, lt=2**31)]
"""The id of a record: the server refuses to search for others."""


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


class Nested(NestedRow, frozen=True, kw_only=True):
    """Some fields of a record, read through a relation."""


class Row(WireRow, frozen=True, kw_only=True):
    """Some fields of a record. `last_modified_at` is never null, even for a record that was never changed."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {"last_modified_at": ("modified_at",)}

    id: Id
    last_modified_at: Moment | None = None

    def get_modified_at(self) -> datetime | None:
        """Return the last change of the record and of the related fields that it includes; None if it is unreadable."""
        return find_latest(self.last_modified_at)


class CodeRef(Nested, frozen=True, kw_only=True):
    """A related record: only the code."""

    code: str


class NameRef(Nested, frozen=True, kw_only=True):
    """A related record: only the name."""

    name: str


class Company(Nested, frozen=True, kw_only=True):
    """company.company: its party's code is the legal entity's code."""

    party: CodeRef | None = None
    currency: CodeRef | None = None


class Employer(Company, frozen=True, kw_only=True):
    """company.company with its employees' settings."""

    timezone: str | None = None
    hours_per_work_week: Decimal | None = None


class PartyRow(Row, frozen=True, kw_only=True):
    """party.party."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {**Row.affects, "code": ("display_number", "references")}

    name: str | None
    code: str | None = None


class Country(Nested, frozen=True, kw_only=True):
    """country.country: its code, and its name, as a database may hold countries without an ISO code."""

    code: str | None = None
    name: str | None = None


class Address(Nested, frozen=True, kw_only=True):
    """party.address. Booleans read through a relation are 0 or 1."""

    last_modified_at: Moment | None = None
    street: str | None = None
    city: str | None = None
    postal_code: str | None = None
    country: Country | None = None
    invoice: bool | int | None = None


class AccountRow(PartyRow, frozen=True, kw_only=True):
    """party.party of a customer."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        **PartyRow.affects,
        "addresses.last_modified_at": ("modified_at",),
    }

    active: bool | int | None = None
    customer_currency: CodeRef | None = None
    addresses: tuple[Address, ...] = ()

    def get_modified_at(self) -> datetime | None:
        """Return the last change of the party or one of its addresses."""
        return find_latest(self.last_modified_at, *(each.last_modified_at for each in self.addresses))


class Sale(Nested, frozen=True, kw_only=True):
    """sale.sale, read through its opportunity."""

    number: str | None = None


class OpportunityLine(Nested, frozen=True, kw_only=True):
    """sale.opportunity.line. It has no price."""

    id: Id
    description: str | None
    quantity: Decimal
    unit: NameRef | None
    product: NameRef | None


class OpportunityRow(Row, frozen=True, kw_only=True):
    """sale.opportunity."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        **Row.affects,
        "number": ("display_number",),
        "reference": ("display_number", "references"),
        "currency": ("amount",),
    }

    number: str | None = None
    reference: str | None = None
    description: str | None
    party: Id | None = None
    state: str
    conversion_probability: Decimal | None = None
    currency: CodeRef | None = None
    amount: Number | None = None
    company: Company | None = None
    end_date: Day | None = None
    sales: tuple[Sale, ...] = ()
    lines: tuple[OpportunityLine, ...] = ()


class WorkRow(Row, frozen=True, kw_only=True):
    """project.work: a project or a task. `path` holds the ids of its ancestors and its own, such as 4/17/."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {**Row.affects, "number": ("display_number", "references")}

    name: str
    number: str | None = None
    comment: str | None = None
    path: str
    parent: Id | None = None
    party: Id | None = None
    status: NameRef | None = None
    company: Company | None = None
    progress: Decimal | None = None
    list_price: Number | None = None
    effort_duration: Span | None = None
    timesheet_duration: Span | None = None
    timesheet_start_date: Day | None = None
    timesheet_end_date: Day | None = None

    @property
    def root(self) -> str:
        """Return the id of the topmost work, the project. Raise SourceError for a path without ids."""
        root = self.path.split("/", 1)[0]
        if not root.isdigit():
            raise build_mismatch("project.work: path")
        return root


class TimesheetWork(Nested, frozen=True, kw_only=True):
    """timesheet.work. `origin` refers to the work, such as project.work,17; REST does not read beyond it."""

    origin: str | None


class WorkedRow(Row, frozen=True, kw_only=True):
    """timesheet.line."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {**Row.affects, "description": ("references",)}

    work: TimesheetWork
    date: Day
    duration: Span
    description: str | None = None

    @property
    def work_id(self) -> str:
        """Return the id of the project or task, empty if the time is booked for another model."""
        model, _, identifier = (self.work.origin or "").partition(",")
        return identifier if model == "project.work" else ""


class LineRow(WorkedRow, frozen=True, kw_only=True):
    """timesheet.line of the PSA role."""

    keys: ClassVar[Mapping[str, str]] = {"employee": "user_id"}

    employee: Id | None = None
    invoice_line: Id | None = None


class Person(Nested, frozen=True, kw_only=True):
    """party.party, read through an employee."""

    name: str | None = None
    code: str | None = None
    email: str | None = None
    last_modified_at: Moment | None = None


class UserRow(Row, frozen=True, kw_only=True):
    """company.employee of the PSA role. Name and e-mail belong to the party, which has its own change timestamp."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        **Row.affects,
        "party.code": ("display_number", "references"),
        "party.last_modified_at": ("modified_at",),
    }

    active: bool | None = None
    party: Person | None = None

    def get_modified_at(self) -> datetime | None:
        """Return the last change of the employee or the party."""
        return find_latest(self.last_modified_at, self.party.last_modified_at if self.party else None)


class EmployeeRow(UserRow, frozen=True, kw_only=True):
    """company.employee of the HCM role. `cost_price` is today's, per hour."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {**UserRow.affects, "company.currency": ("cost_rate",)}

    company: Employer | None = None
    start_date: Day | None = None
    end_date: Day | None = None
    supervisor: Id | None = None
    cost_price: Number | None = None


class CategoryRow(Row, frozen=True, kw_only=True):
    """party.category."""

    name: str


def find_latest(*moments: Moment | None) -> datetime | None:
    """Return the latest of some moments; None if one is missing. Raise SourceError for one that is no datetime."""
    latest: datetime | None = None
    for each in moments:
        if each is None:
            return None
        try:
            moment = each.to_datetime()
        except (ValueError, OverflowError):
            raise build_mismatch("an invalid datetime") from None
        latest = moment if latest is None else max(latest, moment)
    return latest


def find_code(related: CodeRef | None) -> str | None:
    """Return the code of a related record, None without one."""
    return None if related is None else related.code


def find_name(related: NameRef | None) -> str | None:
    """Return the name of a related record, None without one."""
    return None if related is None else related.name


def find_entity(company: Company | None) -> str | None:
    """Return the code of a company, None if it is unknown."""
    return None if company is None else find_code(company.party)


def find_currency(company: Company | None) -> str | None:
    """Return the currency of a company, None if it is unknown."""
    return None if company is None else find_code(company.currency)


@cache
def list_fields(row: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the field names of a row, dotted for related records."""
    return tuple(_iterate_fields(row))


def _iterate_fields(row: type[msgspec.Struct]) -> Iterator[str]:
    hints = get_type_hints(row)
    for field in msgspec.structs.fields(row):
        if field.name == "unread":
            continue
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
