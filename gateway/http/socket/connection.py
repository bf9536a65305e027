"""One connection that speaks graphql-transport-ws, from the first message to the close."""

import asyncio
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from gateway.auth.jwks import KeysUnavailableError
from gateway.auth.principal import Principal
from gateway.auth.tokens import TokenRefusedError, TokenVerifier, bearer_token
from gateway.http.document_limits import DocumentLimits
from gateway.http.engine import GraphEngine
from gateway.http.problems import log_incident
from gateway.http.socket.connection_limits import ConnectionRegistry, SocketLimits
from gateway.http.socket.messages import (
    ClientMessage,
    CloseCode,
    CloseConnection,
    Complete,
    ConnectionInit,
    Ping,
    Subscribe,
    encode_message,
    parse_message,
)
from gateway.http.socket.operation import LIMIT_REACHED, SocketOperation

AUTHORIZATION_KEYS = ("authorization", "Authorization")
"""Where the token stands in the payload of the first message."""


class SocketConnection:
    """One client. The task that serves it reads; every operation is a task beside it; whoever raises Closing ends them all."""

    def __init__(
        self,
        socket: WebSocket,
        engine: GraphEngine,
        verifier: TokenVerifier,
        seats: ConnectionRegistry,
        limits: tuple[DocumentLimits, SocketLimits],
    ) -> None:
        self._socket = socket
        self._engine = engine
        self._verifier = verifier
        self._registry = seats
        self._document_limits, self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._opened_at = self._last_received_at = self._loop.time()
        self._pinged_at: float | None = None
        self._expires_at = 0.0
        self._principal: Principal | None = None
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._operation_count = 0
        self.finite_operations: set[asyncio.Task[Any]] = set()
        self._tasks = asyncio.TaskGroup()
        self._resources = ExitStack()

    async def serve(self) -> None:
        """Serve until one side ends it; what fails unforeseen is logged, and the client is told 1011."""
        closing: CloseConnection | None = None
        with self._resources:
            try:
                async with self._tasks:
                    self._tasks.create_task(self._close_when_draining())
                    await self._receive_messages()
            except* CloseConnection as ended:
                closing = _get_first_close(ended)
            except* WebSocketDisconnect:
                closing = None
            except* Exception as failed:  # noqa: BLE001 -- whatever it is, the client is told no more
                log_incident(failed)
                closing = CloseConnection(CloseCode.INTERNAL_ERROR, "Internal error")
        if closing is not None:
            await self._close(closing)

    async def _close(self, closing: CloseConnection) -> None:
        with suppress(TimeoutError, WebSocketDisconnect):
            async with asyncio.timeout(self._limits.send):
                await self._socket.close(closing.code, closing.reason)

    async def send(self, kind: str, operation: str | None = None, payload: object = None) -> None:
        """Send one message; raises Closing when the client does not take it in time: nothing is queued for it here."""
        try:
            async with asyncio.timeout(self._limits.send):
                await self._socket.send_text(encode_message(kind, operation, payload))
        except TimeoutError:
            raise CloseConnection(CloseCode.TOO_SLOW, "Messages are not read in time") from None

    def release_id(self, operation: str) -> None:
        """Let an id go: from here on the client may use it again."""
        self._operations.pop(operation, None)

    async def _receive_messages(self) -> None:
        while True:
            # Looked at before every message: one that has arrived already would be taken however late it is.
            if self._loop.time() >= self._get_receive_deadline():
                await self._handle_timeout()
            try:
                async with asyncio.timeout_at(self._get_receive_deadline()):
                    message = await self._socket.receive()
            except TimeoutError:
                continue
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message["code"])
            self._last_received_at, self._pinged_at = self._loop.time(), None
            if message.get("text") is None:
                raise CloseConnection(CloseCode.MALFORMED, "Messages are text")
            await self._handle_message(parse_message(message["text"]))

    def _get_receive_deadline(self) -> float:
        """Return the moment until which a message is waited for."""
        if self._principal is None:
            return self._opened_at + self._limits.init
        if self._pinged_at is not None:
            return min(self._expires_at, self._pinged_at + self._limits.pong)
        return min(self._expires_at, self._last_received_at + self._limits.idle)

    async def _handle_timeout(self) -> None:
        """Act on patience that is at its end."""
        if self._principal is None:
            raise CloseConnection(CloseCode.TIMEOUT, "Connection initialisation timeout")
        if self._loop.time() >= self._expires_at:
            raise CloseConnection(CloseCode.EXPIRED, "The access token has expired")
        if self._pinged_at is not None:
            raise CloseConnection(CloseCode.TIMEOUT, "No sign of life")
        self._pinged_at = self._loop.time()
        await self.send("ping")

    async def _handle_message(self, message: ClientMessage) -> None:
        match message:
            case ConnectionInit():
                await self._initialise(message)
            case Ping():
                await self.send("pong", payload=message.payload)
            case Subscribe():
                await self._subscribe(message)
            case Complete():
                running = self._operations.pop(message.id, None)
                if running is not None:
                    running.cancel()

    async def _initialise(self, message: ConnectionInit) -> None:
        if self._principal is not None:
            raise CloseConnection(CloseCode.INITIALISED_TWICE, "Too many initialisation requests")
        payload = message.payload or {}
        authorization = next((payload[key] for key in AUTHORIZATION_KEYS if key in payload), None)
        try:
            principal = await self._verifier.verify(bearer_token(str(authorization)))
        except TokenRefusedError:
            raise CloseConnection(CloseCode.UNAUTHORIZED, "Unauthorized") from None
        except KeysUnavailableError:
            raise CloseConnection(CloseCode.TRY_LATER, "The identity provider's keys cannot be had right now") from None
        self._resources.enter_context(self._registry.track_principal(principal))
        self._expires_at = self._loop.time() + (principal.expires_at - datetime.now(UTC)).total_seconds()
        self._principal = principal
        await self.send("connection_ack")

    async def _subscribe(self, message: Subscribe) -> None:
        if self._principal is None:
            raise CloseConnection(CloseCode.UNAUTHORIZED, "Unauthorized")
        if message.id in self._operations:
            raise CloseConnection(CloseCode.DUPLICATE_ID, f"Subscriber for {message.id} already exists")
        if len(self._operations) >= self._limits.operations:
            await self.send("error", message.id, LIMIT_REACHED)
            return
        self._operation_count += 1
        correlation_id = f"{self._socket.state.correlation_id}.{self._operation_count}"
        operation = SocketOperation(self, message, self._principal, correlation_id)
        task = self._tasks.create_task(operation.run(self._engine, self._document_limits))
        self._operations[message.id] = task

    async def _close_when_draining(self) -> None:
        """When the gateway stops: let what is being answered end, then go; a subscription has no end to wait for."""
        await self._registry.draining.wait()
        if self.finite_operations:
            await asyncio.wait(self.finite_operations, timeout=self._limits.drain)
        raise CloseConnection(CloseCode.GOING_AWAY, "The gateway stops")


def _get_first_close(group: BaseExceptionGroup[CloseConnection]) -> CloseConnection:
    found = group.exceptions[0]
    return found if isinstance(found, CloseConnection) else _get_first_close(found)
