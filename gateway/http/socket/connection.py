"""One WebSocket connection of graphql-transport-ws, from the first message to the close."""

import asyncio
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from gateway.auth.jwks import KeysUnavailableError
from gateway.auth.principal import Principal
from gateway.auth.tokens import TokenRejectedError, TokenVerifier, parse_bearer_token
from gateway.http.operations import Operations
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
"""Keys of the access token in the payload of `connection_init`."""


class SocketConnection:
    """One client: one task receives messages, each operation has its own, and CloseConnection in any ends all."""

    def __init__(
        self,
        socket: WebSocket,
        operations: Operations,
        verifier: TokenVerifier,
        registry: ConnectionRegistry,
        limits: SocketLimits,
    ) -> None:
        self._socket = socket
        self._executor = operations
        self._verifier = verifier
        self._registry = registry
        self._limits = limits
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
        """Serve until either side closes; log an unexpected exception and close with 1011."""
        close: CloseConnection | None = None
        with self._resources:
            try:
                async with self._tasks:
                    self._tasks.create_task(self._close_when_draining())
                    await self._receive_messages()
            except* CloseConnection as group:
                close = _get_first_close(group)
            except* WebSocketDisconnect:
                close = None
            except* Exception as group:  # noqa: BLE001 -- logged; the client gets only the close code
                log_incident(group)
                close = CloseConnection(CloseCode.INTERNAL_ERROR, "Internal error")
        if close is not None:
            await self._close(close)

    async def _close(self, close: CloseConnection) -> None:
        with suppress(TimeoutError, WebSocketDisconnect):
            async with asyncio.timeout(self._limits.send):
                await self._socket.close(close.code, close.reason)

    async def send(self, kind: str, operation: str | None = None, payload: object = None) -> None:
        """Send one message. Raise CloseConnection if the client does not read it in time: messages are not queued."""
        try:
            async with asyncio.timeout(self._limits.send):
                await self._socket.send_text(encode_message(kind, operation, payload))
        except TimeoutError:
            raise CloseConnection(CloseCode.TOO_SLOW, "The client does not read messages in time") from None

    def release_id(self, operation: str) -> None:
        """Release the id of an ended operation, so that the client may reuse it."""
        self._operations.pop(operation, None)

    async def _receive_messages(self) -> None:
        while True:
            # Checked before every message: `receive` returns a message that has already arrived, however late it is.
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
                raise CloseConnection(CloseCode.MALFORMED, "Messages must be text")
            await self._handle_message(parse_message(message["text"]))

    def _get_receive_deadline(self) -> float:
        """Return the loop time until which to wait for a message."""
        if self._principal is None:
            return self._opened_at + self._limits.init
        if self._pinged_at is not None:
            return min(self._expires_at, self._pinged_at + self._limits.pong)
        return min(self._expires_at, self._last_received_at + self._limits.idle)

    async def _handle_timeout(self) -> None:
        """Close the connection or send a ping, when no message arrived before the deadline."""
        if self._principal is None:
            raise CloseConnection(CloseCode.TIMEOUT, "Connection initialisation timeout")
        if self._loop.time() >= self._expires_at:
            raise CloseConnection(CloseCode.EXPIRED, "The access token has expired")
        if self._pinged_at is not None:
            raise CloseConnection(CloseCode.TIMEOUT, "No pong received in time")
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
            principal = await self._verifier.verify(parse_bearer_token(str(authorization)))
        except TokenRejectedError:
            raise CloseConnection(CloseCode.UNAUTHORIZED, "Unauthorized") from None
        except KeysUnavailableError:
            raise CloseConnection(CloseCode.TRY_LATER, "The identity provider's signing keys are unavailable") from None
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
        task = self._tasks.create_task(operation.run(self._executor))
        self._operations[message.id] = task

    async def _close_when_draining(self) -> None:
        """Wait until the gateway stops, let queries and mutations finish, then close; subscriptions are cut off."""
        await self._registry.draining.wait()
        if self.finite_operations:
            await asyncio.wait(self.finite_operations, timeout=self._limits.drain)
        raise CloseConnection(CloseCode.GOING_AWAY, "The gateway is shutting down")


def _get_first_close(group: BaseExceptionGroup[CloseConnection]) -> CloseConnection:
    found = group.exceptions[0]
    return found if isinstance(found, CloseConnection) else _get_first_close(found)
