"""Every vendor quirk in quirks.toml has an existing test."""

import ast
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[3]
QUIRKS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("quirks.toml").read_text(encoding="utf-8"))


class Quirk(NamedTuple):
    """One entry of quirks.toml."""

    vendor: str
    about: str
    quirk: str
    module: Path
    name: str


def load_quirks() -> list[Quirk]:
    """Return the entries of quirks.toml."""
    entries = []
    for vendor, section in QUIRKS.items():
        for line in section["quirks"]:
            module, _, name = line["test"].partition("::")
            path = (ROOT / section["folder"] / module).resolve()
            entries.append(Quirk(vendor, line["about"], line["quirk"], path, name))
    return entries


def collect_test_names(module: Path) -> set[str]:
    """Return the names of a module's tests."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    defined = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {node.name for node in defined if node.name.startswith("test_")}


@pytest.mark.parametrize("quirk", load_quirks(), ids=lambda quirk: f"{quirk.vendor}: {quirk.about}, {quirk.quirk}")
def test_every_quirk_has_its_test(quirk: Quirk) -> None:
    assert quirk.name in collect_test_names(quirk.module)


def test_no_quirk_is_listed_twice() -> None:
    entries = [(quirk.vendor, quirk.about, quirk.quirk) for quirk in load_quirks()]

    assert len(entries) == len(set(entries))


def test_the_five_vendors_are_listed() -> None:
    assert QUIRKS.keys() == {"Salesforce", "NetSuite", "Workday", "Kantata", "Productive"}
