"""Types for the identity, freshness and lineage of a record."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import strawberry

from gateway.execution.request import RequestState
from gateway.schema.enums import ConflictPolicy, SystemRole
from gateway.schema.kernel import JSON, URL, SourceFault, derived
from gateway.schema.system import SourceSystem


@strawberry.enum
class FreshnessStatus(StrEnum):
    """How current data is."""

    LIVE = "LIVE"
    """Read from the system in this request."""
    CACHED = "CACHED"
    """From the card index, at most five minutes old."""
    STALE = "STALE"
    """From the card index, more than five minutes old."""
    UNAVAILABLE = "UNAVAILABLE"
    """The system did not answer in this request."""


@strawberry.enum
class ReferenceStatus(StrEnum):
    """State of the link between a record and an id in a source system."""

    LINKED = "LINKED"
    """The id belongs to the record."""
    PENDING = "PENDING"
    """The link is not yet confirmed."""
    ORPHANED = "ORPHANED"
    """The record that the id belonged to no longer exists."""
    DELETED_AT_SOURCE = "DELETED_AT_SOURCE"
    """The source system has deleted the record."""
    DUPLICATE_SUSPECTED = "DUPLICATE_SUSPECTED"
    """Another id of the same system is probably the same record."""


@strawberry.enum
class LinkMethod(StrEnum):
    """How an id in a source system was linked to the record."""

    CREATED_BY_WORKFLOW = "CREATED_BY_WORKFLOW"
    """A workflow of the gateway created the record in the system."""
    EXTERNAL_ID_FIELD = "EXTERNAL_ID_FIELD"
    """A system stores the other system's id in a field."""
    MATCH_RULE = "MATCH_RULE"
    """A match rule found the record."""
    MANUAL = "MANUAL"
    """A person linked the record."""


def resolve_connection(reference: Any, request: RequestState) -> Any:
    """Return the connection of an external reference; None if it is no longer configured."""
    visible = request.connections.list_visible(reference.system)
    return request.connections.get_system(reference.connection) if reference.connection in visible else None


@strawberry.federation.type(shareable=True)
class ExternalReference:
    """An id of the record in a source system."""

    system: SystemRole
    """System that issued the id."""
    connection: SourceSystem | None = derived(resolve_connection, scopes=[["systems:read"]])
    """Connection to the system; null if it is no longer configured."""
    object_type: str
    """Object type in the source system, e.g. Opportunity, job or workspace."""
    external_id: str
    """The id in the source system."""
    display_number: str | None
    """Number that people use, e.g. PRJ-00421 or INV-10233."""
    url: URL | None
    """Link to the record in the source system's user interface."""
    status: ReferenceStatus
    """State of the link."""
    last_synced_at: datetime | None
    """When the gateway last synchronised the record with the system (UTC)."""
    source_modified_at: datetime | None
    """When the source last changed the record (UTC), as the source reports."""
    linked_by: LinkMethod
    """How the id was linked to the record."""


@strawberry.type
class SourceFreshness:
    """How current the part of one system is."""

    system: SystemRole
    """The system."""
    status: FreshnessStatus
    """How current the system's part of the record is."""
    fetched_at: datetime | None
    """When the gateway read it (UTC)."""
    source_modified_at: datetime | None
    """When the source last changed it (UTC), as the source reports."""
    age: timedelta | None
    """Time since the gateway read it."""
    cache_hit: bool
    """Whether it came from the card index instead of the system."""
    error: SourceFault | None
    """Why the system did not answer; null if it did."""


@strawberry.type
class Freshness:
    """How current the record is, over every system that this request has read for it."""

    status: FreshnessStatus
    """Status of the least current source."""
    as_of: datetime
    """When the oldest of the sources was read (UTC)."""
    sources: list[SourceFreshness]
    """The sources that this request has read."""


@strawberry.type
class AlternateValue:
    """The value of the same field in another system."""

    system: SystemRole
    """The other system."""
    value: JSON | None
    """Its value after mapping; the raw source value if its code has no mapping."""
    agrees: bool
    """Whether it equals the supplied value."""
    source_modified_at: datetime | None
    """When that system last changed its record (UTC)."""


@strawberry.type
class FieldProvenance:
    """The source of one value, and why that source supplied it."""

    field: str
    """Name of the field in this schema."""
    system: SystemRole
    """System that supplied the value."""
    source_object: str
    """Object type in the source system."""
    source_field: str
    """Field of the object in the source system."""
    fetched_at: datetime
    """When the gateway read the value (UTC)."""
    rule: ConflictPolicy
    """Conflict policy by which the source was chosen."""
    fallback_used: bool
    """Whether the value came from a fallback instead of the system of record."""
    transformation: str | None
    """How the adapter converted the source value; null if it did not."""
    alternates: list[AlternateValue]
    """Values of the other systems that this request has read; empty for classified fields."""
