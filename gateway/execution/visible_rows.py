"""The rows of a list of leaves that the caller may see, where the list belongs to another noun than their owner.

A person's bookings and time entries belong to projects: the row rule of the project decides.
"""

from typing import Any

import msgspec

from gateway.canonical.page import Page
from gateway.canonical.records.base import Record
from gateway.execution.facets import resolve_owner
from gateway.execution.request import RequestState
from gateway.execution.view import MissingKeys, View


def select_visible_rows(page: Page[Any], source: Any, request: RequestState) -> Page[Any] | MissingKeys:
    """Return the page without the rows whose owner the caller may not see, or MissingKeys.

    Such a page has no total, which would count the hidden rows.
    """
    if request.caller.sees_every_row or not isinstance(source, View):
        return page
    owners = [_resolve_foreign_owner(row, source, request) for row in page.rows]
    missing = [owner for owner in owners if isinstance(owner, MissingKeys)]
    if missing:
        return MissingKeys.combine(missing)
    if page.rows and all(owner is source for owner in owners):
        return page
    visible = [number for number, owner in enumerate(owners) if owner is not None]
    return msgspec.structs.replace(
        page,
        rows=tuple(page.rows[number] for number in visible),
        cursors=tuple(page.cursors[number] for number in visible),
        total=None,
    )


def _resolve_foreign_owner(row: Any, source: View, request: RequestState) -> View | MissingKeys | None:
    """Return the owner of a leaf; the source for a row that shares the row rule of the source."""
    known = request.registry.find_facet(type(row)) if isinstance(row, Record) else None
    owner = request.registry.nouns[known[0]].owner if known is not None else None
    if owner is None or owner.noun == source.noun.name:
        return source
    return resolve_owner(owner, row, request)
