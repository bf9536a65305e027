"""Rows are mapped to records: exact amounts, aware times, stages by flags, addresses with a known country."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.canonical.native import NativeId
from gateway.canonical.records.base import PersonName, UnreadableValue
from gateway.canonical.records.crm import CrmContact, CrmOpportunityLine
from gateway.canonical.states import MappingDomain
from gateway.canonical.values import Address, Money
from gateway.errors import SourceError
from subgraphs.crm.salesforce.kinds import Kind, Kinds, build_kinds
from subgraphs.crm.salesforce.lineage import build_lineage
from subgraphs.crm.salesforce.mapping import (
    AccountFields,
    ContactFields,
    ContractFields,
    LineFields,
    OpportunityFields,
    SalesforceMapping,
)
from subgraphs.crm.salesforce.records import RecordBuilder
from subgraphs.kit.decoding import decode, decode_rows

MAPPING = SalesforceMapping(
    multi_currency=True,
    account=AccountFields(external_id="Number__c", segment="Segment__c"),
    opportunity=OpportunityFields(project_code="Project__c", closed_at="Closed__c"),
    opportunity_line=LineFields(unit="Unit__c"),
    contract=ContractFields(total_value="Total__c", not_to_exceed="Cap__c"),
    contact=ContactFields(roles="Roles__c"),
    countries={"United States": "US"},
    codes={MappingDomain.OPPORTUNITY_STAGE: {"Signed": "CLOSED_WON", "Talks": "NEGOTIATION"}},
)
SYSTEM = {"Id": "001xx000003DGb2AAG", "SystemModstamp": "2026-01-15T10:30:00.000+0000"}
OPPORTUNITY = SYSTEM | {"Name": "Deal", "StageName": "Talks", "IsClosed": False, "IsWon": False}


def build_test_kinds(mapping: SalesforceMapping = MAPPING) -> Kinds:
    builder = RecordBuilder(connection="crm-main", site="https://acme.my.salesforce.com", mapping=mapping)
    return build_kinds(mapping, builder, build_lineage(mapping))


def map_row(kind: Kind[Any, Any], row: dict[str, Any]) -> Any:
    """Return the record of a row, None if it has none; raise SourceError if the row cannot be read at all."""
    page = {"totalSize": 1, "done": True, "records": [row]}
    batch = decode_rows(msgspec.json.encode(page), kind.page_type, kind.object_name, "records")
    return next(iter(kind.map_rows(batch.records)), None)


def test_an_account_is_mapped_with_owner_and_addresses() -> None:
    row = SYSTEM | {
        "Name": "Acme",
        "ParentId": "001xx000003DGb1AAG",
        "Owner": {"Id": "005xx000001SwiUAAS", "Name": "Ann", "Email": "ann@x.example"},
        "BillingStreet": "1 Main Street\r\nFloor 2\r\nDesk 3",
        "BillingCity": "Dayton",
        "BillingState": "OH",
        "BillingPostalCode": "45402",
        "BillingCountry": "United States",
        "ShippingCountry": "Elsewhere",
        "CurrencyIsoCode": "USD",
        "Number__c": "C-1",
        "Segment__c": "Public",
    }
    account = map_row(build_test_kinds().account, row)
    assert account.native == NativeId("crm-main", "Account", "001xx000003DGb2AAG")
    assert account.modified_at == datetime(2026, 1, 15, 10, 30, tzinfo=UTC)
    assert account.display_number == "C-1"
    assert account.references == (("Number__c", "C-1"),)
    assert account.url == "https://acme.my.salesforce.com/lightning/r/Account/001xx000003DGb2AAG/view"
    assert account.owner == PersonName("005xx000001SwiUAAS", "Ann", "ann@x.example")
    assert account.billing_address == Address(
        line1="1 Main Street",
        line2="Floor 2, Desk 3",
        city="Dayton",
        region="OH",
        postal_code="45402",
        country="US",
    )
    assert account.shipping_address is None
    assert (account.segment, account.region, account.default_currency) == ("Public", None, "USD")


@pytest.mark.parametrize(
    ("_case", "label", "closed", "won", "stage"),
    [
        ("open, with its label", "Talks", False, False, "Talks"),
        ("won, with any label", "Talks", True, True, "CLOSED_WON"),
        ("lost, with any label", "Signed", True, False, "CLOSED_LOST"),
        ("open, with a label mapped to won", "Signed", False, False, "Signed (open)"),
        ("open, with the label CLOSED_WON", "CLOSED_WON", False, False, "CLOSED_WON (open)"),
        ("open, with IsWon", "Talks", False, True, "Talks"),
    ],
)
def test_flags_and_not_labels_close_an_opportunity(_case: str, label: str, closed: bool, won: bool, stage: str) -> None:
    row = OPPORTUNITY | {"StageName": label, "IsClosed": closed, "IsWon": won}
    assert map_row(build_test_kinds().opportunity, row).stage == stage


def test_an_opportunity_has_exact_amounts_a_fractional_probability_and_lines() -> None:
    page = build_test_kinds().opportunity.page_type
    body = b"""{"totalSize":1,"done":true,"records":[{"attributes":{"type":"Opportunity","url":"/x"},
      "Id":"006xx000003DGb2AAG","SystemModstamp":"2026-01-15T12:30:00.000+0200","Name":"Deal","StageName":"Talks",
      "IsClosed":false,"IsWon":false,"Amount":118800.10,"Probability":62.5,"CloseDate":"2026-08-12","CurrencyIsoCode":"USD",
      "Project__c":"PRJ-1","Closed__c":null,"OpportunityLineItems":{"totalSize":1,"done":true,"records":[
        {"attributes":{"type":"OpportunityLineItem","url":"/y"},"Id":"00kxx000003DGb2AAG","Description":null,"Quantity":0.1,
         "UnitPrice":0.30,"TotalPrice":0.03,"Unit__c":"Hour","ServiceDate":"2026-09-01"}]}}]}"""
    kind = build_test_kinds().opportunity
    opportunity = kind.map_row(decode(body, page).records[0])
    assert opportunity is not None
    assert opportunity.modified_at == datetime(2026, 1, 15, 10, 30, tzinfo=UTC)
    assert opportunity.amount == Money(Decimal("118800.10"), "USD")
    assert opportunity.probability == Decimal("0.625")
    assert (opportunity.expected_close_date, opportunity.closed_at) == (date(2026, 8, 12), None)
    assert opportunity.project_code == "PRJ-1"
    assert opportunity.lines == (
        CrmOpportunityLine(
            connection=opportunity.native.connection,
            native_id="00kxx000003DGb2AAG",
            description="",
            quantity=Decimal("0.1"),
            unit="HOUR",
            unit_price=Money(Decimal("0.30"), "USD"),
            total=Money(Decimal("0.03"), "USD"),
            start_date=date(2026, 9, 1),
        ),
    )


@pytest.mark.parametrize(
    ("raw", "currency", "expected"),
    [
        ("118800.0", "USD", "118800.00"),
        ("1.39E8", "USD", "139000000.00"),
        ("0", "EUR", "0.00"),
        ("2.5E3", "JPY", "2500"),
        ("0.125", "USD", "0.125"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(raw: str, currency: str, expected: str) -> None:
    body = msgspec.json.encode(OPPORTUNITY | {"CurrencyIsoCode": currency, "Amount": msgspec.Raw(raw.encode())})
    kind = build_test_kinds().opportunity
    opportunity = kind.map_row(decode(body, kind.row_type))
    assert opportunity is not None
    assert opportunity.amount is not None
    assert str(opportunity.amount.amount) == expected


def test_a_contract_has_the_distinct_project_codes_of_its_opportunities() -> None:
    opportunities = [
        {"Id": f"006{number}", "Project__c": code} for number, code in enumerate(["P-2", None, "P-1", "P-2"])
    ]
    row = SYSTEM | {
        "ContractNumber": "CT-1",
        "Opportunities": {"totalSize": 4, "done": True, "records": opportunities},
        "Total__c": 5,
        "CurrencyIsoCode": "JPY",
    }
    contract = map_row(build_test_kinds().contract, row)
    assert contract.project_codes == ("P-2", "P-1")
    assert contract.total_value == Money(Decimal(5), "JPY")
    assert contract.not_to_exceed is None
    assert contract.display_number == "CT-1"


def test_a_contact_has_several_roles_or_none() -> None:
    contact = map_row(
        build_test_kinds().contact, SYSTEM | {"AccountId": "001xx", "Name": "Ann", "Roles__c": "Buyer;Signer"}
    )
    assert isinstance(contact, CrmContact)
    assert contact.roles == ("Buyer", "Signer")
    assert map_row(build_test_kinds().contact, SYSTEM | {"AccountId": "001xx"}).roles == ()


def test_a_private_contact_is_no_record() -> None:
    assert map_row(build_test_kinds().contact, SYSTEM | {"AccountId": None, "Name": "Ann"}) is None


def test_a_single_currency_org_uses_the_currency_of_the_mapping_file() -> None:
    mapping = SalesforceMapping(multi_currency=False, currency="GBP")
    opportunity = map_row(build_test_kinds(mapping).opportunity, OPPORTUNITY | {"Amount": 7})
    assert opportunity.amount == Money(Decimal(7), "GBP")
    assert "CurrencyIsoCode" not in build_test_kinds(mapping).opportunity.build_query().columns


@pytest.mark.parametrize(
    ("_case", "row"),
    [
        ("a flag that is a string", OPPORTUNITY | {"IsClosed": "no"}),
        ("no name", OPPORTUNITY | {"Name": None}),
    ],
)
def test_a_malformed_mandatory_value_loses_the_record(_case: str, row: dict[str, Any]) -> None:
    with pytest.raises(SourceError) as error:
        map_row(build_test_kinds().opportunity, row)
    assert error.value.code == "CONTRACT_MISMATCH"


@pytest.mark.parametrize("stamp", ["15/01/2026", "2026-01-15T10:30:00.000", 7, ["2026"]])
def test_a_malformed_timestamp_costs_only_itself(stamp: object) -> None:
    opportunity = map_row(build_test_kinds().opportunity, OPPORTUNITY | {"SystemModstamp": stamp})

    assert (opportunity.name, opportunity.modified_at) == ("Deal", None)
    assert opportunity.unreadable == (UnreadableValue("modified_at", "Opportunity", "SystemModstamp"),)


@pytest.mark.parametrize(("sent", "text"), [(12.0, "12"), (12.5, "12.5"), (7, "7"), ("", None), (None, None)])
def test_a_number_in_a_mapped_text_field_is_read_as_text(sent: object, text: str | None) -> None:
    account = map_row(build_test_kinds().account, SYSTEM | {"Name": "Acme", "Segment__c": sent, "Number__c": sent})

    assert (account.segment, account.display_number, account.unreadable) == (text, text, ())


@pytest.mark.parametrize("sent", [True, {"city": "Dayton", "country": None}, ["a"], 1e300])
def test_a_compound_value_costs_its_attribute(sent: object) -> None:
    account = map_row(build_test_kinds().account, SYSTEM | {"Name": "Acme", "Segment__c": sent})

    assert (account.name, account.segment) == ("Acme", None)
    assert account.unreadable == (UnreadableValue("segment", "Account", "Segment__c"),)


@pytest.mark.parametrize(
    ("name", "code"),
    [("France", "FR"), ("united kingdom", "GB"), ("US", "US"), ("nl", "NL"), ("Cote d\u2019Ivoire", "CI")],
)
def test_a_country_is_found_by_its_name_or_code(name: str, code: str) -> None:
    account = map_row(build_test_kinds().account, SYSTEM | {"Name": "Acme", "BillingCountry": name})

    assert account.billing_address.country == code


def test_an_unknown_country_makes_its_address_unreadable() -> None:
    account = map_row(build_test_kinds().account, SYSTEM | {"Name": "Acme", "ShippingCountry": "Elsewhere"})

    assert account.shipping_address is None
    assert account.unreadable == (UnreadableValue("shipping_address", "Account", "ShippingCountry"),)


def test_an_unreadable_line_costs_the_lines_of_its_opportunity() -> None:
    lines = {"totalSize": 1, "done": True, "records": [{"Id": "1", "Quantity": "many"}]}

    opportunity = map_row(build_test_kinds().opportunity, OPPORTUNITY | {"OpportunityLineItems": lines})

    assert opportunity.name == "Deal"
    assert [value.attribute for value in opportunity.unreadable] == ["lines"]
