"""Answers a document: fetch by plan, then let graphql-core build the answer from what was fetched."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute,
    get_operation_ast,
)
from graphql.execution.values import get_variable_values

from gateway.execution.error_format import format_errors
from gateway.execution.plan import Planner
from gateway.execution.request import Request


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes back to the caller. `waves` and `calls` are for telemetry and tests, not for the wire."""

    data: dict[str, Any] | None
    errors: list[dict[str, Any]] = field(default_factory=list)
    extensions: dict[str, Any] = field(default_factory=dict)
    waves: int = 0
    calls: Counter[str] = field(default_factory=Counter)


async def answer(
    schema: GraphQLSchema,
    document: DocumentNode,
    request: Request,
    variables: Mapping[str, Any] | None = None,
    operation_name: str | None = None,
    root: Any = None,
) -> Answer:
    """Answer a validated document; `root` is the event, when a subscription has one to tell. Faults become errors at their path; anything unexpected is masked and logged with an incident id."""
    waves = 0
    operation = get_operation_ast(document, operation_name)
    if operation is None or operation.operation is OperationType.MUTATION:
        request.lazy = True  # what a mutation gives back is known only after it has run
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
    errors, left_out = format_errors(result.errors or (), request)
    return Answer(data=result.data, errors=errors, extensions=_build_extensions(request, left_out), waves=waves)


async def _fetch(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    request: Request,
    variables: dict[str, Any],
    root: Any,
) -> int:
    coerced = get_variable_values(schema, operation.variable_definitions or (), variables)
    if isinstance(coerced, list):
        return 0  # execution reports the bad variables; nothing may be loaded for them
    return await Planner(schema, document, operation, coerced, request).fetch(root)


def _build_extensions(request: Request, suppressed: int) -> dict[str, Any]:
    """Name what no asked system has a place for, once per field and system, and how many errors are not listed."""
    extensions: dict[str, Any] = {"suppressedErrors": suppressed} if suppressed else {}
    if request.unsupported_fields:
        extensions["unsupportedFields"] = [
            {"field": name, "system": role.value, "reason": reason}
            for (name, role), reason in sorted(request.unsupported_fields.items())
        ]
    return extensions
