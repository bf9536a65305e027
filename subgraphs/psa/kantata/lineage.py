"""The origin of each attribute in an account, or the reason it has none."""

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
from gateway.ports.lineage import Lineage, Origin, Supplied, Unsupported
from subgraphs.kit.origins import build_origins
from subgraphs.psa.kantata.mapping import KantataMapping
from subgraphs.psa.kantata.records import ALLOCATIONS, DEMANDS, EXPENSES, GROUPS, STORIES, TIME, USERS, WORKSPACES

_UNNAMED = Unsupported("The connection's mapping file names no custom field for it.")
_DISPLAYED = "display value of a custom field"
_MONEY = "custom field of type currency, in minor units"
_CODE = ("external_references", "of the mapping file's service and model")
_ABSENT: Mapping[type[Record], Mapping[str, str]] = {
    PsaProject: {
        "actual_end_date": "Kantata does not record when a project was completed.",
    },
    PsaTask: {
        "actual_hours": "Kantata's documentation describes no actual hours of a task.",
        "remaining_hours": "Kantata's documentation describes no remaining hours of a task.",
    },
    PsaMilestone: {"completed_on": "Kantata records a milestone's state, not the day of its completion."},
    PsaDemand: {
        "allocation_percent": "Kantata's demands are for a number of people, not for a percentage.",
    },
    PsaAssignment: {
        "task_id": "Kantata allocates people to projects; assignments to tasks are not read.",
        "demand_id": "Kantata links demands and people by requests, which are not read.",
    },
    PsaTimeEntry: {
        "bill_amount": "Kantata computes amounts when it invoices.",
    },
    PsaExpense: {
        "tax": "Kantata records whether an expense is taxed, not the amount.",
        "markup_percent": "Kantata's documentation describes no markup of expenses.",
        "dimensions": "Custom fields of expenses are not read, only those of projects.",
    },
}


def build_lineage(mapping: KantataMapping) -> Lineage:
    """Return the lineage of every record class for a mapping file."""
    project, user, demand = mapping.project, mapping.user, mapping.demand
    return {
        PsaClient: _build_origins(PsaClient, GROUPS, name="name", number=_CODE),
        PsaProject: {
            **_build_origins(
                PsaProject,
                WORKSPACES,
                code=_CODE,
                name="title",
                description="description",
                status=("status.key", "key defined by the account"),
                start_date="start_date",
                end_date="due_date",
                percent_complete=("percentage_complete", "divided by 100"),
                client_id=("workspace_group_ids", "the first that is a company"),
                manager_id="primary_maven_id",
                currency="currency",
                member_ids="participant_ids",
            ),
            "type": _build_field_origin(WORKSPACES, project.type),
            "legal_entity": _build_field_origin(WORKSPACES, project.legal_entity),
            "service_line": _build_field_origin(WORKSPACES, project.service_line),
            "contract_number": _build_field_origin(WORKSPACES, project.contract_number),
            "opportunity_reference": _build_field_origin(WORKSPACES, project.opportunity_reference),
            "health": _build_field_origin(WORKSPACES, project.health),
            "dimensions": _build_field_origin(WORKSPACES, ", ".join(project.dimensions.values()) or None),
        },
        PsaTask: _build_origins(
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
        PsaMilestone: _build_origins(
            PsaMilestone, STORIES, project_id="workspace_id", name="title", due_date="due_date", status="state"
        ),
        PsaUser: {
            **_build_origins(
                PsaUser,
                USERS,
                name="full_name",
                email="email_address",
                worker_number=_CODE,
                active=("disabled", "negated"),
            ),
            "type": _build_field_origin(USERS, user.type),
            "practice": _build_field_origin(USERS, user.practice),
            "bill_rate": _build_field_origin(USERS, user.bill_rate, _MONEY),
        },
        PsaDemand: {
            **_build_origins(
                PsaDemand,
                DEMANDS,
                project_id="workspace_id",
                role_name=("role.name", "otherwise the title"),
                start_date="start_date",
                end_date="end_date",
                status="status",
                requested_by_id="creator_id",
                skills=("skills", "with the level that the mapping file's custom field gives"),
            ),
            "location": _build_field_origin(DEMANDS, demand.location),
            "target_bill_rate": _build_field_origin(DEMANDS, demand.bill_rate, _MONEY),
            "hours": _build_field_origin(DEMANDS, demand.hours),
            "priority": _build_field_origin(DEMANDS, demand.priority),
        },
        PsaAssignment: _build_origins(
            PsaAssignment,
            ALLOCATIONS,
            project_id="workspace_id",
            user_id="workspace_resource.user_id",
            role_name="workspace_resource.role_name",
            start_date="start_date",
            end_date="end_date",
            planned_hours=("minutes", "in hours"),
            allocation_percent="percentage",
            booking=("hard", "hard or soft"),
            bill_rate=("workspace_resource.resource_bill_rate", "divided by the currency's base unit"),
        ),
        PsaTimeEntry: _build_origins(
            PsaTimeEntry,
            TIME,
            project_id="workspace_id",
            user_id="user_id",
            task_id="story_id",
            work_date="date_performed",
            hours=("time_in_minutes", "in hours"),
            billable="billable",
            note="notes",
            approval=("active_submission.status", "otherwise approved or not_submitted"),
            billing=("is_invoiced", "invoiced, otherwise uninvoiced or non_billable"),
            bill_rate=("rate_in_cents", "divided by the currency's base unit"),
        ),
        PsaExpense: _build_origins(
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
            approval=("active_submission.status", "otherwise not_submitted"),
        ),
        PsaBooking: _build_origins(
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


def _build_origins(record: type[Record], resource: str, **fields: str | tuple[str, str]) -> Mapping[str, Origin]:
    return build_origins(record, resource, _ABSENT.get(record, {}), **fields)


def _build_field_origin(resource: str, name: str | None, transformation: str = _DISPLAYED) -> Origin:
    return _UNNAMED if name is None else Supplied(resource, name, transformation)
