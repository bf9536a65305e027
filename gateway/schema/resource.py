"""People: employees and contractors."""

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
    """Hours of a person in a window of days. Hours are decimal hours."""

    start_date: date
    """First day of the window."""
    end_date: date
    """Last day of the window, included."""
    capacity_hours: Decimal | None
    """Contract hours in the window; null if the HCM does not give weekly hours."""
    leave_hours: Decimal | None
    """Hours of leave."""
    holiday_hours: Decimal | None
    """Hours of public holidays."""
    hard_booked_hours: Decimal | None
    """Confirmed bookings; null if the PSA did not answer or does not know the person."""
    soft_booked_hours: Decimal | None
    """Tentative bookings; null if the PSA did not answer or does not know the person."""
    available_hours: Decimal | None
    """Contract hours less absences less all bookings, negative if overbooked; null if one of them is unknown."""


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
    rows=[Rows.TENANT, Rows.LEGAL_ENTITY, Rows.REGION, Rows.CUSTOMER, Rows.SELF, Rows.MANAGER_CHAIN],
    coded_by="workerNumber",
)
class Resource(CanonicalEntity):
    """A person who can be booked on projects."""

    display_name: str | None = sourced(
        record=Role.HCM,
        fallback=[Role.PSA],
        of="name",
        sensitive=Sensitive(DataClass.PERSONAL, MaskMode.REDACT, residency_bound=True),
    )
    """Name to display."""
    work_email: EmailAddress | None = sourced(
        record=Role.HCM,
        fallback=[Role.PSA],
        of="email",
        scopes=PII,
        sensitive=Sensitive(DataClass.PERSONAL, MaskMode.PARTIAL, residency_bound=True),
    )
    """Work e-mail address."""
    worker_number: str | None = sourced(
        record=Role.HCM, scopes=PII, sensitive=Sensitive(DataClass.PERSONAL, MaskMode.HASH)
    )
    """Worker number in the HCM."""
    type: ResourceType | None = sourced(
        record=Role.HCM, fallback=[Role.PSA], maps=MappingDomain.RESOURCE_TYPE, into=ResourceType
    )
    """Employee, contractor, subcontractor or placeholder."""
    employment_status: EmploymentStatus | None = sourced(
        record=Role.HCM, maps=MappingDomain.EMPLOYMENT_STATUS, into=EmploymentStatus
    )
    """Employment status."""
    job_title: str | None = sourced(record=Role.HCM)
    """Job title."""
    job_level: str | None = sourced(record=Role.HCM)
    """Job level, as named in the HCM."""
    practice: str | None = sourced(record=Role.HCM, fallback=[Role.PSA])
    """Practice or team that the person belongs to."""
    manager: Annotated[Resource, strawberry.lazy("gateway.schema.resource")] | None = reference(
        "Resource", record=Role.HCM, of="manager_id"
    )
    """Line manager."""
    legal_entity: LegalEntity | None = reference(
        "LegalEntity",
        record=Role.HCM,
        fallback=[Role.ERP],
        conflict=Policy.MANUAL,
        of="legal_entity",
        by="code",
        maps=MappingDomain.LEGAL_ENTITY,
    )
    """Legal entity that employs the person."""
    cost_center: DimensionValue | None = declare_cost_center(Role.HCM, fallback=[Role.ERP], conflict=Policy.MANUAL)
    """Cost centre that the person belongs to; null if the ERP does not know the code."""
    location: CountryCode | None = sourced(record=Role.HCM)
    """Country of work."""
    time_zone: str | None = sourced(record=Role.HCM)
    """IANA time zone, e.g. Europe/Berlin."""
    hire_date: date | None = sourced(record=Role.HCM)
    """First day of employment."""
    termination_date: date | None = sourced(record=Role.HCM, scopes=PII, sensitive=Sensitive(DataClass.PERSONAL))
    """Last day of employment, included; null if none is set."""
    skills: list[ResourceSkill] | None = derived(
        resolve_skills,
        needs=[Role.HCM],
        record=Role.HCM,
        conflict=Policy.RECORD_WINS,
        origins={HcmWorker: "skills"},
    )
    """Skills from the HCM."""
    bill_rate: Money | None = sourced(record=Role.PSA, scopes=[["resources.rates:read"]])
    """Standard bill rate per hour."""
    cost_rate: Money | None = sourced(
        record=Role.HCM,
        fallback=[Role.ERP],
        scopes=COST,
        sensitive=Sensitive(DataClass.FINANCIAL_RESTRICTED, residency_bound=True),
    )
    """Cost rate per hour."""
    standard_weekly_hours: Decimal | None = sourced(record=Role.HCM)
    """Contract hours per week."""

    @related(
        "availability",
        record=Role.HCM,
        needs=[Role.HCM],
        key=build_availability_key,
        shape="value",
        transform=build_availability_windows,
        scopes=[["staffing:read"]],
    )
    def availability(
        self, range: DateRangeInput, granularity: Granularity | None = Granularity.WEEK
    ) -> list[AvailabilityWindow] | None:
        """Available hours per window: contract hours less absences less bookings."""

    @related("psa_assignments_by_user", record=Role.PSA, origins={PsaAssignment: None}, scopes=[["staffing:read"]])
    def assignments(
        self, filter: AssignmentFilter | None = UNSET, first: int | None = 25, after: str | None = UNSET
    ) -> Connection[Annotated[Assignment, strawberry.lazy("gateway.schema.assignment")]] | None:
        """Bookings of the person."""

    @related("psa_time_entries_by_user", record=Role.PSA, origins={PsaTimeEntry: None}, scopes=[["time:read"]])
    def time_entries(
        self, filter: TimeEntryFilter | None = UNSET, first: int | None = 50, after: str | None = UNSET
    ) -> Connection[Annotated[TimeEntry, strawberry.lazy("gateway.schema.time_entry")]] | None:
        """Time entries of the person, oldest first."""
