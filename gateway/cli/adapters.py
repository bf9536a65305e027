"""psgw adapters: the vendors."""

import typer

from gateway.cli.options import Json, SettingsFile, settings_of
from gateway.cli.output import data, data_json, failures
from gateway.ports.discovery import discover

app = typer.Typer(help="Vendors.", no_args_is_help=True)


@app.command("list")
def list_(settings: SettingsFile = None, json: Json = False) -> None:
    """List the vendors that were found, and the roles that each can play."""
    with failures():
        given = settings_of(settings)
        found = discover([given.home / folder for folder in given.adapters.folders])
    if json:
        data_json({name: list(manifest.roles) for name, manifest in found.items()})
    else:
        for name, manifest in sorted(found.items()):
            data(f"{name}: {', '.join(manifest.roles)} ({manifest.api_version})")
