"""Filters, order and cursors of the card index, as values and as SQL."""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select

from gateway.errors import BadInputError
from gateway.identity.cards import LEGAL_ENTITY, PROJECT
from gateway.store.tables import card, card_key

ESCAPE = "\\"


class TextCondition(msgspec.Struct, frozen=True, kw_only=True):
    """A condition on a text; `contains` and `starts_with` ignore case."""

    eq: str | None = None
    any_of: tuple[str, ...] | None = None
    contains: str | None = None
    starts_with: str | None = None


class DateCondition(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on a date, both included."""

    at_least: date | None = None
    at_most: date | None = None
    is_null: bool | None = None


class CardFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions on cards, ANDed. Dates mean what the noun's own start and end are."""

    code: TextCondition | None = None
    name: TextCondition | None = None
    status: tuple[str, ...] | None = None
    type: tuple[str, ...] | None = None
    region: tuple[str, ...] | None = None
    legal_entity: tuple[str, ...] | None = None
    customer: tuple[UUID, ...] | None = None
    manager: tuple[UUID, ...] | None = None
    project: tuple[UUID, ...] | None = None
    start: DateCondition | None = None
    end: DateCondition | None = None
    modified_since: datetime | None = None
    without_project: bool | None = None


class CardOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Order by a column of the card, then by id. `backwards` reads the page before a cursor."""

    column: str = "code"
    descending: bool = False
    backwards: bool = False


def build_conditions(where: CardFilter) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions of a filter as SQL, except `without_project`, which depends on the caller's row rules."""
    columns = card.c
    for column, text in ((columns.code, where.code), (columns.name, where.name)):
        if text is not None:
            yield from _build_text_conditions(column, text)
    yield from _build_list_conditions(where)
    for column, dates in ((columns.start_date, where.start), (columns.end_date, where.end)):
        if dates is not None:
            yield from _build_date_conditions(column, dates)
    if where.modified_since is not None:
        yield columns.modified_at >= where.modified_since


def _build_list_conditions(where: CardFilter) -> Iterator[ColumnElement[bool]]:
    columns = card.c
    lists = (
        (columns.status, where.status),
        (columns.type, where.type),
        (columns.region, where.region),
        (columns.customer_id, where.customer),
        (columns.manager_id, where.manager),
    )
    for column, values in lists:
        if values is not None:
            yield column.in_(values)
    if where.legal_entity is not None:
        yield _has_key(LEGAL_ENTITY, where.legal_entity)
    if where.project is not None:
        yield _has_key(PROJECT, [str(project) for project in where.project])


def _has_key(kind: str, values: Iterable[str]) -> ColumnElement[bool]:
    return card.c.id.in_(select(card_key.c.card_id).where(card_key.c.kind == kind, card_key.c.value.in_(list(values))))


def _build_text_conditions(column: Any, text: TextCondition) -> Iterator[ColumnElement[bool]]:
    if text.eq is not None:
        yield column == text.eq
    if text.any_of is not None:
        yield column.in_(text.any_of)
    if text.contains is not None:
        yield func.lower(column).like(f"%{_escape(text.contains)}%", escape=ESCAPE)
    if text.starts_with is not None:
        yield func.lower(column).like(f"{_escape(text.starts_with)}%", escape=ESCAPE)


def _escape(text: str) -> str:
    for special in (ESCAPE, "%", "_"):
        text = text.replace(special, ESCAPE + special)
    return text.lower()


def _build_date_conditions(column: Any, condition: DateCondition) -> Iterator[ColumnElement[bool]]:
    if condition.at_least is not None:
        yield column >= condition.at_least
    if condition.at_most is not None:
        yield column <= condition.at_most
    if condition.is_null is not None:
        yield column.is_(None) if condition.is_null else column.is_not(None)


def build_sort_expression(order: CardOrder) -> ColumnElement[str]:
    """Return the sort key of cards as text: ISO dates and instants sort chronologically, null sorts first."""
    return func.coalesce(cast(card.c[order.column], String), "")


def encode_cursor(sort: str, card_id: UUID) -> str:
    """Return the opaque cursor of a card in its order."""
    return base64.urlsafe_b64encode(json.dumps([sort, str(card_id)]).encode()).decode().rstrip("=")


def build_cursor_condition(order: CardOrder, cursor: str) -> ColumnElement[bool]:
    """Return the condition for rows after a cursor. Raises BadInputError for a cursor that this index did not issue."""
    try:
        sort, card_id = msgspec.json.decode(
            base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=tuple[str, UUID]
        )
    except (ValueError, RecursionError, binascii.Error):
        raise BadInputError("The cursor does not belong to this list.", field="after") from None
    if "\0" in sort:  # PostgreSQL refuses text that contains NUL
        raise BadInputError("The cursor does not belong to this list.", field="after")
    expression = build_sort_expression(order)
    if order.descending is not order.backwards:
        return or_(expression < sort, and_(expression == sort, card.c.id < card_id))
    return or_(expression > sort, and_(expression == sort, card.c.id > card_id))
