"""Accounts without OneWorld, SuiteTax or multiple currencies: every read works, and the check names what is missing."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from gateway.canonical.records.erp import ErpCustomer, ErpLegalEntity
from gateway.ports.base import PageRequest
from gateway.ports.erp import ErpPort, RateKey
from gateway.ports.where import ExpenseWhere
from subgraphs.erp.netsuite.conformance import load_sandbox_mapping
from subgraphs.erp.netsuite.twin.features import Feature
from tests.unit.subgraphs.erp.netsuite.conftest import OpenAccount

COMPANY = {"code": "US01", "name": "Meridian Advisory Inc", "country": "US", "currency": "USD"}
SINGLE = frozenset({Feature.ONE_WORLD})
BARE = frozenset({Feature.ONE_WORLD, Feature.SUITE_TAX, Feature.MULTI_CURRENCY})
OpenPort = Callable[..., ErpPort]


def build_mapping(missing: frozenset[Feature]) -> dict[str, Any]:
    """Return the sandbox's mapping file for an account without these features."""
    mapping: dict[str, Any] = dict(load_sandbox_mapping())
    mapping["company"] = COMPANY
    mapping["features"] = {
        "suite_tax": Feature.SUITE_TAX not in missing,
        "multi_currency": Feature.MULTI_CURRENCY not in missing,
    }
    mapping["legal_entity"] = {}
    contract = {key: value for key, value in mapping["contract"].items() if key != "subsidiary"}
    if Feature.MULTI_CURRENCY in missing:
        del contract["currency"]
    mapping["contract"] = contract
    return mapping


async def read_everything(port: ErpPort) -> dict[str, Any]:
    """Return the records of every read of the port, by name and id."""
    customers, jobs, invoices = (
        [str(id_) for id_ in range(101, 109)],
        [str(id_) for id_ in range(117, 126)],
        ["1001", "1003"],
    )
    page = PageRequest(first=50)
    return {
        "customers": await port.get_customers(customers),
        "employees": await port.get_employees([str(id_) for id_ in range(109, 117)]),
        "jobs": await port.get_jobs(jobs),
        "contracts": await port.get_contracts([str(id_) for id_ in range(401, 410)]),
        "invoices": await port.get_invoices(invoices),
        "payments": await port.get_payments(["1002", "1006"]),
        "expenses": await port.get_expenses(["90032", "90034"]),
        "lines": await port.list_invoice_lines_by_invoice(invoices, page),
        "job expenses": await port.list_expenses_by_job(jobs, ExpenseWhere(), page),
        "applied": await port.list_payments_by_invoice(invoices),
        "time": await port.get_time_postings(["1", "2", "3"]),
        "receivables": await port.get_receivables(customers, date(2026, 11, 20)),
    }


@pytest.mark.parametrize("missing", [SINGLE, BARE], ids=["without OneWorld", "without all three"])
async def test_every_read_of_an_account_with_one_company_works(
    open_account: OpenAccount, open_port: OpenPort, missing: frozenset[Feature]
) -> None:
    account = await open_account(missing_features=missing)
    whole = await open_account()
    port = open_port(account, mapping=build_mapping(missing))

    records = await read_everything(port)
    expected = await read_everything(open_port(whole))

    assert {name: set(read) for name, read in records.items()} == {name: set(read) for name, read in expected.items()}
    customer = records["customers"]["101"]
    assert (customer.legal_entity, customer.selling_entities, customer.unreadable) == ("US01", ("US01",), ())
    assert {record.legal_entity for record in records["jobs"].values()} == {"US01"}
    invoice, original = records["invoices"]["1001"], expected["invoices"]["1001"]
    assert (invoice.total, invoice.balance, invoice.tax_total) == (original.total, original.balance, original.tax_total)
    assert (invoice.legal_entity, invoice.functional_currency) == ("US01", "USD")
    assert (
        records["receivables"]["101"].items[0:1] == () or records["receivables"]["101"].items[0].legal_entity == "US01"
    )


