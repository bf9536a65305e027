"""wdsdk works with the twin: login by refresh token, expiry from the access token, reports with prompts."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.clients.client_runs import RunVerifier
from tests.clients.recorded_calls import RecordedCall

LOGIN = RecordedCall("POST", "/ccx/oauth2/acme_preview/token", "refresh_token")


@pytest.fixture
async def findings(run_verifier: RunVerifier) -> Mapping[str, Any]:
    return (await run_verifier("workday/wdsdk")).findings


async def test_a_report_returns_the_rows_of_the_prompted_workers(findings):
    assert findings["skills"] == [
        [0, "ERP", "Expert"],
        [0, "CHG", "Advanced"],
        [1, "ERP", "Advanced"],
        [1, "PY", "Intermediate"],
        [2, "CHG", "Intermediate"],
    ]
    assert findings["unknown worker"] == []


async def test_a_report_with_dates_returns_the_days_between_them(findings):
    assert findings["absences"] == [
        [0, "2026-11-26", "8", "Public Holiday"],
        [0, "2026-11-27", "8", "Vacation"],
        [1, "2026-11-26", "8", "Public Holiday"],
        [4, "2026-11-23", "7.5", "Vacation"],
        [4, "2026-11-24", "7.5", "Vacation"],
    ]


async def test_it_uses_one_token_for_all_requests(findings, run_verifier):
    run = await run_verifier("workday/wdsdk")

    assert run.calls.count(LOGIN) == 1


async def test_it_reports_errors(findings):
    assert findings["no report"]["errors"] == [{"error": "resource not found", "code": "S21"}]
    assert findings["no date"]["errors"] == [{"error": "From_Date is not a date", "code": "A212"}]
    assert (findings["wrong token"], findings["wrong secret"]) == (
        {"error": "invalid_grant"},
        {"error": "invalid_client"},
    )
