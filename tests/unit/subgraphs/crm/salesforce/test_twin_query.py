"""The twin runs queries like the service: format, types, order, batches and errors."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from subgraphs.crm.salesforce.twin.seed import build_account_id, build_contact_id, build_opportunity_id
from subgraphs.sandbox.firm.small import FIRM

OpenOrg = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


async def run_query(org: httpx.AsyncClient, soql: str, resource: str = "query") -> Any:
    answer = await org.get(resource, params={"q": soql})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def query_account_names(org: httpx.AsyncClient, condition: str) -> list[str]:
    return [row["Name"] for row in (await run_query(org, f"SELECT Name FROM Account {condition}"))["records"]]  # noqa: S608 -- SOQL for the twin, not SQL


async def test_a_row_has_attributes_and_nested_parents(org: httpx.AsyncClient) -> None:
    result = await run_query(
        org, "SELECT Id, Parent.Name, Owner.Email FROM Account WHERE Customer_Number__c = 'C-2002'"
    )
    assert result["totalSize"] == 1
    assert result["done"] is True
    (row,) = result["records"]
    identifier = build_account_id("C-2002")
    url = "/services/data/v68.0/sobjects"
    assert row["attributes"] == {"type": "Account", "url": f"{url}/Account/{identifier}"}
    assert row["Id"] == identifier
    assert row["Parent"] == {
        "attributes": {"type": "Account", "url": f"{url}/Account/{build_account_id('C-2001')}"},
        "Name": "Aurora Retail Group",
    }
    assert row["Owner"]["Email"] == "alice.hartmann@meridian.example"


async def test_a_missing_parent_and_an_empty_sub_query_are_null(org: httpx.AsyncClient) -> None:
    soql = "SELECT Parent.Name, (SELECT Id FROM Contacts) FROM Account WHERE Name = 'Cobalt Energy'"
    (row,) = (await run_query(org, soql))["records"]
    assert row["Parent"] is None
    assert row["Contacts"] is None


async def test_a_sub_query_has_its_own_order_and_limit_per_parent(org: httpx.AsyncClient) -> None:
    soql = (
        "SELECT Name, (SELECT Name FROM Contacts ORDER BY Name DESC LIMIT 1) FROM Account "
        "WHERE Name IN ('Aurora Retail Group', 'Birchwood Health') ORDER BY Name"
    )
    records = (await run_query(org, soql))["records"]
    contacts = [row["Contacts"] for row in records]
    assert [each["totalSize"] for each in contacts] == [1, 1]
    assert [each["records"][0]["Name"] for each in contacts] == ["Paul Stone", "Ruth Adeyemi"]


@pytest.mark.parametrize(
    ("_case", "condition", "expected"),
    [
        ("text ignores case", "WHERE Name = 'delft logistics'", ["Delft Logistics"]),
        ("not equal to null", "WHERE ParentId != null", ["Aurora Outlets"]),
        (
            "an empty string is null",
            "WHERE Website = '' AND Segment__c = 'Public' ORDER BY Name",
            ["Birchwood Health", "Emmen Water"],
        ),
        ("like", "WHERE Name LIKE 'Aurora%' ORDER BY Name", ["Aurora Outlets", "Aurora Retail Group"]),
        ("like with an escaped wildcard", r"WHERE Name LIKE 'Aurora\%'", []),
        ("like one character", "WHERE Name LIKE '_elft Logistics'", ["Delft Logistics"]),
        ("not in", "WHERE Region__c NOT IN ('US', 'UK', 'EU')", ["Fuji Precision"]),
        ("and", "WHERE Region__c = 'EU' AND Segment__c = 'Public'", ["Emmen Water"]),
        (
            "or in parentheses",
            "WHERE (Name = 'Fuji Precision' OR Name = 'Emmen Water') AND Region__c = 'EU'",
            ["Emmen Water"],
        ),
        ("not", "WHERE NOT (Region__c IN ('US', 'UK', 'EU'))", ["Fuji Precision"]),
        ("descending, limit, offset", "ORDER BY Name DESC LIMIT 2 OFFSET 1", ["Fuji Precision", "Emmen Water"]),
        ("nulls first", "ORDER BY ParentId NULLS FIRST, Name LIMIT 1", ["Aurora Retail Group"]),
        ("nulls last", "ORDER BY ParentId NULLS LAST LIMIT 1", ["Aurora Outlets"]),
        ("through a parent", "WHERE Parent.Name = 'Aurora Retail Group'", ["Aurora Outlets"]),
        ("lower-case keywords", "where name = 'Emmen Water' order by name limit 1", ["Emmen Water"]),
    ],
)
async def test_conditions_and_order(org: httpx.AsyncClient, _case: str, condition: str, expected: list[str]) -> None:
    assert await query_account_names(org, condition) == expected


async def test_numbers_dates_and_instants_compare_by_value(org: httpx.AsyncClient) -> None:
    soql = (
        "SELECT Opportunity_Number__c FROM Opportunity WHERE Amount >= 60000 AND Amount < 118800.00 "
        "AND CloseDate > 2026-07-30 AND SystemModstamp > 2026-01-01T00:00:00Z AND IsWon = true ORDER BY Amount"
    )
    assert [row["Opportunity_Number__c"] for row in (await run_query(org, soql))["records"]] == ["O-3005", "O-3003"]


async def test_count_has_no_records(org: httpx.AsyncClient) -> None:
    assert await run_query(org, "SELECT COUNT() FROM Contact") == {"totalSize": 3, "done": True, "records": []}


async def test_amounts_are_exact_numbers_and_offsets_have_no_colon(org: httpx.AsyncClient) -> None:
    soql = "SELECT Amount, Probability, CloseDate, Closed_At__c FROM Opportunity WHERE Opportunity_Number__c = 'O-3001'"
    answer = await org.get("query", params={"q": soql})
    assert '"Amount":118800.00,"Probability":100,"CloseDate":"2026-08-12"' in answer.text
    assert '"Closed_At__c":"2026-08-12T15:30:00.000+0000"' in answer.text


@pytest.mark.parametrize(
    ("soql", "status", "code"),
    [
        ("SELECT", 400, "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'", 400, "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 'a\nb'", 400, "MALFORMED_QUERY"),
        (r"SELECT Id FROM Account WHERE Name = 'a\qb'", 400, "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE CreatedDate > 2026-13-45", 400, "MALFORMED_QUERY"),
        ("SELECT Id FROM Account GROUP BY Id", 400, "MALFORMED_QUERY"),
        ("SELECT Nothing FROM Account", 400, "INVALID_FIELD"),
        ("SELECT Parent.Nothing FROM Account", 400, "INVALID_FIELD"),
        ("SELECT Nobody.Name FROM Account", 400, "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE CloseDate = '2026-01-01'", 400, "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE Amount = '5'", 400, "INVALID_FIELD"),
        ("SELECT Id FROM Nothing", 400, "INVALID_TYPE"),
        ("SELECT (SELECT Id FROM Nothing) FROM Account", 400, "INVALID_TYPE"),
        ("SELECT Id FROM Account WHERE Id = 'C-2001'", 400, "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Account LIMIT 1 OFFSET 2001", 400, "NUMBER_OUTSIDE_VALID_RANGE"),
        (f"SELECT Id FROM Account WHERE Name = '{'a' * 4001}'", 400, "MALFORMED_QUERY"),  # noqa: S608 -- SOQL for the twin, not SQL
    ],
)
async def test_an_error_is_an_array_with_a_code(org: httpx.AsyncClient, soql: str, status: int, code: str) -> None:
    answer = await org.get("query", params={"q": soql})
    assert answer.status_code == status
    assert [error["errorCode"] for error in answer.json()] == [code]


async def test_a_uri_beyond_the_limit_is_too_long(org: httpx.AsyncClient) -> None:
    answer = await org.get("query", params={"q": "SELECT Id FROM Account" + " " * 16_400})
    assert answer.status_code == 414


async def test_batches_cover_every_row_once(open_org: OpenOrg) -> None:
    async with open_org(batch=3) as org:
        batch = await run_query(org, "SELECT Id FROM Account", "query/")
        ids = []
        sizes = []
        while True:
            ids += [row["Id"] for row in batch["records"]]
            sizes.append(len(batch["records"]))
            assert batch["totalSize"] == 8
            if batch["done"]:
                break
            batch = (await org.get(org.base_url.join(batch["nextRecordsUrl"]))).json()
        assert sizes == [3, 3, 2]
        assert sorted(ids) == sorted(build_account_id(customer.number) for customer in FIRM.customers)
        assert (await org.get("query/01g000000000099AAA-3")).json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


async def test_a_batch_holds_two_thousand_rows(open_org: OpenOrg) -> None:
    customers = (replace(FIRM.customers[0], number=f"X-{number}", contacts=()) for number in range(2001))
    async with open_org(firm=replace(FIRM, customers=tuple(customers), opportunities=(), contracts=())) as org:
        batch = await run_query(org, "SELECT Id FROM Account")
    assert (len(batch["records"]), batch["totalSize"], batch["done"]) == (2000, 2001, False)


async def test_deleted_rows_are_only_in_query_all(org: httpx.AsyncClient) -> None:
    identifier = build_contact_id("C-2003", 1)
    assert (await org.delete(f"sobjects/Contact/{identifier}")).status_code == 204
    assert (await run_query(org, "SELECT COUNT() FROM Contact"))["totalSize"] == 2
    assert (await run_query(org, "SELECT COUNT() FROM Contact", "queryAll"))["totalSize"] == 3
    assert (await org.get(f"sobjects/Contact/{identifier}")).json()[0]["errorCode"] == "ENTITY_IS_DELETED"


async def test_a_fifteen_character_id_finds_the_same_row(org: httpx.AsyncClient) -> None:
    soql = f"SELECT Name FROM Opportunity WHERE Id = '{build_opportunity_id('O-3011')[:15]}'"  # noqa: S608 -- SOQL for the twin, not SQL
    assert (await run_query(org, soql))["records"][0]["Name"] == "Birchwood analytics support"
