"""The way of an operation, received over HTTP or WebSocket: budget, admission, preparation, execution."""

import asyncio
import math
from collections.abc import AsyncGenerator, AsyncIterator, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import Final

from gateway.auth.principal import Principal
from gateway.errors import GatewayOverloadedError, StoreUnavailableError
from gateway.execution.response import GraphQLResponse
from gateway.http.document_limits import DocumentLimits
from gateway.http.graph_engine import GraphEngine
from gateway.http.prepared_operation import Preparation, PreparedOperation, prepare_operation
from gateway.http.problems import ProblemError, build_store_problem
from gateway.http.request_body import GraphQLBody
from gateway.resilience.admission import Admission, OverloadedError
from gateway.resilience.caller_budget import CallerBudget, Usage
from gateway.resilience.cpu_time import CpuMeter
from gateway.resilience.deadline import apply_deadline

DEFAULT_ALLOWANCE: Final = Usage(requests=3000, cost=2_000_000, cpu_seconds=30)
DEFAULT_DEADLINE_SECONDS: Final = 10.0


class Operations:
    """Prepares and executes the operations of all callers of one process."""

    def __init__(
        self,
        engine: GraphEngine,
        limits: DocumentLimits,
        *,
        allowance: Usage = DEFAULT_ALLOWANCE,
        deadline_seconds: float = DEFAULT_DEADLINE_SECONDS,
    ) -> None:
        self._engine = engine
        self._limits = limits
        self._budget = CallerBudget(allowance)
        self._admission = Admission(deadline_seconds)
        self._deadline_seconds = deadline_seconds
        # One thread: documents are read one after the other, beside the event loop.
        self._documents = ThreadPoolExecutor(max_workers=1, thread_name_prefix="documents")

    def check_budget(self, principal: Principal, requests: int = 1) -> None:
        """Raise ProblemError 429 if the caller has used up a budget, or has fewer requests left."""
        wait = self._budget.compute_wait(_identify(principal), _get_time(), requests)
        if wait > 0:
            detail = "This caller has used up its budget of requests, cost or processor time; try again later."
            raise ProblemError(429, "TOO_MANY_REQUESTS", detail, _build_retry_header(wait))

    @asynccontextmanager
    async def admit(self, principal: Principal) -> AsyncIterator[None]:
        """Hold a slot for one operation, within the budget and the deadline. Raise ProblemError 429 or 503."""
        self.check_budget(principal)
        caller = _identify(principal)
        self._budget.charge(caller, Usage(requests=1), _get_time())
        deadline = _get_time() + self._deadline_seconds
        try:
            async with self._admission.admit(caller):
                with apply_deadline(deadline):
                    yield
        except OverloadedError as error:
            if error.is_caused_by_caller:
                detail = "This caller sends more operations at once than the gateway can finish; send fewer at once."
                header = _build_retry_header(error.retry_after)
                raise ProblemError(429, "TOO_MANY_REQUESTS", detail, header) from None
            raise build_overload_problem(error.retry_after) from None

    async def prepare(self, body: GraphQLBody, principal: Principal) -> PreparedOperation | GraphQLResponse:
        """Return the prepared operation of a body, or the response that rejects it. Raise ProblemError 429."""
        loop = asyncio.get_running_loop()
        prepared: Preparation = await loop.run_in_executor(
            self._documents, prepare_operation, body, principal, self._engine, self._limits
        )
        self._budget.charge(_identify(principal), Usage(cpu_seconds=prepared.cpu_seconds), _get_time())
        if isinstance(prepared.result, PreparedOperation):
            self.check_budget(principal, requests=0)  # the request itself has been charged
            self._budget.charge(_identify(principal), Usage(cost=prepared.result.cost), _get_time())
        return prepared.result

    async def execute(self, operation: PreparedOperation, principal: Principal, correlation_id: str) -> GraphQLResponse:
        """Execute a query or mutation. Raise ProblemError 503 if the gateway itself cannot answer."""
        meter = CpuMeter()
        call = (operation.document, operation.variables, operation.name, principal, correlation_id)
        try:
            with self._report_own_failures():
                return await meter.run(self._engine.execute(*call))
        finally:
            self._budget.charge(_identify(principal), Usage(cpu_seconds=meter.seconds), _get_time())

    async def subscribe(
        self, operation: PreparedOperation, principal: Principal, correlation_id: str
    ) -> AsyncGenerator[GraphQLResponse, None]:
        """Execute a subscription: yield one response per event, or a single one if it is rejected."""
        call = (operation.document, operation.variables, operation.name, principal, correlation_id)
        with self._report_own_failures():
            async with aclosing(self._engine.subscribe(*call)) as responses:
                async for response in responses:
                    yield response

    @contextmanager
    def _report_own_failures(self) -> Iterator[None]:
        """Raise ProblemError 503 if the gateway's store does not answer, or its index not in time."""
        try:
            yield
        except StoreUnavailableError:  # the store logs the start and the end of an outage
            raise build_store_problem() from None
        except GatewayOverloadedError:
            raise build_overload_problem(self._admission.compute_wait()) from None


def build_overload_problem(wait: float) -> ProblemError:
    """Return the problem of an operation that the gateway cannot finish within the deadline."""
    detail = "The gateway has more operations than it can finish within the deadline; try again later."
    return ProblemError(503, "OVERLOADED", detail, _build_retry_header(wait))


def _build_retry_header(wait: float) -> dict[str, str]:
    return {"Retry-After": str(max(1, math.ceil(wait)))}


def _identify(principal: Principal) -> Hashable:
    return (principal.tenant, principal.client_id, principal.subject)


def _get_time() -> float:
    return asyncio.get_running_loop().time()
