"""Scalars of the graph, each with the standard that says what it looks like on the wire."""

import datetime as dt
from datetime import UTC, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

MAX_DIGITS = 38

CurrencyCode = NewType("CurrencyCode", str)
CountryCode = NewType("CountryCode", str)
URL = NewType("URL", str)
EmailAddress = NewType("EmailAddress", str)
VersionToken = NewType("VersionToken", str)
JSON = NewType("JSON", object)


def _parse_date(value: str) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError(f"Not a calendar date (YYYY-MM-DD): {str(value)[:40]!r}.") from None


def _parse_instant(value: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError(f"Not an instant (RFC 3339): {str(value)[:40]!r}.") from None
    if moment.tzinfo is None:
        raise GraphQLError("An instant needs an offset, e.g. 2026-11-20T09:00:00Z.")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise GraphQLError("An instant lies between the years 1 and 9999 in UTC.") from None


def _parse_decimal(value: Any) -> Decimal:
    try:
        number = Decimal(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or not _is_within_precision(number):
        raise GraphQLError('A decimal is a string of digits, at most 38, e.g. "120.50".')
    return number


def _is_within_precision(number: Decimal) -> bool:
    """Tell whether a number has at most 38 digits when it is written out, which 1E+999999 has not."""
    return len(number.as_tuple().digits) <= MAX_DIGITS and abs(number.adjusted()) < MAX_DIGITS


def _format_instant(value: dt.datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _format_decimal(value: Decimal) -> str:
    return format(value, "f")


def format_duration(value: timedelta) -> str:
    """Return an ISO 8601 duration in days, hours, minutes and seconds: PT4H30M, -PT1M, PT0S."""
    seconds = int(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, secs = divmod(rest, 60)
    clock = "".join(f"{amount}{unit}" for amount, unit in ((hours, "H"), (minutes, "M"), (secs, "S")) if amount)
    dated = f"{days}D" if days else ""
    return f"{sign}P{dated}" + (f"T{clock}" if clock else "" if dated else "T0S")


def _reject_input(_value: Any) -> Any:
    raise GraphQLError("This scalar is never an input.")


def _define_text_scalar(name: str, description: str, url: str | None = None) -> Any:
    return strawberry.scalar(name=name, description=description, specified_by_url=url, serialize=str, parse_value=str)


SCALARS: dict[object, Any] = {
    dt.date: strawberry.scalar(
        name="Date",
        description="Calendar date, YYYY-MM-DD.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date",
        serialize=dt.date.isoformat,
        parse_value=_parse_date,
    ),
    dt.datetime: strawberry.scalar(
        name="DateTime",
        description="RFC 3339 instant with offset; sent in UTC.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=_format_instant,
        parse_value=_parse_instant,
    ),
    timedelta: strawberry.scalar(
        name="Duration",
        description="ISO 8601 duration, e.g. PT4H30M.",
        specified_by_url="https://www.iso.org/iso-8601-date-and-time-format.html",
        serialize=format_duration,
        parse_value=_reject_input,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description="Exact decimal; string on the wire, at most 38 digits, 12 after the point.",
        specified_by_url="https://en.wikipedia.org/wiki/Decimal_data_type",
        serialize=_format_decimal,
        parse_value=_parse_decimal,
    ),
    CurrencyCode: _define_text_scalar(
        "CurrencyCode", "ISO 4217 alphabetic code.", "https://www.iso.org/iso-4217-currency-codes.html"
    ),
    CountryCode: _define_text_scalar(
        "CountryCode",
        "ISO 3166-1 alpha-2, or ISO 3166-2 subdivision.",
        "https://www.iso.org/iso-3166-country-codes.html",
    ),
    URL: _define_text_scalar("URL", "An address.", "https://www.rfc-editor.org/rfc/rfc3986"),
    EmailAddress: _define_text_scalar("EmailAddress", "An e-mail address.", "https://www.rfc-editor.org/rfc/rfc5322"),
    VersionToken: _define_text_scalar(
        "VersionToken", "Opaque concurrency token (hash of the source versions the reader saw)."
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
}

CONFIG = StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True)
