"""A full disk of the store: clear words, not ready, lists from the existing cards, and recovery without a restart."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.crm import CrmAccount
from gateway.canonical.roles import Noun, SystemRole
from gateway.checks.store import check_store
from gateway.composition import open_gateway
from gateway.errors import ConfigurationError
from gateway.http.app import create_app
from gateway.identity.index import CardIndex
from gateway.identity.reference_data import CodeMappings
from gateway.identity.sync import CardSync
from gateway.settings import Settings, StoreSettings
from gateway.store.database import Store
from subgraphs.kit.twin.server import serve
from tests.fixtures.tokens import build_verifier, mint_token
from tests.unit.identity.systems import MemorySystem, build_account
from tests.unit.identity.test_keep import has_faults, keep_running, wait_until_true

QUERY = {"query": "{ customers { totalCount } }"}


class SmallDisk:
    """A file system of 32 megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "psgw.sqlite"
        self.url = f"sqlite+aiosqlite:///{self.file}"

    def fill(self) -> None:
        """Use all space."""
        with (self.folder / "filler").open("ab", buffering=0) as filler:
            for size in (1 << 16, 1 << 10, 1):
                try:
                    while True:
                        os.write(filler.fileno(), b"x" * size)
                except OSError:
                    continue

    def free(self) -> None:
        """Free the space."""
        (self.folder / "filler").unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32m,mode=0700", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False)  # noqa: S603 -- a folder of this test
    except FileNotFoundError:
        pytest.skip("mount is not installed")
    if mounted.returncode != 0:
        pytest.skip("mounting a small file system is not permitted here")
    yield SmallDisk(folder)
    subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S603, S607 -- as above


async def test_a_fresh_store_on_a_full_disk_is_refused_in_clear_words_and_starts_when_space_is_free(
    disk: SmallDisk,
) -> None:
    settings = Settings(store=StoreSettings(url=disk.url))
    disk.fill()

    with pytest.raises(ConfigurationError) as refused:
        async with open_gateway(settings):
            pass
    disk.free()
    async with open_gateway(settings) as gateway:
        ready = await gateway.is_ready()

    reason = f"the disk of folder {disk.folder} is full; free some space and start again"
    assert refused.value.findings == [f"the store cannot be opened: {reason}"]
    assert ready


async def test_a_full_disk_makes_the_gateway_unready_while_it_answers_and_a_freed_one_makes_it_ready(
    disk: SmallDisk, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"Authorization": f"Bearer {mint_token(scope='customers:read')}"}
    async with open_gateway(Settings(store=StoreSettings(url=disk.url))) as gateway:
        app = create_app(gateway.engine, build_verifier(), ready=gateway.is_ready)
        async with serve(app) as origin, httpx.AsyncClient(base_url=origin, headers=headers) as http:
            disk.fill()
            full = [await http.get("/readyz") for _ in range(3)]
            answer = await http.post("/graphql", json=QUERY)
            finding, _ = await check_store(disk.url, 5)
            disk.free()
            freed = await http.get("/readyz")

    assert {(each.status_code, each.text) for each in full} == {(503, "not ready")}
    assert answer.json() == {"data": {"customers": {"totalCount": 0}}}
    assert finding.message == f"The disk of folder {disk.folder} is full: the card index cannot be updated."
    assert (freed.status_code, freed.text) == (200, "ready")
    assert read_log(caplog) == [
        f"the store cannot be written: the disk of folder {disk.folder} is full",
        "the store can be written again",
    ]


async def test_a_sync_that_fails_on_a_full_disk_continues_when_space_is_free(
    disk: SmallDisk, caplog: pytest.LogCaptureFixture
) -> None:
    crm = MemorySystem("crm", SystemRole.CRM, {CrmAccount: [build_account("a0", "Customer 0", "C-0")]})
    ports: Any = {"crm": crm}
    async with aclosing(Store(disk.url)) as store:
        await store.upgrade()
        sync = CardSync(store, "main", ports, CodeMappings([]), b"k" * 32)
        crm.page = 2000
        async with keep_running(sync, 0.05):
            await wait_until_true(lambda: is_filled(sync))
            disk.fill()
            crm.rows[CrmAccount] += [
                build_account(f"a{n}", f"Customer {n} " + "x" * 200, f"C-{n}") for n in range(1, 2000)
            ]
            await wait_until_true(lambda: has_faults(sync, {"crm": FaultCode.UNKNOWN}))
            ready_while_full = await store.is_ready()
            known = await CardIndex(store, "main").get_by_codes([(Noun.CUSTOMER.value, "C-0")])
            disk.free()
            await wait_until_true(lambda: has_faults(sync, {}))
            found = await CardIndex(store, "main").get_by_codes([(Noun.CUSTOMER.value, "C-1999")])
            ready_when_free = await store.is_ready()

    assert (ready_while_full, len(known)) == (False, 1)
    assert (ready_when_free, len(found)) == (True, 1)
    assert [line.partition(":")[0] for line in read_log(caplog)] == [
        "the store cannot be written",
        "the store can be written again",
    ]


async def is_filled(sync: CardSync) -> bool:
    return (await sync.load_health())["crm"].filled


def read_log(caplog: pytest.LogCaptureFixture) -> list[str]:
    lines = [record for record in caplog.records if record.name.startswith("gateway")]
    assert [line.exc_info for line in lines] == [None] * len(lines)
    return [line.getMessage() for line in lines]
