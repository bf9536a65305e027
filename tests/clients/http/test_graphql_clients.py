"""Foreign clients on the demo: the audits of graphql-http, Apollo Client with persisted queries, and urql."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.clients.client_runs import HERE, ClientRun, run_client
from tests.fixtures.demo import run_demo


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """The findings of one run of all clients."""
    with run_demo(tmp_path_factory.mktemp("audited")) as demo:

        @asynccontextmanager
        async def pass_demo(_wrap: object) -> AsyncIterator[Mapping[str, Any]]:
            yield {"url": demo.url, "token": demo.get_token("finance")}

        run: ClientRun = asyncio.run(run_client(HERE / "http" / "graphql-clients", pass_demo))
    return run.findings


def test_all_audits_of_graphql_http_pass(findings: Mapping[str, Any]) -> None:
    assert findings["audit"] == {"counts": {"ok": 61, "warn": 0, "error": 0, "notice": 0}, "failed": []}


@pytest.mark.parametrize(("client", "method"), [("apollo", "POST"), ("apolloWithGet", "GET")])
def test_apollo_sends_one_hash_and_then_whole_queries(findings: Mapping[str, Any], client: str, method: str) -> None:
    assert findings[client] == {"data": [1, 2], "requests": [[method, 400], ["POST", 200], ["POST", 200]]}


def test_urql_is_answered_by_get(findings: Mapping[str, Any]) -> None:
    assert findings["urql"] == {"data": 2, "requests": [["GET", 200]]}
