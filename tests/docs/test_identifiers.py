"""Functions are named by what they do: no name starts with a participle where a verb is meant (CONTRIBUTING, Style)."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALLOWED = {
    "sourced": "a builder of the declaration language: the field is sourced from a system of record",
    "related": "a builder of the declaration language: rows of another noun",
    "derived": "a builder of the declaration language: a function of loaded records",
}
VERBS = {"embed", "exceed", "feed", "need", "proceed", "seed", "shed", "speed", "succeed"}
"""Words that end like a participle and are none."""
NOUNS = {"bring", "ceiling", "king", "mapping", "ping", "pricing", "ring", "routing", "spring", "string", "thing"}
"""Words in -ing that are nouns or verbs of their own."""
IRREGULAR = {
    "begun", "bound", "broken", "brought", "built", "caught", "chosen", "cut", "done", "drawn", "driven", "fed", "felt",
    "forgotten", "found", "frozen", "given", "gone", "grown", "held", "hidden", "hit", "kept", "known", "laid", "led",
    "left", "lent", "lost", "made", "met", "paid", "said", "seen", "sent", "shown", "spent", "spoken",
    "struck", "taken", "taught", "told", "thought", "thrown", "understood", "won", "worn", "written",
}  # fmt: skip


def is_participle(word: str) -> bool:
    """Judge the first word of a name."""
    if word in VERBS or word in NOUNS:
        return False
    return word in IRREGULAR or (len(word) > 4 and word.endswith(("ed", "ing")))


def participles(source: str) -> Iterator[str]:
    """Yield the functions of a module that are named by a participle; properties are nouns or adjectives."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if any("property" in ast.unparse(each) or "fixture" in ast.unparse(each) for each in node.decorator_list):
            continue
        if is_participle(node.name.strip("_").split("_")[0]) and node.name not in ALLOWED:
            yield f"{node.name}:{node.lineno}"


def python_files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],  # noqa: S607 -- git from the path
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [name for name in listed.stdout.split() if (ROOT / name).is_file()]


@pytest.mark.parametrize("name", ["shown_errors", "_told", "named_row", "serving", "cut", "built_page"])
def test_participles_are_recognised(name: str) -> None:
    assert list(participles(f"def {name}(): ...")) == [f"{name}:1"]


@pytest.mark.parametrize("name", ["load_rows", "seed_firm", "is_shown", "feed", "map_invoice", "string_of"])
def test_verbs_are_accepted(name: str) -> None:
    assert list(participles(f"def {name}(): ...")) == []


def test_no_function_is_named_by_a_participle() -> None:
    found = {
        name: names
        for name in python_files()
        if (names := list(participles((ROOT / name).read_text(encoding="utf-8"))))
    }

    assert found == {}
