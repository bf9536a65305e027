"""psgw sandbox: the demo firm's systems without the gateway."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from gateway.cli.demo_firm import (
    STATE,
    DemoOptions,
    DemoSystem,
    IdentityPort,
    Mix,
    Scale,
    State,
    load_systems,
    run_systems,
)
from gateway.cli.faults import TwinStatus, clear, format_fault, inject
from gateway.cli.options import Json
from gateway.cli.output import STDERR, Exit, handle_errors, print_data, print_json, print_table, show_progress
from gateway.net.documents import send_json
from gateway.net.probe import ConnectFailure, probe

app = typer.Typer(
    help="Start the demo firm's systems, show their status, inject and clear faults.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

app.command("inject")(inject)
app.command("clear")(clear)

_SECONDS = 5.0


@app.command()
def up(
    state: State = STATE,
    identity_port: IdentityPort = 8001,
    scale: Scale = 0,
    systems: Mix = "twins",
    port: Annotated[int, typer.Option(help="Port of the gateway, for the settings file.")] = 8000,
    json: Json = False,
) -> None:
    """Start the demo firm's systems and identity provider, and run until stopped.

    Prints the path of their settings file.

    Exit 2: an option cannot work; 130: stopped by Ctrl-C.
    """
    with handle_errors():
        asyncio.run(_up(DemoOptions(state, systems, scale, port, identity_port), json=json))


async def _up(options: DemoOptions, *, json: bool) -> None:
    with show_progress("starting the demo firm's systems") as step:
        async with run_systems(options) as settings:
            step.stop()
            if json:
                systems = {name: msgspec.structs.asdict(each) for name, each in load_systems(options.state).items()}
                print_json({"settings": str(settings), "systems": systems})
            else:
                print_data(str(settings))
            sys.stdout.flush()
            STDERR.print(f"psgw serve --settings {settings}", soft_wrap=True, highlight=False)
            await asyncio.Event().wait()


@app.command()
def status(state: State = STATE, json: Json = False) -> None:
    """Show the status of each system.

    Exit 2: there is no demo; 3: a system is down.
    """
    with handle_errors():
        systems = load_systems(state)
        statuses = asyncio.run(_fetch_statuses(systems))
    if json:
        print_json({name: _build_json(each, statuses[name]) for name, each in systems.items()})
    else:
        rows = Table("connection", "vendor", "address", "state", "calls", "faults", box=None)
        for name, each in systems.items():
            rows.add_row(name, each.vendor, each.address, *_build_cells(statuses[name]))
        print_table(rows)
    raise typer.Exit(Exit.UNREACHABLE if None in statuses.values() else Exit.OK)


async def _fetch_statuses(systems: Mapping[str, DemoSystem]) -> dict[str, TwinStatus | None]:
    answers = await asyncio.gather(*(_fetch_status(each) for each in systems.values()))
    return dict(zip(systems, answers, strict=True))


async def _fetch_status(system: DemoSystem) -> TwinStatus | None:
    """Return the status of a system; None when it is down. A real server reports neither calls nor faults."""
    if system.control is None:
        return None if isinstance(await probe(system.address, _SECONDS), ConnectFailure) else TwinStatus()
    try:
        _, body = await send_json("GET", system.control)
        return msgspec.json.decode(body, type=TwinStatus)
    except Exception:  # noqa: BLE001 -- whatever the error, the twin cannot be reached
        return None


def _build_json(system: DemoSystem, status: TwinStatus | None) -> dict[str, Any]:
    known = TwinStatus() if status is None else status
    return {**msgspec.structs.asdict(system), "up": status is not None, **msgspec.structs.asdict(known)}


def _build_cells(status: TwinStatus | None) -> tuple[Text, str, str]:
    if status is None:
        return Text("down", style="red"), "", ""
    faults = ", ".join(format_fault(each) for each in status.faults)
    return Text("up", style="green"), str(sum(status.calls.values())), faults
