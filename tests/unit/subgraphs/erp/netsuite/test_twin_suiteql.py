"""SuiteQL on the twin: envelope, limits and errors."""

import pytest

ERROR_PREFIX = "Invalid search query. Detailed unprocessed description follows. Search error occurred: "


async def request_error(account, statement: str, **query: int) -> str:
    answer = await account.post_suiteql(statement, **query)
    assert answer.status_code == 400
    body = answer.json()
    assert (body["title"], body["status"]) == ("Bad Request", 400)
    detail: str = body["o:errorDetails"][0]["detail"]
    return detail


async def test_values_are_strings_under_lower_case_keys_and_nulls_are_omitted(account):
    answer = await account.post_suiteql(
        "SELECT ID, CompanyName AS Its_Name, parent, creditlimit FROM Customer WHERE id IN (101, 102) ORDER BY ID"
    )
    body = answer.json()
    assert body["items"] == [
        {"links": [], "id": "101", "its_name": "Aurora Retail Group", "creditlimit": "250000"},
        {"links": [], "id": "102", "its_name": "Aurora Outlets", "parent": "101", "creditlimit": "50000"},
    ]
    assert (body["count"], body["offset"], body["totalResults"], body["hasMore"]) == (2, 0, 2, False)


async def test_pages_follow_limit_and_offset(account):
    statement = "SELECT id FROM customer ORDER BY id"
    first = (await account.post_suiteql(statement, limit=3)).json()
    last = (await account.post_suiteql(statement, limit=3, offset=6)).json()
    assert (first["count"], first["hasMore"], first["totalResults"]) == (3, True, 8)
    assert ([row["id"] for row in last["items"]], last["hasMore"]) == (["107", "108"], False)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"limit": 1001}, "between 1 and 1000"),
        ({"limit": 0}, "between 1 and 1000"),
        ({"limit": 10, "offset": 5}, "divisible by the limit"),
    ],
)
async def test_an_invalid_limit_or_offset_is_refused(account, query: dict[str, int], expected: str):
    assert expected in await request_error(account, "SELECT id FROM customer", **query)


async def test_prefer_transient_is_required(account):
    path = "/services/rest/query/v1/suiteql"
    answer = await account.http.post(path, json={"q": "SELECT id FROM customer"}, headers=account.headers)
    assert answer.status_code == 400
    assert "Prefer" in answer.json()["o:errorDetails"][0]["detail"]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "SELECT c.nosuch FROM nexus c",
            "Unknown identifier 'nosuch'. Available identifiers are: {id=id, country=country, description=description}",
        ),
        ("SELECT id FROM nosuch", "Invalid search type: nosuch"),
        ("SELECT name FROM sqlite_master", "Invalid search type: sqlite_master"),
        ("WITH x AS (SELECT 1 AS n FROM dual) SELECT n FROM x", "Invalid or unsupported search."),
        ("SELECT id FROM customer ORDER BY id OFFSET 3", "Invalid or unsupported search: OFFSET."),
        (
            "SELECT id FROM customer; SELECT id FROM job",
            "Invalid or unsupported search. Unexpected character at position 23.",
        ),
        ("DELETE FROM customer", "Invalid or unsupported search."),
        ("SELECT id FROM customer WHERE", "Invalid or unsupported search."),
        ("SELECT id AS number FROM customer", "Invalid or unsupported search: number is a reserved word."),
        ("", "Invalid or unsupported search."),
        (f"SELECT '{'x' * 4001}' FROM dual", "Invalid or unsupported search: string literal too long."),  # noqa: S608 -- a literal
        ("SELECT TO_CHAR(startdate, 'Month') FROM job", "Invalid or unsupported search."),
    ],
)
async def test_invalid_suiteql_has_netsuites_error(account, statement: str, expected: str):
    assert await request_error(account, statement) == ERROR_PREFIX + expected


async def test_an_in_list_of_more_than_a_thousand_items_is_refused(account):
    ids = ", ".join(str(id_) for id_ in range(1001))
    expected = await request_error(account, f"SELECT id FROM customer WHERE id IN ({ids})")  # noqa: S608 -- numbers
    assert expected == ERROR_PREFIX + "Maximum number of expressions in a list is 1000."


async def test_plain_dates_have_the_accounts_format_and_to_char_its_own(account):
    statement = (
        "SELECT trandate, lastmodifieddate, TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS at"
        " FROM transaction WHERE tranid = 'INV-US-0003'"
    )
    (row,) = await account.query_rows(statement)
    assert row == {"trandate": "31/10/2026", "lastmodifieddate": "10/11/2026", "at": row["at"]}
    assert row["at"].startswith("2026-11-10 01:0")  # 06:0x UTC in New York


async def test_amounts_are_compared_and_summed_as_numbers(account):
    statement = (
        "SELECT SUM(foreigntotal) AS total, COUNT(*) AS n FROM transaction"
        " WHERE type = 'CustInvc' AND foreigntotal > 9680"
    )
    assert await account.query_rows(statement) == [{"total": "372000", "n": "4"}]


async def test_builtin_df_returns_the_display_name_of_a_reference(account):
    statement = (
        "SELECT BUILTIN.DF(t.entity) AS customer, BUILTIN.DF(t.currency) AS currency, BUILTIN.DF(t.tranid) AS tran"
        " FROM transaction t WHERE t.type = 'CustCred'"
    )
    assert await account.query_rows(statement) == [
        {"customer": "Delft Logistics", "currency": "EUR", "tran": "INV-NL-0004"}
    ]


async def test_fetch_first_limits_the_rows(account):
    rows = await account.query_rows("SELECT id FROM job ORDER BY id FETCH FIRST 2 ROWS ONLY")
    assert [row["id"] for row in rows] == ["117", "118"]


async def test_unnamed_expressions_are_numbered(account):
    assert await account.query_rows("SELECT 1 + 1, 'a' || 'b', id FROM job WHERE id = 117") == [
        {"expr1": "2", "expr2": "ab", "id": "117"}
    ]


async def test_a_record_type_without_permission_is_unknown(open_account):
    account = await open_account(denied_records=frozenset({"employee"}))
    assert await request_error(account, "SELECT id FROM employee") == ERROR_PREFIX + "Invalid search type: employee"
    refusal = await account.request_record("GET", "employee/109")
    assert (refusal.status_code, refusal.json()["o:errorDetails"][0]["o:errorCode"]) == (400, "USER_ERROR")
    assert "does not have permission" in refusal.text
