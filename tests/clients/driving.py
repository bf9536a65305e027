"""Runs a foreign client against a system that is up, and tells what it made of the answers and which calls arrived."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from tests.clients.arrivals import Arrival, record_calls
from tests.clients.environments import Environment, prepare_environment

HERE = Path(__file__).parent
_TIMEOUT_SECONDS = 60

Watch = Callable[[ASGIApp], ASGIApp]
StartSystem = Callable[[Watch], AbstractAsyncContextManager[Mapping[str, Any]]]
"""Starts the system that a client is driven against, with the watch around it; yields what the driver is told: addresses and credentials."""


@dataclass(frozen=True)
class ClientRun:
    """One run of a client: what its driver told, and every call that arrived, in order."""

    findings: Mapping[str, Any]
    calls: tuple[Arrival, ...]


async def run_client(client: Path, serve: StartSystem) -> ClientRun:
    """Drive the client of a folder; raise AssertionError with what it wrote when it fails."""
    environment = await asyncio.to_thread(prepare_environment, client)
    seen: list[Arrival] = []
    async with serve(record_calls(seen)) as given:
        told = await _run_driver(environment, given)
    return ClientRun(told, tuple(seen))


async def _run_driver(environment: Environment, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Start the driver, which reads what it needs as JSON and writes its findings as the last line of its output."""
    process = await asyncio.create_subprocess_exec(
        *environment.command,
        cwd=environment.folder,
        env=environment.variables,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            out, errors = await process.communicate(json.dumps(given).encode())
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert process.returncode == 0, errors.decode()
    told: Mapping[str, Any] = json.loads(out.splitlines()[-1])
    return told
