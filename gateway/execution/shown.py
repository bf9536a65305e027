"""Errors as callers see them: a client error with its code, anything unexpected masked under an incident id that the log knows."""

import logging
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from graphql import GraphQLError

from gateway.errors import BadInputError, ClientError, ForbiddenError, SourceUnavailableError
from gateway.execution.request import Request

NULL = "Cannot return null for non-nullable field"
MAX_GROUPS = 10
MAX_MESSAGE = 300
"""Characters of a message that quotes what the caller wrote: more would send his own text back to him, once per error."""
ALWAYS = frozenset({ForbiddenError.code, SourceUnavailableError.code})
"""Codes that are told at every place: a null of theirs that no error explains would be read as absence."""

LOG = logging.getLogger(__name__)


def shown_errors(errors: Sequence[GraphQLError], request: Request) -> tuple[list[dict[str, Any]], int]:
    """Return the errors as they go out, and how many were left out: those beyond the tenth distinct pair of field and code.

    What is wrong with the request as a whole counts by its words.
    """
    groups: set[tuple[object, ...]] = set()
    kept = []
    for error in (_shown(error, request) for error in errors):
        code = error["extensions"]["code"]
        group = (code, *_field(error.get("path") or (error["message"],)))
        if code in ALWAYS or group in groups or len(groups) < MAX_GROUPS:
            kept.append(error)
            if code not in ALWAYS:
                groups.add(group)
    return kept, len(errors) - len(kept)


def clipped(message: str) -> str:
    """Return a message, without its middle where it is long."""
    half = MAX_MESSAGE // 2
    return message if len(message) <= MAX_MESSAGE else f"{message[:half]} ... {message[-half:]}"


def _field(path: Sequence[object]) -> Iterator[object]:
    """Yield the names of a path: the same field of another list item is the same field."""
    return (step for step in path if isinstance(step, str))


def _shown(error: GraphQLError, request: Request) -> dict[str, Any]:
    message, extensions = _told(error, request)
    formatted: dict[str, Any] = {"message": message}
    if error.locations:
        formatted["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        formatted["path"] = error.path
    return {**formatted, "extensions": extensions}


def _told(error: GraphQLError, request: Request) -> tuple[str, dict[str, Any]]:
    original = error.original_error
    if isinstance(original, ClientError):
        return original.message, {"code": original.code, **original.extensions()}
    if _from_the_document(error):
        return clipped(error.message), {"code": BadInputError.code, **(error.extensions or {})}
    if isinstance(original, TypeError) and str(original).startswith(NULL):
        return error.message, {"code": "MISSING_VALUE"}
    incident = str(uuid.uuid4())
    LOG.error(
        "unexpected error while building an answer",
        exc_info=original or error,
        extra={"incident_id": incident, "correlation_id": request.correlation_id},
    )
    return "Internal error.", {"code": "INTERNAL", "incidentId": incident}


def _from_the_document(error: GraphQLError) -> bool:
    """Tell errors about what the caller wrote from errors about what a system said, which a scalar or enum may quote.

    The former have no path (variables, the operation), or name nodes of the document (arguments); the latter know of no node.
    """
    original = error.original_error
    if error.path is None:
        return original is None or isinstance(original, GraphQLError)
    return isinstance(original, GraphQLError) and bool(original.nodes)
