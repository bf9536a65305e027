"""Resource demands and assignments."""

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

ROWS = [Rows.TENANT, Rows.LEGAL_ENTITY, Rows.REGION, Rows.CUSTOMER]


@strawberry.type
class SkillRequirement:
    """A skill that a resource demand requires."""

    skill: Skill
    """The required skill."""
    minimum_level: SkillLevel | None
    """Lowest acceptable level; null if any level is acceptable or the level has no mapping."""
    required: bool
    """Whether the skill is mandatory."""


@noun(
    anchor=Role.PSA,
    keys=["id"],
    facets={Role.PSA: facet(PsaDemand, loader="psa_demands")},
    scopes=[["staffing:read"]],
    rows=ROWS,
    owner=owned_by("Project", "project_id"),
)
class ResourceDemand(CanonicalEntity):
    """A request for a person in a role for some time. Hours are decimal hours."""

    project: Annotated[Project, strawberry.lazy("gateway.schema.project")] | None = reference(
        "Project", record=Role.PSA, of="project_id"
    )
    """Project that needs the person."""
    role: str = sourced(record=Role.PSA, of="role_name")
    """Role to be filled, as named in the PSA."""
    skills: list[SkillRequirement] | None = sourced(
        record=Role.PSA, of=list_required_skills, origins={PsaDemand: "skills"}
    )
    """Skills that the demand requires."""
    start_date: date = sourced(record=Role.PSA)
    """First day."""
    end_date: date = sourced(record=Role.PSA)
    """Last day, included."""
    hours: Decimal | None = sourced(record=Role.PSA)
    """Hours required in total."""
    allocation_percent: Decimal | None = sourced(record=Role.PSA)
    """Share of working time, in percent (0 to 100)."""
    location: CountryCode | None = sourced(record=Role.PSA)
    """Country in which the work is done."""
    target_bill_rate: Money | None = sourced(record=Role.PSA, scopes=[["resources.rates:read"]])
    """Planned bill rate per hour."""
    priority: Priority | None = sourced(record=Role.PSA, into=Priority)
    """Priority of the demand."""
    status: DemandStatus | None = sourced(record=Role.PSA, maps=MappingDomain.DEMAND_STATUS, into=DemandStatus)
    """Staffing status."""


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
    """A person booked on a project. Hours are decimal hours."""

    project: Annotated[Project, strawberry.lazy("gateway.schema.project")] | None = reference(
        "Project", record=Role.PSA, of="project_id"
    )
    """Project on which the person is booked."""
    task: ProjectTask | None = reference("ProjectTask", record=Role.PSA, of="task_id")
    """Task on which the person is booked; null for the whole project."""
    resource: Annotated[Resource, strawberry.lazy("gateway.schema.resource")] | None = reference(
        "Resource", record=Role.PSA, of="user_id"
    )
    """The booked person."""
    demand: ResourceDemand | None = reference("ResourceDemand", record=Role.PSA, of="demand_id")
    """Demand that the assignment fills."""
    role: str | None = sourced(record=Role.PSA, of="role_name")
    """Role of the person on the project, as named in the PSA."""
    start_date: date | None = sourced(record=Role.PSA)
    """First day."""
    end_date: date | None = sourced(record=Role.PSA)
    """Last day, included."""
    planned_hours: Decimal | None = sourced(record=Role.PSA)
    """Planned hours in total."""
    allocation_percent: Decimal | None = sourced(record=Role.PSA)
    """Share of working time, in percent (0 to 100)."""
    booking: BookingStatus | None = sourced(record=Role.PSA, maps=MappingDomain.BOOKING_STATUS, into=BookingStatus)
    """Whether the booking is tentative or confirmed."""
    bill_rate: Money | None = sourced(record=Role.PSA, scopes=[["resources.rates:read"]])
    """Bill rate per hour."""
    cost_rate: Money | None = sourced(
        record=Role.HCM,
        scopes=[["resources.cost:read"]],
        sensitive=Sensitive(DataClass.FINANCIAL_RESTRICTED, residency_bound=True),
    )
    """Cost rate of the person per hour."""
