"""A system that rejects calls, fails or cannot be reached: every read raises the right error and quotes nothing.

The second half injects each fault of the twins; a system without a control endpoint (a real server) skips those tests.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import httpx
import pytest

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.erp import ErpCustomer, ErpDimension, ErpExpense
from gateway.canonical.roles import SystemRole
from gateway.errors import SourceError
from gateway.ports.base import PageRequest
from gateway.ports.erp import RateKey
from gateway.resilience.deadline import apply_deadline
from subgraphs.kit.conformance import ErrorAnswer
from subgraphs.sandbox.firm.small import FIRM
from tests.contract.proxies import build_closed_connection, extract_sentences, serve_refusal
from tests.contract.systems import SystemUnderTest, open_port, reroute

pytestmark = pytest.mark.asyncio(loop_scope="session")

Call = Callable[[Any], Awaitable[object]]

NOT_JSON: Final = ErrorAnswer(status=200, body=b"<html>Somewhere the zebra sleeps</html>")
TRUNCATED: Final = ErrorAnswer(status=200, body=b'{"somewhere": "the zebra sl')
SERVER_ERROR: Final = ErrorAnswer(
    status=500, body=b'{"message": "The zebra of account 4711 is unwell", "error": {"message": "Sleep well, zebra"}}'
)


def build_reads(subject: SystemUnderTest) -> dict[str, Call]:
    """Return one call of each read that the port offers and the system supports."""
    calls: dict[str, Call] = {}
    for kind, ids in subject.ids.items():
        calls[f"by id: {kind.__name__}"] = _read_by_id(subject, kind, ids)
    for read in subject.child_reads:
        calls[f"page: {read.method}"] = _read_page(subject, read)
    for group in subject.grouped_reads:
        calls[f"group: {group.method}"] = _read_group(subject, group)
    for kind, (reference, _) in subject.running.references.items():
        calls[f"reference: {kind.__name__}"] = _find_reference(kind, reference)
    for kind in subject.port.feeds:
        calls[f"feed: {kind.__name__}"] = _read_feed(kind)
    return calls | (_build_finance_reads(subject) if subject.role is SystemRole.ERP else {})


def _read_by_id(subject: SystemUnderTest, kind: Any, ids: Any) -> Call:
    return lambda port: subject.read_by_id(kind, ids, port)


def _read_page(subject: SystemUnderTest, read: Any) -> Call:
    return lambda port: subject.read_pages(read, subject.ids[read.parent], PageRequest(2), port)


def _read_group(subject: SystemUnderTest, read: Any) -> Call:
    async def call(port: Any) -> object:
        return await getattr(port, read.method)(subject.ids[read.parent], *read.arguments)

    return call


def _find_reference(kind: Any, reference: str) -> Call:
    async def call(port: Any) -> object:
        return await port.find_by_reference(kind, reference)

    return call


def _read_feed(kind: Any) -> Call:
    async def call(port: Any) -> object:
        return [page async for page in port.list_changes(kind, None)]

    return call


def _build_finance_reads(subject: SystemUnderTest) -> dict[str, Call]:
    rate = FIRM.rates[0]
    key = RateKey(rate.source, rate.target, FIRM.today)
    calls: dict[str, Call] = {}
    if subject.supports(ErpDimension):
        calls["dimensions"] = lambda port: port.list_dimensions()
    if subject.supports(ErpExpense):
        code = FIRM.projects[0].expenses[0].code
        calls["expenses by reference"] = lambda port: port.get_expenses_by_reference([code])
    return calls | {
        "time postings": lambda port: port.get_time_postings([FIRM.projects[0].time_entries[0].code]),
        "receivables": lambda port: port.get_receivables(subject.ids[ErpCustomer], FIRM.today),
        "exchange rates": lambda port: port.get_exchange_rates([key]),
    }


async def collect_results(calls: dict[str, Call], port: Any) -> dict[str, SourceError | object]:
    """Make all calls; return the error of each, or its result."""
    results: dict[str, SourceError | object] = {}
    for name, call in calls.items():
        try:
            results[name] = await call(port)
        except SourceError as error:
            results[name] = error
    return results


def get_codes(results: dict[str, SourceError | object]) -> dict[str, object]:
    return {name: result.code if isinstance(result, SourceError) else result for name, result in results.items()}


@asynccontextmanager
async def open_failing_port(subject: SystemUnderTest, answer: ErrorAnswer) -> AsyncIterator[Any]:
    """Yield a port whose every call gets the answer; assert that there was a call."""
    async with serve_refusal(subject.running, answer) as (connection, answers):
        async with open_port(subject.manifest, connection) as port:
            yield port
        assert answers.count > 0


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(None, FaultCode.RATE_LIMITED, id="rate-limit"),
        pytest.param(NOT_JSON, FaultCode.CONTRACT_MISMATCH, id="invalid-json"),
        pytest.param(TRUNCATED, FaultCode.CONTRACT_MISMATCH, id="truncated"),
        pytest.param(SERVER_ERROR, FaultCode.UNAVAILABLE, id="server-error"),
    ],
)
async def test_every_read_raises_the_right_error_and_never_quotes_the_vendor(
    subject: SystemUnderTest, answer: ErrorAnswer | None, code: FaultCode
) -> None:
    given = answer or subject.running.rate_limit
    calls = build_reads(subject)

    async with open_failing_port(subject, given) as port:
        results = await collect_results(calls, port)

    assert get_codes(results) == dict.fromkeys(calls, code)
    quotes = extract_sentences(given.body)
    texts = [f"{error} {error.__dict__}" for error in results.values() if isinstance(error, SourceError)]
    assert [text for text in texts if any(quote in text for quote in quotes) or "zebra" in text] == []


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (401, FaultCode.AUTH_EXPIRED, False),
        (403, FaultCode.PERMISSION_DENIED, False),
        (404, FaultCode.NOT_FOUND, False),
        (502, FaultCode.UNAVAILABLE, True),
        (503, FaultCode.UNAVAILABLE, True),
    ],
)
async def test_an_error_page_of_a_proxy_is_classified_by_its_status(
    subject: SystemUnderTest, status: int, code: FaultCode, *, retryable: bool
) -> None:
    kind, ids = next(iter(subject.ids.items()))
    page = ErrorAnswer(status=status, body=b"<html>The zebra is asleep</html>", media_type="text/html")

    async with open_failing_port(subject, page) as port:
        with pytest.raises(SourceError) as refused:
            await subject.read_by_id(kind, ids[:1], port)

    assert (refused.value.code, refused.value.retryable) == (code, retryable)
    assert "zebra" not in f"{refused.value} {refused.value.__dict__}"


async def test_an_unreachable_system_is_unavailable(subject: SystemUnderTest) -> None:
    calls = build_reads(subject)
    async with open_port(subject.manifest, build_closed_connection(subject.running.connection)) as port:
        results = await collect_results(calls, port)
    assert get_codes(results) == dict.fromkeys(calls, FaultCode.UNAVAILABLE)


@pytest.mark.parametrize("answer", [None, NOT_JSON, SERVER_ERROR], ids=["rate-limit", "invalid-json", "server-error"])
async def test_a_check_of_a_failing_system_reports_findings_and_does_not_raise(
    subject: SystemUnderTest, answer: ErrorAnswer | None
) -> None:
    given = answer or subject.running.rate_limit
    async with open_failing_port(subject, given) as port:
        findings = await port.check()
    assert [finding for finding in findings if not finding.ok]
    text = " ".join(f"{finding.subject} {finding.message} {finding.remedy}" for finding in findings)
    assert {quote for quote in extract_sentences(given.body) if quote in text} == set()


async def test_a_check_of_an_unreachable_system_reports_findings_and_does_not_raise(subject: SystemUnderTest) -> None:
    async with open_port(subject.manifest, build_closed_connection(subject.running.connection)) as port:
        findings = await port.check()
    assert findings
    assert [finding for finding in findings if finding.ok] == []


async def test_the_same_reads_succeed_without_a_fault(subject: SystemUnderTest) -> None:
    """Proves that the tests above fail because of the injected answers."""
    calls = build_reads(subject)
    results = await collect_results(calls, subject.port)
    assert [name for name, result in results.items() if isinstance(result, SourceError) or not result] == []


@dataclass(frozen=True)
class FaultyTwin:
    """A twin with its control endpoint, a port of its own, and one read by id."""

    subject: SystemUnderTest
    http: httpx.AsyncClient
    control: str
    port: Any

    async def inject(self, kind: str, **options: Any) -> None:
        """Inject a fault."""
        answer = await self.http.post(self.control, json={"kind": kind, **options})
        assert answer.status_code == 200, answer.text

    async def clear(self) -> None:
        """Clear all faults and reset the counts."""
        await self.http.delete(self.control)

    async def read(self) -> bool:
        """Read one record by id; return whether it was found."""
        kind, ids = next(iter(self.subject.ids.items()))
        return (await self.subject.read_by_id(kind, ids[:1], self.port)).keys() == {ids[0]}

    async def count_calls(self) -> int:
        """Return the number of calls since the last clear, logins excluded."""
        calls: dict[str, int] = (await self.http.get(self.control)).json()["calls"]
        return sum(count for operation, count in calls.items() if operation != "token")

    async def count_logins(self) -> int:
        """Return the number of logins since the last clear."""
        return int((await self.http.get(self.control)).json()["calls"].get("token", 0))

    async def measure(self) -> int:
        """Return the calls of the read without a fault; the port is logged in then."""
        await self.clear()
        assert await self.read()
        calls = await self.count_calls()
        await self.clear()
        return calls


@asynccontextmanager
async def open_twin(subject: SystemUnderTest) -> AsyncIterator[FaultyTwin]:
    """Yield a twin under faults; skip if the system has no control endpoint."""
    running = subject.running
    if running.control is None:
        pytest.skip("needs a twin, whose faults can be injected")
    connection = reroute(running.connection, running.connection.base_url)
    async with httpx.AsyncClient(trust_env=False) as http, open_port(subject.manifest, connection) as port:
        twin = FaultyTwin(subject, http, running.control, port)
        try:
            yield twin
        finally:
            await twin.clear()


@pytest.mark.parametrize("kind", ["unavailable", "unavailable-after-commit", "reset"])
async def test_a_read_is_retried_after_a_server_error_or_a_lost_connection(subject: SystemUnderTest, kind: str) -> None:
    async with open_twin(subject) as twin:
        calls = await twin.measure()
        await twin.inject(kind)

        assert await twin.read()
        assert await twin.count_calls() == calls + 1


@pytest.mark.parametrize("kind", ["invalid-json", "truncated"])
async def test_a_malformed_answer_is_a_contract_mismatch_and_not_retried(subject: SystemUnderTest, kind: str) -> None:
    async with open_twin(subject) as twin:
        calls = await twin.measure()
        await twin.inject(kind)

        with pytest.raises(SourceError) as refused:
            await twin.read()

        assert refused.value.code is FaultCode.CONTRACT_MISMATCH
        assert await twin.count_calls() <= calls


async def test_a_lasting_rate_limit_is_reported_as_such(subject: SystemUnderTest) -> None:
    async with open_twin(subject) as twin:
        await twin.measure()
        await twin.inject("rate-limit", times=None)

        with pytest.raises(SourceError) as refused:
            await twin.read()

        assert refused.value.code is FaultCode.RATE_LIMITED


async def test_a_wait_beyond_the_deadline_is_reported_at_once_with_the_vendors_time(subject: SystemUnderTest) -> None:
    async with open_twin(subject) as twin:
        calls = await twin.measure()
        await twin.inject("rate-limit", times=None, retry_after=9)

        with apply_deadline(asyncio.get_running_loop().time() + 2), pytest.raises(SourceError) as refused:
            await twin.read()

        assert (refused.value.code, refused.value.retry_after) == (FaultCode.RATE_LIMITED, timedelta(seconds=9))
        assert await twin.count_calls() <= calls


async def test_a_call_without_an_answer_times_out_at_the_deadline(subject: SystemUnderTest) -> None:
    async with open_twin(subject) as twin:
        calls = await twin.measure()
        await twin.inject("lost-answer", times=None)

        with apply_deadline(asyncio.get_running_loop().time() + 0.5), pytest.raises(SourceError) as refused:
            await twin.read()

        assert refused.value.code is FaultCode.TIMEOUT
        assert await twin.count_calls() <= calls


async def test_a_slow_system_still_answers(subject: SystemUnderTest) -> None:
    async with open_twin(subject) as twin:
        await twin.inject("latency", milliseconds=50)

        assert await twin.read()


async def test_an_expired_token_is_renewed_once_and_a_static_one_is_an_expired_login(subject: SystemUnderTest) -> None:
    async with open_twin(subject) as twin:
        await twin.measure()
        await twin.inject("token-expired")

        if subject.running.token_path is None:
            with pytest.raises(SourceError) as refused:
                await twin.read()
            assert refused.value.code is FaultCode.AUTH_EXPIRED
            assert (await twin.count_logins(), await twin.count_calls()) == (0, 1)
        else:
            assert await twin.read()
            assert await twin.count_logins() == 1


async def test_a_check_with_rejected_credentials_reports_the_login_only(subject: SystemUnderTest) -> None:
    async with open_twin(subject) as twin:
        await twin.inject("token-expired", times=None)

        findings = await twin.port.check()

        assert [(finding.subject, finding.ok) for finding in findings] == [("login", False)]
        assert findings[0].remedy
