"""Tasks and milestones of a project."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from gateway.canonical.records.psa import PsaMilestone, PsaTask
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import MappingDomain
from gateway.schema import lineage
from gateway.schema.enums import TaskStatus
from gateway.schema.identity import ExternalReference
from gateway.schema.kernel import Node, derived, facet, noun, owned_by, reference, sourced

if TYPE_CHECKING:
    from gateway.schema.project import Project


@noun(
    anchor=Role.PSA,
    keys=["id"],
    facets={Role.PSA: facet(PsaTask, loader="psa_tasks")},
    scopes=[["projects:read"]],
    owner=owned_by("Project", "project_id"),
)
class ProjectTask(Node):
    """A task of the work breakdown structure. Hours are decimal hours."""

    external_references: list[ExternalReference] = derived(lineage.resolve_references)
    """Ids of the record in each system (the crosswalk)."""
    project: Annotated[Project, strawberry.lazy("gateway.schema.project")] | None = reference(
        "Project", record=Role.PSA, of="project_id"
    )
    """Project that the task belongs to."""
    parent: Annotated[ProjectTask, strawberry.lazy("gateway.schema.task")] | None = reference(
        "ProjectTask", record=Role.PSA, of="parent_id"
    )
    """Parent task; null at the top level."""
    name: str = sourced(record=Role.PSA)
    """Name of the task."""
    status: TaskStatus | None = sourced(record=Role.PSA, maps=MappingDomain.TASK_STATUS, into=TaskStatus)
    """Status of the task."""
    start_date: date | None = sourced(record=Role.PSA)
    """Planned first day."""
    end_date: date | None = sourced(record=Role.PSA)
    """Planned last day, included."""
    billable: bool | None = sourced(record=Role.PSA)
    """Whether time on the task is billed."""
    estimated_hours: Decimal | None = sourced(record=Role.PSA)
    """Estimated hours."""
    actual_hours: Decimal | None = sourced(record=Role.PSA)
    """Hours worked to date."""
    remaining_hours: Decimal | None = sourced(record=Role.PSA)
    """Estimated hours remaining."""


@noun(
    anchor=Role.PSA,
    keys=["id"],
    facets={Role.PSA: facet(PsaMilestone, loader="psa_milestones")},
    scopes=[["projects:read"]],
    owner=owned_by("Project", "project_id"),
)
class Milestone(Node):
    """A milestone of a project."""

    project: Annotated[Project, strawberry.lazy("gateway.schema.project")] | None = reference(
        "Project", record=Role.PSA, of="project_id"
    )
    """Project that the milestone belongs to."""
    name: str = sourced(record=Role.PSA)
    """Name of the milestone."""
    due_date: date | None = sourced(record=Role.PSA)
    """Day on which it is due."""
    completed_at: date | None = sourced(record=Role.PSA, of="completed_on")
    """Day on which it was completed; null if it is open or the PSA does not record the day."""
    status: TaskStatus | None = sourced(record=Role.PSA, maps=MappingDomain.TASK_STATUS, into=TaskStatus)
    """Status of the milestone."""
