"""Runs a third-party client against a running system; returns its findings and the calls that it made."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from tests.clients.environments import Environment, prepare_environment
from tests.clients.recorded_calls import RecordedCall, record_calls

HERE = Path(__file__).parent
_TIMEOUT_SECONDS = 60

AppWrapper = Callable[[ASGIApp], ASGIApp]
StartSystem = Callable[[AppWrapper], AbstractAsyncContextManager[Mapping[str, Any]]]
"""Starts the system for a client, wrapped as given; yields the input of its driver: URLs and credentials."""


@dataclass(frozen=True)
class ClientRun:
    """One run of a client: the findings of its driver, and the calls that it made, in order."""

    findings: Mapping[str, Any]
    calls: tuple[RecordedCall, ...]


RunVerifier = Callable[[str], Awaitable[ClientRun]]
"""Runs a verifier by name, such as `salesforce/jsforce`; later calls return the run of the first."""


async def run_client(client: Path, start_system: StartSystem) -> ClientRun:
    """Run the client in a folder; raise AssertionError with its error output if it fails."""
    environment = await asyncio.to_thread(prepare_environment, client)
    calls: list[RecordedCall] = []
    async with start_system(record_calls(calls)) as driver_input:
        findings = await _run_driver(environment, driver_input)
    return ClientRun(findings, tuple(calls))


async def _run_driver(environment: Environment, driver_input: Mapping[str, Any]) -> Mapping[str, Any]:
    """Run the driver, which reads its input as JSON and writes its findings as the last line of its output."""
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
            out, errors = await process.communicate(json.dumps(driver_input).encode())
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert process.returncode == 0, errors.decode()
    findings: Mapping[str, Any] = json.loads(out.splitlines()[-1])
    return findings
