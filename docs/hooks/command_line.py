"""Renders the page of the command line from the commands' help and exit codes."""

from typing import Final

import typer
from attribute_docs import read_attribute_docs
from tables import render_table
from typer.cli import get_docs_for_click

from gateway.cli.main import app
from gateway.cli.output import Exit

INTRODUCTION: Final = """\
# Command line

Data goes to standard output, messages go to standard error. `--json` prints for machines; `NO_COLOR` is honoured.

"""


def render_page() -> str:
    """Return the page."""
    meanings = read_attribute_docs(Exit)
    codes = render_table(("exit code", "meaning"), [(f"`{code.value}`", meanings[code.name]) for code in Exit])
    command = typer.main.get_command(app)
    context = typer.Context(command)
    printed = get_docs_for_click(obj=command, ctx=context, name="psgw", indent=1)
    return f"{INTRODUCTION}{codes}\n{printed}"
