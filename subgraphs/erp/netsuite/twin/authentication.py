"""The gate of an account: who may call it, by access token or by signature."""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from subgraphs.erp.netsuite.twin import refusals
from subgraphs.erp.netsuite.twin.refusals import RefusalError
from subgraphs.erp.netsuite.twin.settings import TwinSettings
from subgraphs.erp.netsuite.twin.signatures import SCHEME, SignatureVerifier
from subgraphs.erp.netsuite.twin.tokens import PATH as TOKEN_PATH
from subgraphs.erp.netsuite.twin.tokens import Tokens


class AuthenticationMiddleware:
    """ASGI middleware: every path but the token endpoint needs a living token, or a signature where the account takes these."""

    def __init__(self, app: ASGIApp, tokens: Tokens, settings: TwinSettings) -> None:
        self._app = app
        self._tokens = tokens
        self._settings = settings
        given = settings.token_based
        self._signatures = None if given is None else SignatureVerifier(given, settings.company)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request pass or refuse it."""
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
            await error.response()(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _verify_signature(self, request: Request) -> Receive:
        """Judge a signed request, whose body is read for it; return what gives the body out again. Raises RefusalError."""
        body = await request.body()
        now = self._settings.login_clock().timestamp()
        authorization = request.headers["authorization"]
        signatures = self._signatures
        if signatures is None or not signatures.is_valid(request.method, str(request.url), authorization, body, now):
            raise RefusalError(401, "INVALID_LOGIN", refusals.LOGIN)

        async def again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        return again
