"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.errors import ConfigurationError
from gateway.settings import Settings, load

DEFAULT_FILE = Path("psgw.toml")

SettingsFile = Annotated[
    Path | None,
    typer.Option(
        "--settings", envvar="PSGW_SETTINGS", help="Settings file; psgw.toml in this folder when there is one."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def load_settings(path: Path | None) -> Settings:
    """Read the settings file that was named, or psgw.toml, or nothing but defaults and the environment."""
    if path is None and DEFAULT_FILE.exists():
        path = DEFAULT_FILE
    return load(path)


def load_connected_settings(path: Path | None) -> Settings:
    """Read settings as above for what is about systems; raises ConfigurationError when they name none."""
    settings = load_settings(path)
    if not settings.connections:
        read = "add a section [[connections]]" if path or DEFAULT_FILE.exists() else "name the file with --settings"
        raise ConfigurationError([f"connections: there is none; {read}"])
    return settings
