"""POST /graphql: GraphQL over HTTP, with a bearer access token."""

from starlette.requests import Request
from starlette.responses import Response

from gateway.auth.jwks import KeysUnavailableError
from gateway.auth.principal import Principal
from gateway.auth.tokens import REJECTION_MESSAGE, TokenRejectedError, TokenVerifier, parse_bearer_token
from gateway.errors import BadInputError, StoreUnavailableError
from gateway.execution.response import GraphQLResponse
from gateway.http.document_limits import DocumentLimits
from gateway.http.graph_engine import GraphEngine
from gateway.http.prepared_operation import build_refusal, prepare_operation
from gateway.http.problems import ProblemError, build_store_problem
from gateway.http.request_body import read_body, require_json
from gateway.http.response_encoding import encode_response, is_request_error

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
RETRY_AFTER_SECONDS = "5"
SUBSCRIPTION_HINT = "Subscriptions are served over WebSocket at this URL (graphql-transport-ws)."


class GraphEndpoint:
    """The endpoint. The cheapest checks come first: media type, token, body, document."""

    def __init__(self, engine: GraphEngine, verifier: TokenVerifier, limits: DocumentLimits) -> None:
        self._engine = engine
        self._verifier = verifier
        self._limits = limits

    async def __call__(self, request: Request) -> Response:
        """Execute one request; raise ProblemError if it is rejected before it reaches the graph."""
        media_type = _negotiate_media_type(request.headers.get("accept", "*/*"))
        require_json(request)
        principal = await self._authenticate(request)
        body = await read_body(request, self._limits.seconds)
        correlation_id: str = request.state.correlation_id
        operation = await prepare_operation(body, principal, self._engine, self._limits)
        if isinstance(operation, GraphQLResponse):
            return _build_response(operation, media_type)
        if operation.is_subscription:
            return _build_response(build_refusal(SUBSCRIPTION_HINT, BadInputError.code), media_type)
        try:
            result = await self._engine.execute(
                operation.document, body.variables, body.operationName, principal, correlation_id
            )
        except StoreUnavailableError:  # the store logs the start and the end of an outage
            raise build_store_problem() from None
        return _build_response(result, media_type)

    async def _authenticate(self, request: Request) -> Principal:
        # With two credentials, a proxy may have checked the other one.
        credentials = request.headers.getlist("authorization")
        token = parse_bearer_token(credentials[0] if len(credentials) == 1 else "")
        try:
            return await self._verifier.verify(token)
        except TokenRejectedError:
            challenge = 'Bearer realm="psgw"' if not token else 'Bearer realm="psgw", error="invalid_token"'
            raise ProblemError(401, "UNAUTHENTICATED", REJECTION_MESSAGE, {"WWW-Authenticate": challenge}) from None
        except KeysUnavailableError:
            raise ProblemError(
                503,
                "KEYS_UNAVAILABLE",
                "The identity provider's signing keys are unavailable; try again later.",
                {"Retry-After": RETRY_AFTER_SECONDS},
            ) from None


def _negotiate_media_type(accept: str) -> str:
    """Return the media type of the response. Raise ProblemError 406 if the client accepts neither."""
    accepted = [part.split(";", 1)[0].strip().lower() for part in accept.split(",")]
    if GRAPHQL_JSON in accepted:
        return GRAPHQL_JSON
    if {JSON, "*/*", "application/*", ""} & set(accepted):
        return JSON
    raise ProblemError(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL_JSON} or {JSON}.")


def _build_response(result: GraphQLResponse, media_type: str) -> Response:
    """Return the HTTP response: 400 for a request error in `application/graphql-response+json`, else 200."""
    status = 400 if is_request_error(result) and media_type == GRAPHQL_JSON else 200
    return Response(encode_response(result), status_code=status, media_type=f"{media_type}; charset=utf-8")
