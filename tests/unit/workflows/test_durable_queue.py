"""Runs on the durable queue, on both databases."""

import asyncio
import base64
import pickle
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from dbos import DBOSPortableJSONSerializer
from dbos._serialization import deserialize_args
from sqlalchemy import select

from gateway.canonical.workflows import RunStatus
from gateway.store.database import Store
from gateway.store.workflow_tables import workflow_run
from gateway.workflows.actions import resolve_exceptions
from gateway.workflows.engine import DurableQueue
from gateway.workflows.lease import ExecutorLease
from gateway.workflows.runner import WorkflowRunner
from tests.fixtures.example_workflow import ExampleDeal, declare_deal_workflow
from tests.fixtures.workflow_rig import OTHER, WorkflowRig

DEAL = declare_deal_workflow()


class DurableRig(WorkflowRig):
    """The kernel with the durable queue instead of the one in memory."""

    def __init__(self, url: str) -> None:
        super().__init__(url, [DEAL], Random(1), queue=DurableQueue(url, f"test:{uuid4()}"))  # noqa: S311 -- fixed
        self.runner = WorkflowRunner(self.services, self.durable)
        self.ended = asyncio.Condition()

    @property
    def durable(self) -> DurableQueue:
        assert isinstance(self.services.queue, DurableQueue)
        return self.services.queue

    async def run_segment(self, run_id: str, segment: int) -> None:
        await self.runner.run(run_id, segment)
        async with self.ended:
            self.ended.notify_all()

    async def wait_for(self, run_id: str, status: RunStatus) -> None:
        """Return when the run has the status; a segment's end is the event."""
        async with self.ended:
            while await self.get_status(run_id) is not status:
                await self.ended.wait()


@pytest.fixture
async def durable(store: Store) -> AsyncIterator[DurableRig]:
    rig = DurableRig(store.url)
    await rig.durable.launch(rig.run_segment)
    yield rig
    await rig.durable.aclose()
    await rig.aclose()


async def test_a_started_run_completes(durable: DurableRig) -> None:
    run_id = await durable.start(DEAL, "D1")
    await durable.wait_for(run_id, RunStatus.COMPLETED)

    assert set(durable.count_effects().values()) == {1}


async def test_a_paused_run_has_no_segment_and_resumes_when_its_cause_is_corrected(durable: DurableRig) -> None:
    durable.reader.deals["D1"] = ExampleDeal("D1", cost_centre=None)
    run_id = await durable.start(DEAL, "D1")
    await durable.wait_for(run_id, RunStatus.PAUSED)
    (exception,) = await durable.list_exceptions(run_id)

    durable.reader.deals.clear()
    await resolve_exceptions(durable.services, exception.fingerprint, OTHER)
    await durable.wait_for(run_id, RunStatus.COMPLETED)

    assert set(durable.count_effects().values()) == {1}


async def test_a_rolled_back_start_queues_nothing(durable: DurableRig) -> None:
    with pytest.raises(ZeroDivisionError):
        await durable.transactions.write(lambda connection: durable.durable.enqueue(connection, "none", 1 // 0))

    assert await durable.durable.load_states([("none", 1)]) == {}
    assert await durable.select(select(workflow_run.c.id)) == []


async def test_the_sweep_finds_nothing_to_do_while_the_queue_has_the_segments(durable: DurableRig) -> None:
    run_id = await durable.start(DEAL, "D1")

    assert await durable.sweep() == 0
    await durable.wait_for(run_id, RunStatus.COMPLETED)


class Effect:
    """Unpickling it creates a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return (Path.touch, (self.path,))


def test_a_pickled_value_of_a_row_is_refused(tmp_path: Path) -> None:
    value = base64.b64encode(pickle.dumps(Effect(tmp_path / "effect"))).decode()

    with pytest.raises(ValueError, match="pickled rows are refused"):
        deserialize_args(value, "py_pickle", DBOSPortableJSONSerializer())

    assert not (tmp_path / "effect").exists()


async def test_an_executor_is_dead_when_its_session_is_gone(postgres: str) -> None:
    url = postgres.replace("postgresql://", "postgresql+psycopg://")
    mine, other = ExecutorLease(url, f"a:{uuid4()}"), ExecutorLease(url, f"b:{uuid4()}")
    await mine.acquire()
    await other.acquire()
    name = other._executor

    assert await mine.find_dead([name]) == set()
    await other.aclose()
    assert await mine.find_dead([name]) == {name}
    await mine.aclose()
