"""psgw sandbox: the demo firm's systems without the gateway, and what they received."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from gateway.cli.breaking import Told, break_, fault_words, mend
from gateway.cli.firm import STATE, DemoOptions, IdentityPort, Mix, Scale, State, DemoSystem, run_systems, load_systems
from gateway.cli.options import Json
from gateway.cli.output import STDERR, Exit, print_data, print_json, handle_errors, show_progress, print_table
from gateway.net.documents import exchange
from gateway.net.probe import Unreached, probe

app = typer.Typer(help="The demo firm's systems: start, look at, break and mend them.", no_args_is_help=True)

app.command("break")(break_)
app.command("mend")(mend)

_SECONDS = 5.0


@app.command()
def up(
    state: State = STATE,
    identity_port: IdentityPort = 8001,
    scale: Scale = 0,
    systems: Mix = "twins",
    port: Annotated[int, typer.Option(help="Where a gateway over it will listen, for its settings.")] = 8000,
    json: Json = False,
) -> None:
    """Start the demo firm's systems and identity provider, print where their settings file lies, and keep them until stopped.

    Exit 2: they cannot be had as asked for; 130: stopped by Ctrl-C.
    """
    with handle_errors():
        asyncio.run(_up(DemoOptions(state, systems, scale, port, identity_port), json=json))


async def _up(firm: DemoOptions, *, json: bool) -> None:
    with show_progress("starting the demo firm's systems") as step:
        async with run_systems(firm) as settings:
            step.stop()
            if json:
                systems = {name: msgspec.structs.asdict(each) for name, each in load_systems(firm.state).items()}
                print_json({"settings": str(settings), "systems": systems})
            else:
                print_data(str(settings))
            sys.stdout.flush()
            STDERR.print(f"psgw serve --settings {settings}", soft_wrap=True, highlight=False)
            await asyncio.Event().wait()


@app.command()
def status(state: State = STATE, json: Json = False) -> None:
    """Tell of each system whether it is up, what it was asked, and which faults are set.

    Exit 2: there is no demo; 3: one is down.
    """
    with handle_errors():
        systems = load_systems(state)
        told = asyncio.run(_status(systems))
    if json:
        print_json({name: _machine(each, told[name]) for name, each in systems.items()})
    else:
        rows = Table("connection", "vendor", "address", "state", "calls", "faults", box=None)
        for name, each in systems.items():
            rows.add_row(name, each.vendor, each.address, *_cells(told[name]))
        print_table(rows)
    raise typer.Exit(Exit.UNREACHABLE if None in told.values() else Exit.OK)


async def _status(systems: Mapping[str, DemoSystem]) -> dict[str, Told | None]:
    answers = await asyncio.gather(*(_ask(each) for each in systems.values()))
    return dict(zip(systems, answers, strict=True))


async def _ask(system: DemoSystem) -> Told | None:
    """Ask a system what it received; None when it is down. A real server does not tell."""
    if system.control is None:
        return None if isinstance(await probe(system.address, _SECONDS), Unreached) else Told()
    try:
        _, body = await exchange("GET", system.control)
        return msgspec.json.decode(body, type=Told)
    except Exception:  # noqa: BLE001 -- whatever it is, the twin is not there
        return None


def _machine(system: DemoSystem, told: Told | None) -> dict[str, Any]:
    seen = Told() if told is None else told
    return {**msgspec.structs.asdict(system), "up": told is not None, **msgspec.structs.asdict(seen)}


def _cells(told: Told | None) -> tuple[Text, str, str]:
    if told is None:
        return Text("down", style="red"), "", ""
    faults = ", ".join(fault_words(each) for each in told.armed)
    return Text("up", style="green"), str(sum(told.calls.values())), faults
