"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.settings import Settings, load

DEFAULT_FILE = Path("psgw.toml")

SettingsFile = Annotated[
    Path | None,
    typer.Option(
        "--settings", envvar="PSGW_SETTINGS", help="Settings file; psgw.toml in this folder when there is one."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def settings_of(path: Path | None) -> Settings:
    """Read the settings file that was named, or psgw.toml, or nothing but defaults and the environment."""
    if path is None and DEFAULT_FILE.exists():
        path = DEFAULT_FILE
    return load(path)
