"""Negotiation of the response's media type by `Accept`, with its quality values (RFC 9110, 12.5.1)."""

from typing import Final, NamedTuple

from starlette.requests import Request

from gateway.http.problems import ProblemError

GRAPHQL_JSON: Final = "application/graphql-response+json"
JSON: Final = "application/json"
HTML: Final = "text/html"


class _MediaRange(NamedTuple):
    """One entry of `Accept`: `*/*`, `application/*` or a media type, with its quality from 0 to 1."""

    name: str
    quality: float

    def matches(self, media_type: str) -> bool:
        """Return whether a media type belongs to the range."""
        return self.name in {media_type, f"{media_type.partition('/')[0]}/*", "*/*"}

    @property
    def precision(self) -> int:
        """How precisely the range names a media type: exactly, by its main type, or not at all."""
        return 0 if self.name == "*/*" else 1 if self.name.endswith("/*") else 2


class AcceptedTypes:
    """The media types that a client accepts; without `Accept` all of them."""

    def __init__(self, request: Request) -> None:
        header = ",".join(request.headers.getlist("accept")) or "*/*"
        self._ranges = [_parse_range(part) for part in header.split(",") if part.strip()]

    def get_quality(self, media_type: str) -> float:
        """Return the quality of a media type: that of the most precise range; 0 if it is not accepted."""
        matching = [each for each in self._ranges if each.matches(media_type)]
        return max(matching, key=lambda each: each.precision).quality if matching else 0.0

    def is_named(self, media_type: str) -> bool:
        """Return whether the client names the media type itself, and accepts it."""
        return any(each.name == media_type and each.quality > 0 for each in self._ranges)

    @property
    def prefers_html(self) -> bool:
        """Whether the client names HTML and prefers it to a GraphQL response, as browsers do that open a page."""
        others = max(self.get_quality(GRAPHQL_JSON), self.get_quality(JSON))
        return self.is_named(HTML) and self.get_quality(HTML) >= others

    def choose_response_type(self) -> str:
        """Return the media type of a GraphQL response. Raise ProblemError 406 if the client accepts none.

        `application/graphql-response+json` is sent only to clients that name it (GraphQL over HTTP, 6.1).
        """
        qualities = {JSON: self.get_quality(JSON)}
        if self.is_named(GRAPHQL_JSON):
            qualities = {GRAPHQL_JSON: self.get_quality(GRAPHQL_JSON), **qualities}
        best = max(qualities, key=lambda name: qualities[name])
        if qualities[best] == 0:
            raise ProblemError(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL_JSON} or {JSON}.")
        return best


def _parse_range(part: str) -> _MediaRange:
    name, *parameters = (each.strip().lower() for each in part.split(";"))
    quality = next((value for key, _, value in (each.partition("=") for each in parameters) if key == "q"), "1")
    try:
        return _MediaRange(name, min(1.0, max(0.0, float(quality))))
    except ValueError:
        return _MediaRange(name, 0.0)
