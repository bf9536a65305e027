"""Introspection by callers without its scope is rejected with the missing scope; other fields are not affected."""

import pytest
from graphql import parse, validate

from gateway.loaders.catalogue import LOADERS
from gateway.schema.build import build_graph
from gateway.schema.introspection import DisableIntrospection

SCHEMA = build_graph(LOADERS).schema
REFUSED = {"code": "FORBIDDEN", "requiredScopes": [["graphql:explore"]]}


@pytest.mark.parametrize(
    ("document", "doors"),
    [
        ("{ __schema { types { name fields { name type { name } } } } }", 1),
        ('{ a: __schema { queryType { name } } b: __type(name: "Money") { name } }', 2),
        ("{ _service { sdl } }", 1),
        ("{ a: _service { sdl } ...F } fragment F on Query { ... { _service { sdl } } }", 2),
        ("{ ...F } fragment F on Query { __schema { queryType { name } } }", 1),
    ],
)
def test_each_introspection_field_is_rejected_once(document: str, doors: int) -> None:
    errors = validate(SCHEMA, parse(document), [DisableIntrospection])

    assert [error.extensions for error in errors] == [REFUSED] * doors


@pytest.mark.parametrize("document", ["{ __typename }", "{ viewer { __typename scopes } }"])
def test_fields_that_are_not_introspection_are_allowed(document: str) -> None:
    assert validate(SCHEMA, parse(document), [DisableIntrospection]) == []
