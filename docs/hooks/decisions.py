"""Renders the list of decisions from their titles."""

from collections.abc import Sequence
from pathlib import Path

INTRODUCTION = """\
# Decisions

One page per decision, with its context and its consequence.

"""


def list_decisions(folder: Path) -> Sequence[Path]:
    """Return the pages of the decisions, oldest first."""
    return sorted(path for path in (folder / "decisions").glob("[0-9]*.md"))


def render_page(folder: Path) -> str:
    """Return the page."""
    lines = [f"- [{_read_title(path)}]({path.name})" for path in list_decisions(folder)]
    return INTRODUCTION + "\n".join(lines) + "\n"


def _read_title(path: Path) -> str:
    return path.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# ")
