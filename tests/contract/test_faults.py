"""A system that refuses, breaks or is gone: every kind of read says which, in words of this product and never in the vendor's."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import pytest

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.erp import ErpCustomer, ErpDimension
from gateway.canonical.roles import SystemRole
from gateway.errors import SourceError
from gateway.ports.base import PageRequest
from gateway.ports.erp import RateKey
from subgraphs.kit.conformance import Refusal
from subgraphs.sandbox.firm.small import FIRM
from tests.contract.broken import answering, closed, sentences
from tests.contract.systems import Subject, connected

pytestmark = pytest.mark.asyncio(loop_scope="session")

Ask = Callable[[Any], Awaitable[object]]

GARBAGE: Final = Refusal(status=200, body=b"<html>Somewhere the zebra sleeps</html>")
CUT: Final = Refusal(status=200, body=b'{"somewhere": "the zebra sl')
BROKEN: Final = Refusal(
    status=500, body=b'{"message": "The zebra of account 4711 is unwell", "error": {"message": "Sleep well, zebra"}}'
)


def reads(subject: Subject) -> dict[str, Ask]:
    """Return one call of each kind of read that the port offers and the system has a place for."""
    asks: dict[str, Ask] = {}
    for kind, ids in subject.ids.items():
        asks[f"by id: {kind.__name__}"] = _by_id(subject, kind, ids)
    for read in subject.children:
        asks[f"page: {read.method}"] = _page(subject, read)
    for group in subject.groups:
        asks[f"group: {group.method}"] = _group(subject, group)
    for kind, (reference, _) in subject.running.references.items():
        asks[f"reference: {kind.__name__}"] = _reference(kind, reference)
    for kind in subject.port.feeds:
        asks[f"feed: {kind.__name__}"] = _feed(kind)
    return asks | (_finance(subject) if subject.role is SystemRole.ERP else {})


def _by_id(subject: Subject, kind: Any, ids: Any) -> Ask:
    return lambda port: subject.by_id(kind, ids, port)


def _page(subject: Subject, read: Any) -> Ask:
    return lambda port: subject.pages(read, subject.ids[read.parent], PageRequest(2), port)


def _group(subject: Subject, read: Any) -> Ask:
    async def ask(port: Any) -> object:
        return await getattr(port, read.method)(subject.ids[read.parent], *read.arguments)

    return ask


def _reference(kind: Any, reference: str) -> Ask:
    async def ask(port: Any) -> object:
        return await port.find_by_reference(kind, reference)

    return ask


def _feed(kind: Any) -> Ask:
    async def ask(port: Any) -> object:
        return [page async for page in port.changed_since(kind, None)]

    return ask


def _finance(subject: Subject) -> dict[str, Ask]:
    rate = FIRM.rates[0]
    key = RateKey(rate.source, rate.target, FIRM.today)
    held: dict[str, Ask] = {"dimensions": lambda port: port.dimensions()} if subject.holds(ErpDimension) else {}
    return held | {
        "time postings": lambda port: port.time_postings([FIRM.projects[0].time_entries[0].code]),
        "receivables": lambda port: port.receivables(subject.ids[ErpCustomer], FIRM.today),
        "exchange rates": lambda port: port.exchange_rates([key]),
    }


async def failures(asks: dict[str, Ask], port: Any) -> dict[str, SourceError | object]:
    """Ask everything; return the error of each, or what was answered instead."""
    found: dict[str, SourceError | object] = {}
    for name, ask in asks.items():
        try:
            found[name] = await ask(port)
        except SourceError as error:
            found[name] = error
    return found


def told(found: dict[str, SourceError | object]) -> dict[str, object]:
    return {name: error.code if isinstance(error, SourceError) else error for name, error in found.items()}


@asynccontextmanager
async def broken(subject: Subject, refusal: Refusal) -> AsyncIterator[Any]:
    """Yield a port whose every call gets the refusal; at least one has to."""
    async with answering(subject.running, refusal) as (connection, answers):
        async with connected(subject.manifest, connection) as port:
            yield port
        assert answers.given > 0


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        pytest.param(None, FaultCode.RATE_LIMITED, id="limited"),
        pytest.param(GARBAGE, FaultCode.CONTRACT_MISMATCH, id="garbage"),
        pytest.param(CUT, FaultCode.CONTRACT_MISMATCH, id="cut"),
        pytest.param(BROKEN, FaultCode.UNAVAILABLE, id="broken"),
    ],
)
async def test_every_read_says_what_is_wrong_and_never_quotes_the_vendor(
    subject: Subject, refusal: Refusal | None, code: FaultCode
) -> None:
    answer = refusal or subject.running.limited
    asks = reads(subject)

    async with broken(subject, answer) as port:
        found = await failures(asks, port)

    assert told(found) == dict.fromkeys(asks, code)
    quotes = sentences(answer.body)
    words = [f"{error} {error.__dict__}" for error in found.values() if isinstance(error, SourceError)]
    assert [word for word in words if any(quote in word for quote in quotes) or "zebra" in word] == []


async def test_a_system_that_is_gone_is_unavailable(subject: Subject) -> None:
    asks = reads(subject)
    async with connected(subject.manifest, closed(subject.running.connection)) as port:
        found = await failures(asks, port)
    assert told(found) == dict.fromkeys(asks, FaultCode.UNAVAILABLE)


@pytest.mark.parametrize("refusal", [None, GARBAGE, BROKEN], ids=["limited", "garbage", "broken"])
async def test_a_check_of_a_system_that_is_not_well_says_so_and_does_not_raise(
    subject: Subject, refusal: Refusal | None
) -> None:
    answer = refusal or subject.running.limited
    async with broken(subject, answer) as port:
        findings = await port.check()
    assert [finding for finding in findings if not finding.ok]
    words = " ".join(f"{finding.subject} {finding.message} {finding.remedy}" for finding in findings)
    assert {quote for quote in sentences(answer.body) if quote in words} == set()


async def test_a_check_of_a_system_that_is_gone_says_so_and_does_not_raise(subject: Subject) -> None:
    async with connected(subject.manifest, closed(subject.running.connection)) as port:
        findings = await port.check()
    assert findings
    assert [finding for finding in findings if finding.ok] == []


async def test_the_same_reads_are_answered_when_nothing_is_between(subject: Subject) -> None:
    """Otherwise the tests above could pass for a reason of their own."""
    asks = reads(subject)
    found = await failures(asks, subject.port)
    assert [name for name, answer in found.items() if isinstance(answer, SourceError) or not answer] == []
