"""psgw demo: the product over the demo firm, from nothing to the first answer, and gone without a trace."""

import socket
import stat
from pathlib import Path

import httpx

from tests.e2e.commands.running import interrupt, run_psgw, start_psgw
from tests.fixtures.ports import free_port


async def test_the_demo_answers_its_own_first_query_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    port = free_port()
    state = ("--state", str(tmp_path / "state"))
    words = ("demo", "--port", str(port), "--identity-port", str(free_port()), *state)

    async with start_psgw(*words) as process:
        assert process.stdout is not None
        query = (await process.stdout.readuntil(b"}\"}'\n")).decode()
        token = (await run_psgw("token", *state)).out.strip()
        async with httpx.AsyncClient() as http:
            await _wait_until_ready(http, f"http://127.0.0.1:{port}/livez")
            answer = await http.post(
                f"http://127.0.0.1:{port}/graphql",
                json={"query": "{ projects(first: 3) { nodes { code } } }"},
                headers={"Authorization": f"Bearer {token}"},
            )
        state_is_open = find_readable_by_others(tmp_path / "state")
        ended = await interrupt(process)

    assert state_is_open == []
    assert query.startswith(f"curl -s http://127.0.0.1:{port}/graphql")
    assert len(answer.json()["data"]["projects"]["nodes"]) == 3
    assert "cards filled: 108 records of 4 systems" in ended.err
    assert ended.code == 130
    assert "Traceback" not in ended.err
    assert (await run_psgw("sandbox", "status", *state)).code == 3


def find_readable_by_others(state: Path) -> list[Path]:
    """Return what another user could read of a state folder while it is in use; mapping files hold no secret."""
    inside = (each for each in state.rglob("*") if "mappings" not in each.parts)
    return [each for each in (state, *inside) if stat.S_IMODE(each.stat().st_mode) & 0o077]


async def _wait_until_ready(http: httpx.AsyncClient, url: str) -> None:
    transport = httpx.AsyncHTTPTransport(retries=5)
    async with httpx.AsyncClient(transport=transport) as patient:
        assert (await patient.get(url)).status_code == 200


async def test_a_port_that_is_taken_ends_with_2_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = await run_psgw("demo", "--port", str(port), "--state", str(tmp_path / "none"))

    assert (refused.code, refused.out) == (2, "")
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use; choose another port" in refused.message
    assert not (tmp_path / "none").exists()


async def test_only_twins_grow(tmp_path: Path) -> None:
    words = ("--scale", "1", "--systems", "psa=tryton", "--state", str(tmp_path / "none"))

    refused = await run_psgw("demo", "--port", str(free_port()), *words)

    assert (refused.code, refused.out) == (2, "")
    assert "only twins grow" in refused.err
    assert not (tmp_path / "none").exists()
