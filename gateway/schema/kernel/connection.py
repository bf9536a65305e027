"""Relay connections whose edges and nodes are nullable: a record that failed does not null the page."""

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
    """Why a system did not answer."""

    code: FaultCode
    """Stable code of the failure."""
    message: str
    """Message for people; it contains no text of the source system."""
    retry_after: timedelta | None
    """Time after which a retry may succeed; null if unknown."""
    correlation_id: strawberry.ID
    """Id of the request, for support and logs."""


@strawberry.federation.type(shareable=True)
class PageInfo:
    """Position of a page in its list (Relay)."""

    has_next_page: bool
    """Whether there are rows after this page."""
    has_previous_page: bool
    """Whether there are rows before this page."""
    start_cursor: str | None
    """Cursor of the first row; null if the page is empty."""
    end_cursor: str | None
    """Cursor of the last row; null if the page is empty."""


@strawberry.type
class PartialPage:
    """What a page lacks: the rows of systems that did not answer, and single records that could not be read."""

    missing: list[SystemRole]
    """Systems that did not answer."""
    faults: list[SourceFault]
    """Why they did not answer, and which records could not be read."""


@strawberry.type
class Edge(Generic[T]):
    """A row of a page and its cursor."""

    cursor: str
    """Cursor of the row, for `after` and `before`."""
    node: T | None
    """The row; null if the caller may not see it or it could not be read."""


@strawberry.type
class Connection(Generic[T]):
    """A page of a list (Relay connection)."""

    edges: list[Edge[T] | None] | None
    """The rows with their cursors."""
    nodes: list[T | None] | None
    """The rows."""
    page_info: PageInfo
    """Position of the page in the list."""
    total_count: int | None
    """Number of rows of the whole list; null if the source does not count them."""
    partial: PartialPage | None
    """What this page lacks; null if it is complete."""
