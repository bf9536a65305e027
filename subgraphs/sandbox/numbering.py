"""The ids of a firm's records in a twin that numbers each resource from 1, in the firm's order.

Tasks and milestones share one resource.
"""

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


def list_psa_ids(firm: Firm) -> Mapping[type[Record], tuple[str, ...]]:
    """Return every id by record kind."""
    tasks, milestones = _number_tasks_and_milestones(firm)
    return {
        PsaClient: number_ids(len(firm.customers)),
        PsaUser: number_ids(len(firm.workers)),
        PsaProject: number_ids(len(firm.projects)),
        PsaTask: tasks,
        PsaMilestone: milestones,
        PsaDemand: number_ids(sum(len(project.demands) for project in firm.projects)),
        PsaAssignment: number_ids(sum(len(project.assignments) for project in firm.projects)),
        PsaTimeEntry: number_ids(sum(len(project.time_entries) for project in firm.projects)),
        PsaExpense: number_ids(sum(len(project.expenses) for project in firm.projects)),
    }


def number_ids(number: int) -> tuple[str, ...]:
    """Return the ids of `number` records."""
    return tuple(str(place) for place in range(1, number + 1))


def _number_tasks_and_milestones(firm: Firm) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ids of tasks and milestones: they are numbered per project, tasks first."""
    tasks, milestones, made = list[str](), list[str](), 0
    for project in firm.projects:
        for held, ids in ((project.tasks, tasks), (project.milestones, milestones)):
            ids += [str(made + place) for place in range(1, len(held) + 1)]
            made += len(held)
    return tuple(tasks), tuple(milestones)
