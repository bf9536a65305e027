"""The adapter against a failing account: every failure is classified, nothing hangs, no data is made up."""

import asyncio
from collections.abc import Callable
from datetime import date

import pytest

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.ports.erp import ErpPort
from subgraphs.erp.netsuite.failures import ErrorReason, NetSuiteError

OpenPort = Callable[..., ErpPort]


async def read_failure(erp: ErpPort) -> SourceError:
    with pytest.raises(SourceError) as raised:
        await erp.get_customers(["101"])
    return raised.value


async def test_an_expired_token_is_renewed_once_without_an_error(erp, account):
    await erp.get_customers(["101"])
    await account.inject_fault("token-expired")
    assert set(await erp.get_customers(["101"])) == {"101"}
    assert await account.count_logins() == 2
    assert await account.count_calls() == {"suiteql": 3}


async def test_a_persistently_refused_login_is_auth_expired(erp, account):
    await account.inject_fault("token-expired", times=99)
    assert (await read_failure(erp)).code is FaultCode.AUTH_EXPIRED


async def test_concurrent_reads_share_one_login(erp, account):
    await asyncio.gather(
        erp.get_customers(["101"]), erp.get_jobs(["117"]), erp.get_employees(["109"]), erp.list_dimensions()
    )
    assert await account.count_logins() == 1
    assert await account.count_calls() == {"suiteql": 6}


async def test_a_rate_limited_call_is_retried(erp, account):
    await account.inject_fault("rate-limit", path="suiteql")
    assert set(await erp.get_customers(["101"])) == {"101"}
    assert await account.count_calls() == {"suiteql": 2}


async def test_a_persistently_limited_account_is_rate_limited(erp, account):
    await account.inject_fault("rate-limit", path="suiteql", times=99)
    error = await read_failure(erp)
    assert isinstance(error, NetSuiteError)
    assert (error.code, error.reason, error.status) == (FaultCode.RATE_LIMITED, ErrorReason.CONCURRENCY, 429)


async def test_the_adapter_stays_within_the_accounts_concurrency(erp, account):
    """Five calls may run concurrently: of thirty, the adapter queues the others and the account refuses none."""
    await account.inject_fault("latency", milliseconds=20)
    records = await asyncio.gather(*(erp.get_customers([str(101 + n % 8)]) for n in range(30)))
    assert all(records)
    assert await account.count_calls() == {"suiteql": 30}


async def test_the_twin_refuses_calls_above_its_concurrency(open_account):
    account = await open_account(concurrency=2)
    await account.inject_fault("latency", milliseconds=150)
    answers = await asyncio.gather(*(account.request_record("GET", "customer/101") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 429, 429]
    refusal = next(answer for answer in answers if answer.status_code == 429)
    assert refusal.json()["o:errorDetails"][0] == {
        "detail": "Concurrent request limit exceeded. Request blocked.",
        "o:errorCode": "CONCURRENCY_LIMIT_EXCEEDED",
    }
    assert "retry-after" not in refusal.headers


async def test_a_service_that_is_down_is_unavailable(erp, account):
    await account.inject_fault("unavailable", path="suiteql", times=99)
    assert (await read_failure(erp)).code is FaultCode.UNAVAILABLE


@pytest.mark.parametrize("kind", ["invalid-json", "truncated"])
async def test_a_malformed_response_is_a_contract_mismatch(erp, account, kind: str):
    await account.inject_fault(kind, path="suiteql")
    assert (await read_failure(erp)).code is FaultCode.CONTRACT_MISMATCH


async def test_malformed_hours_cost_the_hours_and_amounts_of_their_posting(erp, account):
    assert (await account.request_record("PATCH", "timebill/5001", {"hours": "NaN"})).status_code == 204

    records = await erp.get_time_postings(["T-70001", "T-70004"])

    assert {entry: {each.attribute for each in posting.unreadable} for entry, posting in records.items()} == {
        "T-70001": {"hours", "bill_amount", "cost_amount"},
        "T-70004": set(),
    }
    assert records["T-70001"].bill_amount is None


async def test_receivables_without_access_to_the_subsidiary_are_an_error(erp, account):
    """Only the invoices of UK customers lose their subsidiary."""
    assert (await account.request_record("DELETE", "subsidiary/2")).status_code == 204

    records = await erp.get_receivables(["103", "107"], date(2026, 11, 20))

    assert {customer: isinstance(receivables, SourceError) for customer, receivables in records.items()} == {
        "103": True,
        "107": False,
    }


async def test_a_missing_permission_is_an_error_and_not_an_empty_answer(open_account, open_port: OpenPort):
    account = await open_account(suite_analytics=False)
    error = await read_failure(open_port(account))
    assert isinstance(error, NetSuiteError)
    assert error.reason is ErrorReason.PERMISSION


async def test_a_write_whose_response_is_lost_is_committed(account):
    await account.inject_fault("unavailable-after-commit", path="customer")
    body = {"companyName": "Hollow Oak", "subsidiary": {"id": "2"}}
    assert (await account.request_record("PUT", "customer/eid:K-1", body)).status_code == 503
    assert await account.query_rows("SELECT companyname FROM customer WHERE externalid = 'K-1'") == [
        {"companyname": "Hollow Oak"}
    ]
