"""The vendor folder's `conformance.py`, which the contract tests of every adapter use."""

from contextlib import aclosing

import pytest

from gateway.canonical.records.erp import (
    ErpContract,
    ErpCustomer,
    ErpEmployee,
    ErpExpense,
    ErpInvoice,
    ErpJob,
    ErpLegalEntity,
    ErpPayment,
)
from gateway.canonical.roles import SystemRole
from gateway.errors import ConfigurationError
from subgraphs.erp.netsuite.adapter import connect
from subgraphs.erp.netsuite.conformance import run_system


async def test_the_running_system_has_exactly_the_declared_ids_and_references():
    async with run_system(SystemRole.ERP) as running, aclosing(connect(running.connection)) as port:
        reads = {
            ErpLegalEntity: port.get_legal_entities,
            ErpCustomer: port.get_customers,
            ErpEmployee: port.get_employees,
            ErpJob: port.get_jobs,
            ErpContract: port.get_contracts,
            ErpInvoice: port.get_invoices,
            ErpPayment: port.get_payments,
            ErpExpense: port.get_expenses,
        }
        assert reads.keys() == running.ids.keys()
        for kind, ids in running.ids.items():
            assert set(await reads[kind](ids)) == set(ids)
        for kind, (reference, id_) in running.references.items():
            assert [record.native.id for record in await port.find_by_reference(kind, reference)] == [id_]


async def test_only_the_role_erp_is_supported():
    with pytest.raises(ConfigurationError):
        async with run_system(SystemRole.CRM):
            pass