@pytest.mark.parametrize("missing", [SINGLE, BARE], ids=["without OneWorld", "without all three"])
async def test_the_check_of_an_account_with_one_company_is_green(
    open_account: OpenAccount, open_port: OpenPort, missing: frozenset[Feature]
) -> None:
    account = await open_account(missing_features=missing)

    findings = await open_port(account, mapping=build_mapping(missing)).check()

    assert [finding for finding in findings if not finding.ok] == []


async def test_the_company_is_the_legal_entity_with_its_calendar(
    open_account: OpenAccount, open_port: OpenPort
) -> None:
    account = await open_account(missing_features=BARE)
    port = open_port(account, mapping=build_mapping(BARE))

    (page,) = [page async for page in port.list_changes(ErpLegalEntity, None)]
    (found,) = await port.find_by_reference(ErpLegalEntity, "US01")
    read = await port.get_legal_entities(["US01", "1"])

    (entity,) = page.rows
    assert (entity.code, entity.name, entity.functional_currency) == ("US01", "Meridian Advisory Inc", "USD")
    assert entity.periods
    assert found == entity == read["US01"]
    assert read.keys() == {"US01"}
    assert [page.rows async for page in port.list_changes(ErpLegalEntity, page.watermark)] == [()]


async def test_an_account_without_currencies_has_no_rates_and_costs_no_call(
    open_account: OpenAccount, open_port: OpenPort
) -> None:
    account = await open_account(missing_features=BARE)
    port = open_port(account, mapping=build_mapping(BARE))

    assert await port.get_exchange_rates([RateKey("EUR", "USD", date(2026, 9, 30), "CORPORATE")]) == {}
    assert await account.count_calls() == {}


@pytest.mark.parametrize(
    ("feature", "message"),
    [
        (Feature.ONE_WORLD, "The feature OneWorld is off, or the role cannot read subsidiary."),
        (Feature.SUITE_TAX, "The feature SuiteTax is off, or the role cannot read transactiontaxdetail."),
        (Feature.MULTI_CURRENCY, "The feature Multiple Currencies is off, or the role cannot read currency."),
        (Feature.PROJECTS, "The feature Projects, a prerequisite, is off, or the role cannot read job."),
        (Feature.TIME, "The feature Time Tracking, a prerequisite, is off, or the role cannot read timebill."),
    ],
)
async def test_the_check_names_a_missing_feature_in_one_finding(
    open_account: OpenAccount, open_port: OpenPort, feature: Feature, message: str
) -> None:
    account = await open_account(missing_features=frozenset({feature}))

    failed = [finding for finding in await open_port(account).check() if not finding.ok]

    assert [(finding.subject, finding.message) for finding in failed] == [(f"feature {feature}", message)]


async def test_a_company_is_refused_by_the_check_of_an_account_with_subsidiaries(
    open_account: OpenAccount, open_port: OpenPort
) -> None:
    account = await open_account()

    failed = [finding for finding in await open_port(account, mapping=build_mapping(SINGLE)).check() if not finding.ok]

    assert [finding.message for finding in failed] == [
        "The account has subsidiaries, but the mapping file describes one company."
    ]


async def test_the_lineage_of_a_company_names_no_missing_table(open_account: OpenAccount, open_port: OpenPort) -> None:
    account = await open_account(missing_features=BARE)
    lineage = open_port(account, mapping=build_mapping(BARE)).lineage

    named = {getattr(origin, "object", "") for origins in lineage.values() for origin in origins.values()}
    assert not named & {"subsidiary", "customersubsidiaryrelationship", "transactiontaxdetail", "currencyrate"}


async def test_the_feed_of_customers_works_without_subsidiaries(open_account: OpenAccount, open_port: OpenPort) -> None:
    account = await open_account(missing_features=BARE)
    port = open_port(account, mapping=build_mapping(BARE))

    pages = [page async for page in port.list_changes(ErpCustomer, None)]

    assert sum(len(page.rows) for page in pages) == 8
