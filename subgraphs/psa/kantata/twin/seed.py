"""Fills an account from a firm. The firm's own codes stand in external references of the service `gateway`, its other facts in custom fields."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from gateway.canonical.values import minor_units
from subgraphs.kit.tables import Tables
from subgraphs.sandbox.firm.model import Expense, Firm, Project, TimeEntry, Worker

SERVICE = "gateway"
_FIRST_CHANGE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


class Status(NamedTuple):
    """A status of the account, as it is chosen by its key and shown."""

    key: int
    message: str
    color: str

    def shown(self) -> dict[str, str]:
        """Return it as a project shows it."""
        return {"key": str(self.key), "message": self.message, "color": self.color}


STATUSES = {
    "PENDING_SETUP": Status(100, "Not Started", "grey"),
    "ACTIVE": Status(300, "In Progress", "light_green"),
    "ON_HOLD": Status(305, "On Hold", "yellow"),
    "DELIVERED": Status(400, "Completed", "blue"),
    "CLOSED": Status(410, "Closed", "grey"),
}
"""The account's statuses, by the firm's."""
_STATES = {"NOT_STARTED": "not started", "IN_PROGRESS": "started", "COMPLETE": "completed"}
_SUBMISSIONS = {"SUBMITTED": "pending", "APPROVED": "approved", "REJECTED": "rejected", "RECALLED": "cancelled"}
FIELDS = {
    "Workspace": (
        "Project type",
        "Legal entity",
        "Service line",
        "Contract",
        "Opportunity",
        "Cost centre",
        "Service line dimension",
        "Location",
    ),
    "User": ("Worker type", "Practice"),
    "StaffingDemand": ("Hours", "Priority"),
}
"""The account's custom fields, by what they are on."""
_DIMENSIONS = {"COST_CENTER": "Cost centre", "SERVICE_LINE": "Service line dimension", "LOCATION": "Location"}


class _Booked(NamedTuple):
    """What time is booked on: a workspace, its stories by the codes of tasks, rates by person and task, minor units of the currency."""

    workspace: str
    stories: Mapping[str, str]
    rates: Mapping[tuple[str, str], Decimal]
    currency: str
    base: int


