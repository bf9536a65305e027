"""Fills an account from a firm.

The firm's own codes become external references of the service `gateway`, its other attributes custom fields.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from gateway.canonical.values import get_minor_units
from subgraphs.kit.twin.table_store import TableStore
from subgraphs.sandbox.firm.model import Expense, Firm, Project, TimeEntry, Worker

SERVICE = "gateway"
_FIRST_CHANGE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


class Status(NamedTuple):
    """A project status of the account."""

    key: int
    message: str
    color: str

    def to_json(self) -> dict[str, str]:
        """Return the status as part of a project."""
        return {"key": str(self.key), "message": self.message, "color": self.color}


STATUSES = {
    "PENDING_SETUP": Status(100, "Not Started", "grey"),
    "ACTIVE": Status(300, "In Progress", "light_green"),
    "ON_HOLD": Status(305, "On Hold", "yellow"),
    "DELIVERED": Status(400, "Completed", "blue"),
    "CLOSED": Status(410, "Closed", "grey"),
}
"""The firm's status -> the account's."""
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
        "Health",
        "Health note",
    ),
    "User": ("Worker type", "Practice", "Bill rate"),
    "StaffingDemand": ("Hours", "Priority", "Country", "Target bill rate", "Skill level"),
}
"""The account's custom fields by record type."""
_VALUE_TYPES = {"Bill rate": "currency", "Target bill rate": "currency", "Hours": "number"}
"""The types of custom fields other than string."""
_DIMENSIONS = {"COST_CENTER": "Cost centre", "SERVICE_LINE": "Service line dimension", "LOCATION": "Location"}


class _TimeContext(NamedTuple):
    """What time entries need: workspace, task code -> story, (person, task) -> rate, currency and its base unit."""

    workspace: str
    stories: Mapping[str, str]
    rates: Mapping[tuple[str, str], Decimal]
    currency: str
    base: int


