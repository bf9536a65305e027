"""Invalid inputs are reported as errors of the caller, not as internal errors."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from graphql import GraphQLError, parse, validate
from graphql.execution.values import get_variable_values
from hypothesis import given
from hypothesis import strategies as st

from gateway.loaders.catalogue import LOADERS
from gateway.schema.build import build_graph
from gateway.schema.kernel.scalars import SCALARS, CurrencyCode

SCHEMA = build_graph(LOADERS).schema
FULL_WIDTH = {ord(digit): 0xFF10 + int(digit) for digit in "0123456789"}
ONE = "exactly one field must be specified"


@pytest.mark.parametrize("ref", ['{code: "a", id: "b"}', "{code: null}", "{}"])
def test_a_literal_reference_with_not_exactly_one_field_is_rejected_by_validation(ref: str) -> None:
    (error,) = validate(SCHEMA, parse(f"{{ project(ref: {ref}) {{ code }} }}"))

    assert ONE in error.message


@pytest.mark.parametrize("ref", [{"code": "a", "id": "b"}, {"code": None}, {}])
def test_a_variable_reference_with_not_exactly_one_field_is_rejected(ref: dict[str, Any]) -> None:
    document: Any = parse("query ($ref: EntityRef!) { project(ref: $ref) { code } }")

    errors = get_variable_values(SCHEMA, document.definitions[0].variable_definitions, {"ref": ref})

    assert isinstance(errors, list)
    assert ONE in errors[0].message


@pytest.mark.parametrize(
    "text",
    [
        "1E+999999",
        "1E-999999",
        "1E3",
        "1" * 39,
        "0." + "1" * 38,
        "NaN",
        "Infinity",
        "1_000",
        " 1",
        "1 ",
        "1.",
        ".5",
        "\uff11",
        "",
        1.5,
        True,
        None,
        ["1"],
    ],
)
def test_anything_but_a_plain_number_of_at_most_38_digits_is_no_decimal(text: Any) -> None:
    with pytest.raises(GraphQLError, match="at most 38"):
        SCALARS[Decimal].parse_value(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_outside_the_years_1_to_9999_is_rejected(text: str) -> None:
    with pytest.raises(GraphQLError, match="between the years"):
        SCALARS[datetime].parse_value(text)


@given(number=st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**29), max_value=10**29))
def test_a_plain_decimal_keeps_its_value(number: Decimal) -> None:
    assert SCALARS[Decimal].parse_value(format(number, "f")) == number


@given(number=st.integers(-(10**38) + 1, 10**38 - 1))
def test_an_integer_is_a_decimal_of_the_same_value(number: int) -> None:
    assert SCALARS[Decimal].parse_value(number) == number


@given(
    day=st.dates(), written=st.sampled_from(["%Y%m%d", "%G-W%V-%u", "%Y-%j", "%Y-%m", "%d.%m.%Y", "%Y-%m-%dT00:00:00"])
)
def test_a_day_is_written_in_one_form_only(day: date, written: str) -> None:
    assert SCALARS[date].parse_value(day.isoformat()) == day
    for text in (day.strftime(written), f" {day}", f"{day}\n", f"+{day}", str(day).translate(FULL_WIDTH)):
        with pytest.raises(GraphQLError, match="use YYYY-MM-DD"):
            SCALARS[date].parse_value(text)


@pytest.mark.parametrize(
    "value", [20261120, 1.5, True, None, ["2026-11-20"], "2026-02-29", "2026-13-01", "0000-01-01", ""]
)
def test_a_value_that_is_no_calendar_day_is_refused(value: Any) -> None:
    with pytest.raises(GraphQLError, match="use YYYY-MM-DD"):
        SCALARS[date].parse_value(value)


@given(moment=st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)), minutes=st.integers(-1439, 1439))  # noqa: DTZ001 -- the offset is added below
def test_an_instant_with_an_offset_keeps_its_instant(moment: datetime, minutes: int) -> None:
    expected = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    text = expected.isoformat()

    assert SCALARS[datetime].parse_value(text) == expected
    assert SCALARS[datetime].parse_value(text.lower()) == expected
    assert SCALARS[datetime].parse_value(moment.isoformat() + "z") == moment.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20",
        "20261120T090000Z",
        "2026-W47-5T09:00:00Z",
        "2026-11-20 09:00:00Z",
        "2026-11-20T09:00Z",
        "2026-11-20T09Z",
        "2026-11-20T09:00:00,5Z",
        "2026-11-20T09:00:00.Z",
        "2026-11-20T09:00:00+0100",
        "2026-11-20T09:00:00+01",
        "2026-11-20T09:00:00+01:00:30",
        "2026-11-20T09:00:00+24:00",
        "2026-11-20T09:00:00+01:60",
        "2026-11-20T24:00:00Z",
        "2026-11-20T09:00:60Z",
        "2026-02-30T09:00:00Z",
        " 2026-11-20T09:00:00Z",
        "2026-11-20T09:00:00Z\n",
        "2026-11-20T09:00:00Z".translate({ord("2"): "\uff12"}),
        1795597200,
        True,
        None,
    ],
)
def test_an_instant_of_another_form_is_refused(text: Any) -> None:
    with pytest.raises(GraphQLError, match="RFC 3339"):
        SCALARS[datetime].parse_value(text)


def test_an_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(GraphQLError, match="requires a UTC offset"):
        SCALARS[datetime].parse_value("2026-11-20T09:00:00")


@pytest.mark.parametrize("value", ["eur", "EURO", "E1R", " EUR", "", 978, ["EUR"], None])
def test_a_currency_is_three_capital_letters(value: Any) -> None:
    with pytest.raises(GraphQLError, match="ISO 4217"):
        SCALARS[CurrencyCode].parse_value(value)


@pytest.mark.parametrize(
    "argument",
    [
        'from: "eur", to: ["USD"], on: "2026-11-20"',
        'from: EUR, to: ["USD"], on: "2026-11-20"',
        'from: "EUR", to: ["US"], on: "2026-11-20"',
        'from: "EUR", to: ["USD"], on: "20261120"',
        'from: "EUR", to: ["USD"], on: 20261120',
    ],
)
def test_an_invalid_literal_is_reported_where_it_stands(argument: str) -> None:
    wrong = next(text for text in ('"eur"', "EUR,", '"US"', '"20261120"', " 20261120") if text in argument).strip()
    document = f"{{\n exchangeRates({argument}) {{ rate }} }}"

    (error,) = validate(SCHEMA, parse(document))

    assert [(each.line, each.column) for each in error.locations or ()] == [
        (2, document.splitlines()[1].index(wrong) + 1)
    ]


def test_an_invalid_literal_in_a_filter_is_reported_where_it_stands() -> None:
    document = '{ customers(filter: {updatedSince: "2026-11-20"}) { totalCount } }'

    (error,) = validate(SCHEMA, parse(document))

    assert [(each.line, each.column) for each in error.locations or ()] == [(1, document.index('"') + 1)]