class Seed:
    """Fills the tables once."""

    def __init__(self, tables: Tables, firm: Firm) -> None:
        self._tables = tables
        self._firm = firm
        self._groups: dict[str, str] = {}
        self._users: dict[str, str] = {}
        self._roles: dict[str, str] = {}
        self._changes = 0

    def run(self) -> None:
        """Add everything, in the firm's order."""
        for names in FIELDS.values():
            for name in names:
                self._tables.add("custom_fields", {"name": name, "value_type": "string"})
        for customer in (each for each in self._firm.customers if "PSA" not in each.absent_from):
            row = {
                "name": customer.name,
                "company": True,
                "created_at": stamp(_FIRST_CHANGE),
                "updated_at": self._changed(),
                **self._known("Customer", customer.number),
            }
            self._groups[customer.number] = self._tables.add("workspace_groups", row)
        for worker in self._firm.workers:
            self._users[worker.number] = self._tables.add("users", self._user(worker))
        for project in self._firm.projects:
            self._project(project)

    def _user(self, worker: Worker) -> dict[str, Any]:
        return {
            "full_name": worker.name,
            "email_address": worker.email,
            "headline": worker.job_title,
            "disabled": worker.left_before(self._firm.today),
            **self._known("Worker", worker.number),
            **self._custom({"Worker type": worker.type.title(), "Practice": worker.practice}),
        }

    def _project(self, project: Project) -> None:
        base = 10 ** minor_units(project.currency)
        people = [self._users[booked.worker] for booked in project.assignments]
        tags = {_DIMENSIONS[code]: value for code, value in project.dimensions}
        workspace = self._tables.add(
            "workspaces",
            {
                "title": project.name,
                "description": project.description,
                "start_date": project.start.isoformat(),
                "due_date": project.end.isoformat(),
                "percentage_complete": int(project.percent_complete * 100),
                "currency": project.currency,
                "currency_base_unit": base,
                "status": STATUSES[project.status].shown(),
                "archived": project.status == "CLOSED",
                "primary_maven_id": self._users[project.manager],
                "workspace_group_ids": [self._groups[project.customer]],
                "participant_ids": list(dict.fromkeys([self._users[project.manager], *people])),
                "created_at": stamp(_FIRST_CHANGE),
                "updated_at": self._changed(),
                **self._known("Project", project.code),
                **self._custom(
                    {
                        "Project type": project.type,
                        "Legal entity": project.entity,
                        "Service line": project.service_line,
                        "Contract": project.contract,
                        "Opportunity": project.opportunity,
                        **tags,
                    }
                ),
            },
        )
        stories = self._stories(project, workspace)
        self._demands(project, workspace)
        self._allocations(project, workspace, base)
        rates = {(booked.worker, booked.task): booked.bill_rate for booked in reversed(project.assignments)}
        on = _Booked(workspace, stories, rates, project.currency, base)
        for entry in project.time_entries:
            self._tables.add("time_entries", self._time(entry, on))
        for expense in project.expenses:
            self._tables.add("expenses", self._expense(expense, workspace))

    def _stories(self, project: Project, workspace: str) -> dict[str, str]:
        made: dict[str, str] = {}
        for task in project.tasks:
            made[task.code] = self._tables.add(
                "stories",
                {
                    "title": task.name,
                    "story_type": "task",
                    "workspace_id": workspace,
                    "parent_id": made.get(task.parent or ""),
                    "state": _STATES[task.status],
                    "archived": False,
                    "start_date": task.start.isoformat(),
                    "due_date": task.end.isoformat(),
                    "billable": task.billable,
                    "time_estimate_in_minutes": int(task.estimated_hours * 60),
                    "updated_at": self._changed(),
                },
            )
        for milestone in project.milestones:
            row = {
                "title": milestone.name,
                "story_type": "milestone",
                "workspace_id": workspace,
                "parent_id": None,
                "state": "completed" if milestone.completed else "not started",
                "archived": False,
                "due_date": milestone.due.isoformat(),
                "updated_at": self._changed(),
            }
            self._tables.add("stories", row)
        return made

    def _demands(self, project: Project, workspace: str) -> None:
        for demand in project.demands:
            row = {
                "title": f"{demand.role} for {project.name}",
                "workspace_id": workspace,
                "role_id": self._role(demand.role),
                "creator_id": self._users[project.manager],
                "start_date": demand.start.isoformat(),
                "end_date": demand.end.isoformat(),
                "quantity": 1,
                "status": demand.status.lower(),
                "updated_at": self._changed(),
                **self._custom({"Hours": str(demand.hours), "Priority": demand.priority}),
            }
            self._tables.add("staffing_demands", row)

    def _allocations(self, project: Project, workspace: str, base: int) -> None:
        for booked in project.assignments:
            resource = self._tables.add(
                "workspace_resources",
                {
                    "workspace_id": workspace,
                    "user_id": self._users[booked.worker],
                    "role_id": self._role(booked.role),
                    "role_name": booked.role,
                    "resource_bill_rate": _units(booked.bill_rate, base),
                },
            )
            row = {
                "workspace_id": workspace,
                "workspace_resource_id": resource,
                "start_date": booked.start.isoformat(),
                "end_date": booked.end.isoformat(),
                "minutes": int(booked.planned_hours * 60),
                "hard": booked.booking == "HARD",
                "updated_at": self._changed(),
            }
            self._tables.add("workspace_allocations", row)

    def _time(self, entry: TimeEntry, booked: _Booked) -> dict[str, Any]:
        rate, base = booked.rates.get((entry.worker, entry.task)), booked.base
        return {
            "workspace_id": booked.workspace,
            "user_id": self._users[entry.worker],
            "story_id": booked.stories[entry.task],
            "date_performed": entry.day.isoformat(),
            "time_in_minutes": int(entry.hours * 60),
            "billable": entry.billable,
            "is_invoiced": entry.invoice_line is not None,
            "approved": entry.approval == "APPROVED",
            "notes": entry.note,
            "rate_in_cents": None if rate is None or not entry.billable else _units(rate, base),
            "currency": booked.currency,
            "currency_base_unit": base,
            "active_submission_id": self._submission("timesheet_submissions", entry.approval),
            "updated_at": self._changed(),
            **self._known("TimeEntry", entry.code),
        }

    def _expense(self, expense: Expense, workspace: str) -> dict[str, Any]:
        base = 10 ** minor_units(expense.currency)
        return {
            "workspace_id": workspace,
            "user_id": self._users[expense.worker],
            "story_id": None,
            "date": expense.day.isoformat(),
            "category": expense.category,
            "amount_in_cents": _units(expense.amount, base),
            "currency": expense.currency,
            "currency_base_unit": base,
            "is_billable": expense.billable,
            "reimbursable": expense.reimbursable,
            "active_submission_id": self._submission("expense_report_submissions", expense.approval),
            "updated_at": self._changed(),
            **self._known("Expense", expense.code),
        }

    def _submission(self, kind: str, approval: str) -> str | None:
        status = _SUBMISSIONS.get(approval)
        return None if status is None else self._tables.add(kind, {"status": status})

    def _role(self, name: str) -> str:
        if name not in self._roles:
            self._roles[name] = self._tables.add("roles", {"name": name})
        return self._roles[name]

    def _known(self, model: str, code: str) -> dict[str, list[str]]:
        row = {
            "service_name": SERVICE,
            "service_model": model,
            "service_model_ref": code,
            "status": "successful",
            "locked": False,
        }
        return {"external_reference_ids": [self._tables.add("external_references", row)]}

    def _custom(self, values: dict[str, str | None]) -> dict[str, list[str]]:
        made = [
            self._tables.add("custom_field_values", {"custom_field_name": name, "value": value, "display_value": value})
            for name, value in values.items()
            if value is not None
        ]
        return {"custom_field_value_ids": made}

    def _changed(self) -> str:
        """Everything was last changed a minute after what was made before it: the largest firm is older than its present."""
        self._changes += 1
        return stamp(_FIRST_CHANGE + timedelta(minutes=self._changes))


def _units(amount: Decimal, base: int) -> int:
    return int(amount * base)


def stamp(moment: datetime) -> str:
    """Times are told with the offset of the account, here seven hours behind."""
    local = moment.astimezone(UTC) - timedelta(hours=7)
    return f"{local:%Y-%m-%dT%H:%M:%S}-07:00"
