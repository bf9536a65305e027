"""Rows become records: exact amounts, aware times, closed deals by their flags, addresses only where the country is known."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.canonical.native import NativeId
from gateway.canonical.records.base import PersonName
from gateway.canonical.records.crm import CrmContact, CrmOpportunityLine
from gateway.canonical.states import MappingDomain
from gateway.canonical.values import Address, Money
from gateway.errors import SourceError
from subgraphs.crm.salesforce.kinds import Kind, Kinds, kinds_of
from subgraphs.crm.salesforce.mapping import (
    AccountFields,
    ContactFields,
    ContractFields,
    LineFields,
    OpportunityFields,
    SalesforceMapping,
)
from subgraphs.crm.salesforce.records import RecordBuilder
from subgraphs.kit.decode import decode

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
DEAL = SYSTEM | {"Name": "Deal", "StageName": "Talks", "IsClosed": False, "IsWon": False}


def kinds(mapping: SalesforceMapping = MAPPING) -> Kinds:
    return kinds_of(
        mapping, RecordBuilder(connection="crm-main", site="https://acme.my.salesforce.com", mapping=mapping)
    )


def record(kind: Kind[Any, Any], row: dict[str, Any]) -> Any:
    body = msgspec.json.encode(row)
    return kind.build(decode(body, kind.row))


def test_account_says_who_where_and_since_when() -> None:
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
    account = record(kinds().account, row)
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
        ("open, by its label", "Talks", False, False, "Talks"),
        ("won, whatever the label", "Talks", True, True, "CLOSED_WON"),
        ("lost, whatever the label", "Signed", True, False, "CLOSED_LOST"),
        ("open under a label that is mapped to won", "Signed", False, False, "Signed (open)"),
        ("open under a label that is the word itself", "CLOSED_WON", False, False, "CLOSED_WON (open)"),
        ("open but flagged won", "Talks", False, True, "Talks"),
    ],
)
def test_flags_and_not_labels_close_a_deal(_case: str, label: str, closed: bool, won: bool, stage: str) -> None:
    row = DEAL | {"StageName": label, "IsClosed": closed, "IsWon": won}
    assert record(kinds().opportunity, row).stage == stage


def test_deal_has_exact_amounts_a_fraction_and_its_lines() -> None:
    page = kinds().opportunity.page
    body = b"""{"totalSize":1,"done":true,"records":[{"attributes":{"type":"Opportunity","url":"/x"},
      "Id":"006xx000003DGb2AAG","SystemModstamp":"2026-01-15T12:30:00.000+0200","Name":"Deal","StageName":"Talks",
      "IsClosed":false,"IsWon":false,"Amount":118800.10,"Probability":62.5,"CloseDate":"2026-08-12","CurrencyIsoCode":"USD",
      "Project__c":"PRJ-1","Closed__c":null,"OpportunityLineItems":{"totalSize":1,"done":true,"records":[
        {"attributes":{"type":"OpportunityLineItem","url":"/y"},"Id":"00kxx000003DGb2AAG","Description":null,"Quantity":0.1,
         "UnitPrice":0.30,"TotalPrice":0.03,"Unit__c":"Hour","ServiceDate":"2026-09-01"}]}}]}"""
    kind = kinds().opportunity
    deal = kind.build(decode(body, page).records[0])
    assert deal is not None
    assert deal.modified_at == datetime(2026, 1, 15, 10, 30, tzinfo=UTC)
    assert deal.amount == Money(Decimal("118800.10"), "USD")
    assert deal.probability == Decimal("0.625")
    assert (deal.expected_close_date, deal.closed_at) == (date(2026, 8, 12), None)
    assert deal.project_code == "PRJ-1"
    assert deal.lines == (
        CrmOpportunityLine(
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
    ("told", "currency", "shown"),
    [
        ("118800.0", "USD", "118800.00"),
        ("1.39E8", "USD", "139000000.00"),
        ("0", "EUR", "0.00"),
        ("2.5E3", "JPY", "2500"),
        ("0.125", "USD", "0.125"),
    ],
)
def test_amount_has_its_currencys_decimals_however_the_service_writes_it(told: str, currency: str, shown: str) -> None:
    body = msgspec.json.encode(DEAL | {"CurrencyIsoCode": currency, "Amount": msgspec.Raw(told.encode())})
    kind = kinds().opportunity
    deal = kind.build(decode(body, kind.row))
    assert deal is not None
    assert deal.amount is not None
    assert str(deal.amount.amount) == shown


def test_contract_covers_the_projects_of_its_deals_once_each() -> None:
    deals = [{"Id": f"006{place}", "Project__c": code} for place, code in enumerate(["P-2", None, "P-1", "P-2"])]
    row = SYSTEM | {
        "ContractNumber": "CT-1",
        "Opportunities": {"totalSize": 4, "done": True, "records": deals},
        "Total__c": 5,
        "CurrencyIsoCode": "JPY",
    }
    contract = record(kinds().contract, row)
    assert contract.project_codes == ("P-2", "P-1")
    assert contract.total_value == Money(Decimal(5), "JPY")
    assert contract.not_to_exceed is None
    assert contract.display_number == "CT-1"


def test_contact_has_several_roles_or_none() -> None:
    contact = record(kinds().contact, SYSTEM | {"AccountId": "001xx", "Name": "Ann", "Roles__c": "Buyer;Signer"})
    assert isinstance(contact, CrmContact)
    assert contact.roles == ("Buyer", "Signer")
    assert record(kinds().contact, SYSTEM | {"AccountId": "001xx"}).roles == ()


def test_private_contact_is_none_of_a_customer() -> None:
    assert record(kinds().contact, SYSTEM | {"AccountId": None, "Name": "Ann"}) is None


def test_org_with_one_currency_takes_it_from_the_mapping() -> None:
    mapping = SalesforceMapping(multi_currency=False, currency="GBP")
    deal = record(kinds(mapping).opportunity, DEAL | {"Amount": 7})
    assert deal.amount == Money(Decimal(7), "GBP")
    assert "CurrencyIsoCode" not in kinds(mapping).opportunity.select().columns


@pytest.mark.parametrize(
    ("_case", "row"),
    [
        ("an instant of another form", DEAL | {"SystemModstamp": "15/01/2026"}),
        ("an instant without offset", DEAL | {"SystemModstamp": "2026-01-15T10:30:00.000"}),
        ("a flag that is a text", DEAL | {"IsClosed": "no"}),
        ("no name", DEAL | {"Name": None}),
    ],
)
def test_malformed_value_is_a_mismatch(_case: str, row: dict[str, Any]) -> None:
    with pytest.raises(SourceError) as failed:
        record(kinds().opportunity, row)
    assert failed.value.code == "CONTRACT_MISMATCH"
