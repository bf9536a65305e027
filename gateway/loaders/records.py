"""Records by native id: one loader per kind of record. Keys are NativeIds of one connection; an unknown id gives None.

Only these reads are projected to the attributes that the document needs; other loaders read whole records.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from gateway.canonical.native import NativeId
from gateway.canonical.roles import SystemRole
from gateway.loaders.declaration import ROW_ID, Loader
from gateway.loaders.sources import Sources
from gateway.ports.base import Read
from gateway.ports.projection import limit_attributes

Reader = Callable[[Sources, str, Sequence[str]], Awaitable[Read[Any]]]


def _build_loader(name: str, role: SystemRole, read: Reader, row_key: str = ROW_ID) -> Loader:
    async def call(sources: Sources, keys: Sequence[NativeId], _args: Mapping[str, Any]) -> Mapping[NativeId, Any]:
        with limit_attributes(sources.needed_attributes):
            found = await read(sources, keys[0].connection, [key.id for key in keys])
        return {key: found.get(key.id) for key in keys}

    return Loader(name=name, system=role, call=call, batch=lambda port: port.capabilities.read_batch, row_key=row_key)


CRM, PSA, HCM, ERP = SystemRole.CRM, SystemRole.PSA, SystemRole.HCM, SystemRole.ERP

RECORD_LOADERS: tuple[Loader, ...] = (
    _build_loader("crm_accounts", CRM, lambda sources, at, ids: sources.get_crm(at).get_accounts(ids)),
    _build_loader("crm_opportunities", CRM, lambda sources, at, ids: sources.get_crm(at).get_opportunities(ids)),
    _build_loader("crm_contracts", CRM, lambda sources, at, ids: sources.get_crm(at).get_contracts(ids)),
    _build_loader("crm_contacts", CRM, lambda sources, at, ids: sources.get_crm(at).get_contacts(ids)),
    _build_loader("psa_clients", PSA, lambda sources, at, ids: sources.get_psa(at).get_clients(ids)),
    _build_loader("psa_projects", PSA, lambda sources, at, ids: sources.get_psa(at).get_projects(ids)),
    _build_loader("psa_users", PSA, lambda sources, at, ids: sources.get_psa(at).get_users(ids)),
    _build_loader("psa_tasks", PSA, lambda sources, at, ids: sources.get_psa(at).get_tasks(ids)),
    _build_loader("psa_milestones", PSA, lambda sources, at, ids: sources.get_psa(at).get_milestones(ids)),
    _build_loader("psa_demands", PSA, lambda sources, at, ids: sources.get_psa(at).get_demands(ids)),
    _build_loader("psa_assignments", PSA, lambda sources, at, ids: sources.get_psa(at).get_assignments(ids)),
    _build_loader("psa_time_entries", PSA, lambda sources, at, ids: sources.get_psa(at).get_time_entries(ids)),
    _build_loader("psa_expenses", PSA, lambda sources, at, ids: sources.get_psa(at).get_expenses(ids)),
    _build_loader("hcm_workers", HCM, lambda sources, at, ids: sources.get_hcm(at).get_workers(ids)),
    _build_loader("erp_legal_entities", ERP, lambda sources, at, ids: sources.get_erp(at).get_legal_entities(ids)),
    _build_loader("erp_customers", ERP, lambda sources, at, ids: sources.get_erp(at).get_customers(ids)),
    _build_loader("erp_contracts", ERP, lambda sources, at, ids: sources.get_erp(at).get_contracts(ids)),
    _build_loader("erp_jobs", ERP, lambda sources, at, ids: sources.get_erp(at).get_jobs(ids)),
    _build_loader("erp_employees", ERP, lambda sources, at, ids: sources.get_erp(at).get_employees(ids)),
    _build_loader("erp_invoices", ERP, lambda sources, at, ids: sources.get_erp(at).get_invoices(ids)),
    _build_loader("erp_invoice_lines", ERP, lambda sources, at, ids: sources.get_erp(at).get_invoice_lines(ids)),
    _build_loader("erp_payments", ERP, lambda sources, at, ids: sources.get_erp(at).get_payments(ids)),
    _build_loader("erp_expenses", ERP, lambda sources, at, ids: sources.get_erp(at).get_expenses(ids)),
    _build_loader(
        "erp_expenses_by_reference",
        ERP,
        lambda sources, at, ids: sources.get_erp(at).get_expenses_by_reference(ids),
        row_key="expense_reference",
    ),
    _build_loader(
        "erp_time_postings",
        ERP,
        lambda sources, at, ids: sources.get_erp(at).get_time_postings(ids),
        row_key="entry_reference",
    ),
)
