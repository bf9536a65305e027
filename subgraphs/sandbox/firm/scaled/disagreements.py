"""What the systems of the scaled firm disagree about, by the numbers that the other modules go by."""

from collections.abc import Iterator, Sequence

from subgraphs.sandbox.firm.model import Finding, KnownDisagreement, Project, Worker


def disagreements(projects: Sequence[Project], people: Sequence[Worker]) -> tuple[KnownDisagreement, ...]:
    """List every disagreement, projects first."""
    return (*_of_projects(projects), *_of_people(projects, people))


def _of_projects(projects: Sequence[Project]) -> Iterator[KnownDisagreement]:
    for project in projects:
        if project.erp_status is None:
            yield KnownDisagreement(finding=Finding.PROJECT_UNKNOWN, subject=project.code, systems=("PSA", "ERP"))
        elif project.erp_status != project.status:
            yield KnownDisagreement(finding=Finding.STATUS_DIFFERS, subject=project.code, systems=("PSA", "ERP"))
        if "COST_CENTER" not in dict(project.dimensions):
            yield KnownDisagreement(finding=Finding.DIMENSION_MISSING, subject=project.code, systems=("ERP",))


def _of_people(projects: Sequence[Project], people: Sequence[Worker]) -> Iterator[KnownDisagreement]:
    """Those who left are still booked on projects that end later."""
    gone = {worker.number: worker.termination_date for worker in people if worker.termination_date is not None}
    for project in projects:
        for booked in project.assignments:
            last = gone.get(booked.worker)
            if last is not None and booked.end > last:
                yield KnownDisagreement(finding=Finding.LEAVER_BOOKED, subject=booked.code, systems=("HCM", "PSA"))
