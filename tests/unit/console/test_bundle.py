"""The bundle lists the files that a page links and those that may be served."""

from pathlib import Path

import pytest

from gateway.console.bundle import Bundle, find_bundle
from gateway.console.graphiql import ENTRY


def test_an_entry_links_its_transitive_imports_and_each_style_once(bundle: Bundle) -> None:
    entry = bundle.get_entry(ENTRY)

    assert entry.script == "assets/graphiql-1.js"
    assert entry.imports == ("assets/shared-2.js", "assets/deep-3.js")
    assert entry.styles == ("assets/graphiql-1.css", "assets/shared-2.css")


def test_an_unknown_entry_is_a_key_error(bundle: Bundle) -> None:
    with pytest.raises(KeyError):
        bundle.get_entry("console/main.tsx")


def test_files_have_their_compressed_variants_and_the_manifest_is_excluded(bundle: Bundle) -> None:
    assert {name: list(codings) for name, codings in bundle.files.items()} == {
        "assets/graphiql-1.js": ["br", "gzip", "identity"],
        "assets/graphiql-1.css": ["identity"],
    }


def test_a_checkout_without_a_build_has_no_bundle(tmp_path: Path) -> None:
    assert find_bundle(tmp_path) is None
