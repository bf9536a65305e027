"""Seeds the PSA database: customers as parties, projects with tasks, time, and invoices of that time.

Tryton numbers works itself: the sequence's prefix and start produce the firm's project codes. Milestones, demands,
bookings, approvals, expenses, and a project's manager, contract and dimensions are unsupported and not seeded.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from subgraphs.sandbox.firm.model import Firm, Project
from subgraphs.sandbox.tryton import billing, finance
from subgraphs.sandbox.tryton.customers import create_customers
from subgraphs.sandbox.tryton.organisation import ACCOUNTANT, READER, SeededIds, create_organisation, create_reader_key
from subgraphs.sandbox.tryton.rpc import Rpc

GROUPS = ("Project Administration", "Timesheet Administration")
_PROJECT_STATUSES = {
    "ACTIVE": "Open",
    "ON_HOLD": "On hold",
    "PENDING_SETUP": "Planned",
    "DELIVERED": "Delivered",
    "CLOSED": "Done",
}
_TASK_STATUSES = {"NOT_STARTED": "Planned", "IN_PROGRESS": "Open", "COMPLETE": "Done"}
_CENT = Decimal("0.01")
_ADDED_STATUSES = ("On hold", "Planned", "Delivered")


def seed(rpc: Rpc, firm: Firm) -> Mapping[str, str]:
    """Fill an empty database; return the readers' keys by connection: one for projects and time, one for the ledger."""
    seeded = create_organisation(rpc, firm, firm.workers)
    parties = create_customers(rpc, firm.customers, seeded)
    statuses = _create_statuses(rpc)
    sold = billing.create_product(rpc, seeded)
    projects = _create_projects(rpc, firm, seeded, parties, statuses)
    for project in firm.projects:
        rate = _find_rate(firm, project)
        tasks = _create_tasks(rpc, project, projects[project.code], seeded, statuses, rate, sold)
        for entry in project.time_entries:
            line = {
                "employee": seeded.employees[entry.worker],
                "company": seeded.companies[project.entity],
                "work": tasks[entry.task],
                "date": entry.day,
                "duration": timedelta(seconds=int(entry.hours * 3600)),
                # The line's own UUID cannot be written over the network: the description holds the ERP's id.
                "description": f"[{entry.code}] {entry.note}",
            }
            rpc.create("timesheet.line", line, company=seeded.companies[project.entity])
    finance.post_invoices(rpc, firm, seeded, parties, billing.bill(rpc, firm, seeded, projects))
    return {
        "psa": create_reader_key(rpc, seeded, READER, GROUPS),
        "erp": create_reader_key(rpc, seeded, ACCOUNTANT, finance.GROUPS),
    }


def _find_rate(firm: Firm, project: Project) -> Decimal:
    """Return the rate from the project's currency to the company's at the project's start."""
    (company,) = {entity.currency for entity in firm.entities if entity.code == project.entity}
    if company == project.currency:
        return Decimal(1)
    known = [
        rate
        for rate in firm.rates
        if (rate.source, rate.target) == (project.currency, company) and rate.effective <= project.start
    ]
    return max(known, key=lambda rate: rate.effective).rate


def _create_statuses(rpc: Rpc) -> dict[str, int]:
    rpc.create("project.work.status", *({"name": name, "types": ["project", "task"]} for name in _ADDED_STATUSES))
    return {row["name"]: row["id"] for row in rpc.search("project.work.status", [], ["name"])}


def _set_next_number(rpc: Rpc, prefix: str, first: int) -> None:
    (configuration,) = rpc.read("project.configuration", [1], ["work_sequence"])
    rpc.write("ir.sequence", [configuration["work_sequence"]], {"prefix": prefix, "number_next": first})


def _create_projects(
    rpc: Rpc, firm: Firm, seeded: SeededIds, parties: dict[str, int], statuses: dict[str, int]
) -> dict[str, int]:
    prefix, _, first = firm.projects[0].code.rpartition("-")
    _set_next_number(rpc, f"{prefix}-", int(first))
    values = [
        {
            "type": "project",
            "name": project.name,
            "comment": project.description,
            "company": seeded.companies[project.entity],
            "party": parties[project.customer],
            "status": statuses[_PROJECT_STATUSES[project.status]],
            "project_invoice_method": "timesheet",
            "timesheet_available": True,
            "timesheet_start_date": project.start,
            "timesheet_end_date": project.end,
            "progress": float(project.percent_complete),
        }
        for project in firm.projects
    ]
    made = rpc.create("project.work", *values)
    numbers = [row["number"] for row in rpc.read("project.work", made, ["number"])]
    if numbers != [project.code for project in firm.projects]:
        raise ValueError(f"the firm's project codes are not consecutive from {first}: {numbers}")
    _set_next_number(rpc, "WRK-", 1)
    return dict(zip(numbers, made, strict=True))


def _create_tasks(
    rpc: Rpc, project: Project, parent: int, seeded: SeededIds, statuses: dict[str, int], rate: Decimal, sold: int
) -> dict[str, int]:
    """Create a project's tasks; return the timesheet work of each by code.

    A billable task has the bill rate of its first assignment. Tryton's prices are in company currency: `rate` converts.
    """
    prices: dict[str, Decimal] = {}
    for booked in project.assignments:
        prices.setdefault(booked.task, (booked.bill_rate * rate).quantize(_CENT))
    values = [
        {
            "type": "task",
            "name": task.name,
            "parent": parent,
            "company": seeded.companies[project.entity],
            "status": statuses[_TASK_STATUSES[task.status]],
            "progress": 1.0 if task.status == "COMPLETE" else 0.0,
            "effort_duration": timedelta(hours=float(task.estimated_hours)),
            # Dates are not seeded: Tryton refuses time outside of them, and the firm books late.
            "timesheet_available": True,
            "product": sold if task.billable else None,
            "list_price": prices.get(task.code) if task.billable else None,
        }
        for task in project.tasks
    ]
    made = rpc.create("project.work", *values)
    rows = rpc.read("project.work", made, ["timesheet_works"])
    return {task.code: row["timesheet_works"][0] for task, row in zip(project.tasks, rows, strict=True)}
