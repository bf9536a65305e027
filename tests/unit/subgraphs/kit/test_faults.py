"""The fault switches over real HTTP, before a small vendor that remembers what it did."""

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import httpx
import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from subgraphs.kit.faults import Faults, Wording
from subgraphs.kit.serving import serving
from subgraphs.kit.switches import Change, Refusal

CONTROL = "/__control"


def _refused(status: int, headers: Any) -> Response:
    return PlainTextResponse(f"refused with {status}", status, dict(headers))


@dataclass
class Vendor:
    """Does a piece of work for every call, while its token is alive."""

    login: str = "/token"
    concurrency: int | None = 2
    objects: Collection[str] = ("orders",)
    wording: Wording = field(
        default_factory=lambda: {Refusal.THROTTLED: partial(_refused, 420), Refusal.UNAVAILABLE: partial(_refused, 503)}
    )
    done: list[str] = field(default_factory=list)
    changes: list[tuple[str, Change]] = field(default_factory=list)
    alive: bool = True
    worked: asyncio.Event = field(default_factory=asyncio.Event)

    def called(self, scope: Scope) -> str:
        return str(scope["path"]).strip("/")

    def expire(self) -> None:
        self.alive = False

    def restore(self) -> None:
        self.alive = True

    def change(self, name: str, change: Change) -> None:
        self.changes.append((name, change))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.alive:
            self.done.append(self.called(scope))
            self.worked.set()
            await Response(b'{"orders": [1, 2]}', media_type="application/json")(scope, receive, send)
        else:
            await _refused(401, {})(scope, receive, send)


@dataclass(frozen=True)
class Twin:
    """The vendor behind its switches, and a client."""

    vendor: Vendor
    http: httpx.AsyncClient

    async def arm(self, kind: str, **switch: Any) -> dict[str, Any]:
        told: dict[str, Any] = (await self.http.post(CONTROL, json={"kind": kind, **switch})).json()
        return told

    async def statuses(self, *paths: str) -> list[int]:
        return [(await self.http.get(path)).status_code for path in paths]


@pytest.fixture
async def twin() -> AsyncIterator[Twin]:
    vendor = Vendor()
    async with serving(Faults(vendor, vendor)) as base_url, httpx.AsyncClient(base_url=base_url) as http:
        yield Twin(vendor, http)


BEFORE: Final = {"rate-limit": 420, "unavailable": 503}


@pytest.mark.parametrize("kind", BEFORE)
async def test_a_refusal_strikes_after_those_let_pass_as_often_as_asked_and_does_nothing(twin: Twin, kind: str) -> None:
    await twin.arm(kind, skip=1, times=2)

    assert await twin.statuses(*["/a"] * 4) == [200, BEFORE[kind], BEFORE[kind], 200]
    assert twin.vendor.done == ["a", "a"]


async def test_only_paths_that_are_named_are_struck_and_the_login_only_by_its_name(twin: Twin) -> None:
    await twin.arm("unavailable", path="orders")
    await twin.arm("rate-limit", skip=1)
    await twin.arm("unavailable", path="token")

    assert await twin.statuses("/token", "/token", "/a", "/orders", "/a", "/a") == [503, 200, 200, 503, 420, 200]


@pytest.mark.parametrize("kind", BEFORE)
async def test_a_wait_is_told_only_when_asked_for(twin: Twin, kind: str) -> None:
    await twin.arm(kind)
    await twin.arm(kind, retry_after=7)

    answers = [await twin.http.get("/a") for _ in range(2)]

    assert [answer.headers.get("retry-after") for answer in answers] == [None, "7"]


async def test_an_answer_that_is_lost_has_been_worked_for(twin: Twin) -> None:
    await twin.arm("unavailable-after-commit")

    assert await twin.statuses("/a", "/a") == [503, 200]
    assert twin.vendor.done == ["a", "a"]


async def test_silence_lasts_until_the_caller_gives_up_and_the_work_is_done(twin: Twin) -> None:
    await twin.arm("lost-answer")

    with pytest.raises(httpx.ReadTimeout):
        await twin.http.get("/a", timeout=0.2)

    assert twin.vendor.done == ["a"]
    assert await twin.statuses("/a") == [200]


