"""One spoilt row: psgw sync reads the rest and names it, and psgw check names it with a remedy, never its value."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from subgraphs.kit.twin.server import serve
from tests.contract.proxies import METHODS, forward
from tests.e2e.commands.running import Sandbox

SECRET = "the value itself"


def spoil(body: bytes) -> bytes:
    """Return Kantata's answer with an object as title of project 3, and a text as start date of project 5."""
    content = json.loads(body)
    rows = content.get("workspaces", {})
    if "3" in rows:
        rows["3"]["title"] = {"x": SECRET}
    if "5" in rows:
        rows["5"]["start_date"] = SECRET
    return json.dumps(content).encode()


@pytest_asyncio.fixture(loop_scope="session")
async def settings(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Path]:
    """Settings of the demo with a store of their own, whose PSA answers with two spoilt projects."""
    address = sandbox.systems["psa"]["address"]
    async with httpx.AsyncClient(base_url=address, trust_env=False) as client:

        async def answer(request: Request) -> Response:
            response = await forward(client, request)
            is_list = response.status_code == 200 and request.url.path.endswith("/workspaces.json")
            if not is_list:
                return response
            return Response(spoil(bytes(response.body)), media_type="application/json")

        async with serve(Starlette(routes=[Route("/{path:path}", answer, methods=METHODS)])) as proxy:
            store = f"sqlite+aiosqlite:///{sandbox.state}/psgw.sqlite"
            yield sandbox.write_settings(
                tmp_path / "psgw.toml",
                (store, f"sqlite+aiosqlite:///{tmp_path}/psgw.sqlite"),
                (address, proxy),
            )


@pytest.mark.asyncio(loop_scope="session")
async def test_sync_and_check_name_the_spoilt_rows_and_read_the_others(sandbox: Sandbox, settings: Path) -> None:
    arguments = ("--settings", str(settings))
    synced = await sandbox.run_psgw("sync", *arguments, "--json")
    told = await sandbox.run_psgw("sync", *arguments)
    checked = await sandbox.run_psgw("check", *arguments)

    (projects,) = [each for each in synced.json if each["feed"] == "PsaProject"]
    assert (synced.code, projects["rows"], projects["failure"]) == (0, 9, None)
    assert [
        (each["object"], each["id"], each["field"], each["lost"])
        for each in sorted(projects["unreadable"], key=lambda each: each["id"])
    ] == [("workspaces", "3", "title", True), ("workspaces", "5", "start_date", False)]
    assert [each["feed"] for each in synced.json if each["unreadable"]] == ["PsaProject"]

    lines = told.out.splitlines()
    (row,) = [line.split() for line in lines if line.split()[1:2] == ["PsaProject"]]
    assert (told.code, row[0], row[4]) == (0, "psa", "2")
    assert lines[-2:] == ["psa: cannot read workspaces 3: title", "psa: cannot read workspaces 5: start_date"]

    message = " ".join(checked.out.split())
    assert checked.code != 0
    assert "records of psa Cannot be read: workspaces 3: title; workspaces 5: start_date." in message
    assert "Correct the fields in the system" in message
    assert SECRET not in synced.out + told.out + checked.out + synced.err + told.err + checked.err
