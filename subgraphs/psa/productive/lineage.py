"""Where each attribute of each record comes from in this organization, or why there is none."""

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
from subgraphs.psa.productive.budgets import DEALS
from subgraphs.psa.productive.mapping import ProductiveMapping
from subgraphs.psa.productive.records import BOOKINGS, COMPANIES, EXPENSE, PEOPLE, PROJECT, REQUESTS, TASKS, TIME

_UNNAMED = Absent("The connection's mapping file names no custom field of the organization for it.")
_PROJECT_OF = ("service.deal.project", "of the service's budget")
_RATE = ("service.price", "cents as an amount, where the service is sold by the hour")
_ABSENT: Mapping[type[Record], Mapping[str, str]] = {
    PsaProject: {
        "health": "Productive's projects have no traffic light.",
        "percent_complete": "Productive tells how much of a budget is used, and not how much of a project is done.",
    },
    PsaTask: {"wbs": "Productive numbers tasks through the organization, and not by the breakdown."},
    PsaUser: {
        "skills": "Productive keeps no levels of skills.",
        "bill_rate": "Productive prices services, and not people.",
    },
    PsaDemand: {
        "skills": "Productive's requests ask for no levels of skills.",
        "location": "Productive's requests have no location.",
        "target_bill_rate": "Productive's requests bound what somebody may cost, and not what is billed.",
        "priority": "Productive's requests have no priority.",
    },
    PsaAssignment: {"actual_hours": "Productive counts hours on tasks, and not on bookings."},
    PsaTimeEntry: {
        "overtime": "Productive does not mark overtime.",
        "bill_amount": "Productive computes amounts when it invoices.",
        "dimensions": "Productive's time entries have no custom fields.",
    },
    PsaExpense: {
        "task_id": "Productive's expenses belong to services, and not to tasks.",
        "receipt_url": "Productive's receipts are attachments, which are not read.",
        "dimensions": "Productive's custom fields are read of projects, and not of expenses.",
    },
}


def build_lineage(mapping: ProductiveMapping) -> Lineage:
    """Return the lineage of every record class, as the mapping file makes it."""
    return {**_who(mapping), **_plans(), **_booked()}


def _who(mapping: ProductiveMapping) -> Lineage:
    project, user = mapping.project, mapping.user
    return {
        PsaClient: _of(PsaClient, COMPANIES, name="name", number="company_code"),
        PsaUser: {
            **_of(
                PsaUser,
                PEOPLE,
                name=("first_name", "and last_name"),
                email="email",
                active=("deactivated_at", "or archived_at: then not"),
            ),
            "worker_number": _field(PEOPLE, user.number),
            "type": _field(PEOPLE, user.type),
            "practice": _field(PEOPLE, user.practice),
        },
        PsaProject: {
            **_of(
                PsaProject,
                PROJECT,
                code=("project_number", "unless a custom field is named for it"),
                name="name",
                description="description",
                type=("project_type_id", "client or internal, unless a custom field is named for it"),
                status=("archived_at", "archived or active, unless a custom field is named for it"),
                client_id="company",
                manager_id="project_manager",
                member_ids=("memberships.person", "and the manager"),
            ),
            **_of_budgets(),
            **_named(PROJECT, {"code": project.code, "type": project.type, "status": project.status}),
            **_named(PROJECT, {"legal_entity": project.legal_entity}),
            "service_line": _field(PROJECT, project.service_line),
            "contract_number": _field(PROJECT, project.contract_number),
            "opportunity_reference": _field(PROJECT, project.opportunity_reference),
            "dimensions": _field(PROJECT, ", ".join(project.dimensions.values()) or None),
        },
    }


def _of_budgets() -> Mapping[str, Origin]:
    return {
        "start_date": Supplied(DEALS, "date", "of the project's first budget"),
        "end_date": Supplied(DEALS, "end_date", "of its last budget, where all have one"),
        "actual_end_date": Supplied(DEALS, "delivered_on", "of its last budget, where all are delivered"),
        "currency": Supplied(DEALS, "currency", "where all its budgets have one"),
        "legal_entity": Supplied(DEALS, "subsidiary", "where all its budgets have one"),
    }


def _plans() -> Lineage:
    return {
        PsaTask: _of(
            PsaTask,
            TASKS,
            project_id="project",
            parent_id="parent_task",
            name="title",
            status=("workflow_status.name", "the organization's own"),
            start_date="start_date",
            end_date="due_date",
            billable="service.billable",
            estimated_hours=("initial_estimate", "in hours"),
            actual_hours=("worked_time", "in hours"),
            remaining_hours=("remaining_time", "in hours"),
        ),
        PsaMilestone: _of(
            PsaMilestone,
            TASKS,
            project_id="project",
            name="title",
            due_date="due_date",
            completed_on=("closed_at", "the day"),
            status=("workflow_status.name", "the organization's own"),
        ),
        PsaDemand: _of(
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


def _booked() -> Lineage:
    return {
        PsaAssignment: _of(
            PsaAssignment,
            BOOKINGS,
            project_id=_PROJECT_OF,
            user_id="person",
            task_id="task",
            demand_id="resource_request",
            role_name="service.name",
            start_date="started_on",
            end_date="ended_on",
            planned_hours=("total_time", "in hours; else time on each working day"),
            allocation_percent="percentage",
            booking=("draft", "tentative or confirmed"),
            bill_rate=_RATE,
        ),
        PsaTimeEntry: _of(
            PsaTimeEntry,
            TIME,
            project_id=_PROJECT_OF,
            user_id="person",
            task_id="task",
            work_date="date",
            hours=("time", "in hours"),
            billable=("billable_time", "whether there is any"),
            note="note",
            approval=("approved", "or rejected, submitted; else unapproved"),
            billing=("invoiced", "invoiced; else uninvoiced, or non_billable"),
            bill_rate=_RATE,
        ),
        PsaExpense: _of(
            PsaExpense,
            EXPENSE,
            project_id=_PROJECT_OF,
            user_id="person",
            category=("service_type.name", "else the expense's name"),
            incurred_on="date",
            amount=("total_amount", "cents as an amount"),
            tax=("total_amount_with_tax", "less total_amount"),
            billable=("billable_amount", "whether there is any"),
            reimbursable="reimbursable",
            markup_percent="markup",
            approval=("approved", "or rejected; else unapproved"),
        ),
        PsaBooking: _of(
            PsaBooking,
            BOOKINGS,
            user_id="person",
            project_id=_PROJECT_OF,
            start_date="started_on",
            end_date="ended_on",
            hours=("total_time", "in hours; else time on each working day"),
            booking=("draft", "tentative or confirmed"),
        ),
    }


def _of(record: type[Record], resource: str, **fields: str | tuple[str, str]) -> Mapping[str, Origin]:
    return origins(record, resource, _ABSENT.get(record, {}), **fields)


def _named(resource: str, names: Mapping[str, str | None]) -> Mapping[str, Origin]:
    return {attribute: _field(resource, name) for attribute, name in names.items() if name is not None}


def _field(resource: str, name: str | None) -> Origin:
    return _UNNAMED if name is None else Supplied(resource, name, "a custom field, as the organization shows it")
