"""Every code block of every page is what it says: it parses, names what exists, and runs where nothing but this machine is needed."""

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
"""Source in any other language is shown from a file that its own tests run."""


def test_every_block_is_in_a_language_that_is_checked() -> None:
    assert [format_location(block) for block in BLOCKS if block.language not in LANGUAGES] == []


@pytest.mark.parametrize("block", select_blocks("graphql"), ids=format_location)
def test_a_document_is_one_of_the_contract(block: Block) -> None:
    document = parse(block.text)

    assert validate(CONTRACT, document) == []
    assert [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]


@pytest.mark.parametrize("block", select_blocks("json"), ids=format_location)
def test_json_parses(block: Block) -> None:
    assert json.loads(block.text) is not None


@pytest.mark.parametrize("block", select_blocks("toml"), ids=format_location)
def test_a_file_is_read_strictly_by_what_reads_it(block: Block) -> None:
    given = tomllib.loads(block.text)
    if block.title.startswith("mappings/"):
        assert read_mapping(block) is not None
    elif "vendor" in given and "adapter" in given:
        assert msgspec.convert(given, Manifest, strict=True).roles
    else:
        assert Settings.model_validate(given) != Settings()


@pytest.mark.parametrize("block", INCLUDED, ids=format_location)
def test_a_file_that_a_page_shows_is_there_and_has_tests_beside_it(block: Block) -> None:
    shown = ROOT / json.loads(block.text.removeprefix(INCLUDE))

    assert shown.is_file()
    assert shown.name == block.title
    assert any(list(folder.glob("test_*.py")) for folder in (shown.parent, shown.parent.parent))


@pytest.mark.parametrize("block", select_blocks("sh"), ids=format_location)
def test_commands_are_of_the_shell_and_name_what_exists(block: Block) -> None:
    syntax = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, text=True, check=False)  # noqa: S607 -- bash from the path

    assert (syntax.returncode, syntax.stderr) == (0, "")
    assert list(find_unknown(block.text)) == []


@pytest.mark.parametrize(
    "block", [block for block in select_blocks("sh") if block.mark[0] == "run"], ids=format_location
)
def test_commands_that_need_only_this_machine_run(block: Block, tmp_path: Path) -> None:
    words = ["bash", "-e", "-o", "pipefail", "-c", block.text]
    ran = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 -- a block of the pages

    assert ran.returncode == 0, ran.stderr
    assert list(tmp_path.iterdir())


def test_the_guides_name_commands_at_all() -> None:
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
def test_a_command_that_does_not_exist_is_found(text: str, expected: list[str]) -> None:
    assert list(find_unknown(text)) == expected


def test_every_vendor_has_a_guide_with_its_settings_and_a_mapping() -> None:
    titles: dict[str, set[str]] = {vendor: set() for vendor in discover()}
    for block in select_blocks("toml"):
        if block.page.stem in titles and block.page.parent.name == "connect":
            titles[block.page.stem].add(block.title.partition("/")[0])

    assert titles == {vendor: {"psgw.toml", "mappings"} for vendor in discover()}
