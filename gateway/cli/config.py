"""psgw config: what settings there can be, and which are in force."""

import typer

from gateway.cli.options import SettingsFile, load_settings
from gateway.cli.output import handle_errors, print_json
from gateway.settings import json_schema, shown

app = typer.Typer(help="The settings: those that there can be, those in force.", no_args_is_help=True)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the settings file."""
    print_json(json_schema())


@app.command()
def show(settings: SettingsFile = None) -> None:
    """Print the settings in force, file and environment together, as JSON; secrets by their place, never by value.

    Exit 2: they cannot work.
    """
    with handle_errors():
        print_json(shown(load_settings(settings)))
