"""Whole runs in one process: crashes at random points, segments that go on after a takeover, faults in every call,
compensation at random moments. Then the effects are counted.
"""

import asyncio
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select, update

from gateway.canonical.roles import SystemRole
from gateway.canonical.workflows import FINAL_STATUSES, RunStatus, StepStatus
from gateway.ports.write_port import RepeatMode
from gateway.store.workflow_tables import workflow_run, workflow_step
from gateway.workflows.actions import compensate, resolve_exceptions
from gateway.workflows.failure_points import list_failure_points
from tests.fixtures.example_workflow import declare_deal_workflow
from tests.fixtures.workflow_rig import OTHER, WorkflowRig, create_tables

FLOW = declare_deal_workflow()
WRITES = {step.key for step in FLOW.writes}
POINTS = list_failure_points(FLOW)
CRASH_RATE = 0.06
ZOMBIE_RATE = 0.3


class CrashError(BaseException):
    """The process is gone."""


def choose_modes(random: Random) -> dict[SystemRole, RepeatMode]:
    roles = (SystemRole.CRM, SystemRole.PSA, SystemRole.ERP, SystemRole.HCM)
    return {role: random.choice(list(RepeatMode)) for role in roles}


class RandomTrial:
    """One run, driven by a seed."""

    def __init__(self, url: str, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 -- the same trial for a seed, not a secret
        self.seen: Counter[str] = Counter()
        self.rig = WorkflowRig(
            url, [FLOW], self.random, modes=choose_modes(self.random), faults=0.3, reach_point=self.crash_sometimes
        )
        self.deal = f"D{seed}"
        self.refused = self.random.random() < 0.4
        if self.refused:
            self.rig.systems[SystemRole.PSA].refused["ExampleActivateProject"] = "is not allowed"

    def crash_sometimes(self, _run: str, point: str) -> None:
        if self.random.random() < CRASH_RATE:
            self.seen["crashes"] += 1
            raise CrashError(point)

    async def run(self) -> RunStatus:
        run_id = await self.rig.start(FLOW, self.deal)
        stopped = False
        for _ in range(400):
            if not stopped and self.random.random() < 0.1:
                stopped = await compensate(self.rig.services, run_id, OTHER) is None
            await self._run_next_segment()
            status = await self.rig.get_status(run_id)
            if status in FINAL_STATUSES:
                await self._verify(run_id, status, stopped=stopped)
                return status
            if status is RunStatus.PAUSED:
                self.seen["pauses"] += 1
                assert not stopped, "a run pauses while it is compensated"
                await self._resolve(run_id)
            elif not self.rig.queue.segments:
                await self._recover(run_id)
        raise AssertionError("the run never ended")

    async def _run_next_segment(self) -> None:
        if not self.rig.queue.segments:
            return
        run_id, segment = self.rig.queue.pop()
        twins = [self.rig.runner.run(run_id, segment)]
        if self.random.random() < ZOMBIE_RATE:
            self.seen["zombies"] += 1
            twins.append(self._run_later(run_id, segment))
        await asyncio.gather(*twins, return_exceptions=True)

    async def _run_later(self, run_id: str, segment: int) -> None:
        for _ in range(self.random.randrange(40)):
            await asyncio.sleep(0)
        await self.rig.runner.run(run_id, segment)

    async def _recover(self, run_id: str) -> None:
        calm = update(workflow_run).where(workflow_run.c.id == run_id).values(crashes=0)
        await self.rig.transactions.write(lambda connection: connection.execute(calm))
        assert await self.rig.sweep() == 1

    async def _resolve(self, run_id: str) -> None:
        exceptions = await self.rig.list_exceptions(run_id)
        open_ones = [row for row in exceptions if row.status == "OPEN"]
        if any(row.check_code == "WRITE_REFUSED" for row in open_ones):
            await compensate(self.rig.services, run_id, OTHER)
        for row in open_ones:
            await resolve_exceptions(self.rig.services, row.fingerprint, OTHER)

    async def _verify(self, run_id: str, status: RunStatus, *, stopped: bool) -> None:
        creates = {key: n for key, n in self.rig.count_effects().items() if "create" in key or "request" in key}
        created = {key: n for key, n in creates.items() if not key.endswith("-undo")}
        assert set(created.values()) <= {1}, created
        if not stopped and not self.refused:
            assert status is RunStatus.COMPLETED
            assert len(created) == 4
            return
        assert status is (RunStatus.COMPENSATED if self.refused or status is RunStatus.COMPENSATED else status)
        if status is RunStatus.COMPENSATED:
            undone = {key.removesuffix("-undo") for key in self.rig.count_effects() if key.endswith("-undo")}
            assert set(created) <= undone
            query = select(workflow_step.c.step, workflow_step.c.status).where(workflow_step.c.run_id == run_id)
            standing = [r.step for r in await self.rig.select(query) if r.status == StepStatus.SUCCEEDED]
            assert not WRITES & set(standing)


@pytest.mark.parametrize("block", range(4))
async def test_every_effect_happens_once_or_is_undone(block: int, tmp_path: Path) -> None:
    url = await create_tables(tmp_path)
    seen: Counter[str] = Counter()
    for seed in range(block * 10, block * 10 + 10):
        trial = RandomTrial(url, seed)
        try:
            seen[await trial.run()] += 1
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        finally:
            await trial.rig.aclose()
        seen += trial.seen
    assert seen["crashes"] > 5
    assert seen["zombies"] > 5


@pytest.mark.parametrize("point", POINTS)
async def test_a_run_that_stops_at_a_point_goes_on_without_a_second_effect(point: str, tmp_path: Path) -> None:
    reached: list[str] = []

    def crash_once(_run: str, passed: str) -> None:
        if passed == point and not reached:
            reached.append(point)
            raise CrashError(point)

    modes = dict.fromkeys((SystemRole.CRM, SystemRole.PSA, SystemRole.ERP, SystemRole.HCM), RepeatMode.LOOKUP)
    random = Random(1)  # noqa: S311 -- the same run every time, not a secret
    rig = WorkflowRig(await create_tables(tmp_path), [FLOW], random, modes=modes, reach_point=crash_once)
    undoing = point.endswith("~undo")
    if undoing:
        rig.systems[SystemRole.PSA].refused["ExampleActivateProject"] = "is not allowed"
    run_id = await rig.start(FLOW, "D1")
    for _ in range(10):
        await drain_with_crashes(rig)
        if undoing and await rig.get_status(run_id) is RunStatus.PAUSED:
            rig.systems[SystemRole.PSA].refused.clear()
            await compensate(rig.services, run_id, OTHER)
        await rig.sweep()

    created = {key: n for key, n in rig.count_effects().items() if not key.endswith("-undo")}
    assert set(created.values()) == {1}
    assert await rig.get_status(run_id) is (RunStatus.COMPENSATED if undoing else RunStatus.COMPLETED)
    if "pause" not in point:
        assert reached
    await rig.aclose()


async def drain_with_crashes(rig: WorkflowRig) -> None:
    while rig.queue.segments:
        try:
            await rig.runner.run(*rig.queue.pop())
        except CrashError:
            continue
