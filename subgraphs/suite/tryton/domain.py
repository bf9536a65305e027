"""Tryton's search language: a domain is a list of conditions joined by AND (trytond documentation, "Domain")."""

import base64
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

Condition = Sequence[Any]
Domain = tuple[Condition, ...]
Order = tuple[tuple[str, str], ...]

_NO_RECORD: Condition = ["id", "in", []]

BY_ID: Order = (("id", "ASC"),)
BY_SEQUENCE: Order = (("sequence", "ASC NULLS FIRST"), ("id", "ASC"))
BY_DATE: Order = (("date", "ASC"), ("id", "ASC"))


def match_any(conditions: Iterable[Condition]) -> Condition:
    """Return the conditions joined by OR. Without conditions no record matches; Tryton would match every one."""
    return ["OR", *conditions, _NO_RECORD]


def match_ids(field: str, ids: Iterable[str]) -> Condition:
    """Return a condition on ids, without invalid ids."""
    return [field, "in", [int(identifier) for identifier in ids if is_id(identifier)]]


def is_id(text: str) -> bool:
    """Return whether a text is a valid id: a positive 32-bit number without leading zeros."""
    return text.isascii() and text.isdigit() and text[0] != "0" and len(text) <= 10 and int(text) < 2**31  # noqa: PLR2004


def match_descendants(field: str, roots: Iterable[str], model: str | None = None) -> Condition:
    """Return a condition on works that are one of the roots or below it.

    Give `model` if the field can refer to several models.
    """
    rest = () if model is None else (model,)
    return match_any([field, "like", f"{int(root)}/%", *rest] for root in roots if is_id(root))


def match_later(day: date, identifier: str) -> Condition:
    """Return a condition on the rows after a day and id, in the order of both."""
    return match_any((["date", ">", day], [["date", "=", day], ["id", ">", int(identifier)]]))


def encode(value: Domain | Order) -> str:
    """Return the value in the REST interface's encoding: JSON with `__class__` tags, in URL-safe base64."""
    return base64.urlsafe_b64encode(msgspec.json.encode(_mark(value))).decode()


def _mark(value: Any) -> Any:
    match value:
        case datetime():
            parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
            return {"__class__": "datetime", **{part: getattr(value, part) for part in parts}}
        case date():
            return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
        case list() | tuple():
            return [_mark(inner) for inner in value]
    return value
