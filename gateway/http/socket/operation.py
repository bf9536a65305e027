"""One operation of a connection: the same way to the graph as a POST, its answers as messages."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any, Protocol

from starlette.websockets import WebSocketDisconnect

from gateway.auth.principal import Principal
from gateway.errors import LimitExceededError, StoreUnavailableError
from gateway.execution.answer import Answer
from gateway.http.document_limits import DocumentLimits
from gateway.http.engine import GraphEngine
from gateway.http.prepared_operation import PreparedOperation, prepare_operation
from gateway.http.problems import ProblemError, build_store_problem, log_incident
from gateway.http.response_encoding import encode_response, is_request_error
from gateway.http.socket.messages import CloseConnection, Subscribe

LIMIT_REACHED = [
    {
        "message": "Too many operations run on this connection; end one first.",
        "extensions": {"code": LimitExceededError.code},
    }
]


class OperationClient(Protocol):
    """Whoever asked. `answering` are the tasks of operations that will end by themselves: queries and mutations."""

    finite_operations: set[asyncio.Task[Any]]

    async def send(self, kind: str, operation: str | None = None, payload: object = None) -> None:
        """Send one message."""

    def release_id(self, operation: str) -> None:
        """Let the id of an operation go."""


class SocketOperation:
    """One `subscribe` message."""

    def __init__(self, client: OperationClient, message: Subscribe, principal: Principal, correlation_id: str) -> None:
        self._client = client
        self._id = message.id
        self._body = message.payload
        self._principal = principal
        self._correlation_id = correlation_id

    async def run(self, engine: GraphEngine, limits: DocumentLimits) -> None:
        """Answer to the end; what fails unforeseen ends the operation, masked, and not the connection."""
        try:
            await self._run(engine, limits)
        except (CloseConnection, WebSocketDisconnect):
            raise
        except ProblemError as refused:
            await self._send_problem(refused)
        except StoreUnavailableError as gone:
            log_incident(gone)
            await self._send_problem(build_store_problem())
        except Exception as failed:  # noqa: BLE001 -- logged under the id that the client is told
            masked = {"code": "INTERNAL", "incidentId": log_incident(failed)}
            await self._send_errors([{"message": "Internal error.", "extensions": masked}])

    async def _run(self, engine: GraphEngine, limits: DocumentLimits) -> None:
        wanted = await prepare_operation(self._body, self._principal, engine, limits)
        if isinstance(wanted, Answer):
            await self._send_errors(wanted.errors)
            return
        with self._track_if_finite(wanted.is_subscription):
            async with aclosing(self._iterate_responses(engine, wanted)) as answers:
                async for answer in answers:
                    if is_request_error(answer):
                        await self._send_errors(answer.errors)
                        return
                    await self._client.send("next", self._id, encode_response(answer))
            self._client.release_id(self._id)
            await self._client.send("complete", self._id)

    async def _iterate_responses(self, engine: GraphEngine, wanted: PreparedOperation) -> AsyncGenerator[Answer, None]:
        body = self._body
        call = (wanted.document, body.variables, body.operationName, self._principal, self._correlation_id)
        if not wanted.is_subscription:
            yield await engine.execute(*call)
            return
        async with aclosing(engine.subscribe(*call)) as answers:
            async for answer in answers:
                yield answer

    @contextmanager
    def _track_if_finite(self, is_subscription: bool) -> Iterator[None]:
        """Count what ends by itself among what is being answered."""
        task = asyncio.current_task()
        if task is None or is_subscription:
            yield
            return
        self._client.finite_operations.add(task)
        try:
            yield
        finally:
            self._client.finite_operations.discard(task)

    async def _send_problem(self, problem: ProblemError) -> None:
        await self._send_errors([{"message": problem.detail, "extensions": {"code": problem.code}}])

    async def _send_errors(self, errors: list[dict[str, Any]]) -> None:
        """Say why the operation has ended; nothing follows."""
        self._client.release_id(self._id)
        await self._client.send("error", self._id, errors)
