"""The connected systems, as the gateway sees them."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import strawberry

from gateway.execution.ids import IdCodec
from gateway.observability.health import SystemHealth
from gateway.schema.enums import DataRegion, SystemRole
from gateway.schema.kernel import derived

strawberry.enum(SystemHealth)


@strawberry.enum
class ConnectionEnvironment(StrEnum):
    """What kind of tenant a connection reaches."""

    PRODUCTION = "PRODUCTION"
    SANDBOX = "SANDBOX"
    MOCK = "MOCK"


@strawberry.type
class SystemCapabilities:
    """What the source can do; decides how it is read and how an adapter writes safely."""

    idempotency_keys: bool
    upsert_by_external_id: bool
    search_by_external_id: bool
    webhooks: bool
    change_feed: bool
    bulk_read: int
    transactions: bool
    soft_delete: bool


@strawberry.type
class SourceSystem:
    """One configured connection."""

    id: strawberry.ID = derived(
        lambda system, _request: IdCodec.encode_parts("SourceSystem", system.name), description="Opaque id."
    )
    name: str
    role: SystemRole
    vendor: str
    environment: ConnectionEnvironment
    region: DataRegion
    health: SystemHealth
    last_success_at: datetime | None
    last_failure_at: datetime | None
    api_version: str
    capabilities: SystemCapabilities
    lag: timedelta | None = strawberry.field(description="Time since the card index last followed the system's feed.")
