"""GraphQL over HTTP at /graphql, with a bearer access token."""

from graphql import OperationType
from starlette.requests import Request
from starlette.responses import Response

from gateway.auth.jwks import KeysUnavailableError
from gateway.auth.principal import Principal
from gateway.auth.tokens import REJECTION_MESSAGE, TokenRejectedError, TokenVerifier, parse_bearer_token
from gateway.errors import BadInputError
from gateway.execution.response import GraphQLResponse
from gateway.http.media_types import GRAPHQL_JSON, AcceptedTypes
from gateway.http.operations import Operations
from gateway.http.prepared_operation import build_refusal
from gateway.http.problems import ProblemError
from gateway.http.request_body import GraphQLBody, read_body, read_parameters, require_json
from gateway.http.response_encoding import encode_response, is_request_error

RETRY_AFTER_SECONDS = "5"
SUBSCRIPTION_HINT = "Subscriptions are served over WebSocket at this URL (graphql-transport-ws)."


class GraphEndpoint:
    """The endpoint. The cheapest checks come first: media type, token, body, document."""

    def __init__(self, operations: Operations, verifier: TokenVerifier, body_seconds: float) -> None:
        self._operations = operations
        self._verifier = verifier
        self._body_seconds = body_seconds

    async def post(self, request: Request) -> Response:
        """Execute the operation in a body; raise ProblemError if it is rejected before it reaches the graph."""
        media_type = AcceptedTypes(request).choose_response_type()
        require_json(request)
        principal = await self._authenticate(request)
        body = await read_body(request, self._body_seconds)
        return _build_response(await self._answer(body, principal, request), media_type)

    async def get(self, request: Request) -> Response:
        """Execute the query in a URL; raise ProblemError 405 for a mutation or subscription.

        A page of another origin cannot send it without a preflight, because of the header `Authorization` (CSRF).
        """
        media_type = AcceptedTypes(request).choose_response_type()
        principal = await self._authenticate(request)
        return _build_response(await self._answer(read_parameters(request), principal, request), media_type)

    async def _answer(self, body: GraphQLBody, principal: Principal, request: Request) -> GraphQLResponse:
        async with self._operations.admit(principal):
            operation = await self._operations.prepare(body, principal)
            if isinstance(operation, GraphQLResponse):
                return operation
            if request.method == "GET" and operation.type is not OperationType.QUERY:
                raise ProblemError(405, "METHOD_NOT_ALLOWED", "GET is for queries only; send POST.", {"Allow": "POST"})
            if operation.is_subscription:
                return build_refusal(SUBSCRIPTION_HINT, BadInputError.code)
            return await self._operations.execute(operation, principal, request.state.correlation_id)

    async def _authenticate(self, request: Request) -> Principal:
        # With two credentials, a proxy may have checked the other one.
        credentials = request.headers.getlist("authorization")
        token = parse_bearer_token(credentials[0] if len(credentials) == 1 else "")
        try:
            principal = await self._verifier.verify(token)
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
        self._operations.check_budget(principal)
        return principal


def _build_response(result: GraphQLResponse, media_type: str) -> Response:
    """Return the HTTP response: 400 for a request error in `application/graphql-response+json`, else 200."""
    status = 400 if is_request_error(result) and media_type == GRAPHQL_JSON else 200
    return Response(encode_response(result), status_code=status, media_type=f"{media_type}; charset=utf-8")
