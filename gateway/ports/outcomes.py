"""The possible outcomes of one write. Adapters return them; they raise nothing."""

from datetime import datetime
from typing import Final

import msgspec


class FieldError(msgspec.Struct, frozen=True):
    """A field of the payload that the system refused, by the vendor's name, and the reason in plain words."""

    field: str
    message: str


class Applied(msgspec.Struct, frozen=True, tag=True):
    """The write took effect; `id` is the system's id of the object."""

    id: str


class AlreadyApplied(msgspec.Struct, frozen=True, tag=True):
    """An earlier attempt under the same key took effect; `id` is the system's id of the object."""

    id: str


class Duplicate(msgspec.Struct, frozen=True, tag=True):
    """Another record, which is not of this run, occupies the place; `id` is that record's."""

    id: str
    detail: str


class Invalid(msgspec.Struct, frozen=True, tag=True):
    """The system refuses the payload; the same payload will be refused again."""

    errors: tuple[FieldError, ...]


class Conflict(msgspec.Struct, frozen=True, tag=True):
    """The record's present state does not allow the write."""

    detail: str


class Denied(msgspec.Struct, frozen=True, tag=True):
    """The connection's service account lacks the permission."""

    detail: str


class Unconfirmed(msgspec.Struct, frozen=True, tag=True):
    """No answer: the write may have taken effect. Do not repeat it before `until` (None: the caller decides)."""

    until: datetime | None = None


class Throttled(msgspec.Struct, frozen=True, tag=True):
    """The system refused to take the write: it had no effect. Try again from `until` on (None: the caller decides)."""

    until: datetime | None = None


Outcome = Applied | AlreadyApplied | Duplicate | Invalid | Conflict | Denied | Unconfirmed | Throttled
Refusal = Duplicate | Invalid | Conflict | Denied
REFUSALS: Final = (Duplicate, Invalid, Conflict, Denied)
"""Outcomes without effect that a repetition does not change."""


def encode_outcome(outcome: Outcome) -> str:
    """Return an outcome as JSON for the write log."""
    return msgspec.json.encode(outcome, order="deterministic").decode()


def describe_refusal(refusal: Refusal) -> str:
    """Return a refusal as a sentence for the person who has to resolve it."""
    match refusal:
        case Invalid(errors):
            return "; ".join(f"{error.field}: {error.message}" for error in errors) or "The system refused the values."
        case Duplicate(found, detail):
            return f"The record {found} already exists. {detail}".rstrip()
        case Conflict(detail):
            return detail or "The record's state does not allow the change."
        case Denied(detail):
            return detail or "The service account lacks the permission."
