"""Reads through the port: few calls for many ids, both forms of an id, and the quota of every response."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from gateway.canonical.records.crm import CrmAccount
from gateway.errors import BadInputError
from gateway.net.call_counter import count_calls
from gateway.ports.base import Finding, NormalizesIds, PageRequest
from subgraphs.crm.salesforce.adapter import SalesforceAdapter, connect
from subgraphs.crm.salesforce.client import Quota
from subgraphs.crm.salesforce.twin import ConnectedApp
from subgraphs.crm.salesforce.twin.org import build_record_id
from subgraphs.crm.salesforce.twin.seed import build_account_id, build_opportunity_id
from subgraphs.kit.paging import encode_cursor
from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures.unwrapping import unwrap
from tests.unit.subgraphs.crm.salesforce.conftest import OpenTwin, build_connection, load_sandbox_mapping

AURORA = build_account_id("C-2001")
OPPORTUNITY = FIRM.opportunities[0]


@asynccontextmanager
async def open_adapter(open_twin: OpenTwin, client: ConnectedApp, **settings: Any) -> AsyncIterator[SalesforceAdapter]:
    async with open_twin(**settings) as base_url:
        port = connect(build_connection(base_url, client))
        assert isinstance(port, SalesforceAdapter)
        try:
            yield port
        finally:
            await port.aclose()


async def test_a_thousand_ids_are_one_composite_call_of_five_queries(open_twin: OpenTwin, client: ConnectedApp) -> None:
    """In a URI they would be 21,000 characters; 16,384 are allowed and 2,000 recommended."""
    unknown_ids = [build_record_id("001", f"unknown {number}") for number in range(999)]
    async with open_adapter(open_twin, client) as port:
        with count_calls() as calls:
            records = await port.get_accounts([*unknown_ids, AURORA])
        with count_calls() as more:
            await port.get_accounts([*unknown_ids, AURORA, build_account_id("C-2002")])

    assert records.keys() == {AURORA}
    assert calls == {"crm": 1}
    assert more == {"crm": 2}


@pytest.mark.parametrize(("ids", "resource"), [(5, "query"), (200, "composite")])
async def test_a_query_is_a_get_only_if_its_uri_is_short(
    open_twin: OpenTwin, client: ConnectedApp, ids: int, resource: str
) -> None:
    unknown_ids = [build_record_id("001", f"unknown {number}") for number in range(ids)]
    async with open_twin() as base_url, httpx.AsyncClient(base_url=base_url) as http:
        port = connect(build_connection(base_url, client))
        assert await port.get_accounts(unknown_ids) == {}
        calls = (await http.get("/__control")).json()["calls"]
        await port.aclose()

    assert {name: count for name, count in calls.items() if name != "token"} == {resource: 1}


async def test_a_fifteen_character_id_returns_the_record_under_the_given_id(
    open_twin: OpenTwin, client: ConnectedApp
) -> None:
    async with open_adapter(open_twin, client) as port:
        with count_calls() as calls:
            records = await port.get_accounts([AURORA[:15], AURORA])

    assert records.keys() == {AURORA[:15], AURORA}
    assert {record.native.id for record in records.values() if isinstance(record, CrmAccount)} == {AURORA}
    assert calls == {"crm": 1}


async def test_every_response_updates_the_quota(open_twin: OpenTwin, client: ConnectedApp) -> None:
    async with open_adapter(open_twin, client, daily_calls=5000) as port:
        before = port.quota
        await port.get_accounts([AURORA])
        await port.get_accounts([AURORA])

    assert (before, port.quota) == (None, Quota(2, 5000))
    assert unwrap(port.quota).remaining == 4998


async def test_a_null_sub_query_is_an_empty_page(open_twin: OpenTwin, client: ConnectedApp) -> None:
    """The service returns null for a sub-query without rows."""
    bare = replace(
        FIRM, opportunities=(replace(OPPORTUNITY, lines=()),), customers=(replace(FIRM.customers[0], contacts=()),)
    )
    bare = replace(bare, contracts=(), projects=(), invoices=())
    async with open_adapter(open_twin, client, firm=bare) as port:
        opportunity = (await port.get_opportunities([build_opportunity_id(OPPORTUNITY.number)]))[
            build_opportunity_id(OPPORTUNITY.number)
        ]
        page = (await port.list_contacts_by_account([AURORA], PageRequest(5)))[AURORA]

    assert not isinstance(opportunity, Exception)
    assert not isinstance(page, Exception)
    assert (opportunity.lines, page.rows, page.has_next) == ((), (), False)


@pytest.mark.parametrize("position", [("x' OR Name != '",), ("2026-10-15", "90034"), (AURORA[:15],), ("",)])
async def test_a_cursor_of_another_list_is_bad_input_and_costs_no_call(
    open_twin: OpenTwin, client: ConnectedApp, position: tuple[str, ...]
) -> None:
    async with open_adapter(open_twin, client) as port:
        with count_calls() as calls, pytest.raises(BadInputError) as error:
            await port.list_contacts_by_account([AURORA], PageRequest(5, encode_cursor(*position)))

    assert error.value.field == "after"
    assert calls == {}


async def test_a_deleted_record_is_missing(open_twin: OpenTwin, client: ConnectedApp) -> None:
    """A soft-deleted row stays in the recycle bin, which queries do not return."""
    async with open_twin() as base_url:
        port = connect(build_connection(base_url, client))
        try:
            assert (await port.get_accounts([AURORA])).keys() == {AURORA}
            await _delete_account(base_url, client, AURORA)
            assert await port.get_accounts([AURORA]) == {}
        finally:
            await port.aclose()


async def test_a_reference_is_compared_exactly(open_twin: OpenTwin, client: ConnectedApp) -> None:
    """The service ignores case, and treats an empty string as null."""
    nameless = replace(FIRM.customers[1], number="", contacts=())
    async with open_adapter(open_twin, client, firm=replace(FIRM, customers=(*FIRM.customers, nameless))) as port:
        with count_calls() as calls:
            results = {
                text: await port.find_by_reference(CrmAccount, text) for text in ("C-2001", "c-2001", "", "x" * 256)
            }

    assert {text: [record.native.id for record in records] for text, records in results.items()} == {
        "C-2001": [AURORA],
        "c-2001": [],
        "": [],
        "x" * 256: [],
    }
    assert calls == {"crm": 2}


async def _delete_account(base_url: str, client: ConnectedApp, identifier: str) -> None:
    async with httpx.AsyncClient(base_url=base_url) as http:
        form = {"grant_type": "client_credentials"}
        token = (await http.post("/services/oauth2/token", data=form, auth=(client.id, client.secret))).json()
        headers = {"authorization": f"Bearer {token['access_token']}"}
        answer = await http.delete(f"/services/data/v68.0/sobjects/Account/{identifier}", headers=headers)
        assert answer.status_code == 204


async def test_the_check_reports_a_wrong_multi_currency_setting(open_twin: OpenTwin, client: ConnectedApp) -> None:
    async with open_adapter(open_twin, client, multi_currency=False) as port:
        failed = [finding for finding in await port.check() if not finding.ok]

    assert failed == [
        Finding(
            subject="multi-currency",
            ok=False,
            message="Multi-currency is disabled in the org; the mapping file says otherwise.",
            remedy="Set `multi_currency` in the mapping file to the org's setting.",
        )
    ]


async def test_the_check_names_fields_of_another_type_and_unknown_countries(
    open_twin: OpenTwin, client: ConnectedApp
) -> None:
    first, second, *others = FIRM.customers
    customers = (replace(first, country="Ruritania"), replace(second, country="France"), *others)
    mapping = load_sandbox_mapping()
    mapping["contract"] = {**mapping["contract"], "purchase_order": "ContractTerm"}
    async with open_twin(firm=replace(FIRM, customers=customers)) as base_url:
        port = connect(build_connection(base_url, client, mapping=mapping))
        failed = [finding for finding in await port.check() if not finding.ok]
        await port.aclose()

    field, countries = failed
    assert field.subject == "field Contract.ContractTerm"
    assert field.message.startswith("Mapped to purchase_order, which needs the type")
    assert field.message.endswith(", but its type is double.")
    assert countries.message == ('No country code is known for "Ruritania"; addresses with these names cannot be read.')


async def test_an_id_is_normalised_to_eighteen_characters_case_sensitively(
    open_twin: OpenTwin, client: ConnectedApp
) -> None:
    async with open_adapter(open_twin, client) as port:
        assert isinstance(port, NormalizesIds)
        assert port.normalize_id(AURORA[:15]) == AURORA
        assert port.normalize_id(AURORA) == AURORA
        assert port.normalize_id(AURORA[:15].swapcase()) != AURORA
        assert port.normalize_id("C-2001") == "C-2001"
