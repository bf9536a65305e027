"""The repository uses the field's words: no file contains a word that `banned_words.txt` lists."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("banned_words.txt")
EXEMPT = {
    "CHANGELOG.md",
    "LICENSE",
    "tests/docs/banned_words.txt",
    "tests/docs/test_identifiers.py",
    "tests/docs/test_words.py",
}
TEXT = {".css", ".graphql", ".html", ".json", ".md", ".mjs", ".py", ".svg", ".tmpl", ".toml", ".ts", ".tsx", ".yml"}
GENERATED = {"package-lock.json"}
"""Files of other projects' words."""


def read_patterns() -> list[re.Pattern[str]]:
    lines = (re.split(r"\s+# |^#", line, maxsplit=1)[0].strip() for line in LIST.read_text("utf-8").splitlines())
    return [re.compile(line, re.IGNORECASE) for line in lines if line]


def list_files() -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607 -- git from the path
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.is_file() and name not in EXEMPT and path.suffix in TEXT and path.name not in GENERATED:
            yield path


def find_banned(text: str, patterns: Sequence[re.Pattern[str]]) -> Iterator[str]:
    """Yield the line and the word of each match."""
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield f"{text.count(chr(10), 0, match.start()) + 1}: {match[0]}"


@pytest.mark.parametrize("text", ["It mends the page.", "errorsLeftOut", "The caller is told.", "class Seats:"])
def test_a_banned_word_is_found(text: str) -> None:
    assert list(find_banned(text, read_patterns()))


@pytest.mark.parametrize("text", ["Amend the invoice.", "graphql:explore", "Set the headers.", "The recommended way."])
def test_an_accepted_word_is_not_found(text: str) -> None:
    assert list(find_banned(text, read_patterns())) == []


def test_no_file_contains_a_banned_word() -> None:
    patterns = read_patterns()
    found = {
        str(path.relative_to(ROOT)): words
        for path in list_files()
        if (words := list(find_banned(path.read_text(encoding="utf-8"), patterns)))
    }

    assert found == {}
