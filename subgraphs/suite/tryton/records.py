"""Builds CRM, PSA and HCM records from rows, without I/O. Codes stay source values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from gateway.canonical.native import NativeId
from gateway.canonical.records.crm import CrmAccount, CrmOpportunity, CrmOpportunityLine
from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.records.psa import PsaClient, PsaProject, PsaTask, PsaTimeEntry, PsaUser
from gateway.canonical.values import Address, Money
from subgraphs.kit.countries import resolve_country
from subgraphs.kit.failures import build_mismatch
from subgraphs.kit.record_mapping import note_unreadable, parse_value
from subgraphs.suite.tryton import wire
from subgraphs.suite.tryton.wire import (
    AccountRow,
    Day,
    EmployeeRow,
    LineRow,
    Number,
    OpportunityRow,
    PartyRow,
    Row,
    Span,
    UserRow,
    WorkRow,
    find_code,
    find_currency,
    find_entity,
    find_name,
    normalize,
)

PARTY, WORK, LINE, EMPLOYEE = "party.party", "project.work", "timesheet.line", "company.employee"
OPPORTUNITY = "sale.opportunity"
INVOICED, OPEN, UNPRICED = "invoiced", "open", "unpriced"
ACTIVE, INACTIVE = "active", "inactive"


@dataclass(frozen=True)
class RecordBuilder:
    """Builds the records of one connection. With `bracketed`, time descriptions start with an id in square brackets.

    `countries` are the codes of country names that the mapping file states.
    """

    connection: str
    bracketed: bool
    countries: Mapping[str, str] = field(default_factory=dict)

    def build_account(self, row: AccountRow) -> CrmAccount:
        """Build an account from a party."""
        return CrmAccount(
            **self._build_base(PARTY, row),
            display_number=row.code,
            references=(("code", row.code),) if row.code else (),
            name=require_text(row.name or row.code, "name"),
            status=classify_activity(row.active),
            default_currency=find_code(row.customer_currency),
            billing_address=build_billing_address(row.addresses, self.countries),
        )

    def build_opportunity(self, row: OpportunityRow) -> CrmOpportunity:
        """Build an opportunity. The sales converted from it are its quotes."""
        return CrmOpportunity(
            **self._build_base(OPPORTUNITY, row),
            display_number=row.reference or row.number,
            references=(("reference", row.reference),) if row.reference else (),
            name=require_text(row.description or row.number, "number"),
            account_id=_to_id(row.party),
            stage=row.state,
            probability=_normalize(row.conversion_probability),
            amount=to_money(row.amount, find_code(row.currency)),
            expected_close_date=_to_date(row.end_date),
            legal_entity=find_entity(row.company),
            quote_number=next((sale.number for sale in row.sales if sale.number), None),
            lines=tuple(_build_line(line, self.connection) for line in row.lines),
        )

    def build_client(self, row: PartyRow) -> PsaClient:
        """Build a client from a party."""
        return PsaClient(
            **self._build_base(PARTY, row),
            display_number=row.code,
            references=(("code", row.code),) if row.code else (),
            name=require_text(row.name or row.code, "name"),
            number=row.code,
        )

    def build_project(self, row: WorkRow) -> PsaProject:
        """Build a project from a work without a parent."""
        code = row.number or str(row.id)
        return PsaProject(
            **self._build_base(WORK, row),
            display_number=code,
            references=(("number", row.number),) if row.number else (),
            code=code,
            name=row.name,
            description=row.comment,
            status=find_name(row.status),
            start_date=_to_date(row.timesheet_start_date),
            end_date=_to_date(row.timesheet_end_date),
            percent_complete=_normalize(row.progress),
            client_id=_to_id(row.party),
            legal_entity=find_entity(row.company),
            currency=find_currency(row.company),
        )

    def build_task(self, row: WorkRow) -> PsaTask:
        """Build a task from a work below a project; a task directly below the project has no parent."""
        parent = _to_id(row.parent)
        return PsaTask(
            **self._build_base(WORK, row),
            display_number=row.number,
            project_id=row.root,
            parent_id=None if parent == row.root else parent,
            name=row.name,
            status=find_name(row.status),
            billable=row.list_price is not None,
            estimated_hours=_to_hours(row.effort_duration),
            actual_hours=_to_hours(row.timesheet_duration),
        )

    def build_user(self, row: UserRow) -> PsaUser:
        """Build a user from an employee."""
        return PsaUser(
            **self._build_base(EMPLOYEE, row),
            **build_person(row),
            name=row.party.name if row.party else None,
            active=row.active is not False,
        )

    def build_time_entry(self, row: LineRow, work: WorkRow) -> PsaTimeEntry:
        """Build a time entry from a timesheet line and its work."""
        note_unread_work(work)
        reference, note = self._split_description(row.description)
        return PsaTimeEntry(
            **self._build_base(LINE, row),
            references=(("description", reference),) if reference else (),
            project_id=work.root,
            user_id=_to_id(row.employee),
            task_id=None if str(work.id) == work.root else str(work.id),
            work_date=row.date.to_date(),
            hours=row.duration.to_hours(),
            billable=work.list_price is not None,
            note=note,
            billing=_classify_billing(row, work),
            bill_rate=build_list_price(work),
        )

    def build_worker(self, row: EmployeeRow) -> HcmWorker:
        """Build a worker from an employee."""
        return HcmWorker(
            **self._build_base(EMPLOYEE, row),
            **build_person(row),
            name=row.party.name if row.party else None,
            employment_status=classify_activity(row.active),
            manager_id=_to_id(row.supervisor),
            legal_entity=find_entity(row.company),
            time_zone=row.company.timezone if row.company else None,
            hire_date=_to_date(row.start_date),
            termination_date=_to_date(row.end_date),
            standard_weekly_hours=_normalize(row.company.hours_per_work_week if row.company else None),
            cost_rate=to_money(row.cost_price, find_currency(row.company)),
        )

    def _build_base(self, model: str, row: Row) -> dict[str, Any]:
        return {"native": self._build_native_id(model, row.id), "modified_at": row.get_modified_at()}

    def _build_native_id(self, model: str, identifier: int) -> NativeId:
        return NativeId(self.connection, model, str(identifier))

    def _split_description(self, text: str | None) -> tuple[str | None, str | None]:
        """Split a description into the reference and the note."""
        if self.bracketed and text is not None and text.startswith("["):
            reference, closed, note = text[1:].partition("]")
            if closed and reference:
                return reference, note.strip() or None
        return None, text


def build_billing_address(addresses: Sequence[wire.Address], countries: Mapping[str, str]) -> Address | None:
    """Build the invoice address, else the first; return None without a country."""
    chosen = next((each for each in addresses if each.invoice), addresses[0] if addresses else None)
    related = None if chosen is None else chosen.country
    country = parse_value(
        lambda each: find_country(each, countries), related, "billing_address", PARTY, "addresses.country"
    )
    if chosen is None or country is None:
        return None
    lines = [line.strip() for line in (chosen.street or "").splitlines() if line.strip()]
    return Address(
        line1=lines[0] if lines else None,
        line2=", ".join(lines[1:]) or None,
        city=chosen.city,
        postal_code=chosen.postal_code,
        country=country,
    )


def find_country(country: wire.Country | None, names: Mapping[str, str]) -> str | None:
    """Return the ISO code of a country by its code, else by its name; None for neither.

    Raises SourceError(CONTRACT_MISMATCH) for a name that no code is known for.
    """
    text = None if country is None else country.code or country.name
    return resolve_country(text, names) if text else None


def build_person(row: UserRow) -> dict[str, Any]:
    """Return the attributes of every kind of employee that belong to the party."""
    code = row.party.code if row.party else None
    return {
        "display_number": code,
        "references": (("party.code", code),) if code else (),
        "worker_number": code,
        "email": row.party.email if row.party else None,
    }


def classify_activity(active: bool | int | None) -> str | None:
    """Return the status of a record that may be archived; None if it is unknown."""
    return None if active is None else ACTIVE if active else INACTIVE


def require_text(text: str | None, field: str) -> str:
    """Return a text. Raise SourceError(CONTRACT_MISMATCH) without one."""
    if not text:
        raise build_mismatch(f"a record without {field}")
    return text


def note_unread_work(work: WorkRow) -> None:
    """Mark the attributes of the time entry that is being built that depend on an unreadable one of its work."""
    for path in work.unread:
        for attribute in _DEPENDS_ON_WORK.get(path.partition(".")[0], ()):
            note_unreadable(attribute, WORK, path)


_DEPENDS_ON_WORK: Final[Mapping[str, Sequence[str]]] = {
    "list_price": ("billable", "billing", "bill_rate"),
    "company": ("bill_rate",),
}


def _build_line(row: wire.OpportunityLine, connection: str) -> CrmOpportunityLine:
    return CrmOpportunityLine(
        connection=connection,
        native_id=str(row.id),
        description=row.description or (row.product.name if row.product else ""),
        quantity=_normalize(row.quantity),
        unit=row.unit.name.upper() if row.unit else None,
    )


def _classify_billing(row: LineRow, work: WorkRow) -> str:
    """Return the billing state, by Tryton's own rule: work without a price is never billed."""
    if row.invoice_line is not None:
        return INVOICED
    return UNPRICED if work.list_price is None else OPEN


def _to_id(value: int | None) -> str | None:
    return None if value is None else str(value)


def _to_date(value: Day | None) -> date | None:
    return None if value is None else value.to_date()


def _normalize(value: Decimal | None) -> Decimal | None:
    return None if value is None else normalize(value)


def _to_hours(value: Span | None) -> Decimal | None:
    return None if value is None else value.to_hours()


def to_money(value: Number | None, currency: str | None) -> Money | None:
    """Return an amount; None for None. Raise SourceError(CONTRACT_MISMATCH) without a currency."""
    if value is None:
        return None
    if currency is None:
        raise build_mismatch("an amount without a currency")
    return Money(value.decimal, currency)


def build_list_price(work: WorkRow) -> Money | None:
    """Return the list price of a work in its company's currency; None if the work's company cannot be read."""
    currency = find_currency(work.company)
    unread = any(path.partition(".")[0] == "company" for path in work.unread)
    return None if currency is None and unread else to_money(work.list_price, currency)
