"""Builders of the rows of a project: tasks, assignments and time entries."""

from datetime import date
from decimal import Decimal

from subgraphs.sandbox.firm.model import Assignment, Task, TimeEntry


def build_task(
    code: str,
    name: str,
    status: str,
    start: date,
    end: date,
    hours: str,
    *,
    billable: bool = True,
    parent: str | None = None,
) -> Task:
    """Build a task; `hours` is the estimate."""
    return Task(
        code=code,
        name=name,
        status=status,
        billable=billable,
        start=start,
        end=end,
        estimated_hours=Decimal(hours),
        parent=parent,
    )


def build_assignment(
    code: str, worker: str, task: str, role: str, start: date, end: date, hours: str, rate: str
) -> Assignment:
    """Build an assignment; `rate` is the bill rate per hour."""
    return Assignment(
        code=code,
        worker=worker,
        task=task,
        role=role,
        start=start,
        end=end,
        planned_hours=Decimal(hours),
        bill_rate=Decimal(rate),
    )


def build_time_entry(
    code: str,
    worker: str,
    task: str,
    day: date,
    hours: str,
    approval: str,
    invoice_line: str | None = None,
    *,
    billable: bool = True,
) -> TimeEntry:
    """Build a time entry with a generated note."""
    return TimeEntry(
        code=code,
        worker=worker,
        task=task,
        day=day,
        hours=Decimal(hours),
        billable=billable,
        approval=approval,
        note=f"Work on task {task}",
        invoice_line=invoice_line,
    )
