"""Runs segments, and restores the invariant that every live run has one."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final, Protocol

import msgspec
from sqlalchemy import Connection, exists, select, update

from gateway.canonical.workflows import LIVE_STATUSES, RunStatus
from gateway.store.workflow_tables import workflow_run, workflow_step
from gateway.workflows.context import RunContext
from gateway.workflows.journal import record_entry
from gateway.workflows.rows import RunRow, load_run
from gateway.workflows.segment import claim_run, run_segment
from gateway.workflows.services import RunServices

MOST_CRASHES: Final = 10
"""A run whose segments crash their process this often without progress is stopped."""
CRASHES: Final = "CRASHES"
UNTOUCHED: Final = timedelta(seconds=2)
"""The sweep looks only at runs that nothing has touched for this long."""
_PAGE: Final = 500


class SegmentState(msgspec.Struct, frozen=True):
    """A queued segment: whether it still is to run or runs, and the executor that runs it (None: none yet)."""

    pending: bool
    executor: str | None


class SegmentStates(Protocol):
    """What the sweep asks of the durable queue."""

    async def load_states(self, segments: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], SegmentState]:
        """Return the states of the segments that the queue knows."""

    async def find_dead(self, executors: Iterable[str]) -> set[str]:
        """Return those executors whose process has ended."""

    async def forget(self, segments: Iterable[tuple[str, int]]) -> None:
        """Remove segments, so that nothing starts them."""


class WorkflowRunner:
    """Runs the segments that the queue delivers to this process."""

    def __init__(self, services: RunServices, states: SegmentStates) -> None:
        self._services = services
        self._states = states

    async def run(self, run_id: str, segment: int) -> None:
        """Run one segment; one that is not the run's present one does nothing."""
        row = await self._services.transactions.write(lambda connection: self._claim(connection, run_id, segment))
        if row is None:
            return
        self._services.reach_point(run_id, "claimed")
        await run_segment(RunContext(self._services, row))

    def _claim(self, connection: Connection, run_id: str, segment: int) -> RunRow | None:
        now = self._services.clock.now()
        if not claim_run(connection, run_id, segment, now):
            return None
        record_entry(connection, run_id, now, "segment", number=segment)
        return load_run(connection, run_id)

    async def sweep(self, untouched: timedelta = UNTOUCHED) -> int:
        """Give every live run that has lost its segment a new one; return how many.

        A segment is lost if the queue does not know it any longer or its process has ended. Call it at start and
        every half second.
        """
        runs = await self._services.transactions.read(lambda connection: self._list_untouched(connection, untouched))
        states = await self._states.load_states(runs)
        executors = {state.executor for state in states.values() if state.pending and state.executor is not None}
        dead = await self._states.find_dead(executors)
        lost = [key for key in runs if not _is_alive(states.get(key), dead)]
        recovered = 0
        for run_id, segment in lost:
            recovered += await self._services.transactions.write(
                lambda connection, run_id=run_id, segment=segment: self._recover(connection, run_id, segment)  # type: ignore[misc]
            )
        if lost:
            await self._states.forget(lost)
        return recovered

    async def sweep_forever(self, every: timedelta = timedelta(seconds=0.5)) -> None:
        """Sweep until cancelled."""
        while True:
            await self.sweep()
            await asyncio.sleep(every.total_seconds())

    def _list_untouched(self, connection: Connection, untouched: timedelta) -> list[tuple[str, int]]:
        before = self._services.clock.now() - untouched
        waits_for_child = exists().where(
            workflow_step.c.run_id == workflow_run.c.id, workflow_step.c.child_id.is_not(None)
        )
        query = (
            select(workflow_run.c.id, workflow_run.c.segment)
            .where(workflow_run.c.status.in_(LIVE_STATUSES), workflow_run.c.completed_at.is_(None))
            .where(workflow_run.c.updated_at <= before, ~waits_for_child)
            .order_by(workflow_run.c.updated_at)
            .limit(_PAGE)
        )
        return [(row.id, row.segment) for row in connection.execute(query)]

    def _recover(self, connection: Connection, run_id: str, segment: int) -> int:
        now = self._services.clock.now()
        present = (workflow_run.c.id == run_id) & (workflow_run.c.segment == segment)
        live = present & workflow_run.c.status.in_(LIVE_STATUSES)
        values = {"segment": segment + 1, "crashes": workflow_run.c.crashes + 1, "updated_at": now}
        if connection.execute(update(workflow_run).where(live).values(**values)).rowcount == 0:
            return 0
        crashes = connection.execute(select(workflow_run.c.crashes).where(workflow_run.c.id == run_id)).scalar_one()
        if crashes > MOST_CRASHES:
            stopped = {"status": RunStatus.FAILED, "error": CRASHES, "completed_at": now}
            connection.execute(update(workflow_run).where(workflow_run.c.id == run_id).values(**stopped))
            record_entry(connection, run_id, now, "failed", reason=CRASHES)
            return 0
        self._services.queue.enqueue(connection, run_id, segment + 1)
        record_entry(connection, run_id, now, "recovered", number=segment + 1)
        return 1


def _is_alive(state: SegmentState | None, dead: set[str]) -> bool:
    return state is not None and state.pending and state.executor not in dead
