"""psgw config: the schema of the settings, and the effective settings."""

import typer

from gateway.cli.options import SettingsFile, load_effective_settings
from gateway.cli.output import handle_errors, print_json
from gateway.settings import build_json_schema, redact_settings

app = typer.Typer(help="Show the schema of the settings, and the effective settings.", no_args_is_help=True)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the settings file."""
    print_json(build_json_schema())


@app.command()
def show(settings: SettingsFile = None) -> None:
    """Print the effective settings as JSON: file and environment merged, secrets by their location and never by value.

    Exit 2: the settings are invalid.
    """
    with handle_errors():
        print_json(redact_settings(load_effective_settings(settings)))
