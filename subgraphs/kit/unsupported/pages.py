"""Empty pages."""

from collections.abc import Sequence
from typing import Any

from gateway.canonical.page import Page
from gateway.ports.base import PageRequest


def build_empty_pages(parents: Sequence[str], page: PageRequest) -> dict[str, Page[Any]]:
    """Return an empty page for every parent."""
    empty: Page[Any] = Page(rows=(), cursors=(), has_previous=page.after is not None)
    return dict.fromkeys(parents, empty)
