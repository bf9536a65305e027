"""Errors as callers see them: a client error with its code, anything unexpected masked under an incident id that the log knows."""

import logging
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from graphql import GraphQLError

from gateway.errors import BadInputError, ClientError, ForbiddenError, SourceUnavailableError
from gateway.execution.request import Request

NULL_ERROR_PREFIX = "Cannot return null for non-nullable field"
MAX_GROUPS = 10
MAX_MESSAGE_LENGTH = 300
"""Characters of a message that quotes what the caller wrote: more would send his own text back to him, once per error."""
NEVER_SUPPRESSED = frozenset({ForbiddenError.code, SourceUnavailableError.code})
"""Codes that are told at every place: a null of theirs that no error explains would be read as absence."""

LOG = logging.getLogger(__name__)


def format_errors(errors: Sequence[GraphQLError], request: Request) -> tuple[list[dict[str, Any]], int]:
    """Return the errors as they go out, and how many were left out: those beyond the tenth distinct pair of field and code.

    What is wrong with the request as a whole counts by its words.
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
    """Return a message, without its middle where it is long."""
    half = MAX_MESSAGE_LENGTH // 2
    return message if len(message) <= MAX_MESSAGE_LENGTH else f"{message[:half]} ... {message[-half:]}"


def _get_field_names(path: Sequence[object]) -> Iterator[object]:
    """Yield the names of a path: the same field of another list item is the same field."""
    return (step for step in path if isinstance(step, str))


def format_error(error: GraphQLError, request: Request) -> dict[str, Any]:
    message, extensions = _describe_error(error, request)
    formatted: dict[str, Any] = {"message": message}
    if error.locations:
        formatted["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        formatted["path"] = error.path
    return {**formatted, "extensions": extensions}


def _describe_error(error: GraphQLError, request: Request) -> tuple[str, dict[str, Any]]:
    original = error.original_error
    if isinstance(original, ClientError):
        return original.message, {"code": original.code, **original.extensions()}
    if _is_document_error(error):
        return shorten_message(error.message), {"code": BadInputError.code, **(error.extensions or {})}
    if isinstance(original, TypeError) and str(original).startswith(NULL_ERROR_PREFIX):
        return error.message, {"code": "MISSING_VALUE"}
    incident = str(uuid.uuid4())
    LOG.error(
        "unexpected error while building an answer",
        exc_info=original or error,
        extra={"incident_id": incident, "correlation_id": request.correlation_id},
    )
    return "Internal error.", {"code": "INTERNAL", "incidentId": incident}


def _is_document_error(error: GraphQLError) -> bool:
    """Tell errors about what the caller wrote from errors about what a system said, which a scalar or enum may quote.

    The former have no path (variables, the operation), or name nodes of the document (arguments); the latter know of no node.
    """
    original = error.original_error
    if error.path is None:
        return original is None or isinstance(original, GraphQLError)
    return isinstance(original, GraphQLError) and bool(original.nodes)
