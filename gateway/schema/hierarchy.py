"""The hierarchy of customers: parents and children."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import msgspec
import strawberry

from gateway.canonical.fault import Fault
from gateway.canonical.records.erp import ErpCustomer
from gateway.canonical.roles import Noun
from gateway.canonical.roles import SystemRole as Role
from gateway.execution.facets import build_target_key, get_facet, get_loaded, resolve_card
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
    """The parents form a tree, and the ERP names no other parent."""
    UNVALIDATED = "UNVALIDATED"
    """The ERP did not answer, so the parents are not compared with it."""
    CONFLICT = "CONFLICT"
    """The ERP names another parent than the CRM for the customer or for one of its parents."""
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
    """Return the position of a customer by following its parents in the CRM, and compare them with the ERP's."""
    seen = [view.key]
    views = [view]
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
        views.append(parent_view)
        current = parent_view
    status = _compare_with_erp(views, request)
    return status if isinstance(status, MissingKeys) else _build_hierarchy(seen, status)


def _compare_with_erp(views: list[View], request: RequestState) -> HierarchyStatus | MissingKeys:
    """Return CONFLICT if the ERP names another parent than the CRM for a customer, UNVALIDATED if it does not answer.

    The ERP's records of all customers are read at once. An ERP without a parent does not contradict the CRM.
    """
    records = [(view, get_facet(view, Role.ERP, request)) for view in views]
    missing = [record for _, record in records if isinstance(record, MissingKeys)]
    if missing:
        return MissingKeys.combine(missing)
    parents = [
        (view.card, get_loaded(request, build_target_key(Noun.CUSTOMER.value, record.parent_id, record)))
        for view, record in records
        if isinstance(record, ErpCustomer) and record.parent_id is not None
    ]
    missing = [card for _, card in parents if isinstance(card, MissingKeys)]
    if missing:
        return MissingKeys.combine(missing)
    known = [(own, parent) for own, parent in parents if not isinstance(parent, Fault)]
    if any(own is not None and own.parent_id != (parent and parent.id) for own, parent in known):
        return HierarchyStatus.CONFLICT
    failed = len(known) < len(parents) or any(isinstance(record, Fault) for _, record in records)
    return HierarchyStatus.UNVALIDATED if failed else HierarchyStatus.VALIDATED


def _build_hierarchy(ancestors: list[Any], status: HierarchyStatus) -> HierarchyData:
    level = len(ancestors) - 1
    return HierarchyData(
        id=ancestors[0],
        parent_id=ancestors[1] if level else None,
        ultimate_parent_id=ancestors[-1] if level and status is not HierarchyStatus.CYCLE else None,
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
    """Whether the parents in the CRM form a tree, and whether the ERP agrees with them."""

    @related("customer_children", record=Role.CRM, key=lambda hierarchy, _request, _args: hierarchy.id)
    def children(
        self, first: int | None = 25, after: str | None = UNSET
    ) -> Connection[Annotated[Customer, strawberry.lazy("gateway.schema.customer")]] | None:
        """Direct child companies."""
