"""Invalid inputs are reported as errors of the caller, not as internal errors."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from graphql import GraphQLError, parse, validate
from graphql.execution.values import get_variable_values

from gateway.loaders.catalogue import LOADERS
from gateway.schema.build import build_graph
from gateway.schema.kernel.scalars import SCALARS

SCHEMA = build_graph(LOADERS).schema
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


@pytest.mark.parametrize("text", ["1E+999999", "1E-999999", "1" * 39, "NaN", "Infinity", "1_000x"])
def test_a_decimal_of_more_than_38_digits_is_rejected(text: str) -> None:
    with pytest.raises(GraphQLError, match="at most 38"):
        SCALARS[Decimal].parse_value(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_outside_the_years_1_to_9999_is_rejected(text: str) -> None:
    with pytest.raises(GraphQLError, match="between the years"):
        SCALARS[datetime].parse_value(text)
