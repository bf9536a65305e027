"""Fault injection over HTTP, in front of a small vendor that records the calls that it executes."""

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import httpx
import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from subgraphs.kit.twin.fault_injection import ErrorAnswers, FaultInjector
from subgraphs.kit.twin.faults import RowChange, VendorError
from subgraphs.kit.twin.server import serve

CONTROL = "/__control"


def build_error(status: int, headers: Any) -> Response:
    return PlainTextResponse(f"raised with {status}", status, dict(headers))


@dataclass
class FakeVendor:
    """Executes every call while its token is valid."""

    login: str = "/token"
    concurrency: int | None = 2
    objects: Collection[str] = ("orders",)
    error_answers: ErrorAnswers = field(
        default_factory=lambda: {
            VendorError.RATE_LIMIT: partial(build_error, 420),
            VendorError.UNAVAILABLE: partial(build_error, 503),
        }
    )
    executed: list[str] = field(default_factory=list)
    changes: list[tuple[str, RowChange]] = field(default_factory=list)
    alive: bool = True
    executed_once: asyncio.Event = field(default_factory=asyncio.Event)

    def get_operation(self, scope: Scope) -> str:
        return str(scope["path"]).strip("/")

    def expire(self) -> None:
        self.alive = False

    def restore(self) -> None:
        self.alive = True

    def change(self, name: str, change: RowChange) -> None:
        self.changes.append((name, change))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.alive:
            self.executed.append(self.get_operation(scope))
            self.executed_once.set()
            await Response(b'{"orders": [1, 2]}', media_type="application/json")(scope, receive, send)
        else:
            await build_error(401, {})(scope, receive, send)


@dataclass(frozen=True)
class Twin:
    """The vendor behind fault injection, and a client."""

    vendor: FakeVendor
    http: httpx.AsyncClient

    async def inject(self, kind: str, **options: Any) -> dict[str, Any]:
        state: dict[str, Any] = (await self.http.post(CONTROL, json={"kind": kind, **options})).json()
        return state

    async def get_statuses(self, *paths: str) -> list[int]:
        return [(await self.http.get(path)).status_code for path in paths]


@pytest.fixture
async def twin() -> AsyncIterator[Twin]:
    vendor = FakeVendor()
    async with serve(FaultInjector(vendor, vendor)) as base_url, httpx.AsyncClient(base_url=base_url) as http:
        yield Twin(vendor, http)


ERROR_STATUSES: Final = {"rate-limit": 420, "unavailable": 503}


@pytest.mark.parametrize("kind", ERROR_STATUSES)
async def test_a_fault_skips_calls_then_affects_some_without_executing_them(twin: Twin, kind: str) -> None:
    await twin.inject(kind, skip=1, times=2)

    assert await twin.get_statuses(*["/a"] * 4) == [200, ERROR_STATUSES[kind], ERROR_STATUSES[kind], 200]
    assert twin.vendor.executed == ["a", "a"]


async def test_a_fault_affects_matching_paths_only_and_logins_only_by_path(twin: Twin) -> None:
    await twin.inject("unavailable", path="orders")
    await twin.inject("rate-limit", skip=1)
    await twin.inject("unavailable", path="token")

    assert await twin.get_statuses("/token", "/token", "/a", "/orders", "/a", "/a") == [503, 200, 200, 503, 420, 200]


@pytest.mark.parametrize("kind", ERROR_STATUSES)
async def test_retry_after_is_sent_only_if_set(twin: Twin, kind: str) -> None:
    await twin.inject(kind)
    await twin.inject(kind, retry_after=7)

    answers = [await twin.http.get("/a") for _ in range(2)]

    assert [answer.headers.get("retry-after") for answer in answers] == [None, "7"]


async def test_a_call_is_executed_before_unavailable_after_commit(twin: Twin) -> None:
    await twin.inject("unavailable-after-commit")

    assert await twin.get_statuses("/a", "/a") == [503, 200]
    assert twin.vendor.executed == ["a", "a"]


async def test_a_lost_answer_hangs_until_the_caller_gives_up_and_the_call_is_executed(twin: Twin) -> None:
    await twin.inject("lost-answer")

    with pytest.raises(httpx.ReadTimeout):
        await twin.http.get("/a", timeout=0.2)

    assert twin.vendor.executed == ["a"]
    assert await twin.get_statuses("/a") == [200]


async def test_a_reset_connection_gives_no_answer_and_executes_nothing(twin: Twin) -> None:
    await twin.inject("reset")

    with pytest.raises(httpx.ReadError):
        await twin.http.get("/a")

    assert twin.vendor.executed == []
    assert await twin.get_statuses("/a") == [200]


