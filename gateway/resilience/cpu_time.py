"""Processor time of a coroutine: of the steps of its own task, without the time during which it waits."""

import time
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class CpuMeter:
    """Sums up the processor time, in seconds, of the coroutines that are run through it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine; return its result."""
        return await _run_measured(self, work)


@coroutine
def _run_measured(meter: CpuMeter, work: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
    step, sent = work.send, None
    while True:
        started = time.thread_time()
        try:
            waited = step(sent)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            meter.seconds += time.thread_time() - started
        try:
            step, sent = work.send, (yield waited)
        except BaseException as error:  # noqa: BLE001 -- a cancellation or error belongs to the coroutine
            step, sent = work.throw, error
