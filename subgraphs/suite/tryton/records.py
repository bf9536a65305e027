"""Builds CRM, PSA and HCM records from rows, without I/O. Codes stay source values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from gateway.canonical.native import NativeId
from gateway.canonical.records.crm import CrmAccount, CrmOpportunity, CrmOpportunityLine
from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.records.psa import PsaClient, PsaProject, PsaTask, PsaTimeEntry, PsaUser
from gateway.canonical.values import Address, Money
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
    normalize,
)

PARTY, WORK, LINE, EMPLOYEE = "party.party", "project.work", "timesheet.line", "company.employee"
OPPORTUNITY = "sale.opportunity"
INVOICED, OPEN, UNPRICED = "invoiced", "open", "unpriced"
ACTIVE, INACTIVE = "active", "inactive"


@dataclass(frozen=True)
class RecordBuilder:
    """Builds the records of one connection. With `bracketed`, time descriptions start with an id in square brackets."""

    connection: str
    bracketed: bool

    def build_account(self, row: AccountRow) -> CrmAccount:
        """Build an account from a party."""
        return CrmAccount(
            **self._build_base(PARTY, row),
            display_number=row.code,
            references=(("code", row.code),),
            name=row.name or row.code,
            status=ACTIVE if row.active else INACTIVE,
            default_currency=row.customer_currency.code if row.customer_currency else None,
            billing_address=build_billing_address(row.addresses),
        )

    def build_opportunity(self, row: OpportunityRow) -> CrmOpportunity:
        """Build an opportunity. The sales converted from it are its quotes."""
        return CrmOpportunity(
            **self._build_base(OPPORTUNITY, row),
            display_number=row.reference or row.number,
            references=(("reference", row.reference),) if row.reference else (),
            name=row.description or row.number,
            account_id=_to_id(row.party),
            stage=row.state,
            probability=_normalize(row.conversion_probability),
            amount=_to_money(row.amount, row.currency.code),
            expected_close_date=_to_date(row.end_date),
            legal_entity=row.company.party.code,
            quote_number=next((sale.number for sale in row.sales if sale.number), None),
            lines=tuple(_build_line(line, self.connection) for line in row.lines),
        )

    def build_client(self, row: PartyRow) -> PsaClient:
        """Build a client from a party."""
        return PsaClient(
            **self._build_base(PARTY, row),
            display_number=row.code,
            references=(("code", row.code),),
            name=row.name or row.code,
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
            status=row.status.name,
            start_date=_to_date(row.timesheet_start_date),
            end_date=_to_date(row.timesheet_end_date),
            percent_complete=_normalize(row.progress),
            client_id=_to_id(row.party),
            legal_entity=row.company.party.code,
            currency=row.company.currency.code,
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
            status=row.status.name,
            billable=row.list_price is not None,
            estimated_hours=_to_hours(row.effort_duration),
            actual_hours=_to_hours(row.timesheet_duration),
        )

    def build_user(self, row: UserRow) -> PsaUser:
        """Build a user from an employee."""
        return PsaUser(
            **self._build_base(EMPLOYEE, row),
            display_number=row.party.code,
            references=(("party.code", row.party.code),),
            name=row.party.name,
            email=row.party.email or None,
            worker_number=row.party.code,
            active=row.active,
        )

    def build_time_entry(self, row: LineRow, work: WorkRow) -> PsaTimeEntry:
        """Build a time entry from a timesheet line and its work."""
        reference, note = self._split_description(row.description)
        return PsaTimeEntry(
            **self._build_base(LINE, row),
            references=(("description", reference),) if reference else (),
            project_id=work.root,
            user_id=str(row.employee),
            task_id=None if str(work.id) == work.root else str(work.id),
            work_date=row.date.to_date(),
            hours=row.duration.to_hours(),
            billable=work.list_price is not None,
            note=note,
            billing=_classify_billing(row, work),
            bill_rate=_to_money(work.list_price, work.company.currency.code),
        )

    def build_worker(self, row: EmployeeRow) -> HcmWorker:
        """Build a worker from an employee."""
        return HcmWorker(
            **self._build_base(EMPLOYEE, row),
            display_number=row.party.code,
            references=(("party.code", row.party.code),),
            worker_number=row.party.code,
            name=row.party.name,
            email=row.party.email or None,
            employment_status=ACTIVE if row.active else INACTIVE,
            manager_id=_to_id(row.supervisor),
            legal_entity=row.company.party.code,
            time_zone=row.company.timezone,
            hire_date=_to_date(row.start_date),
            termination_date=_to_date(row.end_date),
            standard_weekly_hours=_normalize(row.company.hours_per_work_week),
            cost_rate=_to_money(row.cost_price, row.company.currency.code),
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


def build_billing_address(addresses: Sequence[wire.Address]) -> Address | None:
    """Build the invoice address, else the first; return None without a country."""
    chosen = next((each for each in addresses if each.invoice), addresses[0] if addresses else None)
    if chosen is None or chosen.country is None:
        return None
    lines = [line.strip() for line in (chosen.street or "").splitlines() if line.strip()]
    return Address(
        line1=lines[0] if lines else None,
        line2=", ".join(lines[1:]) or None,
        city=chosen.city,
        postal_code=chosen.postal_code,
        country=chosen.country.code,
    )


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


def _to_money(value: Number | None, currency: str) -> Money | None:
    return None if value is None else Money(value.decimal, currency)
