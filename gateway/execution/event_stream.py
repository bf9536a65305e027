"""The event stream of a subscription; each event is then executed like a query, with a request state of its own."""

from collections.abc import AsyncGenerator, Mapping
from inspect import isawaitable
from typing import Any

from graphql import DocumentNode, ExecutionResult, Executor, GraphQLError, GraphQLSchema, create_source_event_stream

from gateway.execution.error_format import format_errors
from gateway.execution.request import RequestState
from gateway.execution.response import GraphQLResponse


async def create_event_stream(
    schema: GraphQLSchema,
    document: DocumentNode,
    request: RequestState,
    variables: Mapping[str, Any] | None = None,
    operation_name: str | None = None,
) -> AsyncGenerator[Any, None] | GraphQLResponse:
    """Return the events of a validated subscription, or the response that refuses it; a refusal loads nothing."""
    executor = Executor.build(
        schema,
        document,
        context_value=request,
        raw_variable_values=dict(variables or {}),
        operation_name=operation_name,
        hide_suggestions=True,
    )
    if isinstance(executor, list):
        return _build_refusal(executor, request)
    found: Any = create_source_event_stream(executor)
    if isawaitable(found):
        found = await found
    if isinstance(found, ExecutionResult):
        return _build_refusal(found.errors or [], request)
    events: AsyncGenerator[Any, None] = found
    return events


def _build_refusal(errors: list[GraphQLError], request: RequestState) -> GraphQLResponse:
    return GraphQLResponse(data=None, errors=format_errors(errors, request)[0])
