"""Parses the fenced code blocks of a page, for the site and its tests."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

_FENCE: Final = re.compile(r"^(?P<indent> *)(?P<fence>```+|~~~+)(?P<info>.*)$")
_TITLE: Final = re.compile(r'title="([^"]*)"')
_MARK: Final = re.compile(r"^<!-- (\w+)(?:: (.*))? -->$")


class Block(NamedTuple):
    """One block. `line` is that of its fence; `mark` is a comment above it, such as `<!-- run -->`, as (word, rest)."""

    page: Path
    line: int
    language: str
    title: str
    mark: tuple[str, str]
    text: str


def parse_blocks(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page in order. Raise ValueError for a block without an end."""
    lines = page.read_text(encoding="utf-8").splitlines()
    number = 0
    while number < len(lines):
        fence = _FENCE.match(lines[number])
        number += 1
        if fence is None:
            continue
        start = number
        while number < len(lines) and lines[number].strip() != fence["fence"]:
            number += 1
        if number == len(lines):
            raise ValueError(f"{page}:{start}: the block has no end")
        indent = len(fence["indent"])
        body = "".join(f"{line[indent:]}\n" for line in lines[start:number])
        language, _, rest = fence["info"].strip().partition(" ")
        title = _TITLE.search(rest)
        yield Block(page, start, language, title[1] if title else "", _find_mark(lines, start - 2), body)
        number += 1


def _find_mark(lines: list[str], above: int) -> tuple[str, str]:
    while above >= 0 and not lines[above].strip():
        above -= 1
    mark = _MARK.match(lines[above].strip()) if above >= 0 else None
    return (mark[1], mark[2] or "") if mark else ("", "")
