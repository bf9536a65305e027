"""Only its owner can open the store's file and its companions, from the moment they exist."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.checks.report import Failure
from gateway.checks.store import store_finding
from gateway.store.engine import Store
from gateway.store.file import sqlite_file


@pytest.fixture(autouse=True)
def careless_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}


async def test_a_new_store_and_what_lies_beside_it_are_its_owners_alone(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/store.sqlite")

    await store.upgrade()
    await store.seal_key()

    assert modes(tmp_path) == {"store.sqlite": 0o600, "store.sqlite-wal": 0o600, "store.sqlite-shm": 0o600}
    await store.aclose()


async def test_a_store_that_was_open_to_others_is_closed_before_it_is_used(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    crashed = sqlite3.connect(file)
    crashed.execute("pragma journal_mode=wal")
    crashed.execute("create table left_by_an_older_release (key)")
    crashed.commit()
    assert set(modes(tmp_path).values()) == {0o644}
    store = Store(f"sqlite+aiosqlite:///{file}")

    await store.upgrade()

    assert modes(tmp_path) == {"store.sqlite": 0o600, "store.sqlite-wal": 0o600, "store.sqlite-shm": 0o600}
    await store.aclose()
    crashed.close()


async def test_a_link_that_leads_to_no_file_yet_leads_to_a_private_one(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").symlink_to(tmp_path / "elsewhere.sqlite")
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/store.sqlite")

    await store.upgrade()
    await store.aclose()

    assert modes(tmp_path)["elsewhere.sqlite"] == 0o600


async def test_a_store_that_is_open_to_others_is_found_by_the_check_and_left_as_it_is(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/store.sqlite"
    store = Store(url)
    await store.upgrade()
    await store.aclose()
    (tmp_path / "store.sqlite").chmod(0o640)

    finding, failure = await store_finding(url, 10)

    assert failure is Failure.INCOMPLETE
    assert finding.message == f"{tmp_path}/store.sqlite holds the key that seals ids and is open to others (0640)."
    assert finding.remedy == f"chmod 600 {tmp_path}/store.sqlite"
    assert modes(tmp_path)["store.sqlite"] == 0o640


@pytest.mark.parametrize(
    "url", ["sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:", "sqlite+aiosqlite:///file:x?uri=true"]
)
def test_what_is_no_file_of_its_own_name_is_not_made(url: str) -> None:
    assert sqlite_file(url) is None
