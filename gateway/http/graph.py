"""POST /graphql: GraphQL over HTTP, for bearers of a valid access token."""

from starlette.requests import Request
from starlette.responses import Response

from gateway.auth.jwks import KeysUnavailableError
from gateway.auth.principal import Principal
from gateway.auth.tokens import REFUSAL, TokenRefusedError, TokenVerifier, bearer_token
from gateway.errors import BadInputError, StoreUnavailableError
from gateway.execution.answer import Answer
from gateway.http.body import read_body, require_json
from gateway.http.document import asked, refusal
from gateway.http.engine import GraphEngine
from gateway.http.measure import Limits
from gateway.http.payload import encoded, not_run
from gateway.http.problems import ProblemError, incident, store_unavailable

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
RETRY_AFTER_SECONDS = "5"
ELSEWHERE = "Subscriptions are told over a WebSocket at this address, in the sub-protocol graphql-transport-ws."


class GraphEndpoint:
    """The endpoint, from cheapest check to dearest: media type, token, body, document, answer."""

    def __init__(self, engine: GraphEngine, verifier: TokenVerifier, limits: Limits) -> None:
        self._engine = engine
        self._verifier = verifier
        self._limits = limits

    async def __call__(self, request: Request) -> Response:
        """Answer one request; raises ProblemError for what is refused before the graph."""
        accepts = _negotiated(request.headers.get("accept", "*/*"))
        require_json(request)
        principal = await self._authenticated(request)
        body = await read_body(request, self._limits.seconds)
        correlation_id: str = request.state.correlation_id
        wanted = await asked(body, principal, self._engine, self._limits)
        if isinstance(wanted, Answer):
            return _response(wanted, accepts)
        if wanted.streams:
            return _response(refusal(ELSEWHERE, BadInputError.code), accepts)
        try:
            answer = await self._engine.execute(
                wanted.document, body.variables, body.operationName, principal, correlation_id
            )
        except StoreUnavailableError as gone:
            incident(gone)
            raise store_unavailable() from None
        return _response(answer, accepts)

    async def _authenticated(self, request: Request) -> Principal:
        # Of two credentials a proxy may have looked at the other one.
        given = request.headers.getlist("authorization")
        token = bearer_token(given[0] if len(given) == 1 else "")
        try:
            return await self._verifier.verify(token)
        except TokenRefusedError:
            challenge = 'Bearer realm="psgw"' if not token else 'Bearer realm="psgw", error="invalid_token"'
            raise ProblemError(401, "UNAUTHENTICATED", REFUSAL, {"WWW-Authenticate": challenge}) from None
        except KeysUnavailableError:
            raise ProblemError(
                503,
                "KEYS_UNAVAILABLE",
                "The identity provider's keys cannot be had right now; try again.",
                {"Retry-After": RETRY_AFTER_SECONDS},
            ) from None


def _negotiated(accept: str) -> str:
    """Return the media type of the answer; raises ProblemError 406 for a client that takes neither."""
    wanted = [part.split(";", 1)[0].strip().lower() for part in accept.split(",")]
    if GRAPHQL_JSON in wanted:
        return GRAPHQL_JSON
    if {JSON, "*/*", "application/*", ""} & set(wanted):
        return JSON
    raise ProblemError(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL_JSON} or {JSON}.")


def _response(answer: Answer, media_type: str) -> Response:
    """GraphQL over HTTP: a request that could not be run is 400 for those who understand it; a partial answer is 200."""
    status = 400 if not_run(answer) and media_type == GRAPHQL_JSON else 200
    return Response(encoded(answer), status_code=status, media_type=f"{media_type}; charset=utf-8")
