"""One operation of a connection: the same way to the graph as a POST, its answers as messages."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any, Protocol

from starlette.websockets import WebSocketDisconnect

from gateway.auth.principal import Principal
from gateway.errors import LimitExceededError, StoreUnavailableError
from gateway.execution.answer import Answer
from gateway.http.document import Asked, asked
from gateway.http.engine import GraphEngine
from gateway.http.measure import Limits
from gateway.http.payload import encoded, not_run
from gateway.http.problems import ProblemError, incident, store_unavailable
from gateway.http.socket.messages import Closing, Subscribe

LIMIT_REACHED = [
    {
        "message": "Too many operations run on this connection; end one first.",
        "extensions": {"code": LimitExceededError.code},
    }
]


class Client(Protocol):
    """Whoever asked. `answering` are the tasks of operations that will end by themselves: queries and mutations."""

    answering: set[asyncio.Task[Any]]

    async def send(self, kind: str, operation: str | None = None, payload: object = None) -> None:
        """Send one message."""

    def forget(self, operation: str) -> None:
        """Let the id of an operation go."""


class Operation:
    """One `subscribe` message."""

    def __init__(self, client: Client, message: Subscribe, principal: Principal, correlation_id: str) -> None:
        self._client = client
        self._id = message.id
        self._body = message.payload
        self._principal = principal
        self._correlation_id = correlation_id

    async def run(self, engine: GraphEngine, limits: Limits) -> None:
        """Answer to the end; what fails unforeseen ends the operation, masked, and not the connection."""
        try:
            await self._run(engine, limits)
        except (Closing, WebSocketDisconnect):
            raise
        except ProblemError as refused:
            await self._refuse(refused)
        except StoreUnavailableError as gone:
            incident(gone)
            await self._refuse(store_unavailable())
        except Exception as failed:  # noqa: BLE001 -- logged under the id that the client is told
            masked = {"code": "INTERNAL", "incidentId": incident(failed)}
            await self._end([{"message": "Internal error.", "extensions": masked}])

    async def _run(self, engine: GraphEngine, limits: Limits) -> None:
        wanted = await asked(self._body, self._principal, engine, limits)
        if isinstance(wanted, Answer):
            await self._end(wanted.errors)
            return
        with self._counted(wanted.streams):
            async with aclosing(self._answers(engine, wanted)) as answers:
                async for answer in answers:
                    if not_run(answer):
                        await self._end(answer.errors)
                        return
                    await self._client.send("next", self._id, encoded(answer))
            self._client.forget(self._id)
            await self._client.send("complete", self._id)

    async def _answers(self, engine: GraphEngine, wanted: Asked) -> AsyncGenerator[Answer, None]:
        body = self._body
        call = (wanted.document, body.variables, body.operationName, self._principal, self._correlation_id)
        if not wanted.streams:
            yield await engine.execute(*call)
            return
        async with aclosing(engine.subscribe(*call)) as answers:
            async for answer in answers:
                yield answer

    @contextmanager
    def _counted(self, streams: bool) -> Iterator[None]:
        """Count what ends by itself among what is being answered."""
        task = asyncio.current_task()
        if task is None or streams:
            yield
            return
        self._client.answering.add(task)
        try:
            yield
        finally:
            self._client.answering.discard(task)

    async def _refuse(self, problem: ProblemError) -> None:
        await self._end([{"message": problem.detail, "extensions": {"code": problem.code}}])

    async def _end(self, errors: list[dict[str, Any]]) -> None:
        """Say why the operation has ended; nothing follows."""
        self._client.forget(self._id)
        await self._client.send("error", self._id, errors)
