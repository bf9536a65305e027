"""People asked for, and people booked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.records.psa import PsaAssignment, PsaDemand
from gateway.canonical.roles import DataClass
from gateway.canonical.roles import RowScopeKey as Rows
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import MappingDomain
from gateway.schema.canonical_entity import CanonicalEntity
from gateway.schema.enums import BookingStatus, DemandStatus, Priority, SkillLevel
from gateway.schema.kernel import CountryCode, Sensitive, borrowed, facet, noun, owned_by, reference, sourced
from gateway.schema.money import Money
from gateway.schema.skill import Skill, list_required_skills
from gateway.schema.task import ProjectTask

if TYPE_CHECKING:
    from gateway.schema.project import Project
    from gateway.schema.resource import Resource

ROWS = [Rows.TENANT, Rows.LEGAL_ENTITY, Rows.REGION]


@strawberry.type
class SkillRequirement:
    """A skill that a demand asks for."""

    skill: Skill
    minimum_level: SkillLevel | None
    required: bool


@noun(
    anchor=Role.PSA,
    keys=["id"],
    facets={Role.PSA: facet(PsaDemand, loader="psa_demands")},
    scopes=[["staffing:read"]],
    rows=ROWS,
    owner=owned_by("Project", "project_id"),
)
class ResourceDemand(CanonicalEntity):
    """A request for somebody of a role over a time."""

    project: Annotated[Project, strawberry.lazy("gateway.schema.project")] | None = reference(
        "Project", record=Role.PSA, of="project_id"
    )
    role: str = sourced(record=Role.PSA, of="role_name")
    skills: list[SkillRequirement] | None = sourced(record=Role.PSA, of=list_required_skills)
    start_date: date = sourced(record=Role.PSA)
    end_date: date = sourced(record=Role.PSA)
    hours: Decimal | None = sourced(record=Role.PSA)
    allocation_percent: Decimal | None = sourced(record=Role.PSA)
    location: CountryCode | None = sourced(record=Role.PSA)
    target_bill_rate: Money | None = sourced(record=Role.PSA, scopes=[["resources.rates:read"]])
    priority: Priority | None = sourced(record=Role.PSA, into=Priority)
    status: DemandStatus | None = sourced(record=Role.PSA, maps=MappingDomain.DEMAND_STATUS, into=DemandStatus)


@noun(
    anchor=Role.PSA,
    keys=["id"],
    facets={
        Role.PSA: facet(PsaAssignment, loader="psa_assignments"),
        Role.HCM: borrowed("resource", HcmWorker),
    },
    scopes=[["staffing:read"]],
    rows=ROWS,
    owner=owned_by("Project", "project_id"),
)
class Assignment(CanonicalEntity):
    """A person booked on a project."""

    project: Annotated[Project, strawberry.lazy("gateway.schema.project")] | None = reference(
        "Project", record=Role.PSA, of="project_id"
    )
    task: ProjectTask | None = reference("ProjectTask", record=Role.PSA, of="task_id")
    resource: Annotated[Resource, strawberry.lazy("gateway.schema.resource")] | None = reference(
        "Resource", record=Role.PSA, of="user_id"
    )
    demand: ResourceDemand | None = reference("ResourceDemand", record=Role.PSA, of="demand_id")
    role: str | None = sourced(record=Role.PSA, of="role_name")
    start_date: date | None = sourced(record=Role.PSA)
    end_date: date | None = sourced(record=Role.PSA)
    planned_hours: Decimal | None = sourced(record=Role.PSA)
    allocation_percent: Decimal | None = sourced(record=Role.PSA)
    actual_hours: Decimal | None = sourced(record=Role.PSA)
    booking: BookingStatus | None = sourced(record=Role.PSA, maps=MappingDomain.BOOKING_STATUS, into=BookingStatus)
    bill_rate: Money | None = sourced(record=Role.PSA, scopes=[["resources.rates:read"]])
    cost_rate: Money | None = sourced(
        record=Role.HCM,
        scopes=[["resources.cost:read"]],
        sensitive=Sensitive(DataClass.FINANCIAL_RESTRICTED, residency_bound=True),
    )
