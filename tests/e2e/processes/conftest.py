"""The demo's systems for processes that share a database."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.commands.conftest import sandbox as start_sandbox
from tests.e2e.commands.running import Sandbox
from tests.e2e.processes.fleet import Database
from tests.fixtures.stores import create_database

sandbox = start_sandbox


@pytest_asyncio.fixture(loop_scope="session")
async def systems(sandbox: Sandbox) -> AsyncIterator[Sandbox]:
    """The systems without faults, and with call counts of zero."""
    await sandbox.clear()
    yield sandbox
    await sandbox.clear()


@pytest.fixture
def database(postgres: str) -> Database:
    """An empty database."""
    return Database(create_database(postgres))
