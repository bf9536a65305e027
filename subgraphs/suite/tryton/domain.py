"""Tryton's search language, built from values: a domain is a list of conditions that all hold (trytond documentation, "Domain")."""

import base64
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

Condition = Sequence[Any]
Domain = tuple[Condition, ...]
Order = tuple[tuple[str, str], ...]

_NEVER: Condition = ["id", "in", []]

BY_ID: Order = (("id", "ASC"),)
BY_SEQUENCE: Order = (("sequence", "ASC NULLS FIRST"), ("id", "ASC"))
BY_DATE: Order = (("date", "ASC"), ("id", "ASC"))


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Return a condition that holds where one of the given ones does: nowhere when there are none, which Tryton itself would take for everywhere."""
    return ["OR", *conditions, _NEVER]


def among(field: str, ids: Iterable[str]) -> Condition:
    """Return a condition on ids; those that no record can have are left out."""
    return [field, "in", [int(identifier) for identifier in ids if is_id(identifier)]]


def is_id(text: str) -> bool:
    """Tell whether a text has the form of an id: a positive number of 32 bits, without leading zeros."""
    return text.isascii() and text.isdigit() and text[0] != "0" and len(text) <= 10 and int(text) < 2**31  # noqa: PLR2004


def below(field: str, roots: Iterable[str], model: str | None = None) -> Condition:
    """Return a condition on works: at or below one of the roots. `model` is named where the field leads to any model."""
    rest = () if model is None else (model,)
    return any_of([field, "like", f"{int(root)}/%", *rest] for root in roots if is_id(root))


def later(day: date, identifier: str) -> Condition:
    """Return a condition on rows that come after one, by day and id."""
    return any_of((["date", ">", day], [["date", "=", day], ["id", ">", int(identifier)]]))


def encoded(value: Domain | Order) -> str:
    """Return the value as the REST interface takes it: JSON with marks, in URL-safe base64."""
    return base64.urlsafe_b64encode(msgspec.json.encode(_marked(value))).decode()


def _marked(value: Any) -> Any:
    match value:
        case datetime():
            parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
            return {"__class__": "datetime", **{part: getattr(value, part) for part in parts}}
        case date():
            return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
        case list() | tuple():
            return [_marked(inner) for inner in value]
    return value
