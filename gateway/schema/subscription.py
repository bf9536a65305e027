"""The subscription root."""

from __future__ import annotations

import strawberry

from gateway.schema import roots
from gateway.schema.enums import SystemRole
from gateway.schema.kernel import UNSET, streamed
from gateway.schema.system import SourceSystem


@strawberry.type
class Subscription:
    """Subscriptions."""

    @streamed(roots.resolve_changed_system, events=roots.watch_system_health, scopes=[["systems:read"]])
    def system_health_changed(self, role: SystemRole | None = UNSET) -> SourceSystem | None:
        """Each connection at once and whenever its health changes. Slow consumers receive only the latest event."""
