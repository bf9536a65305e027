"""The connected systems and their health."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import strawberry

from gateway.execution.global_ids import IdCodec
from gateway.observability.health_state import SystemHealth
from gateway.schema.enums import DataRegion, SystemRole
from gateway.schema.kernel import derived
from gateway.schema.kernel.descriptions import describe_enum

strawberry.enum(SystemHealth)
describe_enum(
    SystemHealth,
    "Health of a connected system.",
    {
        "UP": "Calls succeed.",
        "DEGRADED": "Some calls fail or are slow, or a change feed fails.",
        "DOWN": "The latest calls failed, or every change feed fails.",
        "THROTTLED": "The system rejects calls because there are too many.",
        "CIRCUIT_OPEN": "The gateway makes no calls for some seconds after repeated failures.",
        "UNKNOWN": "There are no recent calls to judge by.",
    },
)


@strawberry.enum
class ConnectionEnvironment(StrEnum):
    """Kind of tenant that a connection uses."""

    PRODUCTION = "PRODUCTION"
    """A production tenant."""
    SANDBOX = "SANDBOX"
    """A test tenant of the vendor."""
    MOCK = "MOCK"
    """A simulated system."""


@strawberry.type
class SystemCapabilities:
    """What a system supports; it decides how the gateway reads and writes."""

    idempotency_keys: bool
    """Whether writes accept an idempotency key."""
    upsert_by_external_id: bool
    """Whether records can be created or updated by an external id."""
    search_by_external_id: bool
    """Whether records can be found by an external id."""
    webhooks: bool
    """Whether the system sends webhooks."""
    change_feed: bool
    """Whether the system reports changes since a point in time."""
    bulk_read: int
    """Largest number of ids in one read."""
    transactions: bool
    """Whether several writes can be made in one transaction."""
    soft_delete: bool
    """Whether deleted records are kept and marked."""


@strawberry.type
class UnreadableSourceRecord:
    """A record, or one of its values, that a synchronisation could not read; the value itself is never kept."""

    object: str
    """Object of the record, in the vendor's terms."""
    external_id: str | None
    """Id of the record in the system; null if the id could not be read."""
    field: str | None
    """Field that could not be read, in the vendor's terms; null if no single field is the reason."""
    lost: bool
    """Whether the whole record is missing from lists; otherwise only the value is."""


@strawberry.type
class SourceSystem:
    """One configured connection."""

    id: strawberry.ID = derived(
        lambda system, _request: IdCodec.encode_parts("SourceSystem", system.name), description="Opaque id."
    )
    name: str
    """Name of the connection in the settings."""
    role: SystemRole
    """Role of the system."""
    vendor: str
    """Vendor of the system."""
    environment: ConnectionEnvironment
    """Kind of tenant that the connection uses."""
    region: DataRegion
    """Data region of the system."""
    health: SystemHealth
    """Current health, from the gateway's calls and synchronisations."""
    last_success_at: datetime | None
    """Last successful call or synchronisation (UTC); null if there was none."""
    last_failure_at: datetime | None
    """Last failed call or synchronisation (UTC); null if there was none."""
    api_version: str
    """API version that the adapter uses."""
    capabilities: SystemCapabilities
    """What the system supports."""
    lag: timedelta | None
    """Time since the last successful synchronisation of the card index; null if there was none."""
    unreadable: list[UnreadableSourceRecord]
    """Records and values that the latest synchronisations could not read; they are read again when they change."""
