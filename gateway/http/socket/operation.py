"""One operation of a WebSocket connection: prepared and executed like a POST, its responses sent as messages."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from typing import Any, Protocol

from starlette.websockets import WebSocketDisconnect

from gateway.auth.principal import Principal
from gateway.errors import LimitExceededError
from gateway.execution.response import GraphQLResponse
from gateway.http.operations import Operations
from gateway.http.prepared_operation import PreparedOperation
from gateway.http.problems import ProblemError, log_incident
from gateway.http.response_encoding import encode_response, is_request_error
from gateway.http.socket.messages import CloseConnection, Subscribe

LIMIT_REACHED = [
    {
        "message": "Too many operations are running on this connection; complete one first.",
        "extensions": {"code": LimitExceededError.code},
    }
]


class OperationClient(Protocol):
    """The connection that receives the messages of an operation.

    `finite_operations` are the tasks of queries and mutations, which end by themselves.
    """

    finite_operations: set[asyncio.Task[Any]]

    async def send(self, kind: str, operation: str | None = None, payload: object = None) -> None:
        """Send one message."""

    def release_id(self, operation: str) -> None:
        """Release the id of an operation."""


class SocketOperation:
    """One `subscribe` message."""

    def __init__(self, client: OperationClient, message: Subscribe, principal: Principal, correlation_id: str) -> None:
        self._client = client
        self._id = message.id
        self._body = message.payload
        self._principal = principal
        self._correlation_id = correlation_id

    async def run(self, operations: Operations) -> None:
        """Run the operation to its end. An unexpected exception ends the operation, masked, and not the connection."""
        try:
            await self._run(operations)
        except (CloseConnection, WebSocketDisconnect):
            raise
        except ProblemError as problem:
            await self._send_problem(problem)
        except Exception as error:  # noqa: BLE001 -- logged with the incident id that the client gets
            masked = {"code": "INTERNAL", "incidentId": log_incident(error)}
            await self._send_errors([{"message": "Internal error.", "extensions": masked}])

    async def _run(self, operations: Operations) -> None:
        with self._track_task():
            answer = await self._answer(operations)
            if isinstance(answer, GraphQLResponse):
                if await self._send_response(answer):
                    await self._complete()
                return
        await self._send_events(operations, answer)

    async def _answer(self, operations: Operations) -> GraphQLResponse | PreparedOperation:
        """Return the response to the operation, or the subscription, which is not tracked: it has no end."""
        async with operations.admit(self._principal):
            operation = await operations.prepare(self._body, self._principal)
            if isinstance(operation, GraphQLResponse) or operation.is_subscription:
                return operation
            return await operations.execute(operation, self._principal, self._correlation_id)

    async def _send_events(self, operations: Operations, operation: PreparedOperation) -> None:
        """Send one response per event of a subscription."""
        async with aclosing(operations.subscribe(operation, self._principal, self._correlation_id)) as responses:
            async for response in responses:
                if not await self._send_response(response):
                    return
        await self._complete()

    async def _send_response(self, response: GraphQLResponse) -> bool:
        """Send a response; return whether the operation may go on: a request error ends it."""
        if is_request_error(response):
            await self._send_errors(response.errors)
            return False
        await self._client.send("next", self._id, encode_response(response))
        return True

    async def _complete(self) -> None:
        self._client.release_id(self._id)
        await self._client.send("complete", self._id)

    @contextmanager
    def _track_task(self) -> Iterator[None]:
        """Register the current task as a finite operation."""
        task = asyncio.current_task()
        if task is None:
            yield
            return
        self._client.finite_operations.add(task)
        try:
            yield
        finally:
            self._client.finite_operations.discard(task)

    async def _send_problem(self, problem: ProblemError) -> None:
        extensions: dict[str, Any] = {"code": problem.code}
        if "Retry-After" in problem.headers:
            extensions["retryAfter"] = int(problem.headers["Retry-After"])
        await self._send_errors([{"message": problem.detail, "extensions": extensions}])

    async def _send_errors(self, errors: list[dict[str, Any]]) -> None:
        """End the operation with an error message."""
        self._client.release_id(self._id)
        await self._client.send("error", self._id, errors)
