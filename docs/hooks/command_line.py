"""The page of the command line, from the commands' own help and exit codes."""

from typing import Final

import typer
from tables import table
from typer.cli import get_docs_for_click

from gateway.cli.main import app
from gateway.cli.output import Exit

INTRODUCTION: Final = """\
# Command line

Data goes to standard output, words for people to standard error. `--json` prints for machines where it is offered; `NO_COLOR` is honoured.

"""
MEANINGS: Final = {
    Exit.OK: "It holds, or it is done.",
    Exit.FAILED: "Something failed inside.",
    Exit.CONFIGURATION: "Settings, a mapping file or an option cannot work; every finding is listed.",
    Exit.UNREACHABLE: "A system or service could not be reached, or refuses what is needed.",
    Exit.FINDINGS: "It ran, and found something that a person has to look at.",
}


def page() -> str:
    """Return the page."""
    codes = table(("exit code", "meaning"), [(f"`{code.value}`", MEANINGS[code]) for code in Exit])
    command = typer.main.get_command(app)
    context = typer.Context(command)
    printed = get_docs_for_click(obj=command, ctx=context, name="psgw", indent=1)
    return f"{INTRODUCTION}{codes}\n{printed}"
