"""The durable queue of segments: the only module that knows DBOS.

DBOS is asked for one thing: to start segment n of a run, now or later, once the caller's transaction has committed.
Its rows carry a constant version, since this contract does not change with our definitions.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Final

import dbos._serialization as dbos_serialization
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer
from sqlalchemy import Connection, make_url

from gateway.errors import DeclarationError
from gateway.store.file import find_sqlite_file
from gateway.workflows.lease import ExecutorLease
from gateway.workflows.runner import SegmentState

_VERSION: Final = "segments-1"
_QUEUE: Final = "segments"
_WORKFLOW: Final = "segment"
_APPLICATION: Final = "psgw"
_THREADS: Final = 16
_CONCURRENCY: Final = {"sqlite": 5, "postgresql": 20}
"""More writers than this only wait for each other's locks (measured on both databases)."""
_PENDING: Final = frozenset({"PENDING", "ENQUEUED", "DELAYED"})
_CLOSE_SECONDS: Final = 5

RunSegment = Callable[[str, int], Awaitable[None]]


def _refuse_pickle(*_arguments: Any, **_options: Any) -> Any:
    raise ValueError("pickled rows are refused")


# DBOS reads any row that says it is pickled, whatever serializer is configured; who can write a row could run code.
dbos_serialization.DefaultSerializer.deserialize = _refuse_pickle  # type: ignore[method-assign]


class DurableQueue:
    """The queue in the store of a URL. `executor` names this process; it differs for every start of a process."""

    def __init__(self, url: str, executor: str, *, poll: timedelta = timedelta(seconds=0.1)) -> None:
        parsed = make_url(url)
        self._backend = parsed.get_backend_name()
        drivers = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
        self._url = parsed.set(drivername=drivers[self._backend]).render_as_string(hide_password=False)
        self._file = find_sqlite_file(url)
        self._executor = executor
        self._poll = poll
        self._client: DBOSClient | None = None
        self._lease = ExecutorLease(self._url, executor)

    async def launch(self, run_segment: RunSegment) -> None:
        """Deliver segments to `run_segment` on this event loop."""
        if self._file is not None:
            with sqlite3.connect(self._file) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
        config: DBOSConfig = {
            "name": _APPLICATION,
            "system_database_url": self._url,
            "application_version": _VERSION,
            "executor_id": self._executor,
            "serializer": DBOSPortableJSONSerializer(),
            "max_executor_threads": _THREADS,
            "log_level": "CRITICAL",
            "notification_listener_polling_interval_sec": 5.0,
        }
        DBOS(config=config)

        @DBOS.workflow(name=_WORKFLOW, max_recovery_attempts=1000)
        async def segment(run_id: str, number: int) -> None:
            await run_segment(run_id, number)

        DBOS.launch()  # on this loop: from another thread, segments would run on a loop of DBOS's own
        await DBOS.register_queue_async(
            _QUEUE,
            worker_concurrency=_CONCURRENCY[self._backend],
            polling_interval_sec=self._poll.total_seconds(),
        )
        self._client = DBOSClient(system_database_url=self._url, serializer=DBOSPortableJSONSerializer())
        await self._lease.acquire()

    def enqueue(self, connection: Connection, run_id: str, segment: int, delay: timedelta = timedelta()) -> None:
        """Queue a segment in the caller's transaction. Raises DeclarationError before `launch`."""
        if self._client is None:
            raise DeclarationError("the queue of segments is not launched")
        options: Any = {
            "workflow_name": _WORKFLOW,
            "queue_name": _QUEUE,
            "workflow_id": _format_id(run_id, segment),
            "app_version": _VERSION,
            "application_name": _APPLICATION,
        }
        if delay > timedelta():
            options["delay_seconds"] = delay.total_seconds()
        self._client.enqueue_in_transaction(connection, options, run_id, segment)

    async def load_states(self, segments: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], SegmentState]:
        """Return the states of the segments that the queue knows."""
        by_id = {_format_id(*segment): segment for segment in segments}
        if not by_id:
            return {}
        found = await DBOS.list_workflows_async(workflow_ids=list(by_id), load_input=False, load_output=False)
        return {
            by_id[each.workflow_id]: SegmentState(
                pending=each.status in _PENDING, executor=each.executor_id if each.status == "PENDING" else None
            )
            for each in found
        }

    async def find_dead(self, executors: Iterable[str]) -> set[str]:
        """Return those executors whose process has ended."""
        return await self._lease.find_dead(executors)

    async def forget(self, segments: Iterable[tuple[str, int]]) -> None:
        """Remove segments, so that nothing starts them."""
        await DBOS.cancel_workflows_async([_format_id(*segment) for segment in segments])

    async def aclose(self) -> None:
        """Stop delivering segments; wait a few seconds for those that run."""
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(DBOS.destroy, workflow_completion_timeout_sec=_CLOSE_SECONDS)
        loop.set_default_executor(ThreadPoolExecutor())  # DBOS replaced the loop's executor and has shut it down
        if self._client is not None:
            await asyncio.to_thread(self._client.destroy)
            self._client = None
        await self._lease.aclose()


def _format_id(run_id: str, segment: int) -> str:
    return f"{run_id}.{segment}"
