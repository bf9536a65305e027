"""Options of several commands."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.errors import ConfigurationError
from gateway.settings import Settings, load_settings

DEFAULT_FILE = Path("psgw.toml")

SettingsFile = Annotated[
    Path | None,
    typer.Option(
        "--settings", envvar="PSGW_SETTINGS", help="Settings file; default: psgw.toml in this folder, if it exists."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def load_effective_settings(path: Path | None) -> Settings:
    """Load the named settings file, else psgw.toml, else defaults and environment alone."""
    if path is None and DEFAULT_FILE.exists():
        path = DEFAULT_FILE
    return load_settings(path)


def load_connected_settings(path: Path | None) -> Settings:
    """Load settings as above; raise ConfigurationError when they have no connection."""
    settings = load_effective_settings(path)
    if not settings.connections:
        remedy = "add a section [[connections]]" if path or DEFAULT_FILE.exists() else "name the file with --settings"
        raise ConfigurationError([f"connections: there is none; {remedy}"])
    return settings
