"""The reads of each role's port, as tables: a new vendor needs no edit here, a new port method needs one row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gateway.canonical.records import crm, erp, hcm, psa
from gateway.canonical.records.base import Record
from gateway.canonical.roles import SystemRole
from gateway.canonical.values import DateRange
from gateway.ports.where import AssignmentWhere, DemandWhere, ExpenseWhere, TaskWhere, TimeWhere, Where

EVER: Final = DateRange(date(2000, 1, 1), date(2099, 12, 31))

BY_ID: Final[Mapping[SystemRole, Mapping[type[Record], str]]] = {
    SystemRole.CRM: {
        crm.CrmAccount: "get_accounts",
        crm.CrmOpportunity: "get_opportunities",
        crm.CrmContract: "get_contracts",
        crm.CrmContact: "get_contacts",
    },
    SystemRole.PSA: {
        psa.PsaClient: "get_clients",
        psa.PsaProject: "get_projects",
        psa.PsaUser: "get_users",
        psa.PsaTask: "get_tasks",
        psa.PsaMilestone: "get_milestones",
        psa.PsaDemand: "get_demands",
        psa.PsaAssignment: "get_assignments",
        psa.PsaTimeEntry: "get_time_entries",
        psa.PsaExpense: "get_expenses",
    },
    SystemRole.HCM: {hcm.HcmWorker: "get_workers"},
    SystemRole.ERP: {
        erp.ErpLegalEntity: "get_legal_entities",
        erp.ErpCustomer: "get_customers",
        erp.ErpContract: "get_contracts",
        erp.ErpJob: "get_jobs",
        erp.ErpEmployee: "get_employees",
        erp.ErpInvoice: "get_invoices",
        erp.ErpInvoiceLine: "get_invoice_lines",
        erp.ErpPayment: "get_payments",
        erp.ErpExpense: "get_expenses",
    },
}

OTHER_RECORDS: Final[Mapping[SystemRole, frozenset[type[Record]]]] = {
    SystemRole.CRM: frozenset(),
    SystemRole.PSA: frozenset({psa.PsaBooking}),
    SystemRole.HCM: frozenset({hcm.HcmAbsence}),
    SystemRole.ERP: frozenset({erp.ErpDimension, erp.ErpTimePosting, erp.ErpReceivables}),
}
"""The records that a port returns, but not by their own native ids."""

WHERE: Final[Mapping[SystemRole, Mapping[str, type[Where]]]] = {
    SystemRole.CRM: {},
    SystemRole.PSA: {
        "tasks": TaskWhere,
        "demands": DemandWhere,
        "assignments": AssignmentWhere,
        "time_entries": TimeWhere,
        "expenses": ExpenseWhere,
    },
    SystemRole.HCM: {},
    SystemRole.ERP: {"expenses": ExpenseWhere},
}
"""The relations that take a filter, as `Capabilities.filters` names them."""


@dataclass(frozen=True, kw_only=True)
class ChildRead:
    """A read of pages.

    `above` names the attribute with the parent's id, `order` the attributes that precede the native id in the declared
    order.
    """

    method: str
    parent: type[Record]
    child: type[Record]
    parent_attribute: str
    order: tuple[str, ...] = ()
    relation: str | None = None

    def get_sort_key(self, row: Any) -> tuple[Any, ...]:
        """Return the sort key of a row in the declared order."""
        return (*(getattr(row, name) for name in self.order), _build_id_key(row.native.id))


def _build_id_key(native_id: str) -> tuple[int, str]:
    """Order numeric ids as numbers: a vendor's 10 comes after its 9."""
    return (len(native_id), native_id) if native_id.isdigit() else (0, native_id)


CHILDREN: Final[Mapping[SystemRole, tuple[ChildRead, ...]]] = {
    SystemRole.CRM: (
        ChildRead(
            method="list_contacts_by_account",
            parent=crm.CrmAccount,
            child=crm.CrmContact,
            parent_attribute="account_id",
        ),
    ),
    SystemRole.PSA: (
        *(
            ChildRead(
                method=f"list_{name}_by_project",
                parent=psa.PsaProject,
                child=child,
                parent_attribute="project_id",
                **more,
            )
            for name, child, more in (
                ("tasks", psa.PsaTask, {"relation": "tasks"}),
                ("milestones", psa.PsaMilestone, {}),
                ("demands", psa.PsaDemand, {"relation": "demands"}),
                ("assignments", psa.PsaAssignment, {"relation": "assignments"}),
                ("time_entries", psa.PsaTimeEntry, {"relation": "time_entries", "order": ("work_date",)}),
                ("expenses", psa.PsaExpense, {"relation": "expenses", "order": ("incurred_on",)}),
            )
        ),
        ChildRead(
            method="list_assignments_by_user",
            parent=psa.PsaUser,
            child=psa.PsaAssignment,
            parent_attribute="user_id",
            relation="assignments",
        ),
        ChildRead(
            method="list_time_entries_by_user",
            parent=psa.PsaUser,
            child=psa.PsaTimeEntry,
            parent_attribute="user_id",
            order=("work_date",),
            relation="time_entries",
        ),
    ),
    SystemRole.HCM: (),
    SystemRole.ERP: (
        ChildRead(
            method="list_invoice_lines_by_invoice",
            parent=erp.ErpInvoice,
            child=erp.ErpInvoiceLine,
            parent_attribute="invoice_id",
            order=("sequence",),
        ),
        ChildRead(
            method="list_expenses_by_job",
            parent=erp.ErpJob,
            child=erp.ErpExpense,
            parent_attribute="job_id",
            order=("incurred_on",),
            relation="expenses",
        ),
    ),
}


@dataclass(frozen=True, kw_only=True)
class GroupedRead:
    """A read of all rows below each parent, in one tuple.

    `parents_of` returns the parents of a row, `place` its sort key where an order is declared, `days` the days that a
    range is compared with.
    """

    method: str
    parent: type[Record]
    child: type[Record]
    parents_of: Callable[[Any], frozenset[str | None]]
    arguments: tuple[Any, ...] = ()
    get_sort_key: Callable[[Any], Any] | None = None
    get_days: Callable[[Any], tuple[date, date]] | None = None


GROUPED: Final[Mapping[SystemRole, tuple[GroupedRead, ...]]] = {
    SystemRole.CRM: (),
    SystemRole.PSA: (
        GroupedRead(
            method="list_bookings_by_user",
            parent=psa.PsaUser,
            child=psa.PsaBooking,
            parents_of=lambda row: frozenset({row.user_id}),
            arguments=(EVER,),
            get_days=lambda row: (row.start_date, row.end_date),
        ),
    ),
    SystemRole.HCM: (
        GroupedRead(
            method="list_absences_by_worker",
            parent=hcm.HcmWorker,
            child=hcm.HcmAbsence,
            parents_of=lambda row: frozenset({row.worker_id}),
            arguments=(EVER,),
            get_days=lambda row: (row.day, row.day),
        ),
    ),
    SystemRole.ERP: (
        GroupedRead(
            method="list_payments_by_invoice",
            parent=erp.ErpInvoice,
            child=erp.ErpPayment,
            parents_of=lambda row: frozenset(invoice for invoice, _ in row.applied),
            get_sort_key=lambda row: row.received_on,
        ),
    ),
}
