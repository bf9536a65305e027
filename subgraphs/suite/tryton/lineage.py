"""Where each attribute of each record comes from in Tryton, or why it has no place there."""

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
from subgraphs.kit.origins import origins
from subgraphs.suite.tryton.records import EMPLOYEE, LINE, OPPORTUNITY, PARTY, WORK

_PROJECT = {
    "type": "Tryton tells projects from tasks, and has no types of projects.",
    "health": "Tryton projects have no traffic light.",
    "actual_end_date": "Tryton notes no day on which a project was done.",
    "manager_id": "Tryton projects have no manager.",
    "service_line": "Tryton projects belong to no service line.",
    "contract_number": "Tryton projects name no contract.",
    "opportunity_reference": "Tryton projects name no opportunity.",
    "dimensions": "Tryton projects carry no analytic accounts.",
    "member_ids": "Tryton projects list no members.",
}
_TASK = {
    "wbs": "Tryton orders tasks without numbering the breakdown.",
    "start_date": "Tryton plans no days without its project planning module.",
    "end_date": "Tryton plans no days without its project planning module.",
    "remaining_hours": "Tryton keeps the effort and the progress, not what remains.",
}
_USER = {
    "type": "Tryton does not tell employees from contractors.",
    "practice": "Tryton has no practices.",
    "skills": "Tryton keeps no skills.",
    "bill_rate": "Tryton prices tasks, not people.",
}
_ENTRY = {
    "overtime": "Tryton does not mark overtime.",
    "approval": "Tryton time sheets are not approved.",
    "bill_amount": "Tryton computes amounts when it invoices.",
    "dimensions": "Tryton time sheets carry no analytic accounts.",
}
_WORKER = {
    "type": "Tryton does not tell employees from contractors.",
    "job_title": "Tryton keeps no jobs.",
    "job_level": "Tryton keeps no jobs.",
    "practice": "Tryton has no practices.",
    "cost_center": "Tryton assigns employees to no cost centre.",
    "location": "Tryton assigns employees to no location.",
    "skills": "Tryton keeps no skills.",
}


_ACCOUNT = {
    "legal_name": "Tryton parties have one name.",
    "parent_id": "Tryton knows no parents of parties without its relationship module.",
    "industry": "Tryton parties have no industry.",
    "segment": "Tryton parties have no segment.",
    "owner": "Tryton parties have no owner.",
    "shipping_address": "The addresses of a party are not read beyond the one for invoices.",
    "region": "Tryton parties have no region.",
}
_OPPORTUNITY = {
    "closed_at": "Tryton notes no instant at which an opportunity was closed.",
    "service_line": "Tryton opportunities belong to no service line.",
    "contract_type": "Tryton opportunities have no type of contract.",
    "contract_id": "Tryton has sales, and no standing contracts.",
    "project_code": "Tryton opportunities name no project.",
}


def crm_lineage() -> Lineage:
    """Return the lineage of everything that a customer relationship system is asked for."""
    return {
        CrmAccount: origins(
            CrmAccount,
            PARTY,
            _ACCOUNT,
            name="name",
            status=("active", "active or inactive"),
            default_currency="customer_currency.code",
            billing_address=("addresses", "the one for invoices, else the first"),
        ),
        CrmOpportunity: origins(
            CrmOpportunity,
            OPPORTUNITY,
            _OPPORTUNITY,
            name="description",
            account_id="party",
            stage="state",
            probability="conversion_probability",
            amount=("amount", "in the opportunity's currency"),
            expected_close_date=("end_date", "once it is closed, the day on which it was"),
            legal_entity="company.party.code",
            quote_number=("sales", "the number of the first"),
            lines="lines",
        ),
        CrmContract: build_absent_origins(CrmContract, "Tryton has sales, and no standing contracts."),
        CrmContact: build_absent_origins(
            CrmContact, "Tryton keeps addresses and numbers of customers, not people at them."
        ),
    }


def psa_lineage() -> Lineage:
    """Return the lineage of everything that a professional-services system is asked for."""
    return {
        PsaClient: origins(PsaClient, PARTY, {}, name="name", number="code"),
        PsaProject: origins(
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
        PsaTask: origins(
            PsaTask,
            WORK,
            _TASK,
            project_id=("path", "the work at the top"),
            parent_id=("parent", "none where it is the project"),
            name="name",
            status="status.name",
            billable=("list_price", "true where there is a price"),
            estimated_hours=("effort_duration", "in hours"),
            actual_hours=("timesheet_duration", "in hours, tasks below included"),
        ),
        PsaUser: origins(
            PsaUser,
            EMPLOYEE,
            _USER,
            name="party.name",
            email="party.email",
            worker_number="party.code",
            active="active",
        ),
        PsaTimeEntry: origins(
            PsaTimeEntry,
            LINE,
            _ENTRY,
            project_id=("work.origin", "the work at the top"),
            user_id="employee",
            task_id=("work.origin", "none where it is the project"),
            work_date="date",
            hours=("duration", "in hours"),
            billable=("work.origin", "true where the work has a price"),
            note=("description", "without the reference in brackets, where the mapping file says so"),
            billing=("invoice_line", "invoiced where there is one, else open, or unpriced where the work has no price"),
            bill_rate=("work.origin", "the work's list price, in the company's currency"),
        ),
        PsaMilestone: build_absent_origins(PsaMilestone, "Tryton projects have no milestones."),
        PsaDemand: build_absent_origins(PsaDemand, "Tryton projects ask for no people."),
        PsaAssignment: build_absent_origins(
            PsaAssignment, "Tryton books no people without its project planning module."
        ),
        PsaExpense: build_absent_origins(PsaExpense, "Tryton keeps no expenses of projects."),
        PsaBooking: build_absent_origins(PsaBooking, "Tryton books no people without its project planning module."),
    }


def hcm_lineage() -> Lineage:
    """Return the lineage of everything that a human-resources system is asked for."""
    return {
        HcmWorker: origins(
            HcmWorker,
            EMPLOYEE,
            _WORKER,
            worker_number="party.code",
            name="party.name",
            email="party.email",
            employment_status=("active", "active or inactive"),
            manager_id=("supervisor", "of the same company only"),
            legal_entity="company.party.code",
            time_zone="company.timezone",
            hire_date="start_date",
            termination_date="end_date",
            standard_weekly_hours=("company.hours_per_work_week", "the company's working week"),
            cost_rate=("cost_price", "today's, in the company's currency"),
        ),
        HcmAbsence: build_absent_origins(HcmAbsence, "Tryton keeps no absences."),
    }
