"""The firm at its real size over four twins: what a first sync, a second one and the unified view cost. `python -m tests.bench.scale 1`."""

import asyncio
import resource
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

from gateway.net.ledger import Calls, counting
from subgraphs.sandbox.firm.scaled import scaled
from tests.fixtures.firm import RunningFirm, four_twins

VIEW = """{{ projects(first: {count}) {{ nodes {{
  code description customer {{ name accountsReceivable {{ total {{ amount }} }} }}
  assignments(first: 10) {{ nodes {{ plannedHours resource {{ displayName costRate {{ amount }} }} }} }}
  timeEntries(first: 5) {{ nodes {{ hours billing }} }} invoices(first: 5) {{ nodes {{ number balance {{ amount }} }} }}
}} }} }}"""


async def measure(factor: int) -> None:
    """Print a line per step: seconds, calls per system, rows."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        began = time.perf_counter()
        with counting() as calls:
            running = await four_twins(stack, folder, scaled(factor))
        _say("twins, gateway, first sync", began, calls)
        began = time.perf_counter()
        with counting() as calls:
            results = await running.gateway.sync.run()
        _say(f"second sync, {sum(result.rows for result in results)} rows again", began, calls)
        for count in (1, 10, 50):
            await _view(running, count)
    sys.stdout.write(f"memory, twins included: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB\n")


async def _view(running: RunningFirm, count: int) -> None:
    began = time.perf_counter()
    answer = await running.ask(VIEW.format(count=count))
    _say(f"view of {count}, {len(answer.errors)} errors", began, answer.calls)


def _say(what: str, began: float, calls: Calls) -> None:
    sys.stdout.write(f"{what}: {time.perf_counter() - began:.2f} s, calls {dict(sorted(calls.items()))}\n")


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
