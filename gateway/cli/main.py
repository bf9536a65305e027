"""psgw: the command. Each command is loaded when it is asked for, so that none waits for what only another needs."""

import importlib
from collections.abc import Mapping
from importlib.metadata import version as version_of
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from gateway.cli.output import print_data

COMMANDS: Final[Mapping[str, str]] = {
    "demo": "gateway.cli.demo:demo",
    "serve": "gateway.cli.serve:serve",
    "check": "gateway.cli.check:check",
    "sync": "gateway.cli.systems:sync",
    "schema": "gateway.cli.schema:app",
    "adapters": "gateway.cli.adapters:app",
    "identities": "gateway.cli.systems:identities",
    "token": "gateway.cli.token:app",
    "sandbox": "gateway.cli.sandbox:app",
    "config": "gateway.cli.config:app",
    "health": "gateway.cli.health:health",
}
"""By name, where a command is: `module:name` of a function, or of a group of commands."""


class LazyGroup(TyperGroup):
    """The commands by name."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 -- typer keeps its contexts to itself; they say nothing here
        """Return their names, in the order of help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 -- as above
        """Load one; None when there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(importlib.import_module(module), name)
        if isinstance(found, typer.Typer):
            command: Any = typer.main.get_group(found)
        else:
            alone = typer.Typer(add_completion=False)
            alone.command(cmd_name)(found)
            command = typer.main.get_command(alone)
        command.name = cmd_name
        return command


app = typer.Typer(cls=LazyGroup, no_args_is_help=True, pretty_exceptions_enable=False)


def _show_version(asked: bool) -> None:
    if asked:
        print_data(f"psgw {version_of('psgw')}")
        raise typer.Exit


@app.callback()
def psgw(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Tell the version and end.")
    ] = False,
) -> None:
    """One graph and one process layer over the systems of a professional-services firm.

    Data goes to stdout, words to stderr. Exit 0: done; 1: failed; 2: wrong usage or settings; 3: something cannot be reached; 4: something was found.
    """