async def test_a_reset_connection_gives_no_answer_and_executes_nothing(twin: Twin) -> None:
    await twin.arm("reset")

    with pytest.raises(httpx.ReadError):
        await twin.http.get("/a")

    assert twin.vendor.done == []
    assert await twin.statuses("/a") == [200]


async def test_a_twin_stops_while_somebody_still_waits_for_an_answer() -> None:
    vendor = Vendor()
    async with httpx.AsyncClient(timeout=30) as http:
        async with serving(Faults(vendor, vendor)) as base_url:
            await http.post(base_url + CONTROL, json={"kind": "lost-answer"})
            waiting = asyncio.create_task(http.get(f"{base_url}/a"))
            await vendor.worked.wait()
        assert (await waiting).status_code == 500


async def test_tokens_die_in_mid_page_and_a_static_one_comes_back_with_the_reset(twin: Twin) -> None:
    await twin.arm("token-expired", skip=1)

    assert await twin.statuses("/a", "/a", "/a") == [200, 401, 401]
    await twin.http.delete(CONTROL)
    assert await twin.statuses("/a") == [200]


async def test_rows_change_before_the_call_that_is_struck_and_it_is_answered(twin: Twin) -> None:
    await twin.arm("rows-changed", object="orders", change="deleted", skip=1)

    assert await twin.statuses("/a") == [200]
    assert twin.vendor.changes == []
    assert await twin.statuses("/a", "/a") == [200, 200]
    assert twin.vendor.changes == [("orders", Change.DELETED)]


async def test_garbage_is_no_json_and_half_an_answer_is_none_either(twin: Twin) -> None:
    await twin.arm("invalid-json")
    await twin.arm("truncated")

    answers = [await twin.http.get("/a") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [answer.text for answer in answers] == ["<html>not json</html>", '{"orders"', '{"orders": [1, 2]}']


async def test_delays_hold_until_they_are_ended_and_other_switches_strike_besides(twin: Twin) -> None:
    await twin.arm("latency", milliseconds=1)
    await twin.arm("latency", milliseconds=2)
    told = await twin.arm("unavailable")

    assert [(switch["kind"], switch.get("milliseconds")) for switch in told["faults"]] == [
        ("latency", 2),
        ("unavailable", None),
    ]
    assert await twin.statuses("/a", "/a") == [503, 200]
    assert (await twin.arm("latency", milliseconds=0))["faults"] == []


async def test_a_slow_twin_does_the_work_of_a_caller_who_did_not_wait(twin: Twin) -> None:
    await twin.arm("latency", milliseconds=100)

    with pytest.raises(httpx.ReadTimeout):
        await twin.http.post("/a", content=b"order", timeout=0.05)
    await asyncio.wait_for(twin.vendor.worked.wait(), 5)

    assert twin.vendor.done == ["a"]


async def test_calls_are_counted_by_operation_until_the_reset(twin: Twin) -> None:
    await twin.arm("unavailable", times=None)
    await twin.statuses("/a", "/b", "/b", "/token")

    told = (await twin.http.get(CONTROL)).json()
    after = (await twin.http.delete(CONTROL)).json()

    assert told["calls"] == {"a": 1, "b": 2, "token": 1}
    assert [switch["kind"] for switch in told["faults"]] == ["unavailable"]
    assert after == {"calls": {}, "faults": []}


async def test_calls_past_the_concurrency_are_throttled_in_the_vendors_words(twin: Twin) -> None:
    await twin.arm("latency", milliseconds=200)

    answers = await asyncio.gather(*(twin.http.get("/a") for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 200, 420, 420]
    assert twin.vendor.done == ["a", "a"]


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
        ({"kind": "rows-changed", "object": "orders", "change": "burnt"}, "change"),
        ({"kind": "rows-changed", "object": "widgets", "change": "touched"}, "object"),
        ({"kind": "row-locked"}, "kind"),
        (["rate-limit"], None),
    ],
)
async def test_what_is_no_switch_is_refused_by_its_field_and_nothing_is_armed(
    twin: Twin, body: object, field: str | None
) -> None:
    answer = await twin.http.post(CONTROL, json=body)

    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert (await twin.http.get(CONTROL)).json() == {"calls": {}, "faults": []}


async def test_another_method_is_refused(twin: Twin) -> None:
    answer = await twin.http.put(CONTROL, json={})

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST, DELETE")
