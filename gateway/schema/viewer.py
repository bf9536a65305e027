"""Who is asking."""

from __future__ import annotations

import strawberry

from gateway.schema.addresses import Actor
from gateway.schema.enums import DataRegion


@strawberry.type
class Viewer:
    """The caller, and what the token carries."""

    actor: Actor
    tenant_id: strawberry.ID
    client_id: str
    scopes: list[str]
    roles: list[str]
    regions: list[DataRegion] = strawberry.field(description="Empty when every region may be read.")
