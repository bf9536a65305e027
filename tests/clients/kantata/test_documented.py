"""Everything that the twin answers and the adapter asks is in the vendor's documents, as far as these go."""

import tomllib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.canonical.records.psa import PsaAssignment, PsaClient, PsaProject, PsaTimeEntry, PsaUser
from gateway.canonical.roles import SystemRole
from gateway.canonical.values import DateRange
from gateway.net.upstream import opener
from gateway.ports.base import PageRequest
from gateway.ports.psa import PsaPort
from gateway.ports.where import AssignmentWhere, DemandWhere, ExpenseWhere, TaskWhere, TimeWhere
from subgraphs.kit.serving import serving
from subgraphs.psa.kantata.adapter import connect
from subgraphs.psa.kantata.conformance import system
from subgraphs.psa.kantata.twin import TwinSettings, build_twin
from subgraphs.sandbox.firm.small import FIRM
from tests.contract.reads import EVER

DOCUMENTED: dict[str, Any] = tomllib.loads(Path(__file__).with_name("documented.toml").read_text(encoding="utf-8"))
EVERYWHERE = set(DOCUMENTED.pop("everywhere")["filters"])
TOKEN = {"authorization": "Bearer token"}


def watching(seen: list[tuple[str, dict[str, str]]]) -> Callable[[ASGIApp], ASGIApp]:
    """Note every call that arrives."""

    def wrapped(app: ASGIApp) -> ASGIApp:
        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                resource = scope["path"].removeprefix("/api/v1/").removesuffix(".json")
                seen.append((resource, dict(parse_qsl(scope["query_string"].decode()))))
            await app(scope, receive, send)

        return served

    return wrapped


@pytest.fixture
async def base_url() -> AsyncIterator[str]:
    twin = build_twin(FIRM, TwinSettings(token="token"))
    twin.state.life.update("users", "1", {})
    async with serving(twin) as address:
        yield address


@pytest.mark.parametrize("resource", DOCUMENTED)
async def test_the_twin_tells_what_is_documented_and_nothing_else(base_url: str, resource: str) -> None:
    told = DOCUMENTED[resource]
    async with httpx.AsyncClient(base_url=base_url, headers=TOKEN) as http:
        query = {"per_page": 200, "include": ",".join(told["includes"]), "include_archived": "true"}
        body = (await http.get(f"/api/v1/{resource}.json", params=query)).json()

    assert {"count", "meta", "results", resource} <= body.keys()
    assert [result["key"] for result in body["results"]] == [resource] * body["count"]
    shown = {name for result in body["results"] for name in body[resource][result["id"]]}
    assert shown
    assert shown - set(told["attributes"]) == set(told.get("undocumented", ()))
    assert all(isinstance(result["id"], str) for result in body["results"])


async def test_the_adapter_asks_for_what_is_documented_and_nothing_else() -> None:
    seen: list[tuple[str, dict[str, str]]] = []
    async with serving(watching(seen)(build_twin(FIRM, TwinSettings(token="token")))) as address:
        await _everything(address)

    assert {resource for resource, _ in seen} == DOCUMENTED.keys()
    for resource, query in seen:
        told = DOCUMENTED[resource]
        assert (resource, query.keys() - set(told["filters"]) - EVERYWHERE) == (resource, set())
        assert (resource, set(filter(None, query.get("include", "").split(","))) - set(told["includes"])) == (
            resource,
            set(),
        )
        assert int(query["per_page"]) <= 200


async def _everything(address: str) -> None:
    """Call every method of the port."""
    async with system(SystemRole.PSA) as running:
        connection = running.connection
    reached = replace(connection, base_url=address, open_upstream=opener(connection.name, address, ()))
    await _feeds(connect(replace(reached, options={"events": True})))
    port = connect(reached)
    page, one = PageRequest(5), ["1"]
    try:
        await port.check()
        for read in (port.clients, port.projects, port.users, port.tasks, port.milestones, port.demands, port.assignments, port.time_entries, port.expenses):  # fmt: skip
            await read(one)
        await port.tasks_by_project(one, TaskWhere(), page)
        await port.milestones_by_project(one, page)
        await port.demands_by_project(one, DemandWhere(), page)
        await port.assignments_by_project(one, AssignmentWhere(), page)
        await port.assignments_by_user(one, AssignmentWhere(), page)
        await port.time_entries_by_project(one, TimeWhere(), page)
        await port.time_entries_by_user(one, TimeWhere(), page)
        await port.expenses_by_project(one, ExpenseWhere(), page)
        await port.bookings_by_user(one, DateRange(EVER.start, EVER.end))
        await port.find_by_reference(PsaTimeEntry, "T-70001")
        await port.find_by_reference(PsaAssignment, "A-1")
    finally:
        await port.aclose()
    await _feeds(connect(reached))


async def _feeds(port: PsaPort) -> None:
    """Follow every feed twice."""
    try:
        for kind in (PsaClient, PsaUser, PsaProject):
            pages = [changes async for changes in port.changed_since(kind, None)]
            assert [changes async for changes in port.changed_since(kind, pages[-1].watermark)]
    finally:
        await port.aclose()
