"""Only its owner can open the store's file and its companions, from the moment they exist."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.checks.report import FailureClass
from gateway.checks.store import check_store
from gateway.store.database import Store
from gateway.store.file import find_sqlite_file


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def list_modes(folder: Path) -> dict[str, int]:
    return {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}


async def test_only_the_owner_can_open_a_new_store_and_its_companion_files(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/store.sqlite")

    await store.upgrade()
    await store.load_seal_key()

    assert list_modes(tmp_path) == {"store.sqlite": 0o600, "store.sqlite-wal": 0o600, "store.sqlite-shm": 0o600}
    await store.aclose()


async def test_a_store_with_open_permissions_is_restricted_before_use(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    crashed = sqlite3.connect(file)
    crashed.execute("pragma journal_mode=wal")
    crashed.execute("create table left_by_an_older_release (key)")
    crashed.commit()
    assert set(list_modes(tmp_path).values()) == {0o644}
    store = Store(f"sqlite+aiosqlite:///{file}")

    await store.upgrade()

    assert list_modes(tmp_path) == {"store.sqlite": 0o600, "store.sqlite-wal": 0o600, "store.sqlite-shm": 0o600}
    await store.aclose()
    crashed.close()


async def test_a_symbolic_link_to_a_missing_file_creates_a_private_file(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").symlink_to(tmp_path / "elsewhere.sqlite")
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/store.sqlite")

    await store.upgrade()
    await store.aclose()

    assert list_modes(tmp_path)["elsewhere.sqlite"] == 0o600


async def test_the_check_reports_open_permissions_and_does_not_change_them(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/store.sqlite"
    store = Store(url)
    await store.upgrade()
    await store.aclose()
    (tmp_path / "store.sqlite").chmod(0o640)

    finding, failure = await check_store(url, 10)

    assert failure is FailureClass.INCOMPLETE
    assert (
        finding.message
        == f"{tmp_path}/store.sqlite contains the key that seals ids and is accessible to other users (0640)."
    )
    assert finding.remedy == f"Run `chmod 600 {tmp_path}/store.sqlite`."
    assert list_modes(tmp_path)["store.sqlite"] == 0o640


@pytest.mark.parametrize(
    "url", ["sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:", "sqlite+aiosqlite:///file:x?uri=true"]
)
def test_databases_without_a_plain_file_have_no_file(url: str) -> None:
    assert find_sqlite_file(url) is None
