"""A mapping file is validated, and attributes that it does not map are unsupported with a reason."""

import tomllib
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import msgspec
import pytest

import subgraphs.sandbox
from gateway.canonical.records.crm import CrmAccount, CrmContact, CrmContract, CrmOpportunity
from gateway.canonical.states import ContractStatus, ContractType, CustomerStatus, MappingDomain, OpportunityStage
from gateway.errors import ConfigurationError
from gateway.ports.lineage import Supplied, Unsupported, require_complete
from subgraphs.crm.salesforce.kinds import build_kinds
from subgraphs.crm.salesforce.lineage import build_lineage
from subgraphs.crm.salesforce.mapping import OpportunityFields, SalesforceMapping
from subgraphs.crm.salesforce.records import RecordBuilder
from subgraphs.crm.salesforce.twin import seed
from subgraphs.sandbox.firm.small import FIRM

BARE = SalesforceMapping(multi_currency=False, currency="EUR")


def load_sandbox_mapping() -> SalesforceMapping:
    path = Path(subgraphs.sandbox.__file__).parent / "mappings" / "salesforce.toml"
    return msgspec.convert(tomllib.loads(path.read_text()), SalesforceMapping)


@pytest.mark.parametrize(
    ("_case", "table", "message"),
    [
        ("no currency", {"multi_currency": False}, "multi_currency"),
        ("two currency settings", {"multi_currency": True, "currency": "EUR"}, "multi_currency"),
        ("invalid currency", {"multi_currency": False, "currency": "euro"}, "ISO 4217"),
        ("unknown key", {"multi_currency": True, "accounts": {}}, "accounts"),
        ("unknown attribute", {"multi_currency": True, "account": {"shoe_size": "S__c"}}, "shoe_size"),
        ("field name with a quote", {"multi_currency": True, "account": {"status": "S__c' OR"}}, "S__c' OR"),
        ("field through a relationship", {"multi_currency": True, "account": {"status": "A__r.B__c"}}, "A__r.B__c"),
        (
            "one field for two attributes",
            {"multi_currency": True, "account": {"status": "A__c", "region": "A__c"}},
            "A__c",
        ),
        ("country of three letters", {"multi_currency": True, "countries": {"US": "USA"}}, "USA"),
        ("unknown domain", {"multi_currency": True, "codes": {"COLOUR": {}}}, "COLOUR"),
    ],
)
def test_an_invalid_mapping_is_rejected(_case: str, table: dict[str, Any], message: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=message):
        msgspec.convert(table, SalesforceMapping)


def test_a_field_that_is_already_read_cannot_be_mapped() -> None:
    mapping = SalesforceMapping(multi_currency=True, opportunity=OpportunityFields(quote_number="Name"))
    builder = RecordBuilder(connection="c", site="s", mapping=mapping)
    with pytest.raises(ConfigurationError, match="Name"):
        build_kinds(mapping, builder, build_lineage(mapping))


def test_lineage_is_complete_with_and_without_mapped_fields() -> None:
    require_complete(build_lineage(load_sandbox_mapping()))
    require_complete(build_lineage(BARE))


def test_lineage_follows_the_mapping() -> None:
    mapped, bare = build_lineage(load_sandbox_mapping()), build_lineage(BARE)
    assert mapped[CrmOpportunity]["project_code"] == Supplied("Opportunity", "Project_Code__c")
    assert isinstance(bare[CrmOpportunity]["project_code"], Unsupported)
    assert mapped[CrmContract]["purchase_order_number"] == Supplied("Contract", "Purchase_Order__c")
    assert isinstance(bare[CrmContract]["project_codes"], Unsupported)
    assert isinstance(mapped[CrmContract]["lines"], Supplied)
    assert isinstance(bare[CrmContract]["lines"], Unsupported)
    assert mapped[CrmAccount]["default_currency"] == Supplied("Account", "CurrencyIsoCode")
    assert isinstance(mapped[CrmContact]["roles"], Unsupported)


def test_sandbox_codes_map_every_label_of_the_org_to_its_canonical_code() -> None:
    codes = load_sandbox_mapping().codes
    open_stages = {code: label for code, label in seed.STAGES.items() if not code.startswith("CLOSED")}
    expected: dict[MappingDomain, tuple[dict[str, str], AbstractSet[str]]] = {
        MappingDomain.CUSTOMER_STATUS: (seed.ACCOUNT_STATUSES, set(CustomerStatus)),
        MappingDomain.CONTRACT_TYPE: (seed.CONTRACT_TYPES, set(ContractType)),
        MappingDomain.CONTRACT_STATUS: (seed.CONTRACT_STATUSES, set(ContractStatus)),
        MappingDomain.OPPORTUNITY_STAGE: (open_stages, set(OpportunityStage) - {"CLOSED_WON", "CLOSED_LOST"}),
    }
    for domain, (labels, canonical) in expected.items():
        assert {labels[code]: code for code in canonical} == codes[domain]
    lines = next(dimension for dimension in FIRM.dimensions if dimension.kind == "SERVICE_LINE")
    assert codes[MappingDomain.SERVICE_LINE] == {value.name: value.code for value in lines.values}
