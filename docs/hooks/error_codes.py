"""Renders a page per error code, from the docstrings of the error classes and the table of codes without a class."""

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from attribute_docs import read_attribute_docs
from tables import render_table

import gateway
from gateway.canonical.fault import FaultCode
from gateway.errors import CODE_DESCRIPTIONS, ClientError

_PARTS: Final = re.compile(r"\n+(?=(?:Seen|Remedy): )")
_CODE: Final = re.compile(r"[A-Z]+(?:_[A-Z]+)*")
_ROOT: Final = Path(gateway.__file__).parent

INTRODUCTION: Final = """\
# Errors

A request that is refused before it reaches the graph gets problem details (RFC 9457) with an HTTP status; the code is
their `title`. Every other error is an entry of `errors` in a GraphQL answer, with the code in `extensions.code` and a
`path` to the value that is null because of it. An answer with errors still has all available data. Every response has
the header `X-Correlation-Id`, which the gateway also sends to the systems that it calls.

"""


class Explanation(NamedTuple):
    """The content of a code's page; `statuses` are the HTTP statuses of its problem details."""

    code: str
    means: str
    seen: str
    remedy: str
    statuses: tuple[int, ...]
    carries: str


def collect_explanations() -> dict[str, Explanation]:
    """Return the explanation of every code, in alphabetical order. Raise ValueError for an incomplete text."""
    statuses = collect_edge_codes()
    texts = {code: (text, "") for code, text in CODE_DESCRIPTIONS.items()}
    texts |= {
        each.code: (inspect.getdoc(each) or "", inspect.getdoc(each.build_extensions) or "")
        for each in _list_subclasses(ClientError)
        if "code" in vars(each)
    }
    return {code: _parse_explanation(code, *texts[code], tuple(sorted(statuses[code]))) for code in sorted(texts)}


def render_pages() -> dict[str, str]:
    """Return the overview and one page per code, by path."""
    known, meanings = collect_explanations(), read_attribute_docs(FaultCode)
    rows = [(f"[`{code}`]({code}.md)", each.means, _format_place(each)) for code, each in known.items()]
    faults = render_table(("fault", "meaning"), [(f"`{code.value}`", meanings[code.name]) for code in FaultCode])
    overview = (
        f"{INTRODUCTION}{render_table(('code', 'meaning', 'where'), rows)}\n## Faults of systems\n\n"
        "`extensions.fault` of `SOURCE_UNAVAILABLE` says what happened. The system's own code is logged.\n\n"
        f"{faults}"
    )
    return {"errors/index.md": overview, **{f"errors/{code}.md": _render_page(each) for code, each in known.items()}}


def collect_edge_codes() -> Mapping[str, set[int]]:
    """Return the codes and statuses of all problem details, read from the source."""
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


def collect_code_constants(*folders: str) -> set[str]:
    """Return every string constant in the modules of these folders that has the form of a code."""
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


def _list_subclasses(above: type[ClientError]) -> Iterator[type[ClientError]]:
    for each in above.__subclasses__():
        yield each
        yield from _list_subclasses(each)


def _parse_explanation(code: str, text: str, carries: str, statuses: tuple[int, ...]) -> Explanation:
    means, *others = _PARTS.split(text)
    named = dict(part.split(": ", 1) for part in others)
    if named.keys() != {"Seen", "Remedy"}:
        raise ValueError(f"{code}: its text lacks the parts Seen and Remedy")
    more = "" if carries.startswith("Return the GraphQL error's extensions") else carries
    return Explanation(code, means.strip(), named["Seen"].strip(), named["Remedy"].strip(), statuses, more)


def _format_place(each: Explanation) -> str:
    return ", ".join(f"HTTP {status}" for status in each.statuses) or "`errors`"


def _render_page(each: Explanation) -> str:
    where = "" if not each.statuses else f" It is returned as problem details with {_format_place(each)}."
    carries = "" if not each.carries else f"\n## In `extensions`\n\n{_format_sentence(each.carries, 'Add ')}\n"
    seen = f"## Who sees it\n\n{_format_sentence(each.seen, 'by ')}{where}"
    return f"# {each.code}\n\n{each.means}\n\n{seen}\n{carries}\n## What to do\n\n{each.remedy}\n"


def _format_sentence(text: str, start: str) -> str:
    """Remove the docstring's first word and capitalise the rest."""
    rest = text.removeprefix(start)
    return f"{rest[:1].upper()}{rest[1:]}"
