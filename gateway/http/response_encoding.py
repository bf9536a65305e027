"""Writes answers as JSON, within the cap of one answer."""

from typing import Any

import orjson

from gateway.execution.answer import Answer
from gateway.http.problems import ProblemError

MAX_RESPONSE_BYTES = 8 * 1024 * 1024


def is_request_error(answer: Answer) -> bool:
    """Tell whether an answer is that of a request that could not be run: it has errors and no data at all."""
    return answer.data is None and bool(answer.errors)


def encode_response(answer: Answer) -> bytes:
    """Return a GraphQL response; raises ProblemError 413 for one that is too large to hand out."""
    body: dict[str, Any] = {}
    if answer.errors:
        body["errors"] = answer.errors
    if not is_request_error(answer):
        body["data"] = answer.data
    if answer.extensions:
        body["extensions"] = answer.extensions
    written = orjson.dumps(body)
    if len(written) > MAX_RESPONSE_BYTES:
        raise ProblemError(413, "ANSWER_TOO_LARGE", "The answer is too large; ask for fewer fields or smaller pages.")
    return written
