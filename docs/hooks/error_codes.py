"""A page for every code that an answer can carry, from the error classes' docstrings and the table of codes without a class."""

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from attribute_docs import attribute_docs
from tables import table

import gateway
from gateway.canonical.fault import FaultCode
from gateway.errors import EXPLAINED, ClientError

_PARTS: Final = re.compile(r"\n+(?=(?:Seen|Remedy): )")
_CODE: Final = re.compile(r"[A-Z]+(?:_[A-Z]+)*")
_ROOT: Final = Path(gateway.__file__).parent

INTRODUCTION: Final = """\
# Errors

A request that is refused before it reaches the graph gets problem details (RFC 9457) with an HTTP status; the code is its `title`. Everything else is an entry
of `errors` in a GraphQL answer, with the code in `extensions.code` and a `path` to the value that is null because of it. An answer with errors still has all
the data that could be had. Every answer carries `X-Correlation-Id`, which was also sent to the systems that were called.

"""


class Explanation(NamedTuple):
    """What a page says of a code; `statuses` are the HTTP statuses that it comes with before the graph is reached."""

    code: str
    means: str
    seen: str
    remedy: str
    statuses: tuple[int, ...]
    carries: str


def explanations() -> dict[str, Explanation]:
    """Return every code that is explained, in alphabetical order; raises ValueError for a text without its parts."""
    statuses = emitted_by_the_edge()
    texts = {code: (text, "") for code, text in EXPLAINED.items()}
    texts |= {
        each.code: (inspect.getdoc(each) or "", inspect.getdoc(each.extensions) or "")
        for each in _classes(ClientError)
        if "code" in vars(each)
    }
    return {code: _explanation(code, *texts[code], tuple(sorted(statuses[code]))) for code in sorted(texts)}


def pages() -> dict[str, str]:
    """Return the overview and one page per code, by address."""
    known, meanings = explanations(), attribute_docs(FaultCode)
    rows = [(f"[`{code}`]({code}.md)", each.means, _place(each)) for code, each in known.items()]
    faults = table(("fault", "meaning"), [(f"`{code.value}`", meanings[code.name]) for code in FaultCode])
    overview = (
        f"{INTRODUCTION}{table(('code', 'meaning', 'where'), rows)}\n## Faults of systems\n\n"
        "`SOURCE_UNAVAILABLE` says in `extensions.fault` what happened at the system. The system's own words are in the log only.\n\n"
        f"{faults}"
    )
    return {"errors/index.md": overview, **{f"errors/{code}.md": _page(each) for code, each in known.items()}}


def emitted_by_the_edge() -> Mapping[str, set[int]]:
    """Return the codes that the code refuses requests with, and the statuses: read from the source, where each is written once."""
    found: dict[str, set[int]] = defaultdict(set)
    for source in sorted(_ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="ProblemError"),
                    args=[ast.Constant(value=int(status)), ast.Constant(value=code), *_],
                ):
                    found[str(code)].add(status)
    return found


def words_in(*folders: str) -> set[str]:
    """Return every word of the form of a code that the modules of these folders hold as a constant, but for docstrings."""
    return {
        node.value
        for folder in folders
        for source in sorted((_ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and "_" in node.value
        and _CODE.fullmatch(node.value)
    }


def _classes(above: type[ClientError]) -> Iterator[type[ClientError]]:
    for each in above.__subclasses__():
        yield each
        yield from _classes(each)


def _explanation(code: str, text: str, carries: str, statuses: tuple[int, ...]) -> Explanation:
    means, *others = _PARTS.split(text)
    named = dict(part.split(": ", 1) for part in others)
    if named.keys() != {"Seen", "Remedy"}:
        raise ValueError(f"{code}: its text needs the parts Seen and Remedy")
    more = "" if carries.startswith("Return what stands beside") else carries
    return Explanation(code, means.strip(), named["Seen"].strip(), named["Remedy"].strip(), statuses, more)


def _place(each: Explanation) -> str:
    return ", ".join(f"HTTP {status}" for status in each.statuses) or "`errors`"


def _page(each: Explanation) -> str:
    where = "" if not each.statuses else f" It comes as problem details with {_place(each)}."
    carries = "" if not each.carries else f"\n## In `extensions`\n\n{_sentence(each.carries, 'Add ')}\n"
    return f"# {each.code}\n\n{each.means}\n\n## Who sees it\n\n{_sentence(each.seen, 'by ')}{where}\n{carries}\n## What to do\n\n{each.remedy}\n"


def _sentence(text: str, start: str) -> str:
    """Begin a page's sentence after the words that the docstring begins with."""
    rest = text.removeprefix(start)
    return f"{rest[:1].upper()}{rest[1:]}"
