"""psgw: the command. Each subcommand is imported only when it is used, which keeps the others fast."""

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
    "identities": "gateway.cli.identities:identities",
    "token": "gateway.cli.token:app",
    "sandbox": "gateway.cli.sandbox:app",
    "config": "gateway.cli.config:app",
    "health": "gateway.cli.health:health",
}
"""Subcommand -> `module:name` of its function or group."""


class LazyGroup(TyperGroup):
    """A group that imports a command when it is used."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 -- the context is not needed
        """Return the names of the commands, in the order of the help text."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 -- as above
        """Import a command; return None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(importlib.import_module(module), name)
        if isinstance(found, typer.Typer):
            command: Any = typer.main.get_group(found)
        else:
            single = typer.Typer(add_completion=False)
            single.command(cmd_name)(found)
            command = typer.main.get_command(single)
        command.name = cmd_name
        return command


app = typer.Typer(cls=LazyGroup, no_args_is_help=True, pretty_exceptions_enable=False)


def _show_version(requested: bool) -> None:
    if requested:
        print_data(f"psgw {version_of('psgw')}")
        raise typer.Exit


@app.callback()
def psgw(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """A unified GraphQL API over the CRM, PSA, HCM and ERP systems of a professional-services firm.

    Data goes to stdout, messages to stderr. Exit 0: success; 1: internal failure; 2: invalid usage or settings; 3: a
    system or service cannot be reached; 4: the command found problems.
    """
