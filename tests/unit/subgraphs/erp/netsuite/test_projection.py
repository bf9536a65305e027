"""A read by ids selects no more of a record than the request needs; what money is made of is always read."""

from zoneinfo import ZoneInfo

import pytest

from gateway.canonical.records.erp import ErpContract, ErpCustomer, ErpEmployee, ErpInvoice, ErpJob, ErpRecord
from gateway.ports.projection import needing
from subgraphs.erp.netsuite.mapping import AccountContext
from subgraphs.erp.netsuite.mapping_file import NetSuiteMapping
from subgraphs.erp.netsuite.record_reader import build_record_kinds
from subgraphs.kit.conformance import mapping_of
from subgraphs.kit.mapping_file import read_strictly

MAPPING = read_strictly(mapping_of("netsuite"), NetSuiteMapping, "mapping")
KINDS = build_record_kinds(AccountContext(connection="erp", zone=ZoneInfo("UTC"), mapping=MAPPING))


@pytest.mark.parametrize(
    ("record", "wanted", "spared"),
    [
        (ErpCustomer, {"name"}, {"legal_name", "parent", "credit_limit", "tax_id", "billing_city", "shipping_zip", "terms"}),
        (ErpCustomer, {"billing_address"}, {"shipping_city", "tax_id"}),
        (ErpJob, {"name"}, {"status", "start_date", "end_date"}),
        (ErpEmployee, {"worker_number"}, {"email", "labor_cost"}),
        (ErpEmployee, {"cost_rate"}, {"email"}),
        (ErpContract, {"number"}, {"total", "purchase_order", "type", "status"}),
        (ErpInvoice, {"number"}, set()),
    ],
)  # fmt: skip
def test_columns_that_nothing_needs_are_left_out(record: type[ErpRecord], wanted: set[str], spared: set[str]) -> None:
    kind = KINDS[record]

    with needing({record: frozenset(wanted)}):
        columns = kind.project_columns().statement.columns

    assert spared <= kind.statement.columns.keys()
    assert spared <= kind.statement.columns.keys() - columns.keys()
    assert {"id"} <= columns.keys()
    assert kind.project_columns().statement == kind.statement
