"""A read by ids selects only the columns that the request needs; columns of amounts are always selected."""

from zoneinfo import ZoneInfo

import pytest

from gateway.canonical.records.erp import ErpContract, ErpCustomer, ErpEmployee, ErpInvoice, ErpJob, ErpRecord
from gateway.ports.projection import limit_attributes
from subgraphs.erp.netsuite.mapping import AccountContext
from subgraphs.erp.netsuite.mapping_file import NetSuiteMapping
from subgraphs.erp.netsuite.record_reader import build_record_kinds
from subgraphs.kit.conformance import read_sandbox_mapping
from subgraphs.kit.mapping_file import read_strictly

MAPPING = read_strictly(read_sandbox_mapping("netsuite"), NetSuiteMapping, "mapping")
KINDS = build_record_kinds(AccountContext(connection="erp", zone=ZoneInfo("UTC"), mapping_file=MAPPING))


@pytest.mark.parametrize(
    ("record", "needed", "omitted"),
    [
        (ErpCustomer, {"name"}, {"legal_name", "parent", "credit_limit", "tax_id", "billing_city", "terms"}),
        (ErpCustomer, {"billing_address"}, {"shipping_city", "shipping_zip", "tax_id"}),
        (ErpJob, {"name"}, {"status", "start_date", "end_date"}),
        (ErpEmployee, {"worker_number"}, {"email", "labor_cost"}),
        (ErpEmployee, {"cost_rate"}, {"email"}),
        (ErpContract, {"number"}, {"total", "purchase_order", "type", "status"}),
        (ErpInvoice, {"number"}, set()),
    ],
)
def test_unneeded_columns_are_not_selected(record: type[ErpRecord], needed: set[str], omitted: set[str]) -> None:
    kind = KINDS[record]

    with limit_attributes({record: frozenset(needed)}):
        columns = kind.project_columns().statement.columns

    assert omitted <= kind.statement.columns.keys()
    assert omitted <= kind.statement.columns.keys() - columns.keys()
    assert {"id"} <= columns.keys()
    assert kind.project_columns().statement == kind.statement
