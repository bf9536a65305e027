"""Classifies Kantata's errors: `{"errors": [{"type": "oauth|system|validation", "message", "field"}]}`.

Neither 429 nor 503 has a Retry-After header.
"""

import msgspec

from gateway.errors import SourceError
from gateway.net.message import UpstreamResponse
from subgraphs.kit.failures import classify_status


class _Error(msgspec.Struct):
    type: str = ""
    field: str = ""


class _ErrorDocument(msgspec.Struct):
    errors: tuple[_Error, ...] = ()


def classify(response: UpstreamResponse) -> SourceError | None:
    """Return the error of an answer, or None; its detail is the error's type and field, never the message."""
    return classify_status(response, _parse_detail(response.body) if response.status >= 400 else "")  # noqa: PLR2004 -- errors


def _parse_detail(body: bytes) -> str:
    try:
        document = msgspec.json.decode(body, type=_ErrorDocument)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return next((f"{error.type} {error.field}".strip() for error in document.errors), "")
