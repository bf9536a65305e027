"""One operation of a WebSocket connection: prepared and executed like a POST, its responses sent as messages."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any, Protocol

from starlette.websockets import WebSocketDisconnect

from gateway.auth.principal import Principal
from gateway.errors import LimitExceededError, StoreUnavailableError
from gateway.execution.response import GraphQLResponse
from gateway.http.document_limits import DocumentLimits
from gateway.http.graph_engine import GraphEngine
from gateway.http.prepared_operation import PreparedOperation, prepare_operation
from gateway.http.problems import ProblemError, build_store_problem, log_incident
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

    async def run(self, engine: GraphEngine, limits: DocumentLimits) -> None:
        """Run the operation to its end. An unexpected exception ends the operation, masked, and not the connection."""
        try:
            await self._run(engine, limits)
        except (CloseConnection, WebSocketDisconnect):
            raise
        except ProblemError as problem:
            await self._send_problem(problem)
        except StoreUnavailableError:  # the store logs the start and the end of an outage
            await self._send_problem(build_store_problem())
        except Exception as error:  # noqa: BLE001 -- logged with the incident id that the client gets
            masked = {"code": "INTERNAL", "incidentId": log_incident(error)}
            await self._send_errors([{"message": "Internal error.", "extensions": masked}])

    async def _run(self, engine: GraphEngine, limits: DocumentLimits) -> None:
        operation = await prepare_operation(self._body, self._principal, engine, limits)
        if isinstance(operation, GraphQLResponse):
            await self._send_errors(operation.errors)
            return
        with self._track_if_finite(operation.is_subscription):
            async with aclosing(self._iterate_responses(engine, operation)) as responses:
                async for response in responses:
                    if is_request_error(response):
                        await self._send_errors(response.errors)
                        return
                    await self._client.send("next", self._id, encode_response(response))
            self._client.release_id(self._id)
            await self._client.send("complete", self._id)

    async def _iterate_responses(
        self, engine: GraphEngine, operation: PreparedOperation
    ) -> AsyncGenerator[GraphQLResponse, None]:
        body = self._body
        call = (operation.document, body.variables, body.operationName, self._principal, self._correlation_id)
        if not operation.is_subscription:
            yield await engine.execute(*call)
            return
        async with aclosing(engine.subscribe(*call)) as responses:
            async for response in responses:
                yield response

    @contextmanager
    def _track_if_finite(self, is_subscription: bool) -> Iterator[None]:
        """Register the current task as a finite operation, unless it is a subscription."""
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
        """End the operation with an error message."""
        self._client.release_id(self._id)
        await self._client.send("error", self._id, errors)
