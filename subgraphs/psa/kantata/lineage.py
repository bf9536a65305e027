"""Where each attribute of each record comes from in this account, or why there is none."""

from collections.abc import Mapping

from gateway.canonical.records.base import Record
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
from gateway.ports.lineage import Absent, Lineage, Origin, Supplied
from subgraphs.kit.origins import origins
from subgraphs.psa.kantata.mapping import KantataMapping
from subgraphs.psa.kantata.records import ALLOCATIONS, DEMANDS, EXPENSES, GROUPS, STORIES, TIME, USERS, WORKSPACES

_UNNAMED = Absent("The connection's mapping file names no custom field of the account for it.")
_CODE = ("external_references", "of the service and model that the mapping file names")
_ABSENT: Mapping[type[Record], Mapping[str, str]] = {
    PsaProject: {
        "health": "Kantata's colour belongs to the status of a project, and is no traffic light of its own.",
        "actual_end_date": "Kantata notes no day on which a project was done.",
    },
    PsaTask: {
        "wbs": "Kantata orders tasks without numbering the breakdown.",
        "actual_hours": "Kantata's documents describe no counter of the hours on a task.",
        "remaining_hours": "Kantata's documents describe no counter of the hours left on a task.",
    },
    PsaMilestone: {"completed_on": "Kantata keeps the state of a milestone, and not the day of it."},
    PsaUser: {
        "skills": "Kantata keeps skills in memberships, which are not read: people's own system has them.",
        "bill_rate": "Kantata prices people by the rate cards of projects.",
    },
    PsaDemand: {
        "skills": "Kantata's documents describe no levels of the skills that a demand asks for.",
        "allocation_percent": "Kantata demands so many people, and no part of one.",
        "location": "Kantata demands have no location.",
        "target_bill_rate": "Kantata prices roles by the rate cards of projects.",
    },
    PsaAssignment: {
        "task_id": "Kantata books people on projects; assignments to tasks are not read.",
        "demand_id": "Kantata leads from a demand to people by requests, which are not read.",
        "allocation_percent": "Kantata's allocations are read in minutes.",
        "actual_hours": "Kantata counts hours on tasks, and not on allocations.",
    },
    PsaTimeEntry: {
        "overtime": "Kantata does not mark overtime.",
        "bill_amount": "Kantata computes amounts when it invoices.",
        "dimensions": "Kantata's custom fields are read of projects, and not of time.",
    },
    PsaExpense: {
        "tax": "Kantata tells whether an expense is taxed, and not how much.",
        "markup_percent": "Kantata's documents describe no markup of expenses.",
        "receipt_url": "Kantata's receipts are attachments, which are not read.",
        "dimensions": "Kantata's custom fields are read of projects, and not of expenses.",
    },
}


def build_lineage(mapping: KantataMapping) -> Lineage:
    """Return the lineage of every record class, as the mapping file makes it."""
    project, user, demand = mapping.project, mapping.user, mapping.demand
    return {
        PsaClient: _of(PsaClient, GROUPS, name="name", number=_CODE),
        PsaProject: {
            **_of(
                PsaProject,
                WORKSPACES,
                code=_CODE,
                name="title",
                description="description",
                status=("status.key", "the account's own key"),
                start_date="start_date",
                end_date="due_date",
                percent_complete=("percentage_complete", "divided by 100"),
                client_id=("workspace_group_ids", "the first that is a company"),
                manager_id="primary_maven_id",
                currency="currency",
                member_ids="participant_ids",
            ),
            "type": _field(WORKSPACES, project.type),
            "legal_entity": _field(WORKSPACES, project.legal_entity),
            "service_line": _field(WORKSPACES, project.service_line),
            "contract_number": _field(WORKSPACES, project.contract_number),
            "opportunity_reference": _field(WORKSPACES, project.opportunity_reference),
            "dimensions": _field(WORKSPACES, ", ".join(project.dimensions.values()) or None),
        },
        PsaTask: _of(
            PsaTask,
            STORIES,
            project_id="workspace_id",
            parent_id="parent_id",
            name="title",
            status="state",
            start_date="start_date",
            end_date="due_date",
            billable="billable",
            estimated_hours=("time_estimate_in_minutes", "in hours"),
        ),
        PsaMilestone: _of(
            PsaMilestone, STORIES, project_id="workspace_id", name="title", due_date="due_date", status="state"
        ),
        PsaUser: {
            **_of(
                PsaUser,
                USERS,
                name="full_name",
                email="email_address",
                worker_number=_CODE,
                active=("disabled", "turned round"),
            ),
            "type": _field(USERS, user.type),
            "practice": _field(USERS, user.practice),
        },
        PsaDemand: {
            **_of(
                PsaDemand,
                DEMANDS,
                project_id="workspace_id",
                role_name=("role.name", "else the title"),
                start_date="start_date",
                end_date="end_date",
                status="status",
                requested_by_id="creator_id",
            ),
            "hours": _field(DEMANDS, demand.hours),
            "priority": _field(DEMANDS, demand.priority),
        },
        PsaAssignment: _of(
            PsaAssignment,
            ALLOCATIONS,
            project_id="workspace_id",
            user_id="workspace_resource.user_id",
            role_name="workspace_resource.role_name",
            start_date="start_date",
            end_date="end_date",
            planned_hours=("minutes", "in hours"),
            booking=("hard", "hard or soft"),
            bill_rate=("workspace_resource.resource_bill_rate", "divided by the currency's base unit"),
        ),
        PsaTimeEntry: _of(
            PsaTimeEntry,
            TIME,
            project_id="workspace_id",
            user_id="user_id",
            task_id="story_id",
            work_date="date_performed",
            hours=("time_in_minutes", "in hours"),
            billable="billable",
            note="notes",
            approval=("active_submission.status", "else approved, or not_submitted"),
            billing=("is_invoiced", "invoiced; else uninvoiced, or non_billable"),
            bill_rate=("rate_in_cents", "divided by the currency's base unit"),
        ),
        PsaExpense: _of(
            PsaExpense,
            EXPENSES,
            project_id="workspace_id",
            user_id="user_id",
            task_id="story_id",
            category="category",
            incurred_on="date",
            amount=("amount_in_cents", "divided by the currency's base unit"),
            billable="is_billable",
            reimbursable="reimbursable",
            approval=("active_submission.status", "else not_submitted"),
        ),
        PsaBooking: _of(
            PsaBooking,
            ALLOCATIONS,
            user_id="workspace_resource.user_id",
            project_id="workspace_id",
            start_date="start_date",
            end_date="end_date",
            hours=("minutes", "in hours"),
            booking=("hard", "hard or soft"),
        ),
    }


def _of(record: type[Record], resource: str, **fields: str | tuple[str, str]) -> Mapping[str, Origin]:
    return origins(record, resource, _ABSENT.get(record, {}), **fields)


def _field(resource: str, name: str | None) -> Origin:
    return _UNNAMED if name is None else Supplied(resource, name, "a custom field, as Kantata shows it")
