"""The work of reading a document grows with its size only: counted in function calls, for documents of every shape.

A document is read twice, at one size and at four times that size. The calls of Python functions are counted, those of
graphql-core included, so that a rule whose work grows with the square of the size makes a test fail.
"""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLError, Lexer, Source, TokenKind, parse

from gateway.auth.principal import Principal
from gateway.composition import get_graph
from gateway.execution.projection import ProjectionCache
from gateway.execution.response import GraphQLResponse
from gateway.http.document_limits import DocumentLimits
from gateway.http.document_size import measure_document
from gateway.http.prepared_operation import Preparation, prepare_operation
from gateway.http.request_body import GraphQLBody
from gateway.schema.validation import validate_document

ENDLESS = DocumentLimits(*(10**9 for _ in DocumentLimits._fields))
LIMITS = DocumentLimits()
MOST_CALLS = 400_000
"""Function calls for one document within the default limits; a call takes about 0.2 µs to 1 µs."""


class Validator:
    """The validation of the real graph."""

    def validate(self, document: Any, _principal: Principal) -> list[GraphQLError]:
        return validate_document(get_graph().schema, document, may_introspect=True)


def prepare(query: str, limits: DocumentLimits) -> Preparation:
    return prepare_operation(GraphQLBody(query), None, Validator(), limits)  # type: ignore[arg-type]


def count_calls(work: Callable[[], object]) -> int:
    calls = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    outer = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(outer)
    return calls


def join(count: int, build: Callable[[int], str]) -> str:
    return " ".join(build(number) for number in range(count))


SHAPES: dict[str, Callable[[int], str]] = {
    "a repeated leaf": lambda n: "{viewer{actor{" + "id " * n + "}}}",
    "a repeated object": lambda n: "{viewer{" + "actor{id kind} " * n + "}}",
    "a repeated object by aliases": lambda n: "{viewer{" + join(n, lambda i: f"a{i}: actor{{id}}") + "}}",
    "a repeated root with arguments": lambda n: "{" + 'project(ref: {code: "P"}){name} ' * n + "}",
    "a chain of fragments": lambda n: (
        "{...F0} "
        + join(n, lambda i: f"fragment F{i} on Query{{...F{i + 1}}}")
        + f" fragment F{n} on Query{{__typename}}"
    ),
    "fragments side by side": lambda n: (
        "{viewer{actor{"
        + join(n, lambda i: f"...F{i}")
        + "}}} "
        + join(n, lambda i: f"fragment F{i} on Actor{{id kind}}")
    ),
    "one fragment spread often": lambda n: "{viewer{actor{" + "...F " * n + "}}} fragment F on Actor{id kind}",
    "a cycle": lambda n: "{...F0} " + join(n, lambda i: f"fragment F{i} on Query{{...F{(i + 1) % n}}}"),
    "a fragment that spreads itself": lambda n: "{...F} fragment F on Query{" + "...F " * n + "}",
    "unused fragments": lambda n: "{__typename} " + join(n, lambda i: f"fragment F{i} on Query{{__typename}}"),
    "unknown fragments": lambda n: "{" + join(n, lambda i: f"...F{i}") + "}",
    "unknown fields": lambda n: "{" + join(n, lambda i: f"f{i}") + "}",
    "unknown arguments": lambda n: "{viewer(" + join(n, lambda i: f"a{i}: 1") + "){actor{id}}}",
    "variables": lambda n: (
        "query("
        + join(n, lambda i: f"$v{i}: Boolean!")
        + "){"
        + join(n, lambda i: f"a{i}: __typename @skip(if: $v{i})")
        + "}"
    ),
    "undefined variables": lambda n: "{" + join(n, lambda i: f"a{i}: __typename @skip(if: $v{i})") + "}",
    "inline fragments": lambda n: "{viewer{actor{" + "... on Actor{id} " * n + "}}}",
    "fragments of other types": lambda n: '{node(id: "1"){' + join(n, lambda i: f"... on Project{{a{i}: name}}") + "}}",
    "values of a list": lambda n: "{projects(filter: {status: [" + "ACTIVE " * n + "]}){totalCount}}",
    "unknown input fields": lambda n: "{projects(filter: {" + join(n, lambda i: f"f{i}: 1") + "}){totalCount}}",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_work_of_a_document_grows_with_its_size(shape: str) -> None:
    build = SHAPES[shape]
    prepare(build(4), ENDLESS)  # fills the schema's own caches

    small = count_calls(lambda: prepare(build(15), ENDLESS))
    large = count_calls(lambda: prepare(build(60), ENDLESS))

    assert large < 4.4 * small


@pytest.mark.parametrize("shape", ["fragments side by side", "one fragment spread often", "a repeated object"])
def test_the_work_of_a_projection_grows_with_the_size_of_the_document(shape: str) -> None:
    cache = ProjectionCache(get_graph().registry)
    small, large = parse(SHAPES[shape](15)), parse(SHAPES[shape](60))
    cache.get_projection(small)  # both have the same field names, for which it is computed once

    assert count_calls(lambda: cache.get_projection(large)) < 4.4 * count_calls(lambda: cache.get_projection(small))


@pytest.mark.parametrize("levels", [15, 60, 180])
def test_fragments_that_double_are_visited_once_each(levels: int) -> None:
    fragments = join(levels, lambda i: f"fragment F{i} on Query{{...F{i + 1} ...F{i + 1}}}")
    query = f"{{...F0}} {fragments} fragment F{levels} on Query{{__typename}}"

    assert measure_document(parse(query), None).visits == 2 * levels + 2
    assert get_code(prepare(query, LIMITS)) == "LIMIT_EXCEEDED"
    assert count_calls(lambda: prepare(query, LIMITS)) < MOST_CALLS


@pytest.mark.parametrize("shape", SHAPES)
def test_the_work_within_the_limits_is_bounded(shape: str) -> None:
    build = SHAPES[shape]
    per_step = (count_tokens(build(30)) - count_tokens(build(10))) / 20
    largest = build(10 + int((LIMITS.tokens - count_tokens(build(10))) / per_step))

    assert LIMITS.tokens - 30 < count_tokens(largest) <= LIMITS.tokens
    assert count_calls(lambda: prepare(largest, LIMITS)) < MOST_CALLS


def count_tokens(text: str) -> int:
    lexer, tokens = Lexer(Source(text)), 0
    while lexer.advance().kind is not TokenKind.EOF:
        tokens += 1
    return tokens


def get_code(prepared: Preparation) -> str | None:
    if isinstance(prepared.result, GraphQLResponse):
        code: str = prepared.result.errors[0]["extensions"]["code"]
        return code
    return None
