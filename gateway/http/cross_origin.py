"""Cross-origin requests (CORS): pages of the configured origins may send GraphQL requests, pages of others may not.

No credentials are allowed: the token is in the header `Authorization`, and the gateway sets no cookies.
"""

from collections.abc import Collection, Iterable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from gateway.http.problems import ProblemError

PREFLIGHT_METHOD: Final = "access-control-request-method"
_MAX_AGE_SECONDS: Final = 600
_REQUEST_HEADERS: Final = "authorization, content-type, x-correlation-id, apollo-require-preflight"
_RESPONSE_HEADERS: Final = b"x-correlation-id, retry-after, www-authenticate"

Headers = list[tuple[bytes, bytes]]


class CrossOriginPolicy:
    """The origins whose pages may send requests to a path."""

    def __init__(self, path: str, origins: Collection[str], methods: Iterable[str]) -> None:
        self._path = path
        self._origins = frozenset(origin.lower() for origin in origins)
        self._methods = ", ".join(methods)

    def build_headers(self, scope: Scope) -> Headers:
        """Return the headers to add to the response to a request; none unless the origin is configured."""
        if not self._origins or scope["type"] != "http" or scope["path"] != self._path:
            return []
        vary = (b"vary", b"origin")
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        if len(origins) != 1 or not self._is_allowed(origins[0].decode("latin-1")):
            return [vary]
        expose = (b"access-control-expose-headers", _RESPONSE_HEADERS)
        return [vary, (b"access-control-allow-origin", origins[0]), expose]

    def answer_preflight(self, request: Request) -> Response:
        """Return the answer to a preflight. Raise ProblemError 403 if the origin is not configured."""
        origins = request.headers.getlist("origin")
        if len(origins) != 1 or not self._is_allowed(origins[0]):
            detail = "Pages of this origin may not send requests; an operator adds it to serve.origins."
            raise ProblemError(403, "ORIGIN_NOT_ALLOWED", detail)
        return Response(
            status_code=204,
            headers={
                "Access-Control-Allow-Methods": self._methods,
                "Access-Control-Allow-Headers": _REQUEST_HEADERS,
                "Access-Control-Max-Age": str(_MAX_AGE_SECONDS),
            },
        )

    def _is_allowed(self, origin: str) -> bool:
        return origin.lower() in self._origins
