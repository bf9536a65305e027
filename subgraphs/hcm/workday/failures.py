"""Classifies error responses: `{"error", "errors": [{"error", "code", "field", "path"}]}`.

Throttling is a 429 without rate limit headers. A report may also answer 500 to too many calls, which nothing tells from
a failed report: like any 500 it is UNAVAILABLE, and repeated (Workday, "Integrations, EIB, and Web Service Limits").
"""

import msgspec

from gateway.errors import SourceError
from gateway.net.message import UpstreamResponse
from subgraphs.hcm.workday.wire import ErrorBody
from subgraphs.kit.failures import classify_status


def classify_response(response: UpstreamResponse) -> SourceError | None:
    """Return the error of a response, or None; the detail is Workday's code, such as S22 for a missing permission."""
    return classify_status(response, _parse_code(response.body) if response.status >= 400 else "")  # noqa: PLR2004 -- the status is its own name


def _parse_code(body: bytes) -> str:
    try:
        error_body = msgspec.json.decode(body, type=ErrorBody)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return next((detail.code for detail in error_body.errors if detail.code), "")
