"""What commands print, and how they end."""

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
"""Where people read: stderr. Data goes to stdout and nothing else does. Without a terminal, or with NO_COLOR, there is no colour."""

_WIDE: Final = 1000
"""Columns of what is not a terminal: nothing is wrapped that a program may read."""


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
    INTERRUPTED = 130
    """Ctrl-C, as a shell tells it."""


def print_data(text: str) -> None:
    """Print data on stdout; nothing is to be said to a reader that has gone, such as `head`."""
    try:
        typer.echo(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        print_error(f"standard output cannot be written: {error.strerror}")
        raise typer.Exit(Exit.FAILED) from None


def print_json(value: Any) -> None:
    """Print data on stdout as JSON."""
    print_data(msgspec.json.encode(value).decode())


def print_table(rows: RenderableType) -> None:
    """Print a table on stdout; where nobody looks at it, without what only fills its cells."""
    if sys.stdout.isatty():
        Console().print(rows, highlight=False)
        return
    plain = Console(width=_WIDE, file=io.StringIO())
    with plain.capture() as printed:
        plain.print(rows, highlight=False)
    print_data("\n".join(line.rstrip() for line in printed.get().splitlines()))


def print_error(words: str) -> None:
    """Tell people what is wrong; what is in the words is never read as markup."""
    STDERR.print(Text.assemble(("✗ ", "red"), words), soft_wrap=True, highlight=False)


class ProgressStep:
    """Something that is being done; shown on a terminal only."""

    def __init__(self, words: str) -> None:
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
        self._progress = Progress(
            *columns, console=STDERR, transient=True, redirect_stdout=False, redirect_stderr=False
        )
        self._task = self._progress.add_task(words, total=None)

    def start(self) -> None:
        """Show it."""
        if STDERR.is_terminal:
            self._progress.start()

    def stop(self) -> None:
        """Take it away."""
        if STDERR.is_terminal:
            self._progress.stop()

    def update(self, words: str) -> None:
        """Tell how far it got."""
        self._progress.update(self._task, description=words)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Take it away while something else is printed."""
        self.stop()
        try:
            yield
        finally:
            self.start()


@contextmanager
def show_progress(words: str) -> Iterator[ProgressStep]:
    """Show on a terminal that something is being done, and for how long."""
    step = ProgressStep(words)
    step.start()
    try:
        yield step
    finally:
        step.stop()


@contextmanager
def handle_errors() -> Iterator[None]:
    """Turn what the product raises on purpose into words and an exit code; never a stack trace for a wrong setting."""
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
