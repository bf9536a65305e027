"""Parses a call, received over HTTP or as a sub-request of a composite call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from subgraphs.crm.salesforce.twin.responses import Json, RefusalError

_DECODER = msgspec.json.Decoder(object, float_hook=Decimal)
_PREFIX = ("services", "data")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call.

    `segments` are the decoded path segments after `/services/data/vNN.0/`, `version` is vNN.0; header names are
    lower-case.
    """

    method: str
    version: str
    segments: tuple[str, ...]
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Json = None

    @property
    def version_number(self) -> float:
        """The version as a number, e.g. 68.0."""
        return float(self.version[1:])

    def require_object_body(self) -> dict[str, Json]:
        """Return the body as an object; raise JSON_PARSER_ERROR if it is not one."""
        if not isinstance(self.body, dict):
            raise RefusalError(
                400, "JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body."
            )
        return self.body


def parse_call(method: str, url: str, headers: Mapping[str, str], body: Json) -> Call:
    """Parse a call from its encoded path and query; raise NOT_FOUND outside `/services/data/vNN.0`."""
    parts = urlsplit(url)
    segments = tuple(unquote(part) for part in parts.path.strip("/").split("/"))
    if segments[:2] != _PREFIX or len(segments) < len(_PREFIX) + 1 or not _is_version(segments[2]):
        raise RefusalError(404, "NOT_FOUND", "The requested resource does not exist")
    query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    return Call(method=method, version=segments[2], segments=segments[3:], query=query, headers=headers, body=body)


def parse_body(raw: bytes) -> Json:
    """Decode a JSON body, numbers as Decimals; raise JSON_PARSER_ERROR for invalid JSON."""
    if not raw:
        return None
    try:
        return _DECODER.decode(raw)
    except msgspec.DecodeError as error:
        raise RefusalError(400, "JSON_PARSER_ERROR", str(error)) from None


def _is_version(text: str) -> bool:
    number = text.removeprefix("v")
    return text.startswith("v") and number.endswith(".0") and number[:-2].isdigit()
