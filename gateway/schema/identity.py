"""What stands behind a record: its ids in every system, how old its data is, and where each value came from."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import strawberry

from gateway.schema.enums import ConflictPolicy, SystemRole
from gateway.schema.kernel import JSON, URL, SourceFault


@strawberry.enum
class FreshnessStatus(StrEnum):
    """How a value was come by."""

    LIVE = "LIVE"
    CACHED = "CACHED"
    STALE = "STALE"
    UNAVAILABLE = "UNAVAILABLE"


@strawberry.enum
class ReferenceStatus(StrEnum):
    """What is known of a system's id."""

    LINKED = "LINKED"
    PENDING = "PENDING"
    ORPHANED = "ORPHANED"
    DELETED_AT_SOURCE = "DELETED_AT_SOURCE"
    DUPLICATE_SUSPECTED = "DUPLICATE_SUSPECTED"


@strawberry.enum
class LinkMethod(StrEnum):
    """How a system's id was linked to the record."""

    CREATED_BY_WORKFLOW = "CREATED_BY_WORKFLOW"
    EXTERNAL_ID_FIELD = "EXTERNAL_ID_FIELD"
    MATCH_RULE = "MATCH_RULE"
    MANUAL = "MANUAL"


@strawberry.federation.type(shareable=True)
class ExternalReference:
    """One system's id of a record."""

    system: SystemRole
    object_type: str = strawberry.field(description="Object type in the source, e.g. Opportunity, job, workspace.")
    external_id: str
    display_number: str | None = strawberry.field(description="Human number, e.g. PRJ-00421, INV-10233.")
    url: URL | None
    status: ReferenceStatus
    last_synced_at: datetime | None = strawberry.field(
        description="Last time the gateway read or wrote it successfully."
    )
    source_modified_at: datetime | None = strawberry.field(
        description="Modified timestamp that the source itself reports."
    )
    linked_by: LinkMethod


@strawberry.type
class SourceFreshness:
    """How old one source's part of the record is."""

    system: SystemRole
    status: FreshnessStatus
    fetched_at: datetime | None
    source_modified_at: datetime | None
    age: timedelta | None
    cache_hit: bool
    error: SourceFault | None


@strawberry.type
class Freshness:
    """How old the record is, over every system that fed it in this request."""

    status: FreshnessStatus
    as_of: datetime = strawberry.field(description="Oldest input of the record.")
    sources: list[SourceFreshness]


@strawberry.type
class AlternateValue:
    """What another system says of the same field."""

    system: SystemRole
    value: JSON | None
    agrees: bool
    source_modified_at: datetime | None


@strawberry.type
class FieldProvenance:
    """Where one value came from, and why that source supplied it."""

    field: str = strawberry.field(description="Canonical field name.")
    system: SystemRole
    source_object: str
    source_field: str
    fetched_at: datetime
    rule: ConflictPolicy = strawberry.field(description="Why this source supplied the value.")
    fallback_used: bool
    transformation: str | None
    alternates: list[AlternateValue] = strawberry.field(
        description="What the other systems say, as far as this request has read them; masked like the field itself."
    )
