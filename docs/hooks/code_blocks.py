"""The fenced code blocks of a page, as the site and its tests read them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

_FENCE: Final = re.compile(r"^(?P<indent> *)(?P<fence>```+|~~~+)(?P<info>.*)$")
_TITLE: Final = re.compile(r'title="([^"]*)"')
_MARK: Final = re.compile(r"^<!-- (\w+)(?:: (.*))? -->$")


class Block(NamedTuple):
    """One block. `line` is that of its fence; `mark` is a comment such as `<!-- run -->` on the line above, as (word, rest)."""

    page: Path
    line: int
    language: str
    title: str
    mark: tuple[str, str]
    text: str


def blocks_of(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page in order; raises ValueError for one that never ends."""
    lines = page.read_text(encoding="utf-8").splitlines()
    number = 0
    while number < len(lines):
        opened = _FENCE.match(lines[number])
        number += 1
        if opened is None:
            continue
        start = number
        while number < len(lines) and lines[number].strip() != opened["fence"]:
            number += 1
        if number == len(lines):
            raise ValueError(f"{page}:{start}: the block never ends")
        cut = len(opened["indent"])
        body = "".join(f"{line[cut:]}\n" for line in lines[start:number])
        language, _, rest = opened["info"].strip().partition(" ")
        title = _TITLE.search(rest)
        yield Block(page, start, language, title[1] if title else "", _mark(lines, start - 2), body)
        number += 1


def _mark(lines: list[str], above: int) -> tuple[str, str]:
    while above >= 0 and not lines[above].strip():
        above -= 1
    found = _MARK.match(lines[above].strip()) if above >= 0 else None
    return (found[1], found[2] or "") if found else ("", "")
