"""Format of errors in a response: a client error with its code; any other error masked, with an incident id."""

import logging
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from graphql import GraphQLError

from gateway.errors import BadInputError, ClientError, ContractMismatchError, ForbiddenError, SourceUnavailableError
from gateway.execution.request import RequestState

NULL_ERROR_PREFIX = "Cannot return null for non-nullable field"
MAX_GROUPS = 10
MAX_MESSAGE_LENGTH = 300
"""Characters of a message that quotes the caller's text: otherwise each error would return the whole text."""
NEVER_SUPPRESSED = frozenset({ForbiddenError.code, SourceUnavailableError.code, ContractMismatchError.code})
"""Codes that are reported at every path: a null without its error would be read as absence."""

LOG = logging.getLogger(__name__)


def format_errors(errors: Sequence[GraphQLError], request: RequestState) -> tuple[list[dict[str, Any]], int]:
    """Return the formatted errors and the number of suppressed ones: those beyond the tenth pair of field and code.

    An error without a path counts by its message instead of its field.
    """
    groups: set[tuple[object, ...]] = set()
    kept = []
    for error in (format_error(error, request) for error in errors):
        code = error["extensions"]["code"]
        group = (code, *_get_field_names(error.get("path") or (error["message"],)))
        if code in NEVER_SUPPRESSED or group in groups or len(groups) < MAX_GROUPS:
            kept.append(error)
            if code not in NEVER_SUPPRESSED:
                groups.add(group)
    return kept, len(errors) - len(kept)


def shorten_message(message: str) -> str:
    """Return a message; if it is long, without its middle part."""
    half = MAX_MESSAGE_LENGTH // 2
    return message if len(message) <= MAX_MESSAGE_LENGTH else f"{message[:half]} ... {message[-half:]}"


def _get_field_names(path: Sequence[object]) -> Iterator[object]:
    """Yield the field names of a path, without list indexes."""
    return (step for step in path if isinstance(step, str))


def format_error(error: GraphQLError, request: RequestState) -> dict[str, Any]:
    """Return one error as GraphQL's response format requires it, with a code in `extensions`."""
    message, extensions = _describe_error(error, request)
    formatted: dict[str, Any] = {"message": message}
    if error.locations:
        formatted["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        formatted["path"] = error.path
    return {**formatted, "extensions": extensions}


def _describe_error(error: GraphQLError, request: RequestState) -> tuple[str, dict[str, Any]]:
    original = error.original_error
    if isinstance(original, ClientError):
        return original.message, {"code": original.code, **original.build_extensions()}
    if _is_document_error(error):
        return shorten_message(error.message), {"code": BadInputError.code, **(error.extensions or {})}
    if isinstance(original, TypeError) and str(original).startswith(NULL_ERROR_PREFIX):
        return error.message, {"code": "MISSING_VALUE"}
    incident = str(uuid.uuid4())
    LOG.error(
        "unexpected error in a resolver",
        exc_info=original or error,
        extra={"incident_id": incident, "correlation_id": request.correlation_id},
    )
    return "Internal error.", {"code": "INTERNAL", "incidentId": incident}


def _is_document_error(error: GraphQLError) -> bool:
    """Return whether an error is about the caller's document or variables, and not about a value of a system.

    The former has no path (variables, operation) or names nodes of the document (arguments). The latter, raised by a
    scalar or enum, names no node and may quote a system's value.
    """
    original = error.original_error
    if error.path is None:
        return original is None or isinstance(original, GraphQLError)
    return isinstance(original, GraphQLError) and bool(original.nodes)
