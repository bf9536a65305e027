"""POST /graphql: GraphQL over HTTP, for bearers of a valid access token."""

from starlette.requests import Request
from starlette.responses import Response

from gateway.auth.jwks import KeysUnavailableError
from gateway.auth.principal import Principal
from gateway.auth.tokens import REFUSAL, TokenRefusedError, TokenVerifier, bearer_token
from gateway.errors import BadInputError, StoreUnavailableError
from gateway.execution.answer import Answer
from gateway.http.body import read_body, require_json
from gateway.http.document_limits import DocumentLimits
from gateway.http.engine import GraphEngine
from gateway.http.prepared_operation import build_refusal, prepare_operation
from gateway.http.problems import ProblemError, build_store_problem, log_incident
from gateway.http.response_encoding import encode_response, is_request_error

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
RETRY_AFTER_SECONDS = "5"
SUBSCRIPTION_HINT = "Subscriptions are told over a WebSocket at this address, in the sub-protocol graphql-transport-ws."


class GraphEndpoint:
    """The endpoint, from cheapest check to dearest: media type, token, body, document, answer."""

    def __init__(self, engine: GraphEngine, verifier: TokenVerifier, limits: DocumentLimits) -> None:
        self._engine = engine
        self._verifier = verifier
        self._limits = limits

    async def __call__(self, request: Request) -> Response:
        """Answer one request; raises ProblemError for what is refused before the graph."""
        accepts = _negotiate_media_type(request.headers.get("accept", "*/*"))
        require_json(request)
        principal = await self._authenticate(request)
        body = await read_body(request, self._limits.seconds)
        correlation_id: str = request.state.correlation_id
        wanted = await prepare_operation(body, principal, self._engine, self._limits)
        if isinstance(wanted, Answer):
            return _build_response(wanted, accepts)
        if wanted.is_subscription:
            return _build_response(build_refusal(SUBSCRIPTION_HINT, BadInputError.code), accepts)
        try:
            answer = await self._engine.execute(
                wanted.document, body.variables, body.operationName, principal, correlation_id
            )
        except StoreUnavailableError as gone:
            log_incident(gone)
            raise build_store_problem() from None
        return _build_response(answer, accepts)

    async def _authenticate(self, request: Request) -> Principal:
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


def _negotiate_media_type(accept: str) -> str:
    """Return the media type of the answer; raises ProblemError 406 for a client that takes neither."""
    wanted = [part.split(";", 1)[0].strip().lower() for part in accept.split(",")]
    if GRAPHQL_JSON in wanted:
        return GRAPHQL_JSON
    if {JSON, "*/*", "application/*", ""} & set(wanted):
        return JSON
    raise ProblemError(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL_JSON} or {JSON}.")


def _build_response(answer: Answer, media_type: str) -> Response:
    """GraphQL over HTTP: a request that could not be run is 400 for those who understand it; a partial answer is 200."""
    status = 400 if is_request_error(answer) and media_type == GRAPHQL_JSON else 200
    return Response(encode_response(answer), status_code=status, media_type=f"{media_type}; charset=utf-8")
