"""psgw demo: starts, answers its first query, and stops without leaving a process."""

import socket
import stat
from pathlib import Path

import httpx

from tests.e2e.commands.running import interrupt, run_psgw, start_psgw
from tests.fixtures.ports import find_free_port


async def test_the_demo_answers_its_first_query_and_stops_on_ctrl_c(tmp_path: Path) -> None:
    port = find_free_port()
    state = ("--state", str(tmp_path / "state"))
    arguments = ("demo", "--port", str(port), "--identity-port", str(find_free_port()), *state)

    async with start_psgw(*arguments) as process:
        assert process.stdout is not None
        query = (await process.stdout.readuntil(b"}\"}'\n")).decode()
        token = (await run_psgw("token", *state)).out.strip()
        async with httpx.AsyncClient() as http:
            await _wait_until_ready(f"http://127.0.0.1:{port}/livez")
            answer = await http.post(
                f"http://127.0.0.1:{port}/graphql",
                json={"query": "{ projects(first: 3) { nodes { code } } }"},
                headers={"Authorization": f"Bearer {token}"},
            )
        readable = find_readable_by_others(tmp_path / "state")
        before = (tmp_path / "state" / "psgw.toml").read_text(encoding="utf-8")
        second = await run_psgw("demo", "--port", "0", "--identity-port", str(find_free_port()), *state)
        after = (tmp_path / "state" / "psgw.toml").read_text(encoding="utf-8")
        result = await interrupt(process)

    assert second.code == 2
    assert f"is in use by process {process.pid} (psgw demo); stop it first" in second.message
    assert after == before
    assert readable == []
    assert query.startswith(f"curl -s http://127.0.0.1:{port}/graphql")
    assert len(answer.json()["data"]["projects"]["nodes"]) == 3
    assert "card index filled: 108 records from 4 systems" in result.err
    assert result.code == 130
    assert "Traceback" not in result.err
    assert (await run_psgw("sandbox", "status", *state)).code == 3


def find_readable_by_others(state: Path) -> list[Path]:
    """Return what another user could read of a state folder in use; mapping files contain no secret."""
    inside = (each for each in state.rglob("*") if "mappings" not in each.parts)
    return [each for each in (state, *inside) if stat.S_IMODE(each.stat().st_mode) & 0o077]


async def _wait_until_ready(url: str) -> None:
    transport = httpx.AsyncHTTPTransport(retries=5)
    async with httpx.AsyncClient(transport=transport) as client:
        assert (await client.get(url)).status_code == 200


async def test_a_port_in_use_ends_with_2_before_anything_is_created(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = await run_psgw("demo", "--port", str(port), "--state", str(tmp_path / "none"))

    assert (result.code, result.out) == (2, "")
    assert f"Address 127.0.0.1:{port} is already in use; choose another with --port." in result.message
    assert not (tmp_path / "none").exists()


async def test_a_scale_needs_twins(tmp_path: Path) -> None:
    options = ("--scale", "1", "--systems", "psa=tryton", "--state", str(tmp_path / "none"))

    result = await run_psgw("demo", "--port", str(find_free_port()), *options)

    assert (result.code, result.out) == (2, "")
    assert "only twins can be scaled" in result.err
    assert not (tmp_path / "none").exists()
