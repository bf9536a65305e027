"""Authenticates requests by access token (OAuth 2.0) or by signature (token-based authentication)."""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from subgraphs.erp.netsuite.twin import refusals
from subgraphs.erp.netsuite.twin.refusals import RefusalError
from subgraphs.erp.netsuite.twin.settings import TwinSettings
from subgraphs.erp.netsuite.twin.signatures import SCHEME, SignatureVerifier
from subgraphs.erp.netsuite.twin.tokens import TOKEN_PATH, TokenService


class AuthenticationMiddleware:
    """ASGI middleware that requires a valid token, or a signature if the account accepts these.

    The token endpoint is exempt.
    """

    def __init__(self, app: ASGIApp, tokens: TokenService, settings: TwinSettings) -> None:
        self._app = app
        self._tokens = tokens
        self._settings = settings
        credentials = settings.token_based
        self._verifier = None if credentials is None else SignatureVerifier(credentials, settings.company)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Authenticate one request and pass it on, or answer with the refusal."""
        if scope["type"] != "http" or scope["path"] == TOKEN_PATH:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            if request.headers.get("authorization", "").partition(" ")[0].lower() == SCHEME:
                receive = await self._verify_signature(request)
            else:
                self._tokens.require_scope(request, "rest_webservices")
        except RefusalError as error:
            await error.to_response()(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _verify_signature(self, request: Request) -> Receive:
        """Verify a signed request and return a receive channel that replays its body; raise RefusalError if invalid."""
        body = await request.body()
        now = self._settings.login_clock().timestamp()
        authorization = request.headers["authorization"]
        verifier = self._verifier
        if verifier is None or not verifier.is_valid(request.method, str(request.url), authorization, body, now):
            raise RefusalError(401, "INVALID_LOGIN", refusals.LOGIN)

        async def replay_body() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        return replay_body
