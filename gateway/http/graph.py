"""POST /graphql: GraphQL over HTTP, for bearers of a valid access token."""

from collections.abc import Mapping
from typing import Any, Protocol

import orjson
from graphql import DocumentNode, GraphQLError, GraphQLSyntaxError, parse
from starlette.requests import Request
from starlette.responses import Response

from gateway.auth.jwks import KeysUnavailableError
from gateway.auth.principal import Principal
from gateway.auth.tokens import REFUSAL, AccessToken, TokenRefusedError, TokenVerifier
from gateway.errors import LimitExceededError
from gateway.execution.answer import Answer
from gateway.http.body import GraphQLBody, read_body
from gateway.http.measure import Limits, check, check_variables
from gateway.http.problems import ProblemError

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
MAX_RESPONSE_BYTES = 8 * 1024 * 1024
RETRY_AFTER_SECONDS = "5"


class GraphEngine(Protocol):
    """What answers a parsed document for a principal."""

    async def validate(self, document: DocumentNode, principal: Principal) -> list[GraphQLError]:
        """Return what is wrong with a document; empty when nothing is."""

    async def execute(
        self,
        document: DocumentNode,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        principal: Principal,
        correlation_id: str,
    ) -> Answer:
        """Answer a valid document; never raises for what systems do."""


class GraphEndpoint:
    """The endpoint, from cheapest check to dearest: media type, size, token, document, answer."""

    def __init__(self, engine: GraphEngine, verifier: TokenVerifier, limits: Limits) -> None:
        self._engine = engine
        self._verifier = verifier
        self._limits = limits

    async def __call__(self, request: Request) -> Response:
        """Answer one request; raises ProblemError for what is refused before the graph."""
        accepts = _negotiated(request.headers.get("accept", "*/*"))
        body = await read_body(request)
        principal = await self._authenticated(request)
        correlation_id: str = request.state.correlation_id
        document = self._parsed(body)
        if isinstance(document, Answer):
            return _response(document, accepts, request_error=True)
        errors = await self._engine.validate(document, principal)
        if errors:
            return _response(_refused(errors), accepts, request_error=True)
        answer = await self._engine.execute(document, body.variables, body.operationName, principal, correlation_id)
        return _response(answer, accepts, request_error=answer.data is None and bool(answer.errors))

    async def _authenticated(self, request: Request) -> Principal:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = ""
        try:
            return await self._verifier.verify(AccessToken(token))
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

    def _parsed(self, body: GraphQLBody) -> DocumentNode | Answer:
        try:
            document = parse(body.query, max_tokens=self._limits.tokens)
            check(document, self._limits)
            check_variables(body.variables, self._limits)
        except GraphQLSyntaxError as error:
            return _refused([error], "GRAPHQL_PARSE_FAILED")
        except RecursionError:
            return Answer(data=None, errors=[_limit("The document is nested too deep.")])
        except LimitExceededError as refusal:
            return Answer(data=None, errors=[_limit(refusal.message)])
        return document


def _limit(message: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": LimitExceededError.code}}


def _refused(errors: list[GraphQLError] | list[GraphQLSyntaxError], code: str = "GRAPHQL_VALIDATION_FAILED") -> Answer:
    """Show at most ten errors of a document that cannot be run."""
    shown = [
        {
            "message": error.message,
            "locations": [{"line": at.line, "column": at.column} for at in error.locations or ()],
            "extensions": {"code": (error.extensions or {}).get("code", code)},
        }
        for error in errors[:10]
    ]
    return Answer(data=None, errors=shown)


def _negotiated(accept: str) -> str:
    """Return the media type of the answer; raises ProblemError 406 for a client that takes neither."""
    wanted = [part.split(";", 1)[0].strip().lower() for part in accept.split(",")]
    if GRAPHQL_JSON in wanted:
        return GRAPHQL_JSON
    if {JSON, "*/*", "application/*", ""} & set(wanted):
        return JSON
    raise ProblemError(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL_JSON} or {JSON}.")


def _response(answer: Answer, media_type: str, *, request_error: bool) -> Response:
    """GraphQL over HTTP: a request that could not be run is 400 for those who understand it; a partial answer is 200."""
    body: dict[str, Any] = {}
    if answer.errors:
        body["errors"] = answer.errors
    if not request_error:
        body["data"] = answer.data
    if answer.extensions:
        body["extensions"] = answer.extensions
    encoded = orjson.dumps(body)
    if len(encoded) > MAX_RESPONSE_BYTES:
        raise ProblemError(413, "ANSWER_TOO_LARGE", "The answer is too large; ask for fewer fields or smaller pages.")
    status = 400 if request_error and media_type == GRAPHQL_JSON else 200
    return Response(encoded, status_code=status, media_type=f"{media_type}; charset=utf-8")
