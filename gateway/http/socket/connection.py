"""One connection that speaks graphql-transport-ws, from the first message to the close."""

import asyncio
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from gateway.auth.jwks import KeysUnavailableError
from gateway.auth.principal import Principal
from gateway.auth.tokens import TokenRefusedError, TokenVerifier, bearer_token
from gateway.http.engine import GraphEngine
from gateway.http.measure import Limits
from gateway.http.problems import incident
from gateway.http.socket.messages import Closing, Code, Complete, Incoming, Init, Ping, Subscribe, read, written
from gateway.http.socket.operation import LIMIT_REACHED, Operation
from gateway.http.socket.seats import Seats, SocketLimits

CREDENTIALS = ("authorization", "Authorization")
"""Where the token stands in the payload of the first message."""


class Connection:
    """One client. The task that serves it reads; every operation is a task beside it; whoever raises Closing ends them all."""

    def __init__(
        self,
        socket: WebSocket,
        engine: GraphEngine,
        verifier: TokenVerifier,
        seats: Seats,
        limits: tuple[Limits, SocketLimits],
    ) -> None:
        self._socket = socket
        self._engine = engine
        self._verifier = verifier
        self._seats = seats
        self._document_limits, self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._opened_at = self._heard_at = self._loop.time()
        self._asked_at: float | None = None
        self._expires_at = 0.0
        self._principal: Principal | None = None
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._started = 0
        self.answering: set[asyncio.Task[Any]] = set()
        self._tasks = asyncio.TaskGroup()
        self._held = ExitStack()

    async def serve(self) -> None:
        """Serve until one side ends it; what fails unforeseen is logged, and the client is told 1011."""
        closing: Closing | None = None
        with self._held:
            try:
                async with self._tasks:
                    self._tasks.create_task(self._leave())
                    await self._read()
            except* Closing as ended:
                closing = _first(ended)
            except* WebSocketDisconnect:
                closing = None
            except* Exception as failed:  # noqa: BLE001 -- whatever it is, the client is told no more
                incident(failed)
                closing = Closing(Code.FAILED, "Internal error")
        if closing is not None:
            await self._close(closing)

    async def _close(self, closing: Closing) -> None:
        with suppress(TimeoutError, WebSocketDisconnect):
            async with asyncio.timeout(self._limits.send):
                await self._socket.close(closing.code, closing.reason)

    async def send(self, kind: str, operation: str | None = None, payload: object = None) -> None:
        """Send one message; raises Closing when the client does not take it in time: nothing is queued for it here."""
        try:
            async with asyncio.timeout(self._limits.send):
                await self._socket.send_text(written(kind, operation, payload))
        except TimeoutError:
            raise Closing(Code.TOO_SLOW, "Messages are not read in time") from None

    def forget(self, operation: str) -> None:
        """Let an id go: from here on the client may use it again."""
        self._operations.pop(operation, None)

    async def _read(self) -> None:
        while True:
            # Looked at before every message: one that has arrived already would be taken however late it is.
            if self._loop.time() >= self._patience():
                await self._waited()
            try:
                async with asyncio.timeout_at(self._patience()):
                    message = await self._socket.receive()
            except TimeoutError:
                continue
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message["code"])
            self._heard_at, self._asked_at = self._loop.time(), None
            if message.get("text") is None:
                raise Closing(Code.MALFORMED, "Messages are text")
            await self._take(read(message["text"]))

    def _patience(self) -> float:
        """Return the moment until which a message is waited for."""
        if self._principal is None:
            return self._opened_at + self._limits.init
        if self._asked_at is not None:
            return min(self._expires_at, self._asked_at + self._limits.pong)
        return min(self._expires_at, self._heard_at + self._limits.idle)

    async def _waited(self) -> None:
        """Act on patience that is at its end."""
        if self._principal is None:
            raise Closing(Code.SILENT, "Connection initialisation timeout")
        if self._loop.time() >= self._expires_at:
            raise Closing(Code.EXPIRED, "The access token has expired")
        if self._asked_at is not None:
            raise Closing(Code.SILENT, "No sign of life")
        self._asked_at = self._loop.time()
        await self.send("ping")

    async def _take(self, message: Incoming) -> None:
        match message:
            case Init():
                await self._init(message)
            case Ping():
                await self.send("pong", payload=message.payload)
            case Subscribe():
                await self._subscribe(message)
            case Complete():
                running = self._operations.pop(message.id, None)
                if running is not None:
                    running.cancel()

    async def _init(self, message: Init) -> None:
        if self._principal is not None:
            raise Closing(Code.INITIALISED_TWICE, "Too many initialisation requests")
        payload = message.payload or {}
        authorization = next((payload[key] for key in CREDENTIALS if key in payload), None)
        try:
            principal = await self._verifier.verify(bearer_token(str(authorization)))
        except TokenRefusedError:
            raise Closing(Code.UNAUTHORIZED, "Unauthorized") from None
        except KeysUnavailableError:
            raise Closing(Code.TRY_LATER, "The identity provider's keys cannot be had right now") from None
        self._held.enter_context(self._seats.held_by(principal))
        self._expires_at = self._loop.time() + (principal.expires_at - datetime.now(UTC)).total_seconds()
        self._principal = principal
        await self.send("connection_ack")

    async def _subscribe(self, message: Subscribe) -> None:
        if self._principal is None:
            raise Closing(Code.UNAUTHORIZED, "Unauthorized")
        if message.id in self._operations:
            raise Closing(Code.DUPLICATE_ID, f"Subscriber for {message.id} already exists")
        if len(self._operations) >= self._limits.operations:
            await self.send("error", message.id, LIMIT_REACHED)
            return
        self._started += 1
        correlation_id = f"{self._socket.state.correlation_id}.{self._started}"
        operation = Operation(self, message, self._principal, correlation_id)
        task = self._tasks.create_task(operation.run(self._engine, self._document_limits))
        self._operations[message.id] = task

    async def _leave(self) -> None:
        """When the gateway stops: let what is being answered end, then go; a subscription has no end to wait for."""
        await self._seats.leaving.wait()
        if self.answering:
            await asyncio.wait(self.answering, timeout=self._limits.drain)
        raise Closing(Code.GOING_AWAY, "The gateway stops")


def _first(group: BaseExceptionGroup[Closing]) -> Closing:
    found = group.exceptions[0]
    return found if isinstance(found, Closing) else _first(found)
