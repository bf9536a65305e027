"""Hook of mkdocs: adds the generated pages and replaces marks such as `<!-- facts: salesforce -->` in the others."""

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
def _render_error_pages() -> Mapping[str, str]:
    return error_codes.render_pages()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add one navigation entry per error code and per decision."""
    folder = Path(config.docs_dir)
    _extend_section(config.nav or [], "Errors", [page for page in _render_error_pages() if page != "errors/index.md"])
    _extend_section(
        config.nav or [], "Decisions", [f"decisions/{path.name}" for path in decisions.list_decisions(folder)]
    )
    return config


def _extend_section(nav: Sequence[Any], section: str, pages: Sequence[str]) -> None:
    for entry in nav:
        if isinstance(entry, dict):
            for name, below in entry.items():
                if name == section:
                    below.extend(pages)
                elif isinstance(below, list):
                    _extend_section(below, section, pages)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add every generated page."""
    pages = {
        **_render_error_pages(),
        "decisions/index.md": decisions.render_page(Path(config.docs_dir)),
        "reference/command-line.md": command_line.render_page(),
        "reference/roles-and-scopes.md": roles_and_scopes.render_page(),
        "reference/settings.md": settings_reference.render_page(),
    }
    for address, text in pages.items():
        files.append(File.generated(config, address, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 -- mkdocs calls by name
    """Replace the mark of a vendor by what its adapter declares."""
    guides = Path(config.docs_dir) / "connect"
    return _FACTS.sub(lambda mark: vendor_facts.render_facts(mark[1], guides / f"{mark[1]}.md"), markdown)
