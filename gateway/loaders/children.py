"""Child pages: one loader per relation. Keys are the parents' NativeIds of one connection; every parent gets a page.

Calls per level: ceil(parents / parent_batch) reads, each ceil(rows / page_cap) calls, rows being at most parents *
(first + 1).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from gateway.canonical.native import NativeId
from gateway.canonical.page import Page
from gateway.canonical.roles import SystemRole
from gateway.errors import SourceError
from gateway.loaders.conditions import (
    Args,
    build_assignment_where,
    build_demand_where,
    build_page_request,
    build_task_where,
)
from gateway.loaders.declaration import Loader
from gateway.loaders.list_cursors import bind_cursors
from gateway.loaders.sources import Sources
from gateway.ports.base import Children, Read

ChildReader = Callable[[Sources, str, Sequence[str], Args], Awaitable[Children[Any]]]
EMPTY: Page[Any] = Page(rows=(), cursors=())


def _build_loader(name: str, role: SystemRole, parent: str, read: ChildReader) -> Loader:
    async def call(sources: Sources, keys: Sequence[NativeId], args: Args) -> Mapping[NativeId, Any]:
        found = await read(sources, keys[0].connection, [key.id for key in keys], args)
        return {key: found.get(key.id, EMPTY) for key in keys}

    return bind_cursors(
        Loader(name=name, system=role, call=call, batch=lambda port: port.capabilities.parent_batch, row_key=parent)
    )


CHILD_LOADERS: tuple[Loader, ...] = (
    _build_loader(
        "crm_contacts_by_account",
        SystemRole.CRM,
        "account_id",
        lambda sources, at, ids, args: sources.get_crm(at).list_contacts_by_account(ids, build_page_request(args, 25)),
    ),
    _build_loader(
        "psa_tasks_by_project",
        SystemRole.PSA,
        "project_id",
        lambda sources, at, ids, args: sources.get_psa(at).list_tasks_by_project(
            ids, build_task_where(sources, at, args), build_page_request(args, 50)
        ),
    ),
    _build_loader(
        "psa_milestones_by_project",
        SystemRole.PSA,
        "project_id",
        lambda sources, at, ids, args: sources.get_psa(at).list_milestones_by_project(
            ids, build_page_request(args, 100)
        ),
    ),
    _build_loader(
        "psa_demands_by_project",
        SystemRole.PSA,
        "project_id",
        lambda sources, at, ids, args: sources.get_psa(at).list_demands_by_project(
            ids, build_demand_where(sources, at, args), build_page_request(args, 50)
        ),
    ),
    _build_loader(
        "psa_assignments_by_project",
        SystemRole.PSA,
        "project_id",
        lambda sources, at, ids, args: sources.get_psa(at).list_assignments_by_project(
            ids, build_assignment_where(sources, at, args), build_page_request(args, 50)
        ),
    ),
    _build_loader(
        "psa_assignments_by_user",
        SystemRole.PSA,
        "user_id",
        lambda sources, at, ids, args: sources.get_psa(at).list_assignments_by_user(
            ids, build_assignment_where(sources, at, args), build_page_request(args, 25)
        ),
    ),
    _build_loader(
        "erp_invoice_lines_by_invoice",
        SystemRole.ERP,
        "invoice_id",
        lambda sources, at, ids, args: sources.get_erp(at).list_invoice_lines_by_invoice(
            ids, build_page_request(args, 50)
        ),
    ),
)


async def _load_payments(sources: Sources, keys: Sequence[NativeId], _args: Args) -> Mapping[NativeId, Any]:
    found: Read[Any] = await sources.get_erp(keys[0].connection).list_payments_by_invoice([key.id for key in keys])
    return {key: _build_whole_page(found.get(key.id, ())) for key in keys}


def _build_whole_page(rows: Any) -> Any:
    """Return all rows as one page; an error unchanged."""
    return rows if isinstance(rows, SourceError) else Page(rows=rows, cursors=("",) * len(rows))


PAYMENTS = Loader(
    name="erp_payments_by_invoice",
    system=SystemRole.ERP,
    call=_load_payments,
    batch=lambda port: port.capabilities.read_batch,
    row_key="invoice_id",
)
