"""The page of the command line, from the commands' own help and exit codes."""

from typing import Final

import typer
from attribute_docs import attribute_docs
from tables import table
from typer.cli import get_docs_for_click

from gateway.cli.main import app
from gateway.cli.output import Exit

INTRODUCTION: Final = """\
# Command line

Data goes to standard output, words for people to standard error. `--json` prints for machines where it is offered; `NO_COLOR` is honoured.

"""


def page() -> str:
    """Return the page."""
    meanings = attribute_docs(Exit)
    codes = table(("exit code", "meaning"), [(f"`{code.value}`", meanings[code.name]) for code in Exit])
    command = typer.main.get_command(app)
    context = typer.Context(command)
    printed = get_docs_for_click(obj=command, ctx=context, name="psgw", indent=1)
    return f"{INTRODUCTION}{codes}\n{printed}"
