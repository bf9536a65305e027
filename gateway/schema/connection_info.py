"""Data of a connection: its settings, its adapter's declarations, its synchronisation and the health of its calls."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from gateway.canonical.roles import DataRegion, SystemRole
from gateway.identity.feed_health import FeedHealth
from gateway.observability.health_monitor import HealthSnapshot
from gateway.observability.health_state import SystemHealth
from gateway.ports.base import Capabilities, SystemPort
from gateway.schema.system import ConnectionEnvironment


class CapabilityData(msgspec.Struct, frozen=True, kw_only=True):
    """What a system supports."""

    idempotency_keys: bool
    upsert_by_external_id: bool
    search_by_external_id: bool
    webhooks: bool
    change_feed: bool
    bulk_read: int
    transactions: bool
    soft_delete: bool


class UnreadableSourceRecordData(msgspec.Struct, frozen=True, kw_only=True):
    """A record, or one of its values, that a feed could not read."""

    object: str
    external_id: str | None
    field: str | None
    lost: bool


class SystemData(msgspec.Struct, frozen=True, kw_only=True):
    """One connection and its health."""

    name: str
    role: SystemRole
    vendor: str
    environment: ConnectionEnvironment
    region: DataRegion
    health: SystemHealth
    last_success_at: datetime | None
    last_failure_at: datetime | None
    api_version: str
    capabilities: CapabilityData
    lag: Any
    unreadable: tuple[UnreadableSourceRecordData, ...]


@dataclass(frozen=True, kw_only=True)
class ConnectionInfo:
    """Settings of a connection that its adapter does not know."""

    region: DataRegion
    environment: ConnectionEnvironment


def build_system(
    port: SystemPort, info: ConnectionInfo, feed: FeedHealth, health: HealthSnapshot, now: datetime
) -> SystemData:
    """Return the data of a connection. Synchronisation times are stored; call times are those of this process."""
    return SystemData(
        name=port.connection,
        role=port.role,
        vendor=port.vendor,
        environment=info.environment,
        region=info.region,
        health=health.health,
        last_success_at=_get_latest((feed.succeeded_at, health.succeeded_at)),
        last_failure_at=_get_latest((feed.failed_at, health.failed_at)),
        api_version=port.api_version,
        capabilities=_build_capabilities(port.capabilities),
        lag=None if feed.succeeded_at is None else now - feed.succeeded_at,
        unreadable=tuple(
            UnreadableSourceRecordData(object=each.object, external_id=each.id, field=each.field, lost=each.lost)
            for each in feed.unreadable
        ),
    )


def _get_latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((each for each in moments if each is not None), default=None)


def _build_capabilities(capabilities: Capabilities) -> CapabilityData:
    return CapabilityData(
        idempotency_keys=capabilities.idempotency_keys,
        upsert_by_external_id=capabilities.upsert_by_external_id,
        search_by_external_id=capabilities.search_by_external_id,
        webhooks=capabilities.webhooks,
        change_feed=capabilities.change_feed,
        bulk_read=capabilities.read_batch,
        transactions=capabilities.transactions,
        soft_delete=capabilities.soft_delete,
    )
