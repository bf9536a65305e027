"""What commands print, and how they end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import msgspec
import typer
from rich.console import Console

from gateway.errors import ConfigurationError, PsgwError

PEOPLE = Console(stderr=True, no_color="NO_COLOR" in os.environ)
"""Where people read: stderr. Data goes to stdout and nothing else does."""


class Exit(IntEnum):
    """Exit codes by class of failure."""

    OK = 0
    """It holds, or it is done."""
    FAILED = 1
    """Something failed inside."""
    CONFIGURATION = 2
    """Settings, a mapping file or an option cannot work; every finding is listed."""
    UNREACHABLE = 3
    """A system or service could not be reached, or refuses what is needed."""
    FINDINGS = 4
    """It ran, and found something that a person has to look at."""


def data(text: str) -> None:
    """Print data on stdout."""
    typer.echo(text)


def data_json(value: Any) -> None:
    """Print data on stdout as JSON."""
    typer.echo(msgspec.json.encode(value).decode())


@contextmanager
def failures() -> Iterator[None]:
    """Turn what the product raises on purpose into words and an exit code; never a stack trace for a wrong setting."""
    try:
        yield
    except ConfigurationError as error:
        for finding in error.findings:
            PEOPLE.print(f"[red]✗[/red] {finding}", highlight=False)
        raise typer.Exit(Exit.CONFIGURATION) from None
    except PsgwError as error:
        PEOPLE.print(f"[red]✗[/red] {error}", highlight=False)
        raise typer.Exit(Exit.FAILED) from None
