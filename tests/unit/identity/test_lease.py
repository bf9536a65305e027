"""One process at a time reads the feeds: the lease expires, gives way to commands, and fences off its last holder."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from sqlalchemy import func, select

from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.records.psa import PsaProject
from gateway.canonical.roles import SystemRole
from gateway.errors import LeaseLostError
from gateway.identity.lease import SyncLease
from gateway.identity.reference_data import CodeMappings
from gateway.identity.sync import CardSync
from gateway.store.database import Store
from gateway.store.tables import card, link, sync_lease
from tests.unit.identity.systems import MemorySystem, build_project, build_worker

OpenStore = Callable[[], Store]


@pytest.fixture
async def open_store(store: Store) -> AsyncIterator[OpenStore]:
    """Opens the same store once more, as another process does."""
    async with AsyncExitStack() as stack:

        def open_again() -> Store:
            opened = Store(store.url)
            stack.push_async_callback(opened.aclose)
            return opened

        yield open_again


async def write_as(lease: SyncLease, store: Store) -> None:
    async with store.begin_exclusive("main") as writer:
        await lease.check(writer)


async def expire(store: Store) -> None:
    async with store.begin() as writer:
        await writer.execute(sync_lease.update().values(expires_at=1.0))


async def test_a_second_process_waits_until_the_first_has_finished(open_store: OpenStore) -> None:
    first, second = (SyncLease(open_store(), "main", name, 5) for name in ("first", "second"))
    async with first.hold():
        entering = asyncio.create_task(second._acquire(background=False))
        done, _ = await asyncio.wait({entering}, timeout=1)
        assert not done

    await entering

    assert second.token == 2


async def test_an_expired_lease_is_taken_over_and_its_holder_can_no_longer_write(open_store: OpenStore) -> None:
    store = open_store()
    first, second = SyncLease(store, "main", "first", 60), SyncLease(open_store(), "main", "second", 60)
    async with first.hold():
        await write_as(first, store)
        await expire(store)
        async with second.hold():
            with pytest.raises(LeaseLostError):
                await write_as(first, store)
            await write_as(second, store)


async def test_the_work_of_a_holder_ends_when_a_command_takes_the_lease(open_store: OpenStore) -> None:
    server, command = SyncLease(open_store(), "main", "server", 2), SyncLease(open_store(), "main", "command", 60)

    async def serve() -> None:
        async with server.hold(background=True):
            await server.run_while_held(asyncio.sleep(60))

    serving = asyncio.create_task(serve())
    while server.token is None:  # noqa: ASYNC110 -- the lease sends no event
        await asyncio.sleep(0.01)

    async with command.hold():
        with pytest.raises(LeaseLostError):
            await serving


async def test_a_released_lease_is_free_at_once(open_store: OpenStore) -> None:
    first, second = (SyncLease(open_store(), "main", name, 300) for name in ("first", "second"))
    async with first.hold(background=True):
        pass

    async with asyncio.timeout(5), second.hold(background=True):
        assert second.token == 2


async def test_four_processes_that_read_people_and_projects_at_once_write_each_card_once(open_store: OpenStore) -> None:
    def build_sync() -> CardSync:
        ports: Any = {
            "hcm": MemorySystem(
                "hcm", SystemRole.HCM, {HcmWorker: [build_worker(f"w{n}", f"W-{n}") for n in range(8)]}
            ),
            "psa": MemorySystem(
                "psa", SystemRole.PSA, {PsaProject: [build_project(f"{n}", f"P-{n}") for n in range(8)]}
            ),
        }
        return CardSync(open_store(), "main", ports, CodeMappings([]), b"k" * 32)

    results = await asyncio.gather(*(build_sync().run() for _ in range(4)))

    async with open_store().connect() as reader:
        cards = (await reader.execute(select(func.count()).select_from(card))).scalar_one()
        links = (await reader.execute(select(func.count()).select_from(link))).scalar_one()
    assert (cards, links) == (16, 16)
    assert sorted(sum(each.rows for each in result) for result in results) == [0, 0, 0, 16]
