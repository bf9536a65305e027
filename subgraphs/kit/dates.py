"""Strict parsing of vendors' instants and days.

Every parser raises SourceError(CONTRACT_MISMATCH) with the expected form, never with the value.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final

from gateway.errors import SourceError
from subgraphs.kit.failures import UnreadableValueError

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_LEADING_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[T ].*)?")


def parse_instant(text: str, zone: tzinfo | None = None) -> datetime:
    """Return an ISO 8601 instant, such as `2026-01-15T10:30:00.000+0000`, in UTC.

    A text without an offset is local time of `zone`, and an error without `zone`; an ambiguous local time is the
    earlier.
    """
    form = _INSTANT.fullmatch(text)
    if form is None:
        raise UnreadableValueError("an ISO 8601 instant", text)
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None and zone is not None:
            moment = moment.replace(tzinfo=zone)
        aware = moment.tzinfo is not None
        moment = moment.astimezone(UTC) if aware else moment
    except (ValueError, OverflowError):
        raise UnreadableValueError("an instant that exists", text) from None
    if not aware:
        raise UnreadableValueError("an instant with an offset", text)
    return moment


def parse_day(text: str) -> date:
    """Return a bare calendar day, such as `2026-01-15`."""
    if not _DAY.fullmatch(text):
        raise UnreadableValueError("a day", text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnreadableValueError("a day that exists", text) from None


def parse_optional_instant(text: str | None, zone: tzinfo | None = None) -> datetime | None:
    """Return an instant as `parse_instant` does; None for None or an empty text."""
    return parse_instant(text, zone) if text else None


def parse_readable_day(value: object) -> date | None:
    """Return a bare calendar day, None for anything else: for the position of a row, not for its value."""
    try:
        return parse_day(value) if isinstance(value, str) else None
    except SourceError:
        return None


def parse_leading_day(text: str | None) -> date | None:
    """Return the calendar day at the start of a text, in the text's own zone; None for None or an empty text.

    What follows the day must be a time.
    """
    if not text:
        return None
    if not _LEADING_DAY.fullmatch(text):
        raise UnreadableValueError("a day", text)
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise UnreadableValueError("a day that exists", text) from None


def format_http_date(instant_: datetime) -> str:
    """Return an aware instant as an HTTP date (RFC 9110, 5.6.7), truncated to whole seconds."""
    return instant_.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")


def parse_date_header(headers: Mapping[str, str]) -> datetime | None:
    """Return the time of the Date header, None without one: a proxy may have removed it."""
    try:
        return parsedate_to_datetime(headers.get("date", "")).astimezone(UTC)
    except ValueError:
        return None
