"""Vendors' instants and days, read strictly. Every function raises SourceError(CONTRACT_MISMATCH) that names the form, never the value."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def instant(text: str, zone: tzinfo | None = None) -> datetime:
    """Return an ISO 8601 instant, such as `2026-01-15T10:30:00.000+0000`, in UTC.

    A text without an offset is local time of `zone`, or refused where there is none; of two local times that are the same, the earlier.
    """
    form = _INSTANT.fullmatch(text)
    if form is None:
        raise _odd("an ISO 8601 instant")
    try:
        told = datetime.fromisoformat(text)
        if told.tzinfo is None and zone is not None:
            told = told.replace(tzinfo=zone)
        known = told.tzinfo is not None
        told = told.astimezone(UTC) if known else told
    except (ValueError, OverflowError):
        raise _odd("an instant that exists") from None
    if not known:
        raise _odd("an instant with an offset")
    return told


def day(text: str) -> date:
    """Return a bare calendar day, such as `2026-01-15`."""
    if not _DAY.fullmatch(text):
        raise _odd("a day")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _odd("a day that exists") from None


def day_in(text: str | None) -> date | None:
    """Return the calendar day that a text begins with, as its own clock shows it; None of none."""
    return None if text is None else day(text[:10])


def http_date(instant_: datetime) -> str:
    """Return an aware instant as an HTTP date (RFC 9110, 5.6.7), whole seconds, cut off."""
    return instant_.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")


def told_at(headers: Mapping[str, str]) -> datetime | None:
    """Return the time of the service by the Date header of its answer; None where a proxy took it away."""
    try:
        return parsedate_to_datetime(headers.get("date", "")).astimezone(UTC)
    except ValueError:
        return None


def _odd(expected: str) -> SourceError:
    return SourceError(FaultCode.CONTRACT_MISMATCH, f"a text that should be {expected}")
