"""The disagreements between the systems of the scaled firm, derived from its rows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from subgraphs.sandbox.firm.disagreements import DisagreementKind, KnownDisagreement
from subgraphs.sandbox.firm.model import Customer, Project, TimeEntry, Worker

_EVERY_UNPOSTED = 10


def mark_unposted_time(projects: Sequence[Project]) -> tuple[Project, ...]:
    """Return the projects; on every tenth with an ERP job the last approved, unbilled entry is not posted."""
    known = [project for project in projects if project.erp_status is not None][_EVERY_UNPOSTED - 1 :: _EVERY_UNPOSTED]
    late = {project.code: _find_last_unbilled(project) for project in known}
    return tuple(_mark_unposted(project, late.get(project.code)) for project in projects)


def _find_last_unbilled(project: Project) -> TimeEntry | None:
    waiting = [entry for entry in project.time_entries if entry.approval == "APPROVED" and entry.invoice_line is None]
    return max(waiting, key=lambda entry: (entry.day, entry.code), default=None)


def _mark_unposted(project: Project, late: TimeEntry | None) -> Project:
    if late is None:
        return project
    entries = (replace(entry, posted=False) if entry is late else entry for entry in project.time_entries)
    return replace(project, time_entries=tuple(entries))


def list_disagreements(
    projects: Sequence[Project], people: Sequence[Worker], customers: Sequence[Customer]
) -> tuple[KnownDisagreement, ...]:
    """Return every disagreement: projects first, then workers, then customers."""
    return (
        *_list_project_disagreements(projects),
        *_list_worker_disagreements(projects, people),
        *_list_customer_disagreements(customers),
    )


def _list_project_disagreements(projects: Sequence[Project]) -> Iterator[KnownDisagreement]:
    for project in projects:
        if project.erp_status is None:
            yield KnownDisagreement(kind=DisagreementKind.PROJECT_UNKNOWN, subject=project.code, systems=("PSA", "ERP"))
        elif project.erp_status != project.status:
            yield KnownDisagreement(kind=DisagreementKind.STATUS_DIFFERS, subject=project.code, systems=("PSA", "ERP"))
        if "COST_CENTER" not in dict(project.dimensions):
            yield KnownDisagreement(kind=DisagreementKind.DIMENSION_MISSING, subject=project.code, systems=("ERP",))
        for entry in project.time_entries:
            if not entry.posted:
                yield KnownDisagreement(kind=DisagreementKind.TIME_UNPOSTED, subject=entry.code, systems=("PSA", "ERP"))


def _list_worker_disagreements(projects: Sequence[Project], people: Sequence[Worker]) -> Iterator[KnownDisagreement]:
    """Yield assignments that end after their worker has left."""
    gone = {worker.number: worker.termination_date for worker in people if worker.termination_date is not None}
    for project in projects:
        for booked in project.assignments:
            last = gone.get(booked.worker)
            if last is not None and booked.end > last:
                yield KnownDisagreement(
                    kind=DisagreementKind.LEAVER_BOOKED, subject=booked.code, systems=("HCM", "PSA")
                )


def _list_customer_disagreements(customers: Sequence[Customer]) -> Iterator[KnownDisagreement]:
    """Yield customers that are missing in a system, duplicated, in two places of the hierarchy, or in a cycle."""
    parents = {customer.number: customer.parent for customer in customers}
    taxed = {customer.tax_id: customer.number for customer in reversed(customers)}
    for customer in customers:
        doubled = taxed[customer.tax_id] != customer.number
        turning = customer.parent is not None and parents.get(customer.parent) == customer.number
        if doubled:
            yield KnownDisagreement(kind=DisagreementKind.CUSTOMER_DUPLICATE, subject=customer.number, systems=("CRM",))
        if turning:
            yield KnownDisagreement(kind=DisagreementKind.HIERARCHY_CYCLE, subject=customer.number, systems=("CRM",))
        if customer.erp_parent is not None:
            yield KnownDisagreement(
                kind=DisagreementKind.HIERARCHY_CONFLICT, subject=customer.number, systems=("CRM", "ERP")
            )
        if customer.absent_from and not doubled and not turning:
            yield KnownDisagreement(
                kind=DisagreementKind.CUSTOMER_UNKNOWN, subject=customer.number, systems=customer.absent_from
            )
