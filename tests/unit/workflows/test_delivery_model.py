"""`deliver_writes` against a model of a system, under every mix of faults and crashes: one effect, whatever happens."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.ports.outcomes import AlreadyApplied, Applied, Outcome, Throttled, Unconfirmed
from gateway.ports.write_port import PendingWrite, RepeatMode, WriteCapability
from gateway.workflows.delivery import deliver_writes
from tests.fixtures.example_workflow import ExampleCreateProject
from tests.fixtures.workflow_systems import START

FATES = (
    "answered",
    "no_effect",
    "effect_without_answer",
    "late_effect",
    "throttled",
    "crash_before_effect",
    "crash_after_effect",
    "crash_after_intent",
    "search_fails",
)
LAG = timedelta(seconds=3)
LATE = timedelta(seconds=2)


class CrashError(Exception):
    """The process is gone; the write log stays."""


class ModelSystem:
    """New records are found only after `LAG`; effects without an answer may come `LATE` after the call."""

    def __init__(self, mode: RepeatMode, settle: timedelta, fates: Sequence[str]) -> None:
        self.write_capability = WriteCapability(mode=mode, settle=settle)
        self.now = START
        self.fates = list(fates)
        self.effects: list[tuple[object, str]] = []

    def take_fate(self, *only: str) -> str:
        if self.fates and (not only or self.fates[0] in only):
            return self.fates.pop(0)
        return "answered"

    async def send_writes(self, writes: Sequence[PendingWrite]) -> Sequence[Outcome]:
        self.now += timedelta(seconds=0.1)
        fate, key = self.take_fate(), writes[0].key
        if fate == "crash_before_effect":
            raise CrashError
        if fate in {"no_effect", "search_fails"}:
            return [Unconfirmed()]
        if fate == "throttled":
            return [Throttled()]
        once = self.write_capability.mode is not RepeatMode.LOOKUP
        if not (once and any(known == key for _, known in self.effects)):
            self.effects.append((self.now + (LATE if fate == "late_effect" else timedelta()), key))
        if fate == "crash_after_effect":
            raise CrashError
        return [Unconfirmed()] if fate in {"effect_without_answer", "late_effect"} else [Applied("1")]

    async def find_writes(self, writes: Sequence[PendingWrite]) -> Mapping[str, str] | None:
        if self.take_fate("search_fails") == "search_fails":
            return None
        visible = {key for at, key in self.effects if at + LAG <= self.now}  # type: ignore[operator]
        return {write.key: "1" for write in writes if write.key in visible}


async def deliver_until_done(system: ModelSystem) -> None:
    """A run in small: the write log survives crashes, waits move the clock."""
    logged = PendingWrite("key", 0, "", ExampleCreateProject(code="P", name="n"))

    async def commit_intent(_writes: Sequence[PendingWrite]) -> None:
        nonlocal logged
        logged = msgspec.structs.replace(logged, sent_at=system.now)
        if system.take_fate("crash_after_intent") == "crash_after_intent":
            raise CrashError

    for _ in range(200):
        try:
            outcomes = await deliver_writes(system, [logged], commit_intent, lambda: system.now)
        except CrashError:
            system.now += timedelta(seconds=0.5)
            continue
        match outcomes["key"]:
            case Applied() | AlreadyApplied():
                return
            case Unconfirmed(until) as outcome:
                logged = msgspec.structs.replace(logged, attempts=logged.attempts + 1)
            case Throttled(until) as outcome:
                logged = msgspec.structs.replace(logged, attempts=logged.attempts + 1, sent_at=None)
            case outcome:
                raise AssertionError(outcome)
        assert until is not None
        system.now = max(system.now, until) + timedelta(seconds=0.01)
    raise AssertionError("the write never got an outcome")


@pytest.mark.parametrize("mode", list(RepeatMode))
@given(fates=st.lists(st.sampled_from(FATES), max_size=12))
@settings(max_examples=300, deadline=None)
def test_a_write_takes_effect_once_whatever_happens(mode: RepeatMode, fates: list[str]) -> None:
    system = ModelSystem(mode, LAG + LATE + timedelta(seconds=0.2), fates)

    asyncio.run(deliver_until_done(system))

    assert len(system.effects) == 1


def test_a_settle_time_shorter_than_the_latest_effect_creates_a_second_record() -> None:
    system = ModelSystem(RepeatMode.LOOKUP, timedelta(seconds=1), ["late_effect"])

    asyncio.run(deliver_until_done(system))

    assert len(system.effects) == 2
