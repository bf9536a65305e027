"""Scalars of the schema, each with the standard that specifies its format."""

import datetime as dt
import re
from collections.abc import Callable
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any, NewType

import strawberry
from graphql import EnumValueNode, GraphQLError, ValueNode, value_from_ast_untyped
from strawberry.schema.config import StrawberryConfig

MAX_DIGITS = 38
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?(?P<offset>[Zz]|[+-]\d{2}:[0-5]\d)?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", re.ASCII)

CurrencyCode = NewType("CurrencyCode", str)
CountryCode = NewType("CountryCode", str)
URL = NewType("URL", str)
EmailAddress = NewType("EmailAddress", str)
VersionToken = NewType("VersionToken", str)
JSON = NewType("JSON", object)


def _parse_date(value: Any) -> dt.date:
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return dt.date.fromisoformat(value)
    except ValueError:
        pass
    raise GraphQLError(f"{_quote(value)} is not a calendar date; use YYYY-MM-DD.")


def _parse_instant(value: Any) -> dt.datetime:
    match = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _refuse_instant(value)
    if match["offset"] is None:
        raise GraphQLError("A date and time requires a UTC offset, e.g. 2026-11-20T09:00:00Z.")
    try:
        return dt.datetime.fromisoformat(match[0].upper()).astimezone(UTC)
    except ValueError:
        raise _refuse_instant(value) from None
    except OverflowError:
        raise GraphQLError("A date and time must be between the years 1 and 9999 in UTC.") from None


def _refuse_instant(value: Any) -> GraphQLError:
    return GraphQLError(f"{_quote(value)} is not a date and time (RFC 3339); use e.g. 2026-11-20T09:00:00Z.")


def _parse_decimal(value: Any) -> Decimal:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text) or sum(map(str.isdigit, text)) > MAX_DIGITS:
        raise GraphQLError(f'{_quote(value)} is not a decimal; use a string of at most 38 digits, e.g. "120.50".')
    return Decimal(text)


def _quote(value: Any) -> str:
    return repr(str(value)[:40])


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


def _define_scalar(
    name: str,
    description: str,
    url: str | None,
    serialize: Callable[[Any], Any],
    parse_value: Callable[[Any], Any],
) -> Any:
    """Define a scalar; an invalid literal is reported with its location in the document."""

    def parse_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
        if isinstance(node, EnumValueNode):
            raise GraphQLError(f"{node.value} is not a {name}; write it as a string.", node)
        try:
            return parse_value(value_from_ast_untyped(node, variables))
        except GraphQLError as error:
            raise GraphQLError(error.message, node) from None

    return strawberry.scalar(
        name=name,
        description=description,
        specified_by_url=url,
        serialize=serialize,
        parse_value=parse_value,
        parse_literal=parse_literal,
    )


def _define_text_scalar(
    name: str, description: str, url: str | None = None, pattern: re.Pattern[str] | None = None
) -> Any:
    def parse_text(value: Any) -> str:
        if not isinstance(value, str) or (pattern is not None and not pattern.fullmatch(value)):
            raise GraphQLError(f"{_quote(value)} is not a {name}: {description}")
        return value

    return _define_scalar(name, description, url, str, parse_text)


SCALARS: dict[object, Any] = {
    dt.date: _define_scalar(
        name="Date",
        description="Calendar date without a time zone, YYYY-MM-DD.",
        url="https://scalars.graphql.org/andimarek/local-date",
        serialize=dt.date.isoformat,
        parse_value=_parse_date,
    ),
    dt.datetime: _define_scalar(
        name="DateTime",
        description="Date and time with UTC offset (RFC 3339). Output is always in UTC, e.g. 2026-11-20T09:00:00Z.",
        url="https://scalars.graphql.org/andimarek/date-time",
        serialize=_format_instant,
        parse_value=_parse_instant,
    ),
    timedelta: _define_scalar(
        name="Duration",
        description="Duration (ISO 8601), e.g. PT4H30M. Output only.",
        url="https://www.iso.org/iso-8601-date-and-time-format.html",
        serialize=format_duration,
        parse_value=_reject_input,
    ),
    Decimal: _define_scalar(
        name="Decimal",
        description='Exact decimal number, as a JSON string of at most 38 digits, e.g. "120.50".',
        url="https://en.wikipedia.org/wiki/Decimal_data_type",
        serialize=_format_decimal,
        parse_value=_parse_decimal,
    ),
    CurrencyCode: _define_text_scalar(
        "CurrencyCode",
        "Currency code (ISO 4217), e.g. EUR.",
        "https://www.iso.org/iso-4217-currency-codes.html",
        _CURRENCY,
    ),
    CountryCode: _define_text_scalar(
        "CountryCode",
        "Country code (ISO 3166-1 alpha-2), e.g. DE, or subdivision code (ISO 3166-2), e.g. US-CA.",
        "https://www.iso.org/iso-3166-country-codes.html",
        _COUNTRY,
    ),
    URL: _define_text_scalar("URL", "URL (RFC 3986).", "https://www.rfc-editor.org/rfc/rfc3986"),
    EmailAddress: _define_text_scalar(
        "EmailAddress", "E-mail address (RFC 5322).", "https://www.rfc-editor.org/rfc/rfc5322"
    ),
    VersionToken: _define_text_scalar(
        "VersionToken", "Opaque version of a record: a hash of the modification times of its sources."
    ),
    JSON: _define_scalar(
        name="JSON",
        description="Any JSON value.",
        url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
}

CONFIG = StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True)
