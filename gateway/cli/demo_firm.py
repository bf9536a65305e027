"""Runs the demo firm's systems in a separate process, and reads the files that it writes."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import msgspec
import typer

from gateway.errors import ConfigurationError

STATE, SETTINGS, SYSTEMS, STORE = Path(".psgw"), "psgw.toml", "systems.json", "psgw.sqlite"
SANDBOX: Final = "subgraphs.sandbox.demo"
_STOP_SECONDS: Final = 5.0

State = Annotated[Path, typer.Option(help="Folder of the demo: keys, settings and the store.")]
IdentityPort = Annotated[int, typer.Option(help="Port of the development identity provider.")]
Scale = Annotated[
    int, typer.Option(min=0, help="Size of the firm. 0: ten projects; 1: 150 projects and 200 people; 2: twice that.")
]
Mix = Annotated[
    str,
    typer.Option(help="Vendor of each system: twins, mixed, tryton, or pairs such as crm=salesforce,psa=tryton."),
]


class DemoOptions(NamedTuple):
    """The options of the demo firm: folder, systems, size and ports."""

    state: Path
    systems: str
    scale: int
    port: int
    identity_port: int


class DemoSystem(msgspec.Struct, frozen=True):
    """One system of the demo, as in `systems.json`; `control` is the URL for fault injection, None without it."""

    vendor: str
    address: str
    control: str | None = None


class _Announcement(msgspec.Struct):
    settings: str | None = None
    findings: list[str] = []


def load_systems(state: Path) -> Mapping[str, DemoSystem]:
    """Return the systems by connection; raise ConfigurationError where no demo has run."""
    try:
        return msgspec.json.decode((state / SYSTEMS).read_bytes(), type=dict[str, DemoSystem])
    except (OSError, msgspec.MsgspecError):
        raise ConfigurationError(
            [f"there is no demo in {state}; start psgw demo, or name its folder with --state"]
        ) from None


def require_sandbox() -> None:
    """Raise ConfigurationError unless the distribution psgw-sandbox is installed."""
    if find_spec(SANDBOX.rpartition(".")[0]) is None:
        raise ConfigurationError([f"The demo is not installed. Run: pip install psgw-sandbox=={version('psgw')}"])


@asynccontextmanager
async def run_systems(firm: DemoOptions) -> AsyncIterator[Path]:
    """Run the systems; yield their settings file. They stop when this process ends, even if it is killed.

    Raises ConfigurationError for options that cannot work.
    """
    require_sandbox()
    options = {
        "--state": firm.state,
        "--gateway-port": firm.port,
        "--identity-port": firm.identity_port,
        "--systems": firm.systems,
        "--scale": firm.scale,
    }
    arguments = [part for name, value in options.items() for part in (name, str(value))]
    # A session of its own keeps the terminal's Ctrl-C away from it: this process stops it in order.
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", SANDBOX, *arguments, stdin=PIPE, stdout=PIPE, start_new_session=True
    )
    try:
        yield await _read_settings_path(process)
    finally:
        await asyncio.shield(_stop(process))


async def _read_settings_path(process: Process) -> Path:
    line = b"" if process.stdout is None else await process.stdout.readline()
    announced = msgspec.json.decode(line, type=_Announcement) if line else _Announcement()
    if announced.settings is None:
        unknown = ["the demo's systems did not start; check whether one of their ports is in use"]
        raise ConfigurationError(announced.findings or unknown)
    return Path(announced.settings)


async def _stop(process: Process) -> None:
    """Stop the systems: close their input, interrupt them if they are still starting, kill them as a last resort."""
    if process.stdin is not None:
        process.stdin.close()
    for stop in (signal.SIGINT, signal.SIGKILL):
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            process.send_signal(stop)
        else:
            return
    await process.wait()
