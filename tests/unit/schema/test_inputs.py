"""Inputs that mean nothing are refused as the caller's, in words that name them; nothing fails inside."""

from typing import Any

import pytest
from graphql import GraphQLError, parse, validate
from graphql.execution.values import get_variable_values

from gateway.loaders.catalogue import LOADERS
from gateway.schema.build import build
from gateway.schema.kernel.scalars import SCALARS, Decimal, dt

SCHEMA = build(LOADERS).schema
ONE = "exactly one field must be specified"


@pytest.mark.parametrize("ref", ['{code: "a", id: "b"}', "{code: null}", "{}"])
def test_a_reference_by_two_ways_or_by_none_is_refused_before_anything_runs(ref: str) -> None:
    (error,) = validate(SCHEMA, parse(f"{{ project(ref: {ref}) {{ code }} }}"))

    assert ONE in error.message


@pytest.mark.parametrize("ref", [{"code": "a", "id": "b"}, {"code": None}, {}])
def test_the_same_is_true_of_variables(ref: dict[str, Any]) -> None:
    document: Any = parse("query ($ref: EntityRef!) { project(ref: $ref) { code } }")

    errors = get_variable_values(SCHEMA, document.definitions[0].variable_definitions, {"ref": ref})

    assert isinstance(errors, list)
    assert ONE in errors[0].message


@pytest.mark.parametrize("text", ["1E+999999", "1E-999999", "1" * 39, "NaN", "Infinity", "1_000x"])
def test_a_decimal_that_could_not_be_written_out_is_refused(text: str) -> None:
    with pytest.raises(GraphQLError, match="at most 38"):
        SCALARS[Decimal].parse_value(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_an_instant_that_no_calendar_has_is_refused(text: str) -> None:
    with pytest.raises(GraphQLError, match="between the years"):
        SCALARS[dt.datetime].parse_value(text)
