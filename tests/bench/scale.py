"""Measure two syncs and the unified view over four twins at full scale: `python -m tests.bench.scale 1`.

The twins run in their own process, so CPU seconds and memory are the gateway's; both processes share the machine.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from gateway.composition import Gateway, open_gateway
from gateway.identity.sync import FeedResult
from gateway.net.call_counter import count_calls
from gateway.settings import GraphSettings
from tests.bench.twins import NOON, TwinReport
from tests.fixtures import connections
from tests.fixtures.firm import RunningFirm

VIEW = """{{ projects(first: {count}) {{ nodes {{
  code description customer {{ name accountsReceivable {{ total {{ amount }} }} }}
  assignments(first: 10) {{ nodes {{ plannedHours resource {{ displayName costRate {{ amount }} }} }} }}
  timeEntries(first: 5) {{ nodes {{ hours billing }} }} invoices(first: 5) {{ nodes {{ number balance {{ amount }} }} }}
}} }} }}"""


async def measure(factor: int) -> None:
    """Print wall and CPU seconds, calls and rows per step, then the peak memory of both processes."""
    with tempfile.TemporaryDirectory() as name, _start_twins(factor, Path(name)) as (process, report):
        fill_seconds = {role: round(seconds, 2) for role, seconds in report.fill_seconds.items()}
        _print_line(f"firm of factor {factor}: built in {report.firm_seconds:.2f} s, twins filled in {fill_seconds} s")
        systems = (
            connections.connect_salesforce(report.urls["crm"]),
            connections.connect_kantata(report.urls["psa"]),
            connections.connect_workday(report.urls["hcm"]),
            connections.connect_netsuite(report.urls["erp"]),
        )
        settings = connections.build_settings(Path(name), *systems).model_copy(update={"graph": GraphSettings()})
        async with open_gateway(settings, clock=_get_now) as gateway:
            _print_line(
                f"memory at start: gateway {_read_peak_memory('self')} MB, twins {_read_peak_memory(process.pid)} MB"
            )
            await _measure_sync(gateway, "first sync")
            await _measure_sync(gateway, "second sync")
            for count in (1, 10, 50):
                await _measure_view(RunningFirm(gateway, {}), count)
        _print_line(f"peak memory: gateway {_read_peak_memory('self')} MB, twins {_read_peak_memory(process.pid)} MB")


@contextmanager
def _start_twins(factor: int, folder: Path) -> Iterator[tuple[subprocess.Popen[str], TwinReport]]:
    command = [sys.executable, "-m", "tests.bench.twins", str(factor), str(folder)]
    with subprocess.Popen(  # noqa: S603 -- a module of this package
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process, msgspec.json.decode(process.stdout.readline(), type=TwinReport)
        process.communicate()


async def _measure_sync(gateway: Gateway, step: str) -> None:
    start = _Clocks.read()
    with count_calls() as calls:
        results: list[FeedResult] = await gateway.sync.run()
    failed = [f"{result.connection} {result.feed} {result.failure}" for result in results if result.failure]
    rows = sum(result.rows for result in results)
    _print_step(f"{step}, {len(results)} feeds, {rows} rows, failed {failed}", start, calls)


async def _measure_view(running: RunningFirm, count: int) -> None:
    start = _Clocks.read()
    answer = await running.execute(VIEW.format(count=count))
    _print_step(f"view of {count}, {len(answer.errors)} errors", start, answer.calls)


class _Clocks(NamedTuple):
    """The wall clock and the CPU clock of this process."""

    wall: float
    cpu: float

    @classmethod
    def read(cls) -> "_Clocks":
        return cls(time.perf_counter(), time.process_time())


def _print_step(step: str, start: _Clocks, calls: Mapping[str, int]) -> None:
    end = _Clocks.read()
    seconds, cpu = end.wall - start.wall, end.cpu - start.cpu
    _print_line(f"{step}: {seconds:.2f} s, CPU {cpu:.2f} s, calls {dict(sorted(calls.items()))}")


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _read_peak_memory(process: int | str) -> int:
    """Return the peak memory of a process in MB (VmHWM of Linux)."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) // 1024


def _get_now() -> datetime:
    return NOON.astimezone(UTC)


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
