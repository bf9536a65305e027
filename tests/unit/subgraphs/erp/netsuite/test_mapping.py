"""Pure functions that map rows to master data records."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.base import DimensionTag
from gateway.errors import SourceError
from subgraphs.erp.netsuite import mapping, wire
from subgraphs.erp.netsuite.conformance import load_sandbox_mapping
from subgraphs.erp.netsuite.mapping import AccountContext
from subgraphs.erp.netsuite.mapping_file import NetSuiteMapping

SANDBOX = msgspec.convert(load_sandbox_mapping(), NetSuiteMapping)


def build_account(
    named: NetSuiteMapping = SANDBOX, zone: str = "America/New_York", application: str | None = None
) -> AccountContext:
    return AccountContext(connection="erp", zone=ZoneInfo(zone), mapping_file=named, application=application)


def test_an_instant_is_parsed_in_the_accounts_time_zone():
    assert build_account().parse_instant("2026-07-01T08:00:00") == datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert build_account(zone="Asia/Tokyo").parse_instant("2026-07-01T08:00:00") == datetime(
        2026, 6, 30, 23, tzinfo=UTC
    )
    assert build_account().parse_instant(None) is None


def test_a_malformed_instant_is_a_contract_mismatch():
    with pytest.raises(SourceError) as raised:
        build_account().parse_instant("10/11/2026")
    assert raised.value.code is FaultCode.CONTRACT_MISMATCH


@pytest.mark.parametrize(
    ("closed", "locked", "ar_locked", "expected"),
    [
        ("T", "T", "T", "CLOSED"),
        ("F", "T", "F", "SOFT_CLOSED"),
        ("F", "F", "T", "SOFT_CLOSED"),
        ("F", "F", "F", "OPEN"),
    ],
)
def test_the_status_of_a_period_follows_its_flags(
    closed: wire.Flag, locked: wire.Flag, ar_locked: wire.Flag, expected: str
):
    assert mapping.classify_period_status(closed=closed, locked=locked, ar_locked=ar_locked) == expected


def build_subsidiary_row(**given_: object) -> wire.SubsidiaryRow:
    return msgspec.convert({"id": "2", "name": "Ltd", "country": "GB", "currency": "GBP", **given_}, wire.SubsidiaryRow)


@pytest.mark.parametrize(
    ("_case", "codes", "reference", "expected"),
    [
        ("mapped code", {"2": "UK01"}, "other", "UK01"),
        ("external id", {}, "UK-LTD", "UK-LTD"),
        ("id", {}, None, "2"),
    ],
)
def test_the_code_of_a_legal_entity_has_fallbacks(
    _case: str, codes: dict[str, str], reference: str | None, expected: str
):
    named = NetSuiteMapping(codes={"LEGAL_ENTITY": codes})
    entity = mapping.map_legal_entity([build_subsidiary_row(reference=reference)], (), build_account(named))
    assert entity.code == expected


def test_a_subsidiary_has_all_of_its_tax_registrations():
    first = build_subsidiary_row(
        registration_number="GB1", registration_nexus="United Kingdom", registration_country="GB"
    )
    second = build_subsidiary_row(registration_number="IE2", registration_country="IE", registration_from="2025-01-01")
    entity = mapping.map_legal_entity([first, second], (), build_account())
    assert [(r.jurisdiction, r.country, r.number) for r in entity.tax_registrations] == [
        ("United Kingdom", "GB", "GB1"),
        ("IE", "IE", "IE2"),
    ]
    assert entity.tax_registrations[1].valid_from == date(2025, 1, 1)


@pytest.mark.parametrize(("override", "expected"), [("ON", True), ("OFF", False), ("AUTO", None), (None, None)])
def test_credit_hold_is_unknown_unless_it_is_set(override: str | None, *, expected: bool | None):
    row = msgspec.convert({"id": "1", "company_name": "A", "credit_hold": override}, wire.CustomerRow)
    assert mapping.map_customer([row], build_account()).credit_hold is expected


def test_the_primary_subsidiary_of_a_customer_is_its_legal_entity():
    rows = [
        wire.CustomerRow(id="1", company_name="A", subsidiary="1"),
        wire.CustomerRow(id="1", company_name="A", subsidiary="3", is_primary="T"),
    ]
    customer = mapping.map_customer(rows, build_account())
    assert (customer.legal_entity, customer.selling_entities) == ("3", ("1", "3"))


def test_an_inactive_customer_has_the_status_inactive():
    row = wire.CustomerRow(id="1", alt_name="A", status="13", inactive="T")
    customer = mapping.map_customer([row], build_account())
    assert (customer.name, customer.status) == ("A", "inactive")


def test_dimensions_are_mapped_by_their_position_in_the_mapping_file():
    row = wire.JobRow(id="1", dimension_0="CC-100", dimension_2="NYC")
    job = mapping.map_job(row, build_account())
    assert job.dimensions == (DimensionTag("COST_CENTER", "CC-100"), DimensionTag("LOCATION", "NYC"))
    assert job.service_line is None


def test_dimensions_are_none_if_the_mapping_file_has_none():
    assert mapping.map_job(wire.JobRow(id="1"), build_account(NetSuiteMapping())).dimensions is None


def test_the_url_of_a_record_starts_with_the_application_address():
    job = mapping.map_job(wire.JobRow(id="201"), build_account(application="https://123.app.netsuite.com"))
    assert job.url == "https://123.app.netsuite.com/app/common/entity/custjob.nl?id=201"
    assert mapping.map_job(wire.JobRow(id="201"), build_account()).url is None
