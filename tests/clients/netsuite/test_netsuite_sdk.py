"""@brokenrubik/netsuite-sdk finds an account: it logs in with a certificate, by an assertion that it signs itself (OAuth 2.0 client credentials, PS256)."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.clients.arrivals import Arrival

LOGIN = Arrival("POST", "/services/rest/auth/oauth2/v1/token", "client_credentials")


@pytest.fixture
async def told(judged) -> Mapping[str, Any]:
    return (await judged("netsuite/netsuite-sdk")).told


async def test_it_pages_through_a_statement_with_the_token_that_it_was_given(told):
    assert told["page"] == [2, False, 6, 8, ["C-2007", "C-2008"]]
    assert told["all"] == 9  # with the one that it created


async def test_one_token_serves_all_requests_of_a_scope(told, judged):
    ran = await judged("netsuite/netsuite-sdk")

    assert ran.arrived.count(LOGIN) == 2


async def test_it_creates_changes_reads_and_deletes_a_record(told):
    assert told["created"] == [True, True]
    assert (told["changed"], told["got"], told["deleted"]) == (True, ["Harbor Labs", "ap@harbor.example"], True)


async def test_it_maps_refusals(told):
    missing = "Not Found - NONEXISTENT_ID: The record instance does not exist. Provide a valid record instance ID."
    assert told["gone"] == ["NetSuiteNotFoundError", 404, missing]
    assert told["wrong"] == ["NetSuiteValidationError", 400, "INVALID_PARAMETER"]


@pytest.mark.parametrize(
    ("stranger", "status", "words"),
    [
        ("strange certificate", 401, "Failed to obtain access token: Unauthorized"),
        ("strange key", 401, "Failed to obtain access token: Unauthorized"),
        ("strange client", 401, "Failed to obtain access token: Unauthorized"),
        ("other account", 400, "Failed to obtain access token: Bad Request"),
    ],
)
async def test_an_assertion_of_somebody_else_or_for_another_account_brings_no_token(told, stranger, status, words):
    assert told[stranger] == ["NetSuiteAuthError", status, words]


async def test_a_token_for_another_scope_opens_nothing(told):
    name, status, words = told["other scope"]

    assert (name, status) == ("NetSuiteAuthError", 403)
    assert words.startswith("Unauthorized - INSUFFICIENT_PERMISSION")