class Seed:
    """Fills the tables once."""

    def __init__(self, tables: TableStore, firm: Firm) -> None:
        self._tables = tables
        self._firm = firm
        self._groups: dict[str, str] = {}
        self._users: dict[str, str] = {}
        self._roles: dict[str, str] = {}
        self._skills: dict[str, str] = {}
        self._skill_names = {skill.code: skill.name for worker in firm.workers for skill in worker.skills}
        self._currencies = {entity.code: entity.currency for entity in firm.entities}
        self._changes = 0

    def run(self) -> None:
        """Add everything, in the firm's order."""
        for subject, names in FIELDS.items():
            group = self._tables.add("custom_field_sets", {"name": f"{subject} fields", "subject_type": subject})
            for name in names:
                kind = _VALUE_TYPES.get(name, "string")
                self._tables.add("custom_fields", {"name": name, "value_type": kind, "custom_field_set_id": group})
        for customer in (each for each in self._firm.customers if "PSA" not in each.absent_from):
            row = {
                "name": customer.name,
                "company": True,
                "created_at": format_time(_FIRST_CHANGE),
                "updated_at": self._get_next_change_time(),
                **self._add_reference("Customer", customer.number),
            }
            self._groups[customer.number] = self._tables.add("workspace_groups", row)
        for worker in self._firm.workers:
            self._users[worker.number] = self._tables.add("users", self._build_user(worker))
        for project in self._firm.projects:
            self._add_project(project)

    def _build_user(self, worker: Worker) -> dict[str, Any]:
        return {
            "full_name": worker.name,
            "email_address": worker.email,
            "headline": worker.job_title,
            "disabled": worker.has_left_before(self._firm.today),
            **self._add_reference("Worker", worker.number),
            **self._add_custom_fields(
                {
                    "Worker type": worker.type.title(),
                    "Practice": worker.practice,
                    "Bill rate": _to_currency_value(worker.bill_rate, self._currencies[worker.entity]),
                }
            ),
        }

    def _add_project(self, project: Project) -> None:
        base = 10 ** get_minor_units(project.currency)
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
                "status": STATUSES[project.status].to_json(),
                "archived": project.status == "CLOSED",
                "primary_maven_id": self._users[project.manager],
                "workspace_group_ids": [self._groups[project.customer]],
                "participant_ids": list(dict.fromkeys([self._users[project.manager], *people])),
                "created_at": format_time(_FIRST_CHANGE),
                "updated_at": self._get_next_change_time(),
                **self._add_reference("Project", project.code),
                **self._add_custom_fields(
                    {
                        "Project type": project.type,
                        "Legal entity": project.entity,
                        "Service line": project.service_line,
                        "Contract": project.contract,
                        "Opportunity": project.opportunity,
                        "Health": project.health.title(),
                        "Health note": project.health_note,
                        **tags,
                    }
                ),
            },
        )
        stories = self._add_stories(project, workspace)
        self._add_demands(project, workspace)
        self._add_allocations(project, workspace, base)
        rates = {(booked.worker, booked.task): booked.bill_rate for booked in reversed(project.assignments)}
        on = _TimeContext(workspace, stories, rates, project.currency, base)
        for entry in project.time_entries:
            self._tables.add("time_entries", self._build_time_entry(entry, on))
        for expense in project.expenses:
            self._tables.add("expenses", self._build_expense(expense, workspace))

    def _add_stories(self, project: Project, workspace: str) -> dict[str, str]:
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
                    "updated_at": self._get_next_change_time(),
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
                "updated_at": self._get_next_change_time(),
            }
            self._tables.add("stories", row)
        return made

    def _add_demands(self, project: Project, workspace: str) -> None:
        for demand in project.demands:
            row = {
                "title": f"{demand.role} for {project.name}",
                "workspace_id": workspace,
                "role_id": self._add_role(demand.role),
                "creator_id": self._users[project.manager],
                "start_date": demand.start.isoformat(),
                "end_date": demand.end.isoformat(),
                "quantity": 1,
                "status": demand.status.lower(),
                "updated_at": self._get_next_change_time(),
                "skill_ids": [self._add_skill(code) for code, _ in demand.skills],
                **self._add_custom_fields(
                    {
                        "Hours": str(demand.hours),
                        "Priority": demand.priority,
                        "Country": demand.location,
                        "Target bill rate": _to_currency_value(demand.bill_rate, project.currency),
                        "Skill level": next((level.title() for _, level in demand.skills), None),
                    }
                ),
            }
            self._tables.add("staffing_demands", row)

    def _add_allocations(self, project: Project, workspace: str, base: int) -> None:
        for booked in project.assignments:
            resource = self._tables.add(
                "workspace_resources",
                {
                    "workspace_id": workspace,
                    "user_id": self._users[booked.worker],
                    "role_id": self._add_role(booked.role),
                    "role_name": booked.role,
                    "resource_bill_rate": _to_units(booked.bill_rate, base),
                },
            )
            row = {
                "workspace_id": workspace,
                "workspace_resource_id": resource,
                "start_date": booked.start.isoformat(),
                "end_date": booked.end.isoformat(),
                "minutes": int(booked.planned_hours * 60),
                "percentage": booked.percentage,
                "hard": booked.booking == "HARD",
                "updated_at": self._get_next_change_time(),
            }
            self._tables.add("workspace_allocations", row)

    def _build_time_entry(self, entry: TimeEntry, booked: _TimeContext) -> dict[str, Any]:
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
            "rate_in_cents": None if rate is None or not entry.billable else _to_units(rate, base),
            "currency": booked.currency,
            "currency_base_unit": base,
            "active_submission_id": self._add_submission("timesheet_submissions", entry.approval),
            "updated_at": self._get_next_change_time(),
            **self._add_reference("TimeEntry", entry.code),
        }

    def _build_expense(self, expense: Expense, workspace: str) -> dict[str, Any]:
        base = 10 ** get_minor_units(expense.currency)
        return {
            "workspace_id": workspace,
            "user_id": self._users[expense.worker],
            "story_id": None,
            "date": expense.day.isoformat(),
            "category": expense.category,
            "amount_in_cents": _to_units(expense.amount, base),
            "currency": expense.currency,
            "currency_base_unit": base,
            "is_billable": expense.billable,
            "reimbursable": expense.reimbursable,
            "active_submission_id": self._add_submission("expense_report_submissions", expense.approval),
            "updated_at": self._get_next_change_time(),
            **self._add_reference("Expense", expense.code),
        }

    def _add_submission(self, kind: str, approval: str) -> str | None:
        status = _SUBMISSIONS.get(approval)
        return None if status is None else self._tables.add(kind, {"status": status})

    def _add_skill(self, code: str) -> str:
        if code not in self._skills:
            self._skills[code] = self._tables.add("skills", {"name": self._skill_names.get(code, code)})
        return self._skills[code]

    def _add_role(self, name: str) -> str:
        if name not in self._roles:
            self._roles[name] = self._tables.add("roles", {"name": name})
        return self._roles[name]

    def _add_reference(self, model: str, code: str) -> dict[str, list[str]]:
        row = {
            "service_name": SERVICE,
            "service_model": model,
            "service_model_ref": code,
            "status": "successful",
            "locked": False,
        }
        return {"external_reference_ids": [self._tables.add("external_references", row)]}

    def _add_custom_fields(self, values: Mapping[str, str | list[int | str] | None]) -> dict[str, list[str]]:
        made = [
            self._tables.add(
                "custom_field_values",
                {"custom_field_name": name, "value": value, "display_value": _format_custom_value(value)},
            )
            for name, value in values.items()
            if value is not None
        ]
        return {"custom_field_value_ids": made}

    def _get_next_change_time(self) -> str:
        """Return the next time of change: a minute after the last, so that even a large firm stays in the past."""
        self._changes += 1
        return format_time(_FIRST_CHANGE + timedelta(minutes=self._changes))


def _to_currency_value(amount: Decimal | None, currency: str) -> list[int | str] | None:
    """Return the value of a custom field of type currency."""
    return None if amount is None else [_to_units(amount, 10 ** get_minor_units(currency)), currency]


def _format_custom_value(value: str | list[int | str]) -> str:
    return value if isinstance(value, str) else f"{value[1]} {value[0]}"


def _to_units(amount: Decimal, base: int) -> int:
    return int(amount * base)


def format_time(moment: datetime) -> str:
    """Format a time with the account's offset, -07:00."""
    local = moment.astimezone(UTC) - timedelta(hours=7)
    return f"{local:%Y-%m-%dT%H:%M:%S}-07:00"
