"""The demo firm's systems as a process of their own: started, told from its files, ended."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import msgspec
import typer

from gateway.errors import ConfigurationError

STATE, SETTINGS, SYSTEMS = Path(".psgw"), "psgw.toml", "systems.json"
SANDBOX: Final = "subgraphs.sandbox.demo"
_STOP_SECONDS: Final = 5.0

State = Annotated[Path, typer.Option(help="The demo's folder: keys, settings and the store.")]
IdentityPort = Annotated[int, typer.Option(help="Where the development identity provider listens.")]
Scale = Annotated[
    int, typer.Option(min=0, help="0: a firm of ten projects; 1: of 150 projects and 200 people; 2: twice that.")
]
Mix = Annotated[
    str,
    typer.Option(
        help="Which vendor keeps which part: twins, mixed, tryton, or parts such as crm=salesforce,psa=tryton."
    ),
]


class DemoOptions(NamedTuple):
    """The demo firm: which systems it runs on, how large it is, and where it lies."""

    state: Path
    systems: str
    scale: int
    port: int
    identity_port: int


class DemoSystem(msgspec.Struct, frozen=True):
    """One system of the demo, as `systems.json` tells it; a real server has no `control`."""

    vendor: str
    address: str
    control: str | None = None


class _Announcement(msgspec.Struct):
    settings: str | None = None
    findings: list[str] = []


def load_systems(state: Path) -> Mapping[str, DemoSystem]:
    """Return the systems by connection; raises ConfigurationError where no demo has been."""
    try:
        return msgspec.json.decode((state / SYSTEMS).read_bytes(), type=dict[str, DemoSystem])
    except (OSError, msgspec.MsgspecError):
        raise ConfigurationError([f"no demo in {state}; start psgw demo, or name its folder with --state"]) from None


@asynccontextmanager
async def run_systems(firm: DemoOptions) -> AsyncIterator[Path]:
    """Run the systems; yield their settings file. They end with this process, however that ends; raises ConfigurationError for what they cannot be."""
    options = {
        "--state": firm.state,
        "--gateway-port": firm.port,
        "--identity-port": firm.identity_port,
        "--systems": firm.systems,
        "--scale": firm.scale,
    }
    words = [word for name, value in options.items() for word in (name, str(value))]
    # In a session of its own it gets no Ctrl-C of the terminal: this process ends it in order.
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", SANDBOX, *words, stdin=PIPE, stdout=PIPE, start_new_session=True
    )
    try:
        yield await _read_settings_path(process)
    finally:
        await asyncio.shield(_stop(process))


async def _read_settings_path(process: Process) -> Path:
    line = b"" if process.stdout is None else await process.stdout.readline()
    announced = msgspec.json.decode(line, type=_Announcement) if line else _Announcement()
    if announced.settings is None:
        silent = ["the demo's systems did not start; is one of their ports in use?"]
        raise ConfigurationError(announced.findings or silent)
    return Path(announced.settings)


async def _stop(process: Process) -> None:
    """End the systems: by closing their input, by an interruption when they are still starting, by force as the last."""
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
