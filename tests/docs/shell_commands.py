"""The commands of a shell block: psgw commands with their options, and make targets."""

import re
import shlex
from collections.abc import Iterator

from tests.docs.pages import ROOT
from tests.fixtures.commands import list_commands

_CALL = re.compile(
    r"(?:^|[|;&(])[ \t]*(?:[\w.-]+/)*(?P<tool>psgw|make)(?P<words>(?:[ \t]+[^\s|;&)>#\"]+)+)", re.MULTILINE
)


def find_unknown(text: str) -> Iterator[str]:
    """Yield every command, option and target of a block that does not exist."""
    for call in _CALL.finditer(re.sub(r"\\\n\s*", " ", text)):
        words = shlex.split(call["words"])
        yield from _find_unknown_options(words) if call["tool"] == "psgw" else _find_unknown_targets(words)


def count_calls(text: str) -> int:
    """Return the number of psgw and make calls in a block."""
    return len(_CALL.findall(re.sub(r"\\\n\s*", " ", text)))


def _find_unknown_options(words: list[str]) -> Iterator[str]:
    known = dict(list_commands())
    path: list[str] = []
    rest = list(words)
    while rest and not rest[0].startswith("-") and hasattr(known[" ".join(path)], "list_commands"):
        path.append(rest.pop(0))
        if " ".join(path) not in known:
            yield " ".join(("psgw", *path))
            return
    options = {"--help", *(option for each in known[" ".join(path)].params for option in each.opts)}
    given = [word.partition("=")[0] for word in rest if word.startswith("-")]
    yield from (" ".join(("psgw", *path, option)) for option in given if option not in options)


def _find_unknown_targets(words: list[str]) -> Iterator[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for word in words:
        if "=" not in word and not re.search(rf"^{re.escape(word)}:", makefile, re.MULTILINE):
            yield f"make {word}"
