"""The client `@brokenrubik/netsuite-sdk` against the twin: it logs in with a certificate.

It signs the assertion itself (OAuth 2.0 client credentials, PS256).
"""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.clients.client_runs import RunVerifier
from tests.clients.recorded_calls import RecordedCall

LOGIN = RecordedCall("POST", "/services/rest/auth/oauth2/v1/token", "client_credentials")


@pytest.fixture
async def results(run_verifier: RunVerifier) -> Mapping[str, Any]:
    return (await run_verifier("netsuite/netsuite-sdk")).findings


async def test_it_pages_through_a_statement_with_its_token(results):
    assert results["page"] == [2, False, 6, 8, ["C-2007", "C-2008"]]
    assert results["all"] == 9  # including the record that it created


async def test_one_token_serves_all_requests_of_a_scope(results, run_verifier):
    ran = await run_verifier("netsuite/netsuite-sdk")

    assert ran.calls.count(LOGIN) == 2


async def test_it_creates_updates_reads_and_deletes_a_record(results):
    assert results["created"] == [True, True]
    assert (results["changed"], results["got"], results["deleted"]) == (
        True,
        ["Harbor Labs", "ap@harbor.example"],
        True,
    )


async def test_it_maps_refusals(results):
    missing = "Not Found - NONEXISTENT_ID: The record instance does not exist. Provide a valid record instance ID."
    assert results["gone"] == ["NetSuiteNotFoundError", 404, missing]
    assert results["wrong"] == ["NetSuiteValidationError", 400, "INVALID_PARAMETER"]


@pytest.mark.parametrize(
    ("client", "status", "message"),
    [
        ("other certificate", 401, "Failed to obtain access token: Unauthorized"),
        ("other key", 401, "Failed to obtain access token: Unauthorized"),
        ("other client", 401, "Failed to obtain access token: Unauthorized"),
        ("other account", 400, "Failed to obtain access token: Bad Request"),
    ],
)
async def test_an_assertion_of_another_client_or_for_another_account_is_refused(results, client, status, message):
    assert results[client] == ["NetSuiteAuthError", status, message]


async def test_a_token_for_another_scope_is_refused(results):
    name, status, message = results["other scope"]

    assert (name, status) == ("NetSuiteAuthError", 403)
    assert message.startswith("Unauthorized - INSUFFICIENT_PERMISSION")
