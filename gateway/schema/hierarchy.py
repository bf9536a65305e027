"""Where a customer stands among its parents and children."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import msgspec
import strawberry

from gateway.canonical.roles import SystemRole as Role
from gateway.execution.facets import resolve_card
from gateway.execution.request import Request, build_card_key
from gateway.execution.view import MissingKeys, View
from gateway.schema.kernel import UNSET, Connection, reference, related

if TYPE_CHECKING:
    from gateway.schema.customer import Customer

MAX_LEVELS = 32


@strawberry.enum
class HierarchyStatus(StrEnum):
    """Whether the CRM's parents form a tree."""

    VALIDATED = "VALIDATED"
    UNVALIDATED = "UNVALIDATED"
    CONFLICT = "CONFLICT"
    CYCLE = "CYCLE"


class HierarchyData(msgspec.Struct, frozen=True, kw_only=True):
    """One customer's place, as canonical ids."""

    id: UUID
    parent_id: UUID | None
    ultimate_parent_id: UUID | None
    level: int
    status: HierarchyStatus


def resolve_hierarchy(view: View, request: Request) -> HierarchyData | MissingKeys:
    """Where the customer stands, as the CRM has it."""
    seen = [view.key]
    current = view
    while current.card is not None and current.card.parent_id is not None:
        parent = current.card.parent_id
        if parent in seen or len(seen) > MAX_LEVELS:
            return _build_hierarchy(seen, HierarchyStatus.CYCLE)
        above = resolve_card(request, build_card_key(parent))
        if isinstance(above, MissingKeys):
            return above
        if above is None:  # a parent that the caller may not see ends the climb
            break
        seen.append(parent)
        current = above
    return _build_hierarchy(seen, HierarchyStatus.VALIDATED)


def _build_hierarchy(ancestors: list[Any], status: HierarchyStatus) -> HierarchyData:
    level = len(ancestors) - 1
    return HierarchyData(
        id=ancestors[0],
        parent_id=ancestors[1] if level else None,
        ultimate_parent_id=ancestors[-1] if level and status is HierarchyStatus.VALIDATED else None,
        level=level,
        status=status,
    )


@strawberry.type
class CustomerHierarchy:
    """Where a customer stands among its parents and children, as the CRM has it."""

    ultimate_parent: Annotated[Customer, strawberry.lazy("gateway.schema.customer")] | None = reference(
        "Customer", of=lambda facts, _request: facts.ultimate_parent_id
    )
    parent: Annotated[Customer, strawberry.lazy("gateway.schema.customer")] | None = reference(
        "Customer", of=lambda facts, _request: facts.parent_id
    )
    level: int = strawberry.field(description="0 for a customer without a parent.")
    status: HierarchyStatus

    @related("customer_children", record=Role.CRM, key=lambda facts, _request, _args: facts.id)
    def children(
        self, first: int | None = 25, after: str | None = UNSET
    ) -> Connection[Annotated[Customer, strawberry.lazy("gateway.schema.customer")]] | None:
        """Direct children."""
