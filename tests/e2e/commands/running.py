"""Runs the commands as processes, with the demo's systems."""

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec

from tests.fixtures.demo import PSGW, restore_interrupt

CLEAN_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PSGW")}


@dataclass(frozen=True)
class CommandResult:
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The parsed standard output."""
        return msgspec.json.decode(self.out)

    @property
    def message(self) -> str:
        """Standard error, without line breaks."""
        return " ".join(self.err.split())


async def run_process(
    *arguments: str, home: Path | None = None, stdin: str | None = None, env: Mapping[str, str] | None = None
) -> CommandResult:
    """Run a process to its end, in a folder of its own if `home` is given."""
    process = await asyncio.create_subprocess_exec(
        *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd=home, env={**CLEAN_ENVIRONMENT, **(env or {})}
    )
    out, err = await process.communicate(None if stdin is None else stdin.encode())
    return CommandResult(process.returncode or 0, out.decode(), err.decode())


async def run_psgw(
    *arguments: str, home: Path | None = None, stdin: str | None = None, env: Mapping[str, str] | None = None
) -> CommandResult:
    """Run a psgw command to its end, in a folder of its own if `home` is given."""
    return await run_process(PSGW, *arguments, home=home, stdin=stdin, env=env)


@asynccontextmanager
async def start_psgw(*arguments: str, home: Path | None = None) -> AsyncIterator[Process]:
    """Start a command that runs until it is stopped; kill it after the block if it still runs."""
    process = await asyncio.create_subprocess_exec(
        PSGW, *arguments, stdout=PIPE, stderr=PIPE, cwd=home, env=CLEAN_ENVIRONMENT, preexec_fn=restore_interrupt
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def interrupt(process: Process) -> CommandResult:
    """Send SIGINT, as Ctrl-C does, and wait for the end."""
    process.send_signal(signal.SIGINT)
    out, err = await asyncio.wait_for(process.communicate(), 20)
    return CommandResult(process.returncode or 0, out.decode(), err.decode())


@dataclass(frozen=True)
class Sandbox:
    """The demo's systems, running."""

    state: Path
    issuer: str

    @property
    def settings(self) -> Path:
        """The settings file that the sandbox has written."""
        return self.state / "psgw.toml"

    @property
    def systems(self) -> Mapping[str, Mapping[str, str]]:
        """The address and the control endpoint of each system."""
        systems: Mapping[str, Mapping[str, str]] = msgspec.json.decode((self.state / "systems.json").read_bytes())
        return systems

    async def run_psgw(self, *arguments: str) -> CommandResult:
        """Run a command."""
        return await run_psgw(*arguments)

    async def inject(self, connection: str, **fault: Any) -> None:
        """Inject a fault into a twin."""
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.post(self.systems[connection]["control"], json=fault)
        assert answer.status_code == 200, answer.text

    async def clear(self) -> None:
        """Clear all faults of all twins."""
        async with httpx.AsyncClient(trust_env=False) as http:
            for system in self.systems.values():
                await http.delete(system["control"])

    def write_settings(self, file: Path, *changes: tuple[str, str]) -> Path:
        """Write the settings with replacements into another file; each must apply."""
        text = self.settings.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        text = text.replace('"mappings/', f'"{self.state}/mappings/').replace('"file:', f'"file:{self.state}/')
        file.write_text(text, encoding="utf-8")
        return file
