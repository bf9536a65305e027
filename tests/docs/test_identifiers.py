"""Functions are named by what they do (CONTRIBUTING, Style).

No name starts with a participle, a preposition or a conjunction where a verb is meant.
"""

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
    "derived_by": "a builder of the declaration language: a derived field with arguments",
    "streamed": "a builder of the declaration language: a field of the subscription root",
    "borrowed": "a builder of the declaration language: a facet of a referenced noun",
    "owned_by": "a builder of the declaration language: the record that owns a leaf",
}
NOUN_DECORATORS = {"derived_by", "fixture", "property", "related", "streamed"}
"""Decorators of functions that are named like an attribute: properties, fixtures, and fields of the GraphQL schema."""
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
CONNECTIVES = {
    "about", "above", "after", "against", "along", "among", "and", "around", "at", "because", "before", "behind",
    "below", "beneath", "beside", "between", "beyond", "by", "during", "except", "for", "how", "in", "inside", "into",
    "near", "of", "off", "onto", "or", "over", "per", "since", "than", "through", "towards", "under", "until", "upon",
    "via", "what", "when", "where", "which", "while", "who", "whose", "why", "with", "within", "without",
}  # fmt: skip
"""Prepositions and conjunctions. `to_x`, `from_x` and `as_x` are conversions, `on_<event>` is a handler."""


def is_participle(word: str) -> bool:
    """Judge the first word of a name."""
    if word in VERBS or word in NOUNS:
        return False
    return word in IRREGULAR or (len(word) > 4 and word.endswith(("ed", "ing")))


def list_misnamed(source: str) -> Iterator[str]:
    """Yield the functions of a module whose name does not start like a verb; properties are nouns or adjectives."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name in ALLOWED:
            continue
        if any(noun in ast.unparse(each) for each in node.decorator_list for noun in NOUN_DECORATORS):
            continue
        word, *rest = node.name.strip("_").split("_")
        if is_participle(word) or word in CONNECTIVES or (word == "on" and not rest):
            yield f"{node.name}:{node.lineno}"


def list_python_files() -> list[str]:
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
    assert list(list_misnamed(f"def {name}(): ...")) == [f"{name}:1"]


@pytest.mark.parametrize("name", ["of", "by_status", "_in_window", "among", "whose_turn", "on", "with_retry"])
def test_prepositions_and_conjunctions_are_recognised(name: str) -> None:
    assert list(list_misnamed(f"def {name}(): ...")) == [f"{name}:1"]


@pytest.mark.parametrize(
    "name",
    ["load_rows", "seed_firm", "is_shown", "feed", "map_invoice", "string_of", "to_date", "from_row", "on_event"],
)
def test_verbs_and_conversions_are_accepted(name: str) -> None:
    assert list(list_misnamed(f"def {name}(): ...")) == []


@pytest.mark.parametrize("decorator", ["property", "pytest.fixture", "derived_by(convert)"])
def test_attributes_may_be_named_by_a_participle(decorator: str) -> None:
    assert list(list_misnamed(f"@{decorator}\ndef converted(): ...")) == []


def test_every_function_is_named_by_a_verb() -> None:
    found = {
        name: names
        for name in list_python_files()
        if (names := list(list_misnamed((ROOT / name).read_text(encoding="utf-8"))))
    }

    assert found == {}
