"""What the systems of the scaled firm disagree about, by the numbers that the other modules go by."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from subgraphs.sandbox.firm.findings import Finding, KnownDisagreement
from subgraphs.sandbox.firm.model import Customer, Project, TimeEntry, Worker

_EVERY_UNPOSTED = 10


def unposted(projects: Sequence[Project]) -> tuple[Project, ...]:
    """Return the projects with, on every tenth that finance knows, the last hours that were approved and not billed left out of its books."""
    known = [project for project in projects if project.erp_status is not None][_EVERY_UNPOSTED - 1 :: _EVERY_UNPOSTED]
    late = {project.code: _last(project) for project in known}
    return tuple(_without(project, late.get(project.code)) for project in projects)


def _last(project: Project) -> TimeEntry | None:
    waiting = [entry for entry in project.time_entries if entry.approval == "APPROVED" and entry.invoice_line is None]
    return max(waiting, key=lambda entry: (entry.day, entry.code), default=None)


def _without(project: Project, late: TimeEntry | None) -> Project:
    if late is None:
        return project
    entries = (replace(entry, posted=False) if entry is late else entry for entry in project.time_entries)
    return replace(project, time_entries=tuple(entries))


def disagreements(
    projects: Sequence[Project], people: Sequence[Worker], customers: Sequence[Customer]
) -> tuple[KnownDisagreement, ...]:
    """List every disagreement: projects first, then people, then customers."""
    return (*_of_projects(projects), *_of_people(projects, people), *_of_customers(customers))


def _of_projects(projects: Sequence[Project]) -> Iterator[KnownDisagreement]:
    for project in projects:
        if project.erp_status is None:
            yield KnownDisagreement(finding=Finding.PROJECT_UNKNOWN, subject=project.code, systems=("PSA", "ERP"))
        elif project.erp_status != project.status:
            yield KnownDisagreement(finding=Finding.STATUS_DIFFERS, subject=project.code, systems=("PSA", "ERP"))
        if "COST_CENTER" not in dict(project.dimensions):
            yield KnownDisagreement(finding=Finding.DIMENSION_MISSING, subject=project.code, systems=("ERP",))
        for entry in project.time_entries:
            if not entry.posted:
                yield KnownDisagreement(finding=Finding.TIME_UNPOSTED, subject=entry.code, systems=("PSA", "ERP"))


def _of_people(projects: Sequence[Project], people: Sequence[Worker]) -> Iterator[KnownDisagreement]:
    """Those who left are still booked on projects that end later."""
    gone = {worker.number: worker.termination_date for worker in people if worker.termination_date is not None}
    for project in projects:
        for booked in project.assignments:
            last = gone.get(booked.worker)
            if last is not None and booked.end > last:
                yield KnownDisagreement(finding=Finding.LEAVER_BOOKED, subject=booked.code, systems=("HCM", "PSA"))


def _of_customers(customers: Sequence[Customer]) -> Iterator[KnownDisagreement]:
    """A customer is unknown somewhere, there twice, in two places of the tree, or its own ancestor."""
    parents = {customer.number: customer.parent for customer in customers}
    taxed = {customer.tax_id: customer.number for customer in reversed(customers)}
    for customer in customers:
        doubled = taxed[customer.tax_id] != customer.number
        turning = customer.parent is not None and parents.get(customer.parent) == customer.number
        if doubled:
            yield KnownDisagreement(finding=Finding.CUSTOMER_DUPLICATE, subject=customer.number, systems=("CRM",))
        if turning:
            yield KnownDisagreement(finding=Finding.HIERARCHY_CYCLE, subject=customer.number, systems=("CRM",))
        if customer.erp_parent is not None:
            yield KnownDisagreement(finding=Finding.HIERARCHY_CONFLICT, subject=customer.number, systems=("CRM", "ERP"))
        if customer.absent_from and not doubled and not turning:
            yield KnownDisagreement(
                finding=Finding.CUSTOMER_UNKNOWN, subject=customer.number, systems=customer.absent_from
            )
