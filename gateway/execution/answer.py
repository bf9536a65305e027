"""Answers a document: fetch by plan, then let graphql-core build the answer from what was fetched."""

import asyncio
import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute,
    get_operation_ast,
)
from graphql.execution.values import get_variable_values

from gateway.errors import ClientError
from gateway.execution.plan import Planner
from gateway.execution.request import Request

NULL = "Cannot return null for non-nullable field"
LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes back to the caller. `waves` and `calls` are for telemetry and tests, not for the wire."""

    data: dict[str, Any] | None
    errors: list[dict[str, Any]] = field(default_factory=list)
    extensions: dict[str, Any] = field(default_factory=dict)
    waves: int = 0


async def answer(
    schema: GraphQLSchema,
    document: DocumentNode,
    request: Request,
    variables: Mapping[str, Any] | None = None,
    operation_name: str | None = None,
) -> Answer:
    """Answer a validated document. Faults become errors at their path; anything unexpected is masked and logged with an incident id."""
    waves = 0
    operation = get_operation_ast(document, operation_name)
    if operation is not None and operation.operation is OperationType.QUERY and not request.lazy:
        waves = await _fetch(schema, document, operation, request, dict(variables or {}))
    result = execute(
        schema,
        document,
        context_value=request,
        variable_values=dict(variables or {}),
        operation_name=operation_name,
        hide_suggestions=True,
    )
    if not isinstance(result, ExecutionResult):
        result = await result
    return Answer(
        data=result.data,
        errors=shown_errors(result.errors or (), request),
        extensions=_extensions(request),
        waves=waves,
    )


async def _fetch(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    request: Request,
    variables: dict[str, Any],
) -> int:
    coerced = get_variable_values(schema, operation.variable_definitions or (), variables)
    if isinstance(coerced, list):
        return 0  # execution reports the bad variables; nothing may be loaded for them
    return await Planner(schema, document, operation, coerced, request).fetch()


def shown_errors(errors: Sequence[GraphQLError], request: Request) -> list[dict[str, Any]]:
    """Format errors: client errors with their code, everything else masked under one incident id each."""
    return [_shown(error, request) for error in errors]


def _shown(error: GraphQLError, request: Request) -> dict[str, Any]:
    formatted: dict[str, Any] = {"message": error.message}
    if error.locations:
        formatted["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        formatted["path"] = error.path
    original = error.original_error
    if isinstance(original, ClientError):
        formatted["message"] = original.message
        formatted["extensions"] = {"code": original.code, **original.extensions()}
    elif original is None or isinstance(original, GraphQLError):
        formatted["extensions"] = {"code": "BAD_USER_INPUT", **(error.extensions or {})}
    elif isinstance(original, TypeError) and str(original).startswith(NULL):
        formatted["extensions"] = {"code": "MISSING_VALUE"}
    else:
        incident = str(uuid.uuid4())
        LOG.error(
            "unexpected error while building an answer",
            exc_info=original,
            extra={"incident_id": incident, "correlation_id": request.correlation_id},
        )
        formatted["message"] = "Internal error."
        formatted["extensions"] = {"code": "INTERNAL", "incidentId": incident}
    return formatted


def _extensions(request: Request) -> dict[str, Any]:
    """Name what no asked system has a place for, once per field and system."""
    if not request.not_held:
        return {}
    return {
        "notHeld": [
            {"field": name, "system": role.value, "reason": reason}
            for (name, role), reason in sorted(request.not_held.items())
        ]
    }


async def lazily(request: Request, resolve: Any) -> Any:
    """Run a pick until nothing is missing, loading through the request's dataloaders: the oracle's way."""
    from gateway.execution.view import Needs  # noqa: PLC0415 -- only the oracle comes here

    value = resolve()
    while isinstance(value, Needs):
        loads = [asyncio.shield(request.loader(key)) for key in value.keys] if request.loader else []
        await asyncio.gather(*loads)
        value = resolve()
    return value
