"""The lineage of each CRM, PSA and HCM record attribute, or the reason why Tryton does not support it."""

from gateway.canonical.records.crm import CrmAccount, CrmContact, CrmContract, CrmOpportunity
from gateway.canonical.records.hcm import HcmAbsence, HcmWorker
from gateway.canonical.records.psa import (
    PsaAssignment,
    PsaBooking,
    PsaClient,
    PsaDemand,
    PsaExpense,
    PsaMilestone,
    PsaProject,
    PsaTask,
    PsaTimeEntry,
    PsaUser,
)
from gateway.ports.lineage import Lineage
from subgraphs.kit.lineage import build_absent_origins
from subgraphs.kit.origins import build_origins
from subgraphs.suite.tryton.records import EMPLOYEE, LINE, OPPORTUNITY, PARTY, WORK

_PROJECT = {
    "type": "Tryton has no project types.",
    "health": "Tryton projects have no health status.",
    "actual_end_date": "Tryton does not record when a project ended.",
    "manager_id": "Tryton projects have no manager.",
    "service_line": "Tryton projects have no service line.",
    "contract_number": "Tryton projects do not refer to a contract.",
    "opportunity_reference": "Tryton projects do not refer to an opportunity.",
    "dimensions": "Tryton projects have no analytic accounts.",
    "member_ids": "Tryton projects have no member list.",
}
_TASK = {
    "start_date": "Tryton schedules tasks only with its project planning module.",
    "end_date": "Tryton schedules tasks only with its project planning module.",
    "remaining_hours": "Tryton stores effort and progress, not the remaining hours.",
}
_USER = {
    "type": "Tryton does not distinguish employees from contractors.",
    "practice": "Tryton has no practices.",
    "bill_rate": "Tryton prices tasks, not people.",
}
_ENTRY = {
    "approval": "Tryton does not support approval of time.",
    "bill_amount": "Tryton computes amounts only when it invoices.",
}
_WORKER = {
    "type": "Tryton does not distinguish employees from contractors.",
    "job_title": "Tryton does not store job titles or levels.",
    "job_level": "Tryton does not store job titles or levels.",
    "practice": "Tryton has no practices.",
    "cost_center": "Tryton does not assign employees to cost centres.",
    "location": "Tryton does not assign employees to locations.",
    "skills": "Tryton does not store skills.",
}


_ACCOUNT = {
    "legal_name": "Tryton parties have one name.",
    "parent_id": "Tryton stores parent parties only with its relationship module.",
    "industry": "Tryton parties have no industry.",
    "segment": "Tryton parties have no segment.",
    "owner": "Tryton parties have no owner.",
    "shipping_address": "Only the invoice address of a party is read.",
    "region": "Tryton parties have no region.",
}
_OPPORTUNITY = {
    "closed_at": "Tryton does not record when an opportunity was closed.",
    "service_line": "Tryton opportunities have no service line.",
    "contract_type": "Tryton opportunities have no contract type.",
    "contract_id": "Tryton has sales orders but no contracts.",
    "project_code": "Tryton opportunities do not refer to a project.",
}


def build_crm_lineage() -> Lineage:
    """Return the lineage of the CRM role."""
    return {
        CrmAccount: build_origins(
            CrmAccount,
            PARTY,
            _ACCOUNT,
            name="name",
            status=("active", "active or inactive"),
            default_currency="customer_currency.code",
            billing_address=("addresses", "the invoice address, else the first"),
        ),
        CrmOpportunity: build_origins(
            CrmOpportunity,
            OPPORTUNITY,
            _OPPORTUNITY,
            name="description",
            account_id="party",
            stage="state",
            probability="conversion_probability",
            amount=("amount", "in the opportunity's currency"),
            expected_close_date=("end_date", "after closing, the closing date"),
            legal_entity="company.party.code",
            quote_number=("sales", "the number of the first"),
            lines="lines",
        ),
        CrmContract: build_absent_origins(CrmContract, "Tryton has sales orders but no contracts."),
        CrmContact: build_absent_origins(
            CrmContact, "Tryton stores addresses and phone numbers of customers, but no contact persons."
        ),
    }


def build_psa_lineage() -> Lineage:
    """Return the lineage of the PSA role."""
    return {
        PsaClient: build_origins(PsaClient, PARTY, {}, name="name", number="code"),
        PsaProject: build_origins(
            PsaProject,
            WORK,
            _PROJECT,
            code="number",
            name="name",
            description="comment",
            status="status.name",
            start_date="timesheet_start_date",
            end_date="timesheet_end_date",
            percent_complete="progress",
            client_id="party",
            legal_entity="company.party.code",
            currency="company.currency.code",
        ),
        PsaTask: build_origins(
            PsaTask,
            WORK,
            _TASK,
            project_id=("path", "the topmost work"),
            parent_id=("parent", "empty if it is the project"),
            name="name",
            status="status.name",
            billable=("list_price", "true if there is a price"),
            estimated_hours=("effort_duration", "in hours"),
            actual_hours=("timesheet_duration", "in hours, including subtasks"),
        ),
        PsaUser: build_origins(
            PsaUser,
            EMPLOYEE,
            _USER,
            name="party.name",
            email="party.email",
            worker_number="party.code",
            active="active",
        ),
        PsaTimeEntry: build_origins(
            PsaTimeEntry,
            LINE,
            _ENTRY,
            project_id=("work.origin", "the topmost work"),
            user_id="employee",
            task_id=("work.origin", "empty if it is the project"),
            work_date="date",
            hours=("duration", "in hours"),
            billable=("work.origin", "true if the work has a price"),
            note=("description", "without the reference in brackets, if the mapping file says so"),
            billing=("invoice_line", "invoiced if there is one, else open, or unpriced if the work has no price"),
            bill_rate=("work.origin", "the work's list price, in the company's currency"),
        ),
        PsaMilestone: build_absent_origins(PsaMilestone, "Tryton projects have no milestones."),
        PsaDemand: build_absent_origins(PsaDemand, "Tryton projects have no resource demands."),
        PsaAssignment: build_absent_origins(
            PsaAssignment, "Tryton assigns people only with its project planning module."
        ),
        PsaExpense: build_absent_origins(PsaExpense, "Tryton does not store project expenses."),
        PsaBooking: build_absent_origins(PsaBooking, "Tryton assigns people only with its project planning module."),
    }


def build_hcm_lineage() -> Lineage:
    """Return the lineage of the HCM role."""
    return {
        HcmWorker: build_origins(
            HcmWorker,
            EMPLOYEE,
            _WORKER,
            worker_number="party.code",
            name="party.name",
            email="party.email",
            employment_status=("active", "active or inactive"),
            manager_id=("supervisor", "only within the same company"),
            legal_entity="company.party.code",
            time_zone="company.timezone",
            hire_date="start_date",
            termination_date="end_date",
            standard_weekly_hours=("company.hours_per_work_week", "the company's working week"),
            cost_rate=("cost_price", "today's, in the company's currency"),
        ),
        HcmAbsence: build_absent_origins(HcmAbsence, "Tryton does not store absences."),
    }
