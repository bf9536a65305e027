"""POST /graphql: GraphQL over HTTP, with a bearer access token."""

from starlette.requests import Request
from starlette.responses import Response

from gateway.auth.jwks import KeysUnavailableError
from gateway.auth.principal import Principal
from gateway.auth.tokens import REJECTION_MESSAGE, TokenRejectedError, TokenVerifier, parse_bearer_token
from gateway.errors import BadInputError
from gateway.execution.response import GraphQLResponse
from gateway.http.operations import Operations
from gateway.http.prepared_operation import build_refusal
from gateway.http.problems import ProblemError
from gateway.http.request_body import GraphQLBody, read_body, require_json
from gateway.http.response_encoding import encode_response, is_request_error

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
RETRY_AFTER_SECONDS = "5"
SUBSCRIPTION_HINT = "Subscriptions are served over WebSocket at this URL (graphql-transport-ws)."


class GraphEndpoint:
    """The endpoint. The cheapest checks come first: media type, token, body, document."""

    def __init__(self, operations: Operations, verifier: TokenVerifier, body_seconds: float) -> None:
        self._operations = operations
        self._verifier = verifier
        self._body_seconds = body_seconds

    async def __call__(self, request: Request) -> Response:
        """Execute one request; raise ProblemError if it is rejected before it reaches the graph."""
        media_type = _negotiate_media_type(request.headers.get("accept", "*/*"))
        require_json(request)
        principal = await self._authenticate(request)
        self._operations.check_budget(principal)
        body = await read_body(request, self._body_seconds)
        return _build_response(await self._answer(body, principal, request.state.correlation_id), media_type)

    async def _answer(self, body: GraphQLBody, principal: Principal, correlation_id: str) -> GraphQLResponse:
        async with self._operations.admit(principal):
            operation = await self._operations.prepare(body, principal)
            if isinstance(operation, GraphQLResponse):
                return operation
            if operation.is_subscription:
                return build_refusal(SUBSCRIPTION_HINT, BadInputError.code)
            return await self._operations.execute(operation, principal, correlation_id)

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
