"""Preparation of an operation: parse, apply the limits, measure, validate. It may run in a thread of its own."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from graphql import DocumentNode, GraphQLError, GraphQLSyntaxError, OperationType, get_operation_ast, parse

from gateway.auth.principal import Principal
from gateway.errors import ClientError, LimitExceededError
from gateway.execution.error_format import shorten_message
from gateway.execution.response import GraphQLResponse
from gateway.http.document_limits import DocumentLimits, check_document, check_size, check_variables
from gateway.http.document_size import measure_document
from gateway.http.graph_engine import GraphEngine
from gateway.http.request_body import GraphQLBody

MAX_ERRORS = 10
PERSISTED_QUERY_MESSAGE = "PersistedQueryNotSupported"
"""The message by which clients recognise that they must send the query itself (Apollo's persisted-query link)."""


class PreparedOperation(NamedTuple):
    """A valid document with its operation; `cost` is the number of fields that the response may have."""

    document: DocumentNode
    name: str | None
    variables: Mapping[str, Any] | None
    type: OperationType | None
    cost: int

    @property
    def is_subscription(self) -> bool:
        """Whether the operation is a subscription."""
        return self.type is OperationType.SUBSCRIPTION


class Preparation(NamedTuple):
    """The prepared operation or the response that rejects it, and the seconds of processor time that it took."""

    result: PreparedOperation | GraphQLResponse
    cpu_seconds: float


def prepare_operation(
    body: GraphQLBody, principal: Principal, engine: GraphEngine, limits: DocumentLimits
) -> Preparation:
    """Prepare the operation of a body. The cheapest checks come first; the work is linear in the size of the body."""
    started = time.thread_time()
    try:
        result = _prepare(body, principal, engine, limits)
    except GraphQLSyntaxError as error:
        result = _refuse_document([error], "GRAPHQL_PARSE_FAILED")
    except RecursionError:
        result = build_refusal("The document is nested too deep; split it.", LimitExceededError.code)
    except ClientError as error:
        result = build_refusal(error.message, error.code)
    return Preparation(result, time.thread_time() - started)


def _prepare(
    body: GraphQLBody, principal: Principal, engine: GraphEngine, limits: DocumentLimits
) -> PreparedOperation | GraphQLResponse:
    if body.query is None:
        return build_refusal(PERSISTED_QUERY_MESSAGE, "PERSISTED_QUERY_NOT_SUPPORTED")
    document = parse(body.query, max_tokens=limits.tokens)
    check_document(document, limits)
    measured = measure_document(document, body.variables)
    check_size(measured, limits)
    check_variables(body.variables, limits)
    errors = engine.validate(document, principal)
    if errors:
        return _refuse_document(errors, "GRAPHQL_VALIDATION_FAILED")
    operation = get_operation_ast(document, body.operationName)
    kind = None if operation is None else operation.operation
    return PreparedOperation(document, body.operationName, body.variables, kind, measured.total.cost)


def build_refusal(message: str, code: str) -> GraphQLResponse:
    """Return the response to an operation that is not executed."""
    return GraphQLResponse(data=None, errors=[{"message": message, "extensions": {"code": code}}])


def _refuse_document(errors: Sequence[GraphQLError], code: str) -> GraphQLResponse:
    """Return the response to an invalid document, with at most ten errors."""
    formatted: list[dict[str, Any]] = [
        {
            "message": shorten_message(error.message),
            "locations": [{"line": at.line, "column": at.column} for at in error.locations or ()],
            "extensions": {"code": code, **(error.extensions or {})},
        }
        for error in errors[:MAX_ERRORS]
    ]
    return GraphQLResponse(data=None, errors=formatted)
