"""The list of decisions, from their first lines."""

from collections.abc import Sequence
from pathlib import Path

INTRODUCTION = """\
# Decisions

Why it is so: one page per decision, with the situation that asked for it and what follows from it.

"""


def written(folder: Path) -> Sequence[Path]:
    """Return the pages of the decisions below the site's folder, oldest first."""
    return sorted(path for path in (folder / "decisions").glob("[0-9]*.md"))


def page(folder: Path) -> str:
    """Return the page."""
    lines = [f"- [{_title(path)}]({path.name})" for path in written(folder)]
    return INTRODUCTION + "\n".join(lines) + "\n"


def _title(path: Path) -> str:
    return path.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# ")
