"""The ids of a firm's records in a twin that numbers each resource from 1, in the firm's order; tasks and milestones are of one resource."""

from collections.abc import Mapping

from gateway.canonical.records.base import Record
from gateway.canonical.records.psa import (
    PsaAssignment,
    PsaClient,
    PsaDemand,
    PsaExpense,
    PsaMilestone,
    PsaProject,
    PsaTask,
    PsaTimeEntry,
    PsaUser,
)
from subgraphs.sandbox.firm.model import Firm


def psa_ids(firm: Firm) -> Mapping[type[Record], tuple[str, ...]]:
    """Return every id, per kind of record."""
    tasks, milestones = _tasks_and_milestones(firm)
    return {
        PsaClient: counted(len(firm.customers)),
        PsaUser: counted(len(firm.workers)),
        PsaProject: counted(len(firm.projects)),
        PsaTask: tasks,
        PsaMilestone: milestones,
        PsaDemand: counted(sum(len(project.demands) for project in firm.projects)),
        PsaAssignment: counted(sum(len(project.assignments) for project in firm.projects)),
        PsaTimeEntry: counted(sum(len(project.time_entries) for project in firm.projects)),
        PsaExpense: counted(sum(len(project.expenses) for project in firm.projects)),
    }


def counted(number: int) -> tuple[str, ...]:
    """Return the ids of so many records."""
    return tuple(str(place) for place in range(1, number + 1))


def _tasks_and_milestones(firm: Firm) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Count both as they are made: of each project its tasks, then its milestones."""
    tasks, milestones, made = list[str](), list[str](), 0
    for project in firm.projects:
        for held, ids in ((project.tasks, tasks), (project.milestones, milestones)):
            ids += [str(made + place) for place in range(1, len(held) + 1)]
            made += len(held)
    return tuple(tasks), tuple(milestones)
