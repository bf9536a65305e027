"""The WebSocket handshake: it accepts the gateway's own origin, configured origins, and clients that send no origin."""

from collections.abc import Collection
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit

from starlette.websockets import WebSocket, WebSocketDisconnect

from gateway.auth.tokens import TokenVerifier
from gateway.http.operations import Operations
from gateway.http.problems import ProblemError, build_problem_response
from gateway.http.socket.connection import SocketConnection
from gateway.http.socket.connection_limits import ConnectionRegistry, SocketLimits
from gateway.http.socket.messages import PROTOCOL, CloseCode

_DEFAULT_PORTS = {"http": 80, "https": 443}


class SocketEndpoint:
    """The WebSocket at /graphql. The URL and the headers carry no credentials: the token comes in the first message."""

    def __init__(
        self,
        operations: Operations,
        verifier: TokenVerifier,
        socket_limits: SocketLimits,
        origins: Collection[str],
    ) -> None:
        self._operations = operations
        self._verifier = verifier
        self._socket_limits = socket_limits
        self._origins = frozenset(origin.lower() for origin in origins)
        self.registry = ConnectionRegistry(socket_limits)

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection to its end, whichever side ends it and whenever."""
        with suppress(WebSocketDisconnect):
            await self._serve(socket)

    async def _serve(self, socket: WebSocket) -> None:
        problem = self._check_handshake(socket)
        if problem is not None:
            await socket.send_denial_response(build_problem_response(problem, socket.state.correlation_id))
            return
        with self.registry.track_connection():
            if PROTOCOL not in socket.scope["subprotocols"]:
                await socket.accept()
                await socket.close(CloseCode.PROTOCOL_NOT_ACCEPTABLE, f"Use the sub-protocol {PROTOCOL}")
                return
            await socket.accept(PROTOCOL)
            connection = SocketConnection(socket, self._operations, self._verifier, self.registry, self._socket_limits)
            await connection.serve()

    def _check_handshake(self, socket: WebSocket) -> ProblemError | None:
        origin = socket.headers.get("origin")
        if origin is not None and not self._is_allowed_origin(origin.lower(), socket.headers.get("host", "")):
            return ProblemError(
                403, "ORIGIN_NOT_ALLOWED", "This origin may not open a WebSocket; add it to the settings."
            )
        if not self.registry.has_capacity:
            return ProblemError(
                503, "TOO_MANY_CONNECTIONS", "No more connections now; try again.", {"Retry-After": "5"}
            )
        return None

    def _is_allowed_origin(self, origin: str, host: str) -> bool:
        """Return whether a page of an origin may connect.

        Behind a proxy that terminates TLS the gateway does not know its own scheme, so host and port are compared.
        """
        if origin in self._origins:
            return True
        try:
            page = urlsplit(origin)
            own = urlsplit(f"{page.scheme}://{host.lower()}")
            return page.hostname is not None and _get_host_and_port(page) == _get_host_and_port(own)
        except ValueError:  # the port is not a number
            return False


def _get_host_and_port(address: SplitResult) -> tuple[str | None, int | None]:
    return address.hostname, address.port or _DEFAULT_PORTS.get(address.scheme)
