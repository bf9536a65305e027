"""Random accounts, contacts, contracts and opportunities survive the twin, the wire format and the mapping."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.canonical.records.crm import CrmAccount, CrmContact, CrmContract, CrmOpportunity
from gateway.canonical.values import Address, Money, get_minor_units
from gateway.ports.base import PageRequest
from gateway.ports.crm import CrmPort
from subgraphs.crm.salesforce.adapter import connect
from subgraphs.crm.salesforce.twin import ConnectedApp, TwinSettings, build_twin
from subgraphs.crm.salesforce.twin.seed import (
    ACCOUNT_STATUSES,
    CONTRACT_STATUSES,
    CONTRACT_TYPES,
    STAGES,
    build_account_id,
    build_contract_id,
    build_line_id,
    build_opportunity_id,
)
from subgraphs.sandbox.firm.model import Contact, Contract, Customer, Firm, Opportunity, OpportunityLine
from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures.in_process import BASE_URL, build_opener
from tests.unit.subgraphs.crm.salesforce.conftest import build_connection

CLIENT = ConnectedApp(id="consumer-key", secret="consumer-secret")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORKERS = {worker.name: worker for worker in FIRM.workers}
SERVICE_LINES = {
    value.code: value.name
    for dimension in FIRM.dimensions
    if dimension.kind == "SERVICE_LINE"
    for value in dimension.values
}
CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD"])

texts = (
    st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=30).map(str.strip).filter(bool)
)
days = st.dates(date(1990, 1, 1), date(2099, 12, 31))
# The service stores whole seconds.
instants = st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 -- `timezones` sets the zone
    lambda moment: moment.replace(microsecond=0)
)
codes = st.sampled_from(sorted(SERVICE_LINES))


def build_amounts(currency: str) -> st.SearchStrategy[Decimal]:
    return st.integers(0, 10**11).map(lambda units: Decimal(units).scaleb(-get_minor_units(currency)))


contacts = st.builds(Contact, name=st.tuples(texts, texts).map(" ".join), title=texts, email=st.emails(), phone=texts)


@st.composite
def customers(draw: st.DrawFn) -> Customer:
    return replace(
        FIRM.customers[0],
        name=draw(texts),
        legal_name=draw(texts),
        currency=draw(CURRENCIES),
        country=draw(st.sampled_from(["US", "NL", "JP"])),
        city=draw(texts),
        street="\n".join(draw(st.lists(texts, min_size=1, max_size=2))),
        postal_code=draw(texts),
        industry=draw(texts),
        segment=draw(texts),
        region=draw(texts),
        owner=draw(st.sampled_from(sorted(WORKERS))),
        status=draw(st.sampled_from(sorted(ACCOUNT_STATUSES))),
        contacts=tuple(draw(st.lists(contacts, max_size=3))),
    )


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    currency = draw(CURRENCIES)
    return replace(
        FIRM.contracts[0],
        title=draw(texts),
        type=draw(st.sampled_from(sorted(CONTRACT_TYPES))),
        status=draw(st.sampled_from(sorted(CONTRACT_STATUSES))),
        currency=currency,
        effective=draw(days),
        expires=draw(days),
        total=draw(build_amounts(currency)),
        not_to_exceed=draw(st.none() | build_amounts(currency)),
        purchase_order=draw(st.none() | texts),
    )


@st.composite
def opportunities(draw: st.DrawFn) -> Opportunity:
    currency = draw(CURRENCIES)
    line = st.builds(
        OpportunityLine,
        description=texts,
        role=texts,
        quantity=st.decimals("0.01", "9999.99", places=2),
        unit=st.sampled_from(["HOUR", "DAY", "EACH"]),
        unit_price=build_amounts(currency),
        service_line=codes,
    )
    return replace(
        FIRM.opportunities[0],
        name=draw(texts),
        stage=draw(st.sampled_from(sorted(STAGES))),
        probability=Decimal(draw(st.integers(0, 100))) / 100,
        amount=draw(build_amounts(currency)),
        currency=currency,
        close_date=draw(days),
        closed_at=draw(st.none() | instants),
        service_line=draw(codes),
        quote_number=draw(st.none() | texts),
        lines=tuple(draw(st.lists(line, max_size=3))),
    )


@st.composite
def firms(draw: st.DrawFn) -> Firm:
    return replace(
        FIRM,
        customers=(draw(customers()),),
        contracts=(draw(contracts()),),
        opportunities=(draw(opportunities()),),
        projects=(),
    )


@given(firms())
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=40)
def test_every_record_survives_the_round_trip(firm: Firm) -> None:
    account, contacts_, contract, opportunity = asyncio.run(_read_records(firm))

    (customer,), (contract_of_firm,), (opportunity_of_firm,) = firm.customers, firm.contracts, firm.opportunities
    _assert_account(account, customer)
    assert [_list_contact_values(each) for each in contacts_] == [
        (c.name, c.title, c.email, c.phone) for c in customer.contacts
    ]
    _assert_contract(contract, contract_of_firm)
    _assert_opportunity(opportunity, opportunity_of_firm)


@given(firms())
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=25)
def test_records_of_a_single_currency_org_have_the_currency_of_the_mapping_file(firm: Firm) -> None:
    account, _, contract, opportunity = asyncio.run(_read_records(firm, multi_currency=False))

    (contract_of_firm,), (opportunity_of_firm,) = firm.contracts, firm.opportunities
    assert (account.default_currency, contract.currency) == ("CHF", "CHF")
    _assert_contract(contract, replace(contract_of_firm, currency="CHF"))
    _assert_opportunity(opportunity, replace(opportunity_of_firm, currency="CHF"))


async def _read_records(
    firm: Firm, *, multi_currency: bool = True
) -> tuple[CrmAccount, list[CrmContact], CrmContract, CrmOpportunity]:
    port = _open_port(firm, multi_currency=multi_currency)
    try:
        account = build_account_id(firm.customers[0].number)
        page = (await port.list_contacts_by_account([account], PageRequest(50)))[account]
        assert not isinstance(page, Exception)
        contract = build_contract_id(firm.contracts[0].number)
        opportunity = build_opportunity_id(firm.opportunities[0].number)
        records: list[Any] = [
            (await port.get_accounts([account]))[account],
            sorted(page.rows, key=lambda contact: contact.references),
            (await port.get_contracts([contract]))[contract],
            (await port.get_opportunities([opportunity]))[opportunity],
        ]
        return tuple(records)
    finally:
        await port.aclose()


def _open_port(firm: Firm, *, multi_currency: bool) -> CrmPort:
    twin = build_twin(firm, TwinSettings(client=CLIENT, clock=lambda: NOON, multi_currency=multi_currency))
    connection = build_connection(BASE_URL, CLIENT)
    if not multi_currency:
        mapping = {**connection.mapping, "multi_currency": False, "currency": "CHF"}
        connection = replace(connection, mapping=mapping)
    return connect(replace(connection, open_upstream=build_opener(twin)))


def _assert_account(account: CrmAccount, customer: Customer) -> None:
    first, *rest = [*customer.street.splitlines(), *filter(None, [customer.suite])]
    assert (account.name, account.legal_name, account.display_number) == (
        customer.name,
        customer.legal_name,
        customer.number,
    )
    assert (account.default_currency, account.industry, account.segment, account.region) == (
        customer.currency,
        customer.industry,
        customer.segment,
        customer.region,
    )
    assert account.status == ACCOUNT_STATUSES[customer.status]
    assert account.billing_address == Address(
        line1=first.strip(),
        line2=", ".join(line.strip() for line in rest) or None,
        city=customer.city,
        region=customer.state,
        postal_code=customer.postal_code,
        country=customer.country,
    )
    assert account.owner is not None
    assert (account.owner.name, account.owner.email) == (customer.owner, WORKERS[customer.owner].email)


def _list_contact_values(contact: CrmContact) -> tuple[str | None, ...]:
    return contact.name, contact.title, contact.email, contact.phone


def _assert_contract(record: CrmContract, contract: Contract) -> None:
    assert (record.number, record.title, record.type, record.status) == (
        contract.number,
        contract.title,
        CONTRACT_TYPES[contract.type],
        CONTRACT_STATUSES[contract.status],
    )
    assert (record.effective_date, record.expiration_date) == (contract.effective, contract.expires)
    assert (record.currency, record.purchase_order_number) == (contract.currency, contract.purchase_order)
    assert record.total_value == Money(contract.total, contract.currency)
    limit = contract.not_to_exceed
    assert record.not_to_exceed == (None if limit is None else Money(limit, contract.currency))


def _assert_opportunity(record: CrmOpportunity, opportunity: Opportunity) -> None:
    closed = opportunity.stage.startswith("CLOSED")
    assert (record.name, record.stage) == (opportunity.name, opportunity.stage if closed else STAGES[opportunity.stage])
    assert (record.probability, record.amount) == (
        opportunity.probability,
        Money(opportunity.amount, opportunity.currency),
    )
    assert (record.expected_close_date, record.closed_at) == (opportunity.close_date, opportunity.closed_at)
    assert (record.service_line, record.quote_number) == (
        SERVICE_LINES[opportunity.service_line],
        opportunity.quote_number,
    )
    lines = {line.native_id: line for line in record.lines}
    assert len(lines) == len(opportunity.lines)
    for position, line_of_firm in enumerate(opportunity.lines, 1):
        line = lines[build_line_id(opportunity.number, position)]
        assert (line.description, line.role_name, line.quantity, line.unit) == (
            line_of_firm.description,
            line_of_firm.role,
            line_of_firm.quantity,
            line_of_firm.unit,
        )
        assert line.unit_price == Money(line_of_firm.unit_price, opportunity.currency)
        assert line.total == Money(line_of_firm.quantity * line_of_firm.unit_price, opportunity.currency)
        assert line.service_line == SERVICE_LINES[line_of_firm.service_line]