async def test_a_twin_stops_while_a_caller_waits_for_an_answer() -> None:
    vendor = FakeVendor()
    async with httpx.AsyncClient(timeout=30) as http:
        async with serve(FaultInjector(vendor, vendor)) as base_url:
            await http.post(base_url + CONTROL, json={"kind": "lost-answer"})
            waiting = asyncio.create_task(http.get(f"{base_url}/a"))
            await vendor.executed_once.wait()
        assert (await waiting).status_code == 500


async def test_tokens_expire_between_pages_and_clearing_restores_a_static_one(twin: Twin) -> None:
    await twin.inject("token-expired", skip=1)

    assert await twin.get_statuses("/a", "/a", "/a") == [200, 401, 401]
    await twin.http.delete(CONTROL)
    assert await twin.get_statuses("/a") == [200]


async def test_rows_change_before_the_affected_call_which_is_answered(twin: Twin) -> None:
    await twin.inject("rows-changed", object="orders", change="deleted", skip=1)

    assert await twin.get_statuses("/a") == [200]
    assert twin.vendor.changes == []
    assert await twin.get_statuses("/a", "/a") == [200, 200]
    assert twin.vendor.changes == [("orders", RowChange.DELETED)]


async def test_invalid_json_and_truncated_bodies_are_not_json(twin: Twin) -> None:
    await twin.inject("invalid-json")
    await twin.inject("truncated")

    answers = [await twin.http.get("/a") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [answer.text for answer in answers] == ["<html>not json</html>", '{"orders"', '{"orders": [1, 2]}']


async def test_latency_lasts_until_cleared_and_combines_with_other_faults(twin: Twin) -> None:
    await twin.inject("latency", milliseconds=1)
    await twin.inject("latency", milliseconds=2)
    state = await twin.inject("unavailable")

    assert [(fault["kind"], fault.get("milliseconds")) for fault in state["faults"]] == [
        ("latency", 2),
        ("unavailable", None),
    ]
    assert await twin.get_statuses("/a", "/a") == [503, 200]
    assert (await twin.inject("latency", milliseconds=0))["faults"] == []


async def test_a_slow_twin_executes_the_call_of_a_caller_who_gave_up(twin: Twin) -> None:
    await twin.inject("latency", milliseconds=100)

    with pytest.raises(httpx.ReadTimeout):
        await twin.http.post("/a", content=b"order", timeout=0.05)
    await asyncio.wait_for(twin.vendor.executed_once.wait(), 5)

    assert twin.vendor.executed == ["a"]


async def test_calls_are_counted_by_operation_until_cleared(twin: Twin) -> None:
    await twin.inject("unavailable", times=None)
    await twin.get_statuses("/a", "/b", "/b", "/token")

    state = (await twin.http.get(CONTROL)).json()
    after = (await twin.http.delete(CONTROL)).json()

    assert state["calls"] == {"a": 1, "b": 2, "token": 1}
    assert [fault["kind"] for fault in state["faults"]] == ["unavailable"]
    assert after == {"calls": {}, "faults": []}


async def test_calls_beyond_the_concurrency_get_the_vendors_rate_limit_error(twin: Twin) -> None:
    await twin.inject("latency", milliseconds=200)

    answers = await asyncio.gather(*(twin.http.get("/a") for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 200, 420, 420]
    assert twin.vendor.executed == ["a", "a"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "explode"}, "kind"),
        ({"path": "a"}, "kind"),
        ({"kind": "rate-limit", "times": 0}, "times"),
        ({"kind": "rate-limit", "skip": -1}, "skip"),
        ({"kind": "rate-limit", "retry_after": "soon"}, "retry_after"),
        ({"kind": "invalid-json", "retry_after": 1}, "retry_after"),
        ({"kind": "latency"}, "milliseconds"),
        ({"kind": "latency", "milliseconds": -1}, "milliseconds"),
        ({"kind": "rows-changed", "object": "orders", "change": "moved"}, "change"),
        ({"kind": "rows-changed", "object": "widgets", "change": "touched"}, "object"),
        ({"kind": "row-locked"}, "kind"),
        (["rate-limit"], None),
    ],
)
async def test_an_invalid_fault_is_rejected_with_its_field(twin: Twin, body: object, field: str | None) -> None:
    answer = await twin.http.post(CONTROL, json=body)

    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert (await twin.http.get(CONTROL)).json() == {"calls": {}, "faults": []}


async def test_other_methods_are_rejected(twin: Twin) -> None:
    answer = await twin.http.put(CONTROL, json={})

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST, DELETE")
