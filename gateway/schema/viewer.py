"""Who is asking."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.schema.addresses import Actor, ActorKind
from gateway.schema.customer_facts import ActorFacts
from gateway.schema.enums import DataRegion
from gateway.schema.kernel import derived
from gateway.schema.legal_entity import LegalEntity


@strawberry.type
class Viewer:
    """The caller, and what the token carries."""

    actor: Actor
    tenant_id: strawberry.ID
    client_id: str
    scopes: list[str]
    roles: list[str]
    regions: list[DataRegion] = strawberry.field(description="Empty when every region may be read.")
