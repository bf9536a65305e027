"""Expenses of a project: from the PSA, or from the ERP if the PSA has no such project or no expenses."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.canonical.native import NativeId
from gateway.canonical.page import Page
from gateway.canonical.records.psa import PsaExpense
from gateway.canonical.roles import SystemRole
from gateway.errors import SourceError
from gateway.loaders.conditions import Args, build_expense_where, build_page_request
from gateway.loaders.declaration import Loader
from gateway.loaders.list_cursors import bind_cursors
from gateway.loaders.sources import Sources
from gateway.ports.lineage import is_supported

EMPTY: Page[Any] = Page(rows=(), cursors=(), total=0)


async def _load(sources: Sources, keys: Sequence[Any], args: Args) -> Mapping[Any, Any]:
    """Read from the PSA; from the ERP where the PSA does not support expenses."""
    found: dict[Any, Any] = {}
    for key in keys:
        if key.psa is not None and is_supported(sources.ports[key.psa.connection].lineage, PsaExpense):
            found[key] = key.psa
        elif key.erp is not None:
            found[key] = key.erp
    pages: dict[NativeId, Any] = {}
    by_connection: dict[str, list[NativeId]] = {}
    for native in found.values():
        by_connection.setdefault(native.connection, []).append(native)
    for connection, natives in by_connection.items():
        pages |= await _read(sources, connection, natives, args)
    return {key: pages.get(found[key], EMPTY) if key in found else EMPTY for key in keys}


async def _read(sources: Sources, connection: str, natives: Sequence[NativeId], args: Args) -> dict[NativeId, Any]:
    where, page = build_expense_where(sources, connection, args), build_page_request(args, 50)
    if where is None:
        return dict.fromkeys(natives, EMPTY)
    ids = [native.id for native in natives]
    try:
        if sources.ports[connection].role is SystemRole.PSA:
            answer: Mapping[str, Any] = await sources.get_psa(connection).list_expenses_by_project(ids, where, page)
        else:
            answer = await sources.get_erp(connection).list_expenses_by_job(ids, where, page)
    except SourceError as error:
        return dict.fromkeys(natives, error)
    return {native: answer.get(native.id, EMPTY) for native in natives}


EXPENSES = bind_cursors(Loader(name="expenses_by_project", system=SystemRole.PSA, call=_load, batch=50))
