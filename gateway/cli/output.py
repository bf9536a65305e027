"""The output and the exit codes of the commands."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, Final

import msgspec
import typer
from rich.console import Console, RenderableType
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from gateway.errors import ConfigurationError, PsgwError

STDERR = Console(stderr=True)
"""Messages for people; stdout has data only. There is no colour without a terminal, or with NO_COLOR."""

_WIDE: Final = 1000
"""Columns of output that is not a terminal, so that no line is wrapped for a program that reads it."""


class Exit(IntEnum):
    """Exit codes by class of failure."""

    OK = 0
    """Success."""
    FAILED = 1
    """An internal failure."""
    CONFIGURATION = 2
    """Settings, a mapping file or an option are invalid; every finding is listed."""
    UNREACHABLE = 3
    """A system or service cannot be reached, or refuses the call."""
    FINDINGS = 4
    """The command ran, and found problems that a person has to resolve."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C: 128 + SIGINT, as shells report it."""


def print_data(text: str) -> None:
    """Print data on stdout; end quietly when the reader has closed the pipe, as `head` does."""
    try:
        typer.echo(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        print_error(f"standard output cannot be written: {error.strerror}")
        raise typer.Exit(Exit.FAILED) from None


def print_json(value: Any) -> None:
    """Print a value on stdout as JSON."""
    print_data(msgspec.json.encode(value).decode())


def print_table(rows: RenderableType) -> None:
    """Print a table on stdout; without padding when stdout is not a terminal."""
    if sys.stdout.isatty():
        Console().print(rows, highlight=False)
        return
    plain = Console(width=_WIDE, file=io.StringIO())
    with plain.capture() as printed:
        plain.print(rows, highlight=False)
    print_data("\n".join(line.rstrip() for line in printed.get().splitlines()))


def print_error(message: str) -> None:
    """Print an error on stderr; markup in the message is printed literally."""
    STDERR.print(Text.assemble(("✗ ", "red"), message), soft_wrap=True, highlight=False)


class ProgressStep:
    """A progress line, shown on a terminal only."""

    def __init__(self, text: str) -> None:
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
        self._progress = Progress(
            *columns, console=STDERR, transient=True, redirect_stdout=False, redirect_stderr=False
        )
        self._task = self._progress.add_task(text, total=None)

    def start(self) -> None:
        """Show the line."""
        if STDERR.is_terminal:
            self._progress.start()

    def stop(self) -> None:
        """Remove the line."""
        if STDERR.is_terminal:
            self._progress.stop()

    def update(self, text: str) -> None:
        """Replace the text."""
        self._progress.update(self._task, description=text)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Remove the line while the block prints something else."""
        self.stop()
        try:
            yield
        finally:
            self.start()


@contextmanager
def show_progress(text: str) -> Iterator[ProgressStep]:
    """Show a line with the elapsed time while the block runs, on a terminal only."""
    step = ProgressStep(text)
    step.start()
    try:
        yield step
    finally:
        step.stop()


@contextmanager
def handle_errors() -> Iterator[None]:
    """Turn the product's own errors into a message and an exit code, without a stack trace."""
    try:
        yield
    except ConfigurationError as error:
        for finding in error.findings:
            print_error(finding)
        raise typer.Exit(Exit.CONFIGURATION) from None
    except PsgwError as error:
        print_error(str(error))
        raise typer.Exit(Exit.FAILED) from None
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None
