"""The work breakdown of a project."""

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
    """A node of the work breakdown; hours are Decimal hours."""

    external_references: list[ExternalReference] = derived(lineage.resolve_references)
    project: Annotated[Project, strawberry.lazy("gateway.schema.project")] | None = reference(
        "Project", record=Role.PSA, of="project_id"
    )
    parent: Annotated[ProjectTask, strawberry.lazy("gateway.schema.task")] | None = reference(
        "ProjectTask", record=Role.PSA, of="parent_id"
    )
    wbs: str | None = sourced(record=Role.PSA)
    name: str = sourced(record=Role.PSA)
    status: TaskStatus | None = sourced(record=Role.PSA, maps=MappingDomain.TASK_STATUS, into=TaskStatus)
    start_date: date | None = sourced(record=Role.PSA)
    end_date: date | None = sourced(record=Role.PSA)
    billable: bool | None = sourced(record=Role.PSA)
    estimated_hours: Decimal | None = sourced(record=Role.PSA)
    actual_hours: Decimal | None = sourced(record=Role.PSA)
    remaining_hours: Decimal | None = sourced(record=Role.PSA)


@noun(
    anchor=Role.PSA,
    keys=["id"],
    facets={Role.PSA: facet(PsaMilestone, loader="psa_milestones")},
    scopes=[["projects:read"]],
    owner=owned_by("Project", "project_id"),
)
class Milestone(Node):
    """A dated deliverable."""

    project: Annotated[Project, strawberry.lazy("gateway.schema.project")] | None = reference(
        "Project", record=Role.PSA, of="project_id"
    )
    name: str = sourced(record=Role.PSA)
    due_date: date | None = sourced(record=Role.PSA)
    status: TaskStatus | None = sourced(record=Role.PSA, maps=MappingDomain.TASK_STATUS, into=TaskStatus)
