"""Relay connections whose edges and nodes may be null: one record that failed does not empty the page."""

from __future__ import annotations

from datetime import timedelta
from typing import Generic, TypeVar

import strawberry

from gateway.canonical.fault import FaultCode
from gateway.canonical.roles import SystemRole

T = TypeVar("T")

strawberry.enum(FaultCode, name="SourceFaultCode")


@strawberry.type
class SourceFault:
    """Why a source had no answer; safe to show."""

    code: FaultCode
    message: str
    retry_after: timedelta | None
    correlation_id: strawberry.ID


@strawberry.federation.type(shareable=True)
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class PartialPage:
    """Present when some sources could not answer; the page holds what the others returned."""

    missing: list[SystemRole]
    faults: list[SourceFault]


@strawberry.type
class Edge(Generic[T]):
    """A node and its place in the list."""

    cursor: str
    node: T | None


@strawberry.type
class Connection(Generic[T]):
    """A page of a list."""

    edges: list[Edge[T] | None] | None
    nodes: list[T | None] | None
    page_info: PageInfo
    total_count: int | None
    partial: PartialPage | None
