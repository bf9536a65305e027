"""The Markdown pages of the repository and their code blocks."""

from pathlib import Path

from code_blocks import Block, parse_blocks

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
INCLUDE = "--8<-- "
ALL_BLOCKS = [block for page in PAGES for block in parse_blocks(page)]
BLOCKS = [block for block in ALL_BLOCKS if not block.text.startswith(INCLUDE)]
INCLUDED = [block for block in ALL_BLOCKS if block.text.startswith(INCLUDE)]
"""Blocks that include a whole file of the repository; the file's tests are in its folder."""


def select_blocks(*languages: str) -> list[Block]:
    """Return the blocks in the given languages."""
    return [block for block in BLOCKS if block.language in languages]


def format_location(block: Block) -> str:
    """Return a block's page and line, for the test's name."""
    return f"{block.page.relative_to(ROOT)}:{block.line}"
