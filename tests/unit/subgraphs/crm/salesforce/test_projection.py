"""A query by ids selects only the columns that the request needs."""

import pytest

from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmAccount, CrmContact, CrmContract, CrmOpportunity
from gateway.ports.projection import limit_attributes
from subgraphs.crm.salesforce.kinds import build_kinds
from subgraphs.crm.salesforce.lineage import build_lineage
from subgraphs.crm.salesforce.mapping import SalesforceMapping
from subgraphs.crm.salesforce.records import RecordBuilder
from subgraphs.crm.salesforce.soql import Membership, render_query
from subgraphs.kit.conformance import read_sandbox_mapping
from subgraphs.kit.mapping_file import read_strictly

MAPPING = read_strictly(read_sandbox_mapping("salesforce"), SalesforceMapping, "mapping")
KINDS = build_kinds(
    MAPPING, RecordBuilder(connection="crm", site="https://org.example", mapping=MAPPING), build_lineage(MAPPING)
)
ONE = Membership("Id", ("001xx000003DGb2AAG",))


@pytest.mark.parametrize(
    ("record", "needed", "selected", "omitted"),
    [
        (CrmAccount, {"name"}, ["Id", "SystemModstamp", "Name"], ["BillingCity", "OwnerId", "Industry", "Owner.Email"]),
        (CrmAccount, {"billing_address"}, ["BillingStreet", "BillingCity", "BillingPostalCode"], ["ShippingCity"]),
        (CrmAccount, {"owner"}, ["Owner.Id", "Owner.Name", "Owner.Email"], ["BillingCity"]),
        (CrmOpportunity, {"name"}, ["StageName", "IsClosed", "IsWon"], ["Amount", "OpportunityLineItems", "CloseDate"]),
        (CrmOpportunity, {"amount"}, ["Amount", "CurrencyIsoCode"], ["OpportunityLineItems"]),
        (CrmOpportunity, {"lines"}, ["OpportunityLineItems", "UnitPrice", "CurrencyIsoCode"], ["CloseDate"]),
        (CrmContract, {"effective_date"}, ["ContractNumber", "StartDate"], ["EndDate", "FROM Opportunities"]),
        (CrmContract, {"project_codes"}, ["FROM Opportunities"], ["StartDate", "CurrencyIsoCode"]),
        (CrmContact, {"title"}, ["AccountId", "Title"], ["Email", "Phone"]),
    ],
)  # fmt: skip
def test_unneeded_columns_and_sub_queries_are_omitted(
    record: type[Record], needed: set[str], selected: list[str], omitted: list[str]
) -> None:
    with limit_attributes({record: frozenset(needed)}):
        text = render_query(KINDS.get(record).build_projected_query(ONE))

    assert [name for name in selected if name not in text] == []
    assert [name for name in omitted if name in text] == []


@pytest.mark.parametrize("record", [CrmAccount, CrmOpportunity, CrmContract, CrmContact])
def test_without_a_projection_all_columns_are_selected(record: type[Record]) -> None:
    kind = KINDS.get(record)

    assert render_query(kind.build_projected_query(ONE)) == render_query(kind.build_query(ONE))
