"""psgw serve and psgw health: serves at the logged address, stops in order, and reports why it cannot start."""

import socket
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from tests.e2e.commands.running import Sandbox, interrupt, run_psgw, start_psgw
from tests.fixtures.ports import find_free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


def write_settings(sandbox: Sandbox, folder: Path, port: int) -> Path:
    """Write settings that serve the sandbox at a port, with a store of their own; return the file."""
    store = f"sqlite+aiosqlite:///{sandbox.state}/psgw.sqlite"
    return sandbox.write_settings(
        folder / "psgw.toml",
        (store, f"sqlite+aiosqlite:///{folder}/psgw.sqlite"),
        ("port = 8000", f"port = {port}"),
    )


async def test_serve_logs_its_address_is_healthy_and_stops_on_ctrl_c(sandbox: Sandbox, tmp_path: Path) -> None:
    port = find_free_port()
    settings = write_settings(sandbox, tmp_path, port)

    async with start_psgw("serve", "--settings", str(settings)) as process:
        assert process.stderr is not None
        first = msgspec.json.decode(await process.stderr.readline())
        healthy = await run_psgw("health", "--url", f"http://127.0.0.1:{port}/livez", "--json")
        result = await interrupt(process)
    gone = await run_psgw("health", "--url", f"http://127.0.0.1:{port}/livez", "--json")

    assert (first["level"], first["logger"]) == ("info", "gateway.cli.serve")
    assert first["message"] == f"serving the graph at http://127.0.0.1:{port}/graphql"
    assert datetime.fromisoformat(first["time"]).utcoffset() == timedelta()
    assert (healthy.code, healthy.json) == (0, {"healthy": True, "url": f"http://127.0.0.1:{port}/livez"})
    assert (result.code, result.out) == (130, "")
    assert "Traceback" not in result.err
    assert (gone.code, gone.json["healthy"]) == (3, False)


async def test_a_port_in_use_is_reported(sandbox: Sandbox, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = write_settings(sandbox, tmp_path, taken.getsockname()[1])
        result = await run_psgw("serve", "--settings", str(settings))

    assert (result.code, result.out) == (2, "")
    assert "is already in use; choose another with serve.port." in result.message
    assert not (tmp_path / "psgw.sqlite").exists()


async def test_a_store_that_cannot_be_opened_is_reported_without_a_trace(sandbox: Sandbox, tmp_path: Path) -> None:
    settings = write_settings(sandbox, tmp_path, find_free_port())
    text = settings.read_text(encoding="utf-8").replace(f"{tmp_path}/psgw.sqlite", f"{tmp_path}/none/psgw.sqlite")
    settings.write_text(text, encoding="utf-8")

    result = await run_psgw("serve", "--settings", str(settings))

    assert (result.code, result.out) == (2, "")
    assert "the store cannot be opened" in result.message
    assert "Traceback" not in result.err
