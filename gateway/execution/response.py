"""Execution of a document: fetch by plan, then let graphql-core build the response from the fetched records."""

from collections import Counter
from collections.abc import Mapping
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

from gateway.errors import build_source_error
from gateway.execution.error_format import format_errors
from gateway.execution.plan import Planner
from gateway.execution.request import RequestState


@dataclass(frozen=True, kw_only=True)
class GraphQLResponse:
    """The response to the caller. `waves` and `calls` serve telemetry and tests and are not sent."""

    data: dict[str, Any] | None
    errors: list[dict[str, Any]] = field(default_factory=list)
    extensions: dict[str, Any] = field(default_factory=dict)
    waves: int = 0
    calls: Counter[str] = field(default_factory=Counter)


async def execute_document(
    schema: GraphQLSchema,
    document: DocumentNode,
    request: RequestState,
    variables: Mapping[str, Any] | None = None,
    operation_name: str | None = None,
    root: Any = None,
) -> GraphQLResponse:
    """Execute a validated document; `root` is the event of a subscription, else None.

    Faults become errors at their path. Unexpected exceptions are masked and logged with an incident id.
    """
    waves = 0
    operation = get_operation_ast(document, operation_name)
    if operation is None or operation.operation is OperationType.MUTATION:
        request.lazy = True  # the payload of a mutation is known only after the mutation has run
    elif not request.lazy:
        waves = await _fetch(schema, document, operation, request, dict(variables or {}), root)
    result = execute(
        schema,
        document,
        root,
        context_value=request,
        variable_values=dict(variables or {}),
        operation_name=operation_name,
        hide_suggestions=True,
    )
    if not isinstance(result, ExecutionResult):
        result = await result
    found = [*(result.errors or ()), *_list_record_errors(request), *request.value_errors]
    errors, suppressed = format_errors(found, request)
    return GraphQLResponse(
        data=result.data, errors=errors, extensions=_build_extensions(request, suppressed), waves=waves
    )


async def _fetch(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    request: RequestState,
    variables: dict[str, Any],
    root: Any,
) -> int:
    coerced = get_variable_values(schema, operation.variable_definitions or (), variables)
    if isinstance(coerced, list):
        return 0  # execution reports the invalid variables; nothing is loaded for them
    return await Planner(schema, document, operation, coerced, request).fetch(root)


def _list_record_errors(request: RequestState) -> list[GraphQLError]:
    """Return an error without a path per record that a list lacks: its other rows are in the response."""
    errors = [build_source_error(fault) for fault in request.list_faults]
    return [GraphQLError(error.message, original_error=error) for error in errors]


def _build_extensions(request: RequestState, suppressed: int) -> dict[str, Any]:
    """Return the unsupported fields, once per field and system, and the number of suppressed errors."""
    extensions: dict[str, Any] = {"suppressedErrors": suppressed} if suppressed else {}
    if request.unsupported_fields:
        extensions["unsupportedFields"] = [
            {"field": name, "system": role.value, "reason": reason}
            for (name, role), reason in sorted(request.unsupported_fields.items())
        ]
    return extensions
