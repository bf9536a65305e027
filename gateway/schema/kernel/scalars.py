"""Scalars of the schema, each with the standard that specifies its format."""

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
        raise GraphQLError(f"{str(value)[:40]!r} is not a calendar date; use YYYY-MM-DD.") from None


def _parse_instant(value: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        detail = "is not a date and time (RFC 3339); use e.g. 2026-11-20T09:00:00Z."
        raise GraphQLError(f"{str(value)[:40]!r} {detail}") from None
    if moment.tzinfo is None:
        raise GraphQLError("A date and time requires a UTC offset, e.g. 2026-11-20T09:00:00Z.")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise GraphQLError("A date and time must be between the years 1 and 9999 in UTC.") from None


def _parse_decimal(value: Any) -> Decimal:
    try:
        number = Decimal(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or not _is_within_precision(number):
        raise GraphQLError('A decimal must be a string of at most 38 digits, e.g. "120.50".')
    return number


def _is_within_precision(number: Decimal) -> bool:
    """Return whether a number has at most 38 digits when written without an exponent, unlike 1E+999999."""
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
    raise GraphQLError("This scalar cannot be used as input.")


def _define_text_scalar(name: str, description: str, url: str | None = None) -> Any:
    return strawberry.scalar(name=name, description=description, specified_by_url=url, serialize=str, parse_value=str)


SCALARS: dict[object, Any] = {
    dt.date: strawberry.scalar(
        name="Date",
        description="Calendar date without a time zone, YYYY-MM-DD.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date",
        serialize=dt.date.isoformat,
        parse_value=_parse_date,
    ),
    dt.datetime: strawberry.scalar(
        name="DateTime",
        description="Date and time with UTC offset (RFC 3339). Output is always in UTC, e.g. 2026-11-20T09:00:00Z.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=_format_instant,
        parse_value=_parse_instant,
    ),
    timedelta: strawberry.scalar(
        name="Duration",
        description="Duration (ISO 8601), e.g. PT4H30M. Output only.",
        specified_by_url="https://www.iso.org/iso-8601-date-and-time-format.html",
        serialize=format_duration,
        parse_value=_reject_input,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description='Exact decimal number, as a JSON string of at most 38 digits, e.g. "120.50".',
        specified_by_url="https://en.wikipedia.org/wiki/Decimal_data_type",
        serialize=_format_decimal,
        parse_value=_parse_decimal,
    ),
    CurrencyCode: _define_text_scalar(
        "CurrencyCode", "Currency code (ISO 4217), e.g. EUR.", "https://www.iso.org/iso-4217-currency-codes.html"
    ),
    CountryCode: _define_text_scalar(
        "CountryCode",
        "Country code (ISO 3166-1 alpha-2), e.g. DE, or subdivision code (ISO 3166-2), e.g. US-CA.",
        "https://www.iso.org/iso-3166-country-codes.html",
    ),
    URL: _define_text_scalar("URL", "URL (RFC 3986).", "https://www.rfc-editor.org/rfc/rfc3986"),
    EmailAddress: _define_text_scalar(
        "EmailAddress", "E-mail address (RFC 5322).", "https://www.rfc-editor.org/rfc/rfc5322"
    ),
    VersionToken: _define_text_scalar(
        "VersionToken", "Opaque version of a record: a hash of the modification times of its sources."
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
