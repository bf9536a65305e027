"""Markdown tables."""

from collections.abc import Iterable, Sequence


def render_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table. Pipes in cells are escaped and white space is folded."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_escape_cell(each) for each in line)} |" for line in lines) + "\n"


def _escape_cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
