"""The people who do the work."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from gateway.canonical.records.card import Card
from gateway.canonical.records.erp import ErpEmployee
from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.records.psa import PsaAssignment, PsaTimeEntry, PsaUser
from gateway.canonical.roles import ConflictPolicy as Policy
from gateway.canonical.roles import DataClass, MaskMode
from gateway.canonical.roles import RowScopeKey as Rows
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import MappingDomain
from gateway.schema.canonical_entity import CanonicalEntity
from gateway.schema.dimension import DimensionValue
from gateway.schema.dimension_fields import declare_cost_center
from gateway.schema.enums import EmploymentStatus, Granularity, ResourceType
from gateway.schema.filters import AssignmentFilter, DateRangeInput, TimeEntryFilter
from gateway.schema.kernel import (
    UNSET,
    Connection,
    CountryCode,
    EmailAddress,
    Sensitive,
    derived,
    facet,
    noun,
    reference,
    related,
    sourced,
)
from gateway.schema.legal_entity import LegalEntity
from gateway.schema.money import Money
from gateway.schema.resource_fields import build_availability_key, build_availability_windows
from gateway.schema.skill import ResourceSkill, resolve_skills

if TYPE_CHECKING:
    from gateway.schema.assignment import Assignment
    from gateway.schema.time_entry import TimeEntry

PII = [["resources.pii:read"]]
COST = [["resources.cost:read"]]


@strawberry.type
class AvailabilityWindow:
    """Hours from one day to another, both included."""

    start_date: date
    end_date: date
    capacity_hours: Decimal | None
    leave_hours: Decimal | None
    holiday_hours: Decimal | None
    hard_booked_hours: Decimal | None
    soft_booked_hours: Decimal | None
    available_hours: Decimal | None


@noun(
    anchor=Role.HCM,
    keys=["id"],
    facets={
        Role.HCM: facet(HcmWorker, loader="hcm_workers"),
        Role.PSA: facet(PsaUser, loader="psa_users"),
        Role.ERP: facet(ErpEmployee, loader="erp_employees"),
        Role.GATEWAY: facet(Card, loader="cards_by_id"),
    },
    scopes=[["resources:read"]],
    rows=[Rows.TENANT, Rows.LEGAL_ENTITY, Rows.REGION, Rows.SELF, Rows.MANAGER_CHAIN],
)
class Resource(CanonicalEntity):
    """A person who can be booked."""

    display_name: str | None = sourced(
        record=Role.HCM,
        fallback=[Role.PSA],
        of="name",
        sensitive=Sensitive(DataClass.PERSONAL, MaskMode.REDACT, residency_bound=True),
    )
    work_email: EmailAddress | None = sourced(
        record=Role.HCM,
        fallback=[Role.PSA],
        of="email",
        scopes=PII,
        sensitive=Sensitive(DataClass.PERSONAL, MaskMode.PARTIAL, residency_bound=True),
    )
    worker_number: str | None = sourced(
        record=Role.HCM, scopes=PII, sensitive=Sensitive(DataClass.PERSONAL, MaskMode.HASH)
    )
    type: ResourceType | None = sourced(
        record=Role.HCM, fallback=[Role.PSA], maps=MappingDomain.RESOURCE_TYPE, into=ResourceType
    )
    employment_status: EmploymentStatus | None = sourced(
        record=Role.HCM, maps=MappingDomain.EMPLOYMENT_STATUS, into=EmploymentStatus
    )
    job_title: str | None = sourced(record=Role.HCM)
    job_level: str | None = sourced(record=Role.HCM)
    practice: str | None = sourced(record=Role.HCM, fallback=[Role.PSA])
    manager: Annotated[Resource, strawberry.lazy("gateway.schema.resource")] | None = reference(
        "Resource", record=Role.HCM, of="manager_id"
    )
    legal_entity: LegalEntity | None = reference(
        "LegalEntity",
        record=Role.HCM,
        fallback=[Role.ERP],
        conflict=Policy.MANUAL,
        of="legal_entity",
        by="code",
        maps=MappingDomain.LEGAL_ENTITY,
    )
    cost_center: DimensionValue | None = declare_cost_center(Role.HCM, fallback=[Role.ERP], conflict=Policy.MANUAL)
    location: CountryCode | None = sourced(record=Role.HCM)
    time_zone: str | None = sourced(record=Role.HCM)
    hire_date: date | None = sourced(record=Role.HCM)
    termination_date: date | None = sourced(record=Role.HCM, scopes=PII, sensitive=Sensitive(DataClass.PERSONAL))
    skills: list[ResourceSkill] | None = derived(
        resolve_skills, needs=[Role.HCM, Role.PSA], record=Role.HCM, fallback=[Role.PSA], conflict=Policy.MERGE
    )
    bill_rate: Money | None = sourced(record=Role.PSA, scopes=[["resources.rates:read"]])
    cost_rate: Money | None = sourced(
        record=Role.HCM,
        fallback=[Role.ERP],
        scopes=COST,
        sensitive=Sensitive(DataClass.FINANCIAL_RESTRICTED, residency_bound=True),
    )
    standard_weekly_hours: Decimal | None = sourced(record=Role.HCM)

    @related(
        "availability",
        record=Role.HCM,
        needs=[Role.HCM],
        key=build_availability_key,
        shape="value",
        give=build_availability_windows,
    )
    def availability(
        self, range: DateRangeInput, granularity: Granularity | None = Granularity.WEEK
    ) -> list[AvailabilityWindow] | None:
        """Contract hours less absences less bookings; at most 366 days."""

    @related("psa_assignments_by_user", record=Role.PSA, origins={PsaAssignment: None}, scopes=[["staffing:read"]])
    def assignments(
        self, filter: AssignmentFilter | None = UNSET, first: int | None = 25, after: str | None = UNSET
    ) -> Connection[Annotated[Assignment, strawberry.lazy("gateway.schema.assignment")]] | None:
        """What the person is booked on."""

    @related("psa_time_entries_by_user", record=Role.PSA, origins={PsaTimeEntry: None}, scopes=[["time:read"]])
    def time_entries(
        self, filter: TimeEntryFilter | None = UNSET, first: int | None = 50, after: str | None = UNSET
    ) -> Connection[Annotated[TimeEntry, strawberry.lazy("gateway.schema.time_entry")]] | None:
        """Hours the person worked, oldest first."""
