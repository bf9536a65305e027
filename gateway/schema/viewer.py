"""The caller."""

from __future__ import annotations

import strawberry

from gateway.canonical.roles import SystemRole as Role
from gateway.execution.field_resolution import ROOT
from gateway.schema.addresses import Actor
from gateway.schema.enums import DataRegion
from gateway.schema.kernel import related
from gateway.schema.legal_entity import LegalEntity


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

    @related("legal_entities", record=Role.GATEWAY, shape="list", key=lambda _viewer, _request, _args: ROOT)
    def legal_entities(self) -> list[LegalEntity] | None:
        """Legal entities that the caller may see."""
