"""The adapter against an account that is not well: every failure has its class, nothing hangs, nothing is invented."""

import asyncio
from collections.abc import Callable
from datetime import date

import pytest

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.ports.erp import ErpPort
from subgraphs.erp.netsuite.failures import Refusal, RefusedError

Ported = Callable[..., ErpPort]


async def failure(erp: ErpPort) -> SourceError:
    with pytest.raises(SourceError) as raised:
        await erp.customers(["101"])
    return raised.value


async def test_an_expired_token_is_renewed_once_and_nobody_notices(erp, account):
    await erp.customers(["101"])
    await account.control("token-expired")
    assert set(await erp.customers(["101"])) == {"101"}
    assert await account.logins() == 2
    assert await account.calls() == {"suiteql": 3}


async def test_a_login_that_stays_refused_is_told(erp, account):
    await account.control("token-expired", times=99)
    assert (await failure(erp)).code is FaultCode.AUTH_EXPIRED


async def test_reads_of_one_wave_share_one_login(erp, account):
    await asyncio.gather(erp.customers(["101"]), erp.jobs(["117"]), erp.employees(["109"]), erp.dimensions())
    assert await account.logins() == 1
    assert await account.calls() == {"suiteql": 6}


async def test_a_blocked_call_is_sent_again(erp, account):
    await account.control("rate-limit", path="suiteql")
    assert set(await erp.customers(["101"])) == {"101"}
    assert await account.calls() == {"suiteql": 2}


async def test_an_account_that_stays_blocked_is_rate_limited(erp, account):
    await account.control("rate-limit", path="suiteql", times=99)
    error = await failure(erp)
    assert isinstance(error, RefusedError)
    assert (error.code, error.refusal, error.status) == (FaultCode.RATE_LIMITED, Refusal.CONCURRENCY, 429)


async def test_the_adapter_keeps_within_the_accounts_concurrency(erp, account):
    """Five calls may run at once: thirty at once are queued here, not refused there."""
    await account.control("latency", milliseconds=20)
    found = await asyncio.gather(*(erp.customers([str(101 + n % 8)]) for n in range(30)))
    assert all(found)
    assert await account.calls() == {"suiteql": 30}


async def test_an_account_refuses_what_is_past_its_concurrency(opened):
    account = await opened(concurrency=2)
    await account.control("latency", milliseconds=150)
    answers = await asyncio.gather(*(account.record("GET", "customer/101") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 429, 429]
    refusal = next(answer for answer in answers if answer.status_code == 429)
    assert refusal.json()["o:errorDetails"][0] == {
        "detail": "Concurrent request limit exceeded. Request blocked.",
        "o:errorCode": "CONCURRENCY_LIMIT_EXCEEDED",
    }
    assert "retry-after" not in refusal.headers


async def test_a_service_that_is_down_is_unavailable(erp, account):
    await account.control("unavailable", path="suiteql", times=99)
    assert (await failure(erp)).code is FaultCode.UNAVAILABLE


@pytest.mark.parametrize("kind", ["invalid-json", "truncated"])
async def test_what_is_not_an_answer_is_a_mismatch(erp, account, kind: str):
    await account.control(kind, path="suiteql")
    assert (await failure(erp)).code is FaultCode.CONTRACT_MISMATCH


async def test_a_record_with_a_malformed_value_costs_only_itself(erp, account):
    assert (await account.record("PATCH", "timebill/5001", {"hours": "NaN"})).status_code == 204

    found = await erp.time_postings(["T-70001", "T-70004"])

    assert {entry: isinstance(posting, SourceError) for entry, posting in found.items()} == {
        "T-70001": True,
        "T-70004": False,
    }
    assert found["T-70001"].code is FaultCode.CONTRACT_MISMATCH


async def test_a_role_that_may_not_see_a_subsidiary_is_told_no_amount_in_a_wrong_currency(erp, account):
    """The invoices of UK customers lose their subsidiary; those of others do not."""
    assert (await account.record("DELETE", "subsidiary/2")).status_code == 204

    found = await erp.receivables(["103", "107"], date(2026, 11, 20))

    assert {customer: isinstance(owed, SourceError) for customer, owed in found.items()} == {"103": True, "107": False}


async def test_a_role_without_permission_is_not_taken_for_an_empty_answer(opened, ported: Ported):
    account = await opened(suite_analytics=False)
    error = await failure(ported(account))
    assert isinstance(error, RefusedError)
    assert error.refusal is Refusal.PERMISSION


async def test_a_commit_whose_answer_is_lost_has_still_happened(account):
    await account.control("unavailable-after-commit", path="customer")
    body = {"companyName": "Hollow Oak", "subsidiary": {"id": "2"}}
    assert (await account.record("PUT", "customer/eid:K-1", body)).status_code == 503
    assert await account.rows("SELECT companyname FROM customer WHERE externalid = 'K-1'") == [
        {"companyname": "Hollow Oak"}
    ]
