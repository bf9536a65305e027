"""Every code block of every page parses, refers to what exists, and runs if it needs no other system."""

import json
import subprocess
import tomllib
from pathlib import Path

import msgspec
import pytest
from code_blocks import Block
from graphql import OperationDefinitionNode, build_schema, parse, validate

from gateway.ports.discovery import Manifest, discover
from gateway.settings import Settings
from tests.docs.mappings import read_mapping
from tests.docs.pages import BLOCKS, INCLUDE, INCLUDED, ROOT, format_location, select_blocks
from tests.docs.shell_commands import count_calls, find_unknown

CONTRACT = build_schema((ROOT / "canonical_schema.graphql").read_text(encoding="utf-8"), assume_valid_sdl=True)
LANGUAGES = {"graphql", "json", "sh", "text", "toml"}
"""Code in any other language is included from a tested file."""


def test_every_block_is_in_a_checked_language() -> None:
    assert [format_location(block) for block in BLOCKS if block.language not in LANGUAGES] == []


@pytest.mark.parametrize("block", select_blocks("graphql"), ids=format_location)
def test_a_document_is_valid_against_the_schema(block: Block) -> None:
    document = parse(block.text)

    assert validate(CONTRACT, document) == []
    assert [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]


@pytest.mark.parametrize("block", select_blocks("json"), ids=format_location)
def test_json_parses(block: Block) -> None:
    assert json.loads(block.text) is not None


@pytest.mark.parametrize("block", select_blocks("toml"), ids=format_location)
def test_a_toml_file_is_accepted_by_its_strict_reader(block: Block) -> None:
    given = tomllib.loads(block.text)
    if block.title.startswith("mappings/"):
        assert read_mapping(block) is not None
    elif "vendor" in given and "adapter" in given:
        assert msgspec.convert(given, Manifest, strict=True).roles
    else:
        assert Settings.model_validate(given) != Settings()


@pytest.mark.parametrize("block", INCLUDED, ids=format_location)
def test_an_included_file_exists_and_has_tests_in_its_folder(block: Block) -> None:
    included = ROOT / json.loads(block.text.removeprefix(INCLUDE))

    assert included.is_file()
    assert included.name == block.title
    assert any(list(folder.glob("test_*.py")) for folder in (included.parent, included.parent.parent))


@pytest.mark.parametrize("block", select_blocks("sh"), ids=format_location)
def test_shell_commands_parse_and_exist(block: Block) -> None:
    syntax = subprocess.run(
        ["bash", "-n"],  # noqa: S607 -- bash from the path
        input=block.text,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (syntax.returncode, syntax.stderr) == (0, "")
    assert list(find_unknown(block.text)) == []


@pytest.mark.parametrize(
    "block", [block for block in select_blocks("sh") if block.mark[0] == "run"], ids=format_location
)
def test_commands_that_need_no_other_system_run(block: Block, tmp_path: Path) -> None:
    command = ["bash", "-e", "-o", "pipefail", "-c", block.text]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 -- a page's block

    assert result.returncode == 0, result.stderr
    assert list(tmp_path.iterdir())


def test_the_pages_contain_commands() -> None:
    assert sum(count_calls(block.text) for block in select_blocks("sh")) >= 15


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("psgw chek --settings x", ["psgw chek"]),
        ("psgw check --setings x", ["psgw check --setings"]),
        ("psgw schema diff \\\n  --agianst x", ["psgw schema diff --agianst"]),
        ('curl -H "Bearer $(.venv/bin/psgw token --roll finance)"', ["psgw token --roll"]),
        ("make deom", ["make deom"]),
        ("make install-wheel PREFIX=/opt/psgw && psgw check --json | less", []),
    ],
)
def test_an_unknown_command_is_found(text: str, expected: list[str]) -> None:
    assert list(find_unknown(text)) == expected


def test_every_vendor_has_a_guide_with_its_settings_and_a_mapping() -> None:
    titles: dict[str, set[str]] = {vendor: set() for vendor in discover()}
    for block in select_blocks("toml"):
        if block.page.stem in titles and block.page.parent.name == "connect":
            titles[block.page.stem].add(block.title.partition("/")[0])

    assert titles == {vendor: {"psgw.toml", "mappings"} for vendor in discover()}
