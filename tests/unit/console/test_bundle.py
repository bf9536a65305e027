"""The bundle says what a page links and what may be served."""

from pathlib import Path

import pytest

from gateway.console.bundle import Bundle, find_bundle
from gateway.console.graphiql import ENTRY


def test_an_entry_links_what_it_imports_however_deep_and_each_style_once(bundle: Bundle) -> None:
    entry = bundle.get_entry(ENTRY)

    assert entry.script == "assets/graphiql-1.js"
    assert entry.imports == ("assets/shared-2.js", "assets/deep-3.js")
    assert entry.styles == ("assets/graphiql-1.css", "assets/shared-2.css")


def test_what_is_no_entry_has_no_page(bundle: Bundle) -> None:
    with pytest.raises(KeyError):
        bundle.get_entry("console/main.tsx")


def test_files_are_served_with_their_twins_and_the_manifest_is_not(bundle: Bundle) -> None:
    assert {name: list(codings) for name, codings in bundle.files.items()} == {
        "assets/graphiql-1.js": ["br", "gzip", "identity"],
        "assets/graphiql-1.css": ["identity"],
    }


def test_a_checkout_in_which_nothing_was_built_has_no_bundle(tmp_path: Path) -> None:
    assert find_bundle(tmp_path) is None
