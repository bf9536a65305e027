"""The origin of each attribute in an organization, or the reason it has none."""

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
from subgraphs.psa.productive.budgets import DEALS
from subgraphs.psa.productive.mapping import ProductiveMapping
from subgraphs.psa.productive.records import BOOKINGS, COMPANIES, EXPENSE, PEOPLE, PROJECT, REQUESTS, TASKS, TIME

_UNNAMED = Unsupported("The connection's mapping file names no custom field for it.")
_PROJECT_OF = ("service.deal.project", "project of the service's budget")
_RATE = ("service.price", "cents as an amount, if the service is sold by the hour")
_ABSENT: Mapping[type[Record], Mapping[str, str]] = {
    PsaProject: {
        "percent_complete": "Productive records the used budget, not the progress of a project.",
    },
    PsaUser: {
        "bill_rate": "Productive prices services, not people.",
    },
    PsaDemand: {
        "skills": "Productive's resource requests have no skill levels.",
        "location": "Productive's resource requests have no location.",
        "target_bill_rate": "Productive's resource requests limit the cost rate, not the bill rate.",
        "priority": "Productive's resource requests have no priority.",
    },
    PsaTimeEntry: {
        "bill_amount": "Productive computes amounts when it invoices.",
    },
    PsaExpense: {
        "task_id": "Productive's expenses belong to services, not to tasks.",
        "dimensions": "Custom fields of expenses are not read, only those of projects.",
    },
}


def build_lineage(mapping: ProductiveMapping) -> Lineage:
    """Return the lineage of every record class for a mapping file."""
    return {**_build_master_data(mapping), **_build_plans(), **_build_bookings()}


def _build_master_data(mapping: ProductiveMapping) -> Lineage:
    project, user = mapping.project, mapping.user
    return {
        PsaClient: _build_origins(PsaClient, COMPANIES, name="name", number="company_code"),
        PsaUser: {
            **_build_origins(
                PsaUser,
                PEOPLE,
                name=("first_name", "and last_name"),
                email="email",
                active=("deactivated_at", "false if set, or if archived_at is"),
            ),
            "worker_number": _build_field_origin(PEOPLE, user.number),
            "type": _build_field_origin(PEOPLE, user.type),
            "practice": _build_field_origin(PEOPLE, user.practice),
        },
        PsaProject: {
            **_build_origins(
                PsaProject,
                PROJECT,
                code=("project_number", "unless the mapping file names a custom field"),
                name="name",
                description="description",
                type=("project_type_id", "client or internal, unless the mapping file names a custom field"),
                status=("archived_at", "archived or active, unless the mapping file names a custom field"),
                client_id="company",
                manager_id="project_manager",
                member_ids=("memberships.person", "and the manager"),
            ),
            **_build_budget_origins(),
            **_build_field_origins(PROJECT, {"code": project.code, "type": project.type, "status": project.status}),
            **_build_field_origins(PROJECT, {"legal_entity": project.legal_entity}),
            "health": _build_field_origin(PROJECT, project.health),
            "service_line": _build_field_origin(PROJECT, project.service_line),
            "contract_number": _build_field_origin(PROJECT, project.contract_number),
            "opportunity_reference": _build_field_origin(PROJECT, project.opportunity_reference),
            "dimensions": _build_field_origin(PROJECT, ", ".join(project.dimensions.values()) or None),
        },
    }


def _build_budget_origins() -> Mapping[str, Origin]:
    return {
        "start_date": Supplied(DEALS, "date", "of the project's first budget"),
        "end_date": Supplied(DEALS, "end_date", "of the last budget, if all budgets have one"),
        "actual_end_date": Supplied(DEALS, "delivered_on", "of the last budget, if all budgets are delivered"),
        "currency": Supplied(DEALS, "currency", "if all budgets agree"),
        "legal_entity": Supplied(DEALS, "subsidiary", "if all budgets agree"),
    }


def _build_plans() -> Lineage:
    return {
        PsaTask: _build_origins(
            PsaTask,
            TASKS,
            project_id="project",
            parent_id="parent_task",
            name="title",
            status=("workflow_status.name", "status defined by the organization"),
            start_date="start_date",
            end_date="due_date",
            billable="service.billable",
            estimated_hours=("initial_estimate", "in hours"),
            actual_hours=("worked_time", "in hours"),
            remaining_hours=("remaining_time", "in hours"),
        ),
        PsaMilestone: _build_origins(
            PsaMilestone,
            TASKS,
            project_id="project",
            name="title",
            due_date="due_date",
            completed_on=("closed_at", "the day"),
            status=("workflow_status.name", "status defined by the organization"),
        ),
        PsaDemand: _build_origins(
            PsaDemand,
            REQUESTS,
            project_id=_PROJECT_OF,
            role_name="title",
            start_date="started_on",
            end_date="ended_on",
            hours=("total_time", "in hours"),
            allocation_percent="percentage",
            status="status",
            requested_by_id="creator",
        ),
    }


def _build_bookings() -> Lineage:
    return {
        PsaAssignment: _build_origins(
            PsaAssignment,
            BOOKINGS,
            project_id=_PROJECT_OF,
            user_id="person",
            task_id="task",
            demand_id="resource_request",
            role_name="service.name",
            start_date="started_on",
            end_date="ended_on",
            planned_hours=("total_time", "in hours, otherwise time per working day"),
            allocation_percent="percentage",
            booking=("draft", "tentative or confirmed"),
            bill_rate=_RATE,
        ),
        PsaTimeEntry: _build_origins(
            PsaTimeEntry,
            TIME,
            project_id=_PROJECT_OF,
            user_id="person",
            task_id="task",
            work_date="date",
            hours=("time", "in hours"),
            billable=("billable_time", "whether it is positive"),
            note="note",
            approval=("approved", "or rejected or submitted, otherwise unapproved"),
            billing=("invoiced", "invoiced, otherwise uninvoiced or non_billable"),
            bill_rate=_RATE,
        ),
        PsaExpense: _build_origins(
            PsaExpense,
            EXPENSE,
            project_id=_PROJECT_OF,
            user_id="person",
            category=("service_type.name", "otherwise the expense's name"),
            incurred_on="date",
            amount=("total_amount", "cents as an amount"),
            tax=("total_amount_with_tax", "less total_amount"),
            billable=("billable_amount", "whether it is positive"),
            reimbursable="reimbursable",
            markup_percent="markup",
            approval=("approved", "or rejected, otherwise unapproved"),
        ),
        PsaBooking: _build_origins(
            PsaBooking,
            BOOKINGS,
            user_id="person",
            project_id=_PROJECT_OF,
            start_date="started_on",
            end_date="ended_on",
            hours=("total_time", "in hours, otherwise time per working day"),
            booking=("draft", "tentative or confirmed"),
        ),
    }


def _build_origins(record: type[Record], resource: str, **fields: str | tuple[str, str]) -> Mapping[str, Origin]:
    return build_origins(record, resource, _ABSENT.get(record, {}), **fields)


def _build_field_origins(resource: str, names: Mapping[str, str | None]) -> Mapping[str, Origin]:
    return {attribute: _build_field_origin(resource, name) for attribute, name in names.items() if name is not None}


def _build_field_origin(resource: str, name: str | None) -> Origin:
    return _UNNAMED if name is None else Supplied(resource, name, "value of a custom field")
