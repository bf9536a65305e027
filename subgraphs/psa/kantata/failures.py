"""What the service's refusals mean: `{"errors": [{"type": "oauth|system|validation", "message", "field"}]}`. Neither 429 nor 503 tells how long to wait."""

import msgspec

from gateway.errors import SourceError
from gateway.net.message import Response
from subgraphs.kit.failures import by_status


class _Error(msgspec.Struct):
    type: str = ""
    field: str = ""


class _Refused(msgspec.Struct):
    errors: tuple[_Error, ...] = ()


def classify(response: Response) -> SourceError | None:
    """Return the error of an answer, or None; the detail is the error's type and field, never its sentence."""
    return by_status(response, _detail(response.body) if response.status >= 400 else "")  # noqa: PLR2004 -- the status is its own name


def _detail(body: bytes) -> str:
    try:
        refused = msgspec.json.decode(body, type=_Refused)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return next((f"{error.type} {error.field}".strip() for error in refused.errors), "")
