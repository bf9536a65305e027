"""Adds a project's children: budget with services, tasks, requests, bookings, time and expenses."""

from decimal import Decimal
from typing import Any

from gateway.canonical.values import get_minor_units
from subgraphs.psa.productive.twin.custom import CustomFieldWriter
from subgraphs.psa.productive.twin.rows import RowWriter
from subgraphs.sandbox.firm.model import Expense, Project, TimeEntry

_STATUSES = {"NOT_STARTED": ("To do", 1), "IN_PROGRESS": ("In progress", 2), "COMPLETE": ("Done", 3)}
_REQUESTS = {"OPEN": "pending", "FILLED": "resolved", "CANCELLED": "canceled"}
_TASK, _MILESTONE = 1, 3
_HOUR, _PIECE = 1, 2
_ACTUALS, _UNBILLED = 2, 3
_TOTAL_HOURS = 3


class ProjectSeed:
    """Adds the children of one existing project."""

    def __init__(self, rows: RowWriter, fields: CustomFieldWriter, project: Project, made: str) -> None:
        self._rows = rows
        self._fields = fields
        self._project = project
        self._made = made
        self._tasks: dict[str, str] = {}
        self._sold: dict[tuple[str, str], str] = {}

    def add(self, people: dict[str, str], subsidiary: str, company: str) -> None:
        """Add everything, in the firm's order."""
        project = self._project
        budget = self._add_budget(subsidiary, company)
        work = self._add_service("Work", budget, _ACTUALS, Decimal(0))
        internal = self._add_service("Internal", budget, _UNBILLED, Decimal(0))
        for booked in project.assignments:
            key = booked.worker, booked.task
            self._sold[key] = self._add_service(booked.role, budget, _ACTUALS, booked.bill_rate)
        self._add_tasks(work, internal)
        for demand in project.demands:
            attributes = {
                "title": demand.role,
                "started_on": demand.start.isoformat(),
                "ended_on": demand.end.isoformat(),
                "status": _REQUESTS[demand.status],
                "booking_method_id": _TOTAL_HOURS,
                "total_time": int(demand.hours * 60),
                "percentage": None,
            }
            links = {"creator": people[project.manager], "service": work}
            keys = {"service_id": work, "status": attributes["status"]}
            self._rows.add("resource_requests", attributes, links, keys)
        self._add_bookings(people)
        for entry in project.time_entries:
            self._add_time(entry, people[entry.worker], self._sold.get((entry.worker, entry.task), internal))
        for expense in project.expenses:
            self._add_expense(expense, people[expense.worker], budget)

    def _add_budget(self, subsidiary: str, company: str) -> str:
        project = self._project
        attributes = {
            "name": project.name,
            "budget": True,
            "date": project.start.isoformat(),
            "end_date": project.end.isoformat(),
            "delivered_on": project.end.isoformat() if project.status in {"DELIVERED", "CLOSED"} else None,
            "currency": project.currency,
        }
        links = {"project": self._made, "company": company, "subsidiary": subsidiary}
        return self._rows.add("deals", attributes, links, {"project_id": self._made})

    def _add_service(self, name: str, budget: str, billing: int, price: Decimal) -> str:
        """Add a service that is sold by the hour; the vendor shows prices as text with a fraction of a cent."""
        attributes = {
            "name": name,
            "billable": billing != _UNBILLED,
            "billing_type_id": billing,
            "unit_id": _HOUR,
            "price": f"{_to_cents(price, self._project.currency)}.0",
            "currency": self._project.currency,
        }
        return self._rows.add("services", attributes, {"deal": budget}, {"project_id": self._made, "deal_id": budget})

    def _add_tasks(self, work: str, internal: str) -> None:
        for task in self._project.tasks:
            attributes = {
                "title": task.name,
                "type_id": _TASK,
                "start_date": task.start.isoformat(),
                "due_date": task.end.isoformat(),
                "closed_at": None,
                "initial_estimate": int(task.estimated_hours * 60),
                "worked_time": int(sum(e.hours for e in self._project.time_entries if e.task == task.code) * 60),
                "remaining_time": int(task.estimated_hours * 60),
                "updated_at": self._rows.get_next_change_time(),
            }
            service = work if task.billable else internal
            self._tasks[task.code] = self._add_task(attributes, _STATUSES[task.status], service, task.parent)
        for milestone in self._project.milestones:
            reached = milestone.completed
            attributes = {
                "title": milestone.name,
                "type_id": _MILESTONE,
                "due_date": milestone.due.isoformat(),
                "closed_at": None if reached is None else f"{reached.isoformat()}T16:30:00.000+01:00",
                "updated_at": self._rows.get_next_change_time(),
            }
            self._add_task(attributes, _STATUSES["COMPLETE" if reached else "NOT_STARTED"], None, None)

    def _add_task(
        self, attributes: dict[str, Any], status: tuple[str, int], service: str | None, parent: str | None
    ) -> str:
        name, category = status
        links = {
            "project": self._made,
            "parent_task": self._tasks.get(parent or ""),
            "service": service,
            "workflow_status": self._rows.add_once("workflow_statuses", name, category_id=category),
        }
        return self._rows.add("tasks", attributes, links, {"project_id": self._made, "service_id": service})

    def _add_bookings(self, people: dict[str, str]) -> None:
        for booked in self._project.assignments:
            attributes = {
                "started_on": booked.start.isoformat(),
                "ended_on": booked.end.isoformat(),
                "booking_method_id": _TOTAL_HOURS,
                "time": None,
                "total_time": int(booked.planned_hours * 60),
                "total_working_days": None,
                "percentage": None,
                "draft": booked.booking != "HARD",
                "canceled": False,
                "updated_at": self._rows.get_next_change_time(),
            }
            person, service = people[booked.worker], self._sold[booked.worker, booked.task]
            links = {"person": person, "service": service, "task": self._tasks[booked.task]}
            self._rows.add("bookings", attributes, links, {"project_id": self._made, "person_id": person})

    def _add_time(self, entry: TimeEntry, person: str, service: str) -> None:
        minutes = int(entry.hours * 60)
        attributes = {
            "date": entry.day.isoformat(),
            "time": minutes,
            "billable_time": minutes if entry.billable else 0,
            "note": entry.note,
            "approved": entry.approval == "APPROVED",
            "rejected": entry.approval == "REJECTED",
            "submitted": entry.approval in {"APPROVED", "SUBMITTED"},
            "invoiced": entry.invoice_line is not None,
            "updated_at": self._rows.get_next_change_time(),
        }
        links = {"person": person, "service": service, "task": self._tasks[entry.task]}
        self._rows.add("time_entries", attributes, links, {"project_id": self._made, "person_id": person})

    def _add_expense(self, expense: Expense, person: str, budget: str) -> None:
        cents = _to_cents(expense.amount, expense.currency)
        attributes = {
            "name": f"{expense.category} of {expense.day.isoformat()}",
            "date": expense.day.isoformat(),
            "currency": expense.currency,
            "amount": cents,
            "quantity": "1.0",
            "total_amount": cents,
            "total_amount_with_tax": cents + _to_cents(expense.tax, expense.currency),
            "billable_amount": cents if expense.billable else 0,
            "markup": "0.0",
            "reimbursable": expense.reimbursable,
            "approved": expense.approval == "APPROVED",
            "rejected": expense.approval == "REJECTED",
            "draft": False,
            "custom_fields": self._fields.build_values("project_expenses", {"Expense number": expense.code}),
            "updated_at": self._rows.get_next_change_time(),
        }
        sold = {"name": expense.category, "billable": expense.billable, "unit_id": _PIECE, "currency": expense.currency}
        service = self._rows.add("services", {**sold, "price": None}, {"deal": budget}, {"project_id": self._made})
        links = {
            "person": person,
            "service": service,
            "service_type": self._rows.add_once("service_types", expense.category),
        }
        self._rows.add("expenses", attributes, links, {"project_id": self._made, "person_id": person})


def _to_cents(amount: Decimal, currency: str) -> int:
    return int(amount.scaleb(get_minor_units(currency)))
