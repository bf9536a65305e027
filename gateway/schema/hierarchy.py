"""The hierarchy of customers: parents and children."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import msgspec
import strawberry

from gateway.canonical.roles import SystemRole as Role
from gateway.execution.facets import resolve_card
from gateway.execution.request import RequestState, build_card_key
from gateway.execution.view import MissingKeys, View
from gateway.schema.kernel import UNSET, Connection, reference, related

if TYPE_CHECKING:
    from gateway.schema.customer import Customer

MAX_LEVELS = 32


@strawberry.enum
class HierarchyStatus(StrEnum):
    """Whether the parents of customers form a tree."""

    VALIDATED = "VALIDATED"
    """The parents form a tree."""
    UNVALIDATED = "UNVALIDATED"
    """The parents have not been checked."""
    CONFLICT = "CONFLICT"
    """The systems name different parents."""
    CYCLE = "CYCLE"
    """The parents form a cycle or a chain of more than 32 levels."""


class HierarchyData(msgspec.Struct, frozen=True, kw_only=True):
    """The position of one customer, by canonical ids."""

    id: UUID
    parent_id: UUID | None
    ultimate_parent_id: UUID | None
    level: int
    status: HierarchyStatus


def resolve_hierarchy(view: View, request: RequestState) -> HierarchyData | MissingKeys:
    """Return the position of a customer by following its parents in the CRM."""
    seen = [view.key]
    current = view
    while current.card is not None and current.card.parent_id is not None:
        parent = current.card.parent_id
        if parent in seen or len(seen) > MAX_LEVELS:
            return _build_hierarchy(seen, HierarchyStatus.CYCLE)
        parent_view = resolve_card(request, build_card_key(parent))
        if isinstance(parent_view, MissingKeys):
            return parent_view
        if parent_view is None:  # the caller may not see this parent
            break
        seen.append(parent)
        current = parent_view
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
    """Position of a customer among parent and child companies, from the CRM."""

    ultimate_parent: Annotated[Customer, strawberry.lazy("gateway.schema.customer")] | None = reference(
        "Customer", of=lambda hierarchy, _request: hierarchy.ultimate_parent_id
    )
    """Topmost parent that the caller may see; null without a parent or if the parents form a cycle."""
    parent: Annotated[Customer, strawberry.lazy("gateway.schema.customer")] | None = reference(
        "Customer", of=lambda hierarchy, _request: hierarchy.parent_id
    )
    """Direct parent; null without a parent or if the caller may not see it."""
    level: int
    """Number of parents above the customer; 0 for a customer without a parent."""
    status: HierarchyStatus
    """Whether the parents in the CRM form a tree."""

    @related("customer_children", record=Role.CRM, key=lambda hierarchy, _request, _args: hierarchy.id)
    def children(
        self, first: int | None = 25, after: str | None = UNSET
    ) -> Connection[Annotated[Customer, strawberry.lazy("gateway.schema.customer")]] | None:
        """Direct child companies."""
