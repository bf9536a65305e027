"""Records by native id: one loader per kind of record. Keys are NativeIds of one connection; an unknown id gives None.

Only these reads are projected to the attributes that the document needs; other loaders read whole records.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from gateway.canonical.native import NativeId
from gateway.canonical.roles import SystemRole
from gateway.loaders.declaration import Loader
from gateway.loaders.sources import Sources
from gateway.ports.base import Read
from gateway.ports.projection import needing

Reader = Callable[[Sources, str, Sequence[str]], Awaitable[Read[Any]]]


def _by_ids(name: str, role: SystemRole, read: Reader) -> Loader:
    async def call(sources: Sources, keys: Sequence[NativeId], _args: Mapping[str, Any]) -> Mapping[NativeId, Any]:
        with needing(sources.wanted):
            found = await read(sources, keys[0].connection, [key.id for key in keys])
        return {key: found.get(key.id) for key in keys}

    return Loader(name=name, system=role, call=call, batch=lambda port: port.capabilities.read_batch)


CRM, PSA, HCM, ERP = SystemRole.CRM, SystemRole.PSA, SystemRole.HCM, SystemRole.ERP

RECORD_LOADERS: tuple[Loader, ...] = (
    _by_ids("crm_accounts", CRM, lambda sources, at, ids: sources.crm(at).accounts(ids)),
    _by_ids("crm_opportunities", CRM, lambda sources, at, ids: sources.crm(at).opportunities(ids)),
    _by_ids("crm_contracts", CRM, lambda sources, at, ids: sources.crm(at).contracts(ids)),
    _by_ids("crm_contacts", CRM, lambda sources, at, ids: sources.crm(at).contacts(ids)),
    _by_ids("psa_clients", PSA, lambda sources, at, ids: sources.psa(at).clients(ids)),
    _by_ids("psa_projects", PSA, lambda sources, at, ids: sources.psa(at).projects(ids)),
    _by_ids("psa_users", PSA, lambda sources, at, ids: sources.psa(at).users(ids)),
    _by_ids("psa_tasks", PSA, lambda sources, at, ids: sources.psa(at).tasks(ids)),
    _by_ids("psa_milestones", PSA, lambda sources, at, ids: sources.psa(at).milestones(ids)),
    _by_ids("psa_demands", PSA, lambda sources, at, ids: sources.psa(at).demands(ids)),
    _by_ids("psa_assignments", PSA, lambda sources, at, ids: sources.psa(at).assignments(ids)),
    _by_ids("psa_time_entries", PSA, lambda sources, at, ids: sources.psa(at).time_entries(ids)),
    _by_ids("psa_expenses", PSA, lambda sources, at, ids: sources.psa(at).expenses(ids)),
    _by_ids("hcm_workers", HCM, lambda sources, at, ids: sources.hcm(at).workers(ids)),
    _by_ids("erp_legal_entities", ERP, lambda sources, at, ids: sources.erp(at).legal_entities(ids)),
    _by_ids("erp_customers", ERP, lambda sources, at, ids: sources.erp(at).customers(ids)),
    _by_ids("erp_contracts", ERP, lambda sources, at, ids: sources.erp(at).contracts(ids)),
    _by_ids("erp_jobs", ERP, lambda sources, at, ids: sources.erp(at).jobs(ids)),
    _by_ids("erp_employees", ERP, lambda sources, at, ids: sources.erp(at).employees(ids)),
    _by_ids("erp_invoices", ERP, lambda sources, at, ids: sources.erp(at).invoices(ids)),
    _by_ids("erp_invoice_lines", ERP, lambda sources, at, ids: sources.erp(at).invoice_lines(ids)),
    _by_ids("erp_payments", ERP, lambda sources, at, ids: sources.erp(at).payments(ids)),
    _by_ids("erp_expenses", ERP, lambda sources, at, ids: sources.erp(at).expenses(ids)),
    _by_ids("erp_time_postings", ERP, lambda sources, at, ids: sources.erp(at).time_postings(ids)),
)
