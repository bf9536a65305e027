"""The adapter reads the master data of the small firm over HTTP.

The expected values are written by hand from the firm's data; the twin counts the calls.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from gateway.canonical.native import NativeId
from gateway.canonical.records.base import DimensionTag
from gateway.canonical.records.erp import (
    ErpContract,
    ErpCustomer,
    ErpDimensionValue,
    ErpEmployee,
    ErpJob,
    ErpPaymentTerms,
    ErpTaxProfile,
    ErpTaxRegistration,
)
from gateway.canonical.values import Address, Money
from gateway.ports.erp import ErpPort
from gateway.ports.lineage import Unsupported, require_complete
from tests.fixtures.unwrapping import unwrap

SECOND = datetime(2026, 11, 10, 6, tzinfo=UTC)
OpenPort = Callable[..., ErpPort]


async def test_customers_are_read_with_terms_credit_tax_and_addresses(erp, account):
    records = await erp.get_customers(["105", "107"])
    street = Address(line1="Havenkade 5", city="Delft", postal_code="2611 AB", country="NL")
    delft = records["105"]
    assert delft == ErpCustomer(
        native=NativeId("netsuite-main", "customer", "105"),
        modified_at=delft.modified_at,
        display_number="C-2005",
        references=(("externalid", "C-2005"),),
        name="Delft Logistics",
        legal_name="Delft Logistics N.V.",
        number="C-2005",
        status="13",
        default_currency="EUR",
        legal_entity="3",
        selling_entities=("3",),
        payment_terms=ErpPaymentTerms(code="NET14", net_days=14),
        credit_limit=Money(Decimal("120000.00"), "EUR"),
        credit_hold=False,
        tax_profile=ErpTaxProfile(
            complete=True, tax_id="NL200000005B01", treatment="STANDARD", jurisdictions=(("NL", "NL"),)
        ),
        billing_address=street,
        shipping_address=street,
        dimensions=(DimensionTag("COST_CENTER", "CC-300"),),
    )
    assert str(records["107"].credit_limit) == str(Money(Decimal(5000000), "JPY"))
    assert await account.count_calls() == {"suiteql": 1}


async def test_customers_have_a_parent_a_credit_hold_and_an_incomplete_tax_profile(erp):
    records = await erp.get_customers(["102", "106", "108"])
    assert records["102"].parent_id == "101"
    assert (records["106"].tax_profile.complete, records["106"].tax_profile.tax_id) == (False, None)
    assert records["106"].credit_limit is None
    assert records["108"].credit_hold is True


async def test_unknown_ids_are_missing_and_cost_no_extra_call(erp, account):
    records = await erp.get_customers(["101", "999", "abc", "1 OR 1=1", "117", "0101"])
    assert set(records) == {"101"}
    assert await account.count_calls() == {"suiteql": 1}


async def test_101_ids_cost_two_calls(erp, account):
    await erp.get_jobs([str(id_) for id_ in range(1, 102)])
    assert await account.count_calls() == {"suiteql": 2}


async def test_modification_times_are_utc_for_an_account_in_any_time_zone(open_account, open_port: OpenPort):
    tokyo = await open_account(time_zone="Asia/Tokyo")
    records = await open_port(tokyo, time_zone="Asia/Tokyo").get_customers(["101"])
    assert SECOND < unwrap(unwrap(records["101"]).modified_at) < SECOND.replace(minute=2)


async def test_projects_are_read_with_their_dimensions(erp, account):
    records = await erp.get_jobs(["117", "121", "123"])
    aurora = records["117"]
    assert aurora == ErpJob(
        native=NativeId("netsuite-main", "job", "117"),
        modified_at=aurora.modified_at,
        display_number="PRJ-1001",
        references=(("externalid", "PRJ-1001"),),
        code="PRJ-1001",
        name="Aurora ERP rollout",
        status="2",
        start_date=date(2026, 9, 1),
        end_date=date(2026, 12, 18),
        customer_id="101",
        legal_entity="1",
        service_line="STRAT",
        currency="USD",
        dimensions=(
            DimensionTag("COST_CENTER", "CC-100"),
            DimensionTag("SERVICE_LINE", "STRAT"),
            DimensionTag("LOCATION", "NYC"),
        ),
    )
    assert records["121"].dimensions == (DimensionTag("SERVICE_LINE", "DATA"), DimensionTag("LOCATION", "AMS"))
    assert records["123"].currency == "JPY"
    assert await account.count_calls() == {"suiteql": 1}


async def test_a_project_that_is_not_in_the_erp_is_missing(erp):
    assert await erp.find_by_reference(ErpJob, "PRJ-1009") == []


async def test_the_cost_rate_of_an_employee_is_in_the_subsidiarys_currency(erp):
    records = await erp.get_employees(["112", "116"])
    assert records["112"] == ErpEmployee(
        native=NativeId("netsuite-main", "employee", "112"),
        modified_at=records["112"].modified_at,
        display_number="W-1004",
        references=(("externalid", "W-1004"),),
        worker_number="W-1004",
        email="dev.patel@meridian.example",
        legal_entity="2",
        cost_center="CC-200",
        cost_rate=Money(Decimal("80.00"), "GBP"),
    )
    assert records["116"].cost_rate == Money(Decimal("72.50"), "EUR")


async def test_contracts_are_read_from_the_custom_record(erp):
    records = await erp.get_contracts(["401", "406"])
    assert records["406"] == ErpContract(
        native=NativeId("netsuite-main", "customrecord_ps_contract", "406"),
        modified_at=records["406"].modified_at,
        display_number="CT-4007",
        references=(("externalid", "CT-4007"),),
        number="CT-4007",
        type="TIME_AND_MATERIALS",
        status="ACTIVE",
        customer_id="107",
        legal_entity="3",
        currency="JPY",
        total_value=Money(Decimal(9600000), "JPY"),
        purchase_order_number="FP-8840",
    )
    assert records["401"].total_value == Money(Decimal("118800.00"), "USD")


async def test_legal_entities_cost_one_extra_call_for_their_calendar(erp, account):
    records = await erp.get_legal_entities(["2", "9"])
    assert set(records) == {"2"}
    uk = records["2"]
    assert (uk.code, uk.name, uk.country) == ("UK01", "Meridian Advisory Ltd", "GB")
    assert (uk.functional_currency, uk.time_zone, uk.region, uk.parent_id) == ("GBP", "Europe/London", "UK", "1")
    assert uk.tax_registrations == (
        ErpTaxRegistration(jurisdiction="GB", country="GB", number="GB123456789", valid_from=date(2015, 4, 1)),
    )
    assert uk.fiscal_year_start_month == 1
    assert [(p.name, p.status) for p in uk.periods or ()][7:11] == [
        ("2026-08", "CLOSED"),
        ("2026-09", "CLOSED"),
        ("2026-10", "OPEN"),
        ("2026-11", "OPEN"),
    ]
    september = unwrap(uk.periods)[8]
    assert (september.start_date, september.end_date) == (date(2026, 9, 1), date(2026, 9, 30))
    assert september.closed_at == datetime(2026, 10, 10, 18, tzinfo=UTC)
    assert await account.count_calls() == {"suiteql": 2}


async def test_dimensions_are_read_with_all_values_in_one_call_each(erp, account):
    cost_center, service_line, location = await erp.list_dimensions()
    assert (cost_center.code, cost_center.kind, cost_center.required_on) == (
        "COST_CENTER",
        "COST_CENTER",
        ("PROJECT", "RESOURCE"),
    )
    assert cost_center.values == (
        ErpDimensionValue(native_id="1", code="CC-100", name="US delivery"),
        ErpDimensionValue(native_id="2", code="CC-200", name="UK delivery"),
        ErpDimensionValue(native_id="3", code="CC-300", name="NL delivery", valid_from=date(2016, 1, 1)),
        ErpDimensionValue(
            native_id="4", code="CC-900", name="Former practice", active=False, valid_to=date(2025, 12, 31)
        ),
    )
    assert [value.code for value in service_line.values] == ["STRAT", "DATA", "CLOUD", "OPS"]
    assert [value.code for value in location.values] == ["NYC", "LON", "AMS"]
    assert await account.count_calls() == {"suiteql": 3}


async def test_a_record_is_found_by_its_reference(erp, account):
    (job,) = await erp.find_by_reference(ErpJob, "PRJ-1007")
    (customer,) = await erp.find_by_reference(ErpCustomer, "C-2003")
    assert (job.native.id, customer.native.id) == ("123", "103")
    assert await erp.find_by_reference(ErpCustomer, "' OR '1'='1") == []
    assert await account.count_calls() == {"suiteql": 3}


async def test_all_records_with_the_same_reference_are_returned(account, open_port: OpenPort):
    answer = await account.request_record("PATCH", "customer/102", {"custentity_ps_legal_name": "Twice"})
    assert answer.status_code == 204
    await account.request_record("PATCH", "customer/103", {"custentity_ps_legal_name": "Twice"})
    mapping = {"customer": {"reference": "custentity_ps_legal_name"}}
    records = await open_port(account, mapping=mapping).find_by_reference(ErpCustomer, "Twice")
    assert [customer.native.id for customer in records] == ["102", "103"]
    assert records[0].references == (("custentity_ps_legal_name", "Twice"),)


async def test_a_record_written_over_rest_is_read_back(erp, account):
    body = {"companyName": "Hollow Oak", "subsidiary": {"id": "2"}}
    created = await account.request_record("PUT", "customer/eid:C-2099", body)
    assert created.status_code == 204
    (customer,) = await erp.find_by_reference(ErpCustomer, "C-2099")
    assert (customer.name, customer.legal_entity, customer.default_currency) == ("Hollow Oak", "2", "GBP")
    assert customer.credit_hold is None
    assert created.headers["location"].endswith(f"/customer/{customer.native.id}")


async def test_an_empty_mapping_file_reads_the_standard_fields(account, open_port: OpenPort):
    bare = open_port(account, mapping={})
    customer = unwrap((await bare.get_customers(["101"]))["101"])
    assert (customer.name, customer.number, customer.legal_name, customer.tax_profile) == (
        "Aurora Retail Group",
        "C-2001",
        None,
        None,
    )
    assert await bare.get_contracts(["401"]) == {}
    assert await bare.list_dimensions() == []
    assert unwrap((await bare.get_jobs(["117"]))["117"]).dimensions is None


async def test_lineage_is_complete_and_unsupported_attributes_are_empty(account, open_port: OpenPort):
    mappings: tuple[dict[str, Any] | None, ...] = ({}, None)
    for mapping in mappings:
        port = open_port(account, mapping=mapping)
        require_complete(port.lineage)
        records = [
            *(await port.get_customers(["101", "106"])).values(),
            *(await port.get_jobs(["117"])).values(),
            *(await port.get_employees(["109"])).values(),
            *(await port.get_invoices(["1001", "1014"])).values(),
            *(await port.get_expenses(["90032"])).values(),
            *(await port.get_time_postings(["T-70001"])).values(),
            *(await port.get_legal_entities(["1"])).values(),
        ]
        assert len(records) == 9
        for record in map(unwrap, records):
            for name, origin in port.lineage[type(record)].items():
                if isinstance(origin, Unsupported):
                    assert getattr(record, name) in (None, (), ""), f"{type(record).__name__}.{name}"


async def test_every_column_of_a_statement_is_a_field_of_its_row(erp):
    """Rows are decoded by name: a column without a field would be ignored silently."""
    for kind in erp._kinds.values():
        fields = {field.name for field in msgspec.structs.fields(kind.statement.row_type)}
        assert set(kind.statement.columns) <= fields
