"""The hook of mkdocs: adds the generated pages, and fills the marks of written ones (`<!-- facts: salesforce -->`) from the code."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import command_line
import decisions
import error_codes
import roles_and_scopes
import settings_reference
import vendor_facts
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

_FACTS: Final = re.compile(r"^<!-- facts: (\w+) -->$", re.MULTILINE)


@cache
def _errors() -> Mapping[str, str]:
    return error_codes.pages()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Complete the navigation: one entry per error code, and one per decision."""
    folder = Path(config.docs_dir)
    _complete(config.nav or [], "Errors", [page for page in _errors() if page != "errors/index.md"])
    _complete(config.nav or [], "Decisions", [f"decisions/{path.name}" for path in decisions.written(folder)])
    return config


def _complete(nav: Sequence[Any], section: str, pages: Sequence[str]) -> None:
    for entry in nav:
        if isinstance(entry, dict):
            for name, below in entry.items():
                if name == section:
                    below.extend(pages)
                elif isinstance(below, list):
                    _complete(below, section, pages)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add every generated page."""
    pages = {
        **_errors(),
        "decisions/index.md": decisions.page(Path(config.docs_dir)),
        "reference/command-line.md": command_line.page(),
        "reference/roles-and-scopes.md": roles_and_scopes.page(),
        "reference/settings.md": settings_reference.page(),
    }
    for address, text in pages.items():
        files.append(File.generated(config, address, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 -- mkdocs calls by name
    """Fill the facts of a vendor where a page asks for them."""
    guides = Path(config.docs_dir) / "connect"
    return _FACTS.sub(lambda mark: vendor_facts.facts(mark[1], guides / f"{mark[1]}.md"), markdown)
