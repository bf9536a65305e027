"""How the children of projects and users are found and ordered."""

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from gateway.canonical.records.base import Record
from gateway.canonical.records.psa import (
    PsaAssignment,
    PsaDemand,
    PsaExpense,
    PsaMilestone,
    PsaTask,
    PsaTimeEntry,
)
from subgraphs.kit.identifiers import is_whole_number
from subgraphs.kit.memory_paging import ChildOrder
from subgraphs.kit.psa.kinds import Kind

RecordT = TypeVar("RecordT", bound=Record)

PARENT_BATCH: Final = 50
"""Parents per call."""


@dataclass(frozen=True, kw_only=True)
class Relation(Generic[RecordT]):
    """Children below parents: `filter` is the query parameter that takes the ids of at most `batch` parents."""

    kind: Kind[RecordT]
    filter: str
    order: ChildOrder[RecordT]
    batch: int = PARENT_BATCH


@dataclass(frozen=True, kw_only=True)
class Relations:
    """The relations of the PSA port."""

    project_tasks: Relation[PsaTask]
    project_milestones: Relation[PsaMilestone]
    project_demands: Relation[PsaDemand]
    project_assignments: Relation[PsaAssignment]
    user_assignments: Relation[PsaAssignment]
    project_time: Relation[PsaTimeEntry]
    user_time: Relation[PsaTimeEntry]
    project_expenses: Relation[PsaExpense]


def relate_to_projects(
    kind: Kind[RecordT], filter_: str, day_field: str | None = None, batch: int = PARENT_BATCH
) -> Relation[RecordT]:
    """Return the relation of a kind to its projects."""
    order = ChildOrder[RecordT](parent_field="project_id", day_field=day_field, is_id=is_whole_number)
    return Relation(kind=kind, filter=filter_, order=order, batch=batch)


def relate_to_users(
    kind: Kind[RecordT], filter_: str, day_field: str | None = None, batch: int = PARENT_BATCH
) -> Relation[RecordT]:
    """Return the relation of a kind to its users."""
    order = ChildOrder[RecordT](parent_field="user_id", day_field=day_field, is_id=is_whole_number)
    return Relation(kind=kind, filter=filter_, order=order, batch=batch)
