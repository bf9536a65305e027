"""Conditions, order and cursors of the card index, as values and as SQL."""

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


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """One condition on a text; comparisons ignore case except `eq` and `among`."""

    eq: str | None = None
    among: tuple[str, ...] | None = None
    contains: str | None = None
    starts_with: str | None = None


class Days(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on a day, both included."""

    at_least: date | None = None
    at_most: date | None = None
    is_null: bool | None = None


class CardFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions on cards; all that are given must hold. Days mean what the noun's own start and end are."""

    code: Text | None = None
    name: Text | None = None
    status: tuple[str, ...] | None = None
    type: tuple[str, ...] | None = None
    region: tuple[str, ...] | None = None
    legal_entity: tuple[str, ...] | None = None
    customer: tuple[UUID, ...] | None = None
    manager: tuple[UUID, ...] | None = None
    project: tuple[UUID, ...] | None = None
    start: Days | None = None
    end: Days | None = None
    modified_since: datetime | None = None
    without_project: bool | None = None


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """By a column of the card, then by id. `backwards` asks for the page before a cursor."""

    column: str = "code"
    descending: bool = False
    backwards: bool = False


def conditions(where: CardFilter) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions as SQL."""
    columns = card.c
    for column, text in ((columns.code, where.code), (columns.name, where.name)):
        if text is not None:
            yield from _text(column, text)
    yield from _among(where)
    for column, days in ((columns.start_date, where.start), (columns.end_date, where.end)):
        if days is not None:
            yield from _days(column, days)
    if where.modified_since is not None:
        yield columns.modified_at >= where.modified_since
    if where.without_project is not None:
        named = columns.id.in_(select(card_key.c.card_id).where(card_key.c.kind == PROJECT))
        yield ~named if where.without_project else named


def _among(where: CardFilter) -> Iterator[ColumnElement[bool]]:
    columns = card.c
    plain = (
        (columns.status, where.status),
        (columns.type, where.type),
        (columns.region, where.region),
        (columns.customer_id, where.customer),
        (columns.manager_id, where.manager),
    )
    for column, values in plain:
        if values is not None:
            yield column.in_(values)
    if where.legal_entity is not None:
        yield _has(LEGAL_ENTITY, where.legal_entity)
    if where.project is not None:
        yield _has(PROJECT, [str(project) for project in where.project])


def _has(kind: str, values: Iterable[str]) -> ColumnElement[bool]:
    return card.c.id.in_(select(card_key.c.card_id).where(card_key.c.kind == kind, card_key.c.value.in_(list(values))))


def _text(column: Any, text: Text) -> Iterator[ColumnElement[bool]]:
    if text.eq is not None:
        yield column == text.eq
    if text.among is not None:
        yield column.in_(text.among)
    if text.contains is not None:
        yield func.lower(column).like(f"%{_escaped(text.contains)}%", escape=ESCAPE)
    if text.starts_with is not None:
        yield func.lower(column).like(f"{_escaped(text.starts_with)}%", escape=ESCAPE)


def _escaped(text: str) -> str:
    for special in (ESCAPE, "%", "_"):
        text = text.replace(special, ESCAPE + special)
    return text.lower()


def _days(column: Any, days: Days) -> Iterator[ColumnElement[bool]]:
    if days.at_least is not None:
        yield column >= days.at_least
    if days.at_most is not None:
        yield column <= days.at_most
    if days.is_null is not None:
        yield column.is_(None) if days.is_null else column.is_not(None)


def sort_expression(order: Order) -> ColumnElement[str]:
    """Return what cards are ordered by, as text: ISO dates and instants sort as they should, nothing sorts first."""
    return func.coalesce(cast(card.c[order.column], String), "")


def cursor_of(sort: str, card_id: UUID) -> str:
    """Return the opaque position of a card in its order."""
    return base64.urlsafe_b64encode(json.dumps([sort, str(card_id)]).encode()).decode().rstrip("=")


def after_cursor(order: Order, cursor: str) -> ColumnElement[bool]:
    """Return the condition that keeps what lies beyond a cursor; raises BadInputError for a cursor that this index did not give."""
    try:
        sort, card_id = msgspec.json.decode(
            base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=tuple[str, UUID]
        )
    except (ValueError, RecursionError, binascii.Error):
        raise BadInputError("The cursor is not one of this list.", field="after") from None
    if "\0" in sort:  # no card has it, and PostgreSQL takes no text that has
        raise BadInputError("The cursor is not one of this list.", field="after")
    expression = sort_expression(order)
    if order.descending is not order.backwards:
        return or_(expression < sort, and_(expression == sort, card.c.id < card_id))
    return or_(expression > sort, and_(expression == sort, card.c.id > card_id))
