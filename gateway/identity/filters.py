"""Filters, order and cursors of the card index, as values and as SQL."""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Date, String, and_, case, cast, func, literal, or_, select

from gateway.canonical.settlement import find_stored_statuses
from gateway.canonical.text import fold_text
from gateway.errors import BadInputError
from gateway.identity.cards import PROJECT, SELLER
from gateway.store.tables import card, card_key

ESCAPE = "\\"
BY_CODE_POINT = String().with_variant(String(collation="C"), "postgresql")


class TextCondition(msgspec.Struct, frozen=True, kw_only=True):
    """A condition on a text; `contains` and `starts_with` ignore case, as `fold_text` defines it."""

    eq: str | None = None
    any_of: tuple[str, ...] | None = None
    contains: str | None = None
    starts_with: str | None = None


class DateCondition(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on a date, both included."""

    at_least: date | None = None
    at_most: date | None = None
    is_null: bool | None = None


class InvoiceStatusCondition(msgspec.Struct, frozen=True, kw_only=True):
    """The shown statuses of invoices on a day.

    `other_days` are the days of legal entities for which it is not `today`, with the codes of these entities.
    """

    any_of: tuple[str, ...]
    today: date
    other_days: Mapping[date, frozenset[str]] = {}


class CardFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions on cards, ANDed. Dates mean what the noun's own start and end are.

    `legal_entity` is the record's own entity, `seller` any entity that sells to a customer.
    """

    code: TextCondition | None = None
    name: TextCondition | None = None
    status: tuple[str, ...] | None = None
    type: tuple[str, ...] | None = None
    region: tuple[str, ...] | None = None
    invoice_status: InvoiceStatusCondition | None = None
    legal_entity: tuple[str, ...] | None = None
    seller: tuple[str, ...] | None = None
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
    texts = ((columns.code, columns.folded_code, where.code), (columns.name, columns.folded_name, where.name))
    for column, folded, text in texts:
        if text is not None:
            yield from _build_text_conditions(column, folded, text)
    yield from _build_list_conditions(where)
    for column, dates in ((columns.start_date, where.start), (columns.end_date, where.end)):
        if dates is not None:
            yield from _build_date_conditions(column, dates)
    if where.invoice_status is not None:
        yield _build_status_condition(where.invoice_status)
    if where.modified_since is not None:
        yield columns.modified_at >= where.modified_since


def _build_list_conditions(where: CardFilter) -> Iterator[ColumnElement[bool]]:
    columns = card.c
    lists = (
        (columns.status, where.status),
        (columns.type, where.type),
        (columns.region, where.region),
        (columns.legal_entity, where.legal_entity),
        (columns.customer_id, where.customer),
        (columns.manager_id, where.manager),
    )
    for column, values in lists:
        if values is not None:
            yield column.in_(values)
    if where.seller is not None:
        yield _has_key(SELLER, where.seller)
    if where.project is not None:
        yield _has_key(PROJECT, [str(project) for project in where.project])


def _has_key(kind: str, values: Iterable[str]) -> ColumnElement[bool]:
    return card.c.id.in_(select(card_key.c.card_id).where(card_key.c.kind == kind, card_key.c.value.in_(list(values))))


def _build_text_conditions(column: Any, folded: Any, text: TextCondition) -> Iterator[ColumnElement[bool]]:
    if text.eq is not None:
        yield column == text.eq
    if text.any_of is not None:
        yield column.in_(text.any_of)
    if text.contains is not None:
        yield folded.like(f"%{_escape(fold_text(text.contains))}%", escape=ESCAPE)
    if text.starts_with is not None:
        yield folded.like(f"{_escape(fold_text(text.starts_with))}%", escape=ESCAPE)


def _escape(text: str) -> str:
    for special in (ESCAPE, "%", "_"):
        text = text.replace(special, ESCAPE + special)
    return text


def _build_status_condition(condition: InvoiceStatusCondition) -> ColumnElement[bool]:
    """Return the condition on the shown status: the stored one, or OVERDUE after the due date."""
    columns = card.c
    today: ColumnElement[date] = literal(condition.today, Date())
    if condition.other_days:
        days = (
            (columns.legal_entity.in_(entities), literal(day, Date())) for day, entities in condition.other_days.items()
        )
        today = case(*days, else_=today)
    is_past_due = func.coalesce(columns.end_date, literal(date.max, Date())) < today
    return or_(
        and_(columns.status.in_(find_stored_statuses(condition.any_of, overdue=False)), ~is_past_due),
        and_(columns.status.in_(find_stored_statuses(condition.any_of, overdue=True)), is_past_due),
    )


def _build_date_conditions(column: Any, condition: DateCondition) -> Iterator[ColumnElement[bool]]:
    if condition.at_least is not None:
        yield column >= condition.at_least
    if condition.at_most is not None:
        yield column <= condition.at_most
    if condition.is_null is not None:
        yield column.is_(None) if condition.is_null else column.is_not(None)


def build_sort_expression(order: CardOrder) -> ColumnElement[str]:
    """Return the sort key of cards as text: ISO dates and instants sort chronologically, null sorts first.

    Names sort by their key, other texts by their code points.
    """
    column = card.c.name_sort_key if order.column == "name" else card.c[order.column]
    return func.coalesce(cast(column, BY_CODE_POINT), "")


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
