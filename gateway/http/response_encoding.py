"""JSON encoding of responses, limited in size."""

from typing import Any

import orjson

from gateway.execution.response import GraphQLResponse
from gateway.http.problems import ProblemError

MAX_RESPONSE_BYTES = 8 * 1024 * 1024


def is_request_error(response: GraphQLResponse) -> bool:
    """Return whether a response is a request error: it has errors and no data."""
    return response.data is None and bool(response.errors)


def encode_response(response: GraphQLResponse) -> bytes:
    """Return the response as JSON. Raise ProblemError 413 if it is larger than 8 MiB."""
    body: dict[str, Any] = {}
    if response.errors:
        body["errors"] = response.errors
    if not is_request_error(response):
        body["data"] = response.data
    if response.extensions:
        body["extensions"] = response.extensions
    encoded = orjson.dumps(body)
    if len(encoded) > MAX_RESPONSE_BYTES:
        detail = f"The response is larger than {MAX_RESPONSE_BYTES} bytes; select fewer fields or smaller pages."
        raise ProblemError(413, "RESPONSE_TOO_LARGE", detail)
    return encoded
