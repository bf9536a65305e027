"""Preparation of an operation, received over HTTP or WebSocket: parse, apply the limits, validate."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from graphql import DocumentNode, GraphQLError, GraphQLSyntaxError, OperationType, get_operation_ast, parse

from gateway.auth.principal import Principal
from gateway.errors import ClientError, LimitExceededError
from gateway.execution.error_format import shorten_message
from gateway.execution.response import GraphQLResponse
from gateway.http.document_limits import DocumentLimits, check_document, check_variables
from gateway.http.graph_engine import GraphEngine
from gateway.http.request_body import GraphQLBody

MAX_ERRORS = 10


class PreparedOperation(NamedTuple):
    """A valid document, and whether its operation is a subscription."""

    document: DocumentNode
    is_subscription: bool


async def prepare_operation(
    body: GraphQLBody, principal: Principal, engine: GraphEngine, limits: DocumentLimits
) -> PreparedOperation | GraphQLResponse:
    """Return the prepared operation of a body, or the response that rejects it. The cheapest checks come first."""
    document = _parse_document(body, limits)
    if isinstance(document, GraphQLResponse):
        return document
    errors = await engine.validate(document, principal)
    if errors:
        return _refuse_document(errors, "GRAPHQL_VALIDATION_FAILED")
    operation = get_operation_ast(document, body.operationName)
    return PreparedOperation(document, operation is not None and operation.operation is OperationType.SUBSCRIPTION)


def _parse_document(body: GraphQLBody, limits: DocumentLimits) -> DocumentNode | GraphQLResponse:
    try:
        document = parse(body.query, max_tokens=limits.tokens)
        check_document(document, limits)
        check_variables(body.variables, limits)
    except GraphQLSyntaxError as error:
        return _refuse_document([error], "GRAPHQL_PARSE_FAILED")
    except RecursionError:
        return build_refusal("The document is nested too deep; split it.", LimitExceededError.code)
    except ClientError as error:
        return build_refusal(error.message, error.code)
    return document


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
