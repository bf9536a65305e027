"""House rules that the linter does not cover."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LINES, TEST_LINES = 400, 500
VAGUE = {"utils", "helpers", "common", "manager", "misc"}


def list_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607 -- git from the path
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


FILES = list_files()
PYTHON = [path for path in FILES if path.suffix == ".py"]


def test_no_file_is_longer_than_the_limit() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in PYTHON
        if (count := read_text(path).count("\n")) > (TEST_LINES if path.is_relative_to(ROOT / "tests") else LINES)
    }

    assert long == {}


def test_no_module_has_a_vague_name() -> None:
    assert [path for path in PYTHON if path.stem in VAGUE or path.parent.name in VAGUE] == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"https?://[^ \"]*(?:/simple/|/packages/[^ \"]+\.(?:whl|tar\.gz))",
        r"--(?:extra-)?index-url",
        r"/wor[k]/(?:main|shared)|bash_job[s]",
        r"\b(?:TOD[O]|FIXM[E]|XX[X])\b",
        r"mock\.patc[h]",
    ],
)
def test_no_file_contains_forbidden_text(pattern: str) -> None:
    forbidden = re.compile(pattern)

    assert [str(path) for path in FILES if path != Path(__file__) and forbidden.search(read_text(path))] == []


def test_every_dependency_is_pinned_with_hashes_and_without_addresses() -> None:
    project = tomllib.loads(read_text(ROOT / "pyproject.toml"))["project"]
    requirements = [
        *project["dependencies"],
        *(each for group in project["optional-dependencies"].values() for each in group),
    ]
    pins = read_text(ROOT / "constraints.txt")

    for requirement in requirements:
        name = re.split(r"[\[=<>~ ;]", requirement)[0].lower()
        pin = re.search(
            rf"^{re.escape(name)}(?:\[[^\]]*\])?==\S+ .*?\n(?: +--hash=sha256:[0-9a-f]{{64}})", pins, re.MULTILINE
        )
        assert pin, name
    assert "://" not in pins


def test_the_committed_schema_equals_the_printed_one() -> None:
    from gateway.cli.schema import format_contract  # noqa: PLC0415 -- builds the schema

    assert read_text(ROOT / "canonical_schema.graphql") == format_contract()


def test_the_schema_names_no_vendor() -> None:
    contract = read_text(ROOT / "canonical_schema.graphql").lower()
    vendors = [path.parent.name for path in FILES if path.name == "manifest.toml"]

    assert vendors
    assert [vendor for vendor in vendors if vendor in contract] == []
