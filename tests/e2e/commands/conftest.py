"""One running sandbox for all commands."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio

from tests.e2e.commands.running import Sandbox
from tests.fixtures.ports import find_free_port


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    """The systems of `psgw demo`, started as it starts them."""
    state, identity = tmp_path_factory.mktemp("state"), find_free_port()
    arguments = ("-m", "subgraphs.sandbox.demo", "--state", str(state), "--identity-port", str(identity))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    assert process.stdin is not None
    announced = msgspec.json.decode(await process.stdout.readline())
    assert announced == {"settings": str(state / "psgw.toml")}
    yield Sandbox(state, f"http://127.0.0.1:{identity}")
    process.stdin.close()
    assert await process.wait() == 0
