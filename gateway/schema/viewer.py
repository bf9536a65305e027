"""The caller."""

from __future__ import annotations

import strawberry

from gateway.schema.addresses import Actor
from gateway.schema.enums import DataRegion


@strawberry.type
class Viewer:
    """The caller and the rights that the access token grants."""

    actor: Actor
    """The caller."""
    tenant_id: strawberry.ID
    """Tenant of the caller."""
    client_id: str
    """OAuth client that obtained the token."""
    scopes: list[str]
    """Scopes granted by the token."""
    roles: list[str]
    """Roles granted by the token."""
    regions: list[DataRegion]
    """Data regions that the caller may read; empty if they may read every region."""
