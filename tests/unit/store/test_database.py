"""The store migrates itself on both databases, and keeps the values that are created once."""

import asyncio
import sqlite3
import traceback
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from gateway.errors import StoreUnavailableError
from gateway.store.database import Store
from gateway.store.tables import METADATA, card, watermark


async def test_the_migrated_schema_matches_the_tables(store: Store) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))

    async with store.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_upgrading_twice_changes_nothing(store: Store) -> None:
    await store.upgrade()
    await store.upgrade()


async def test_processes_that_start_together_on_a_new_store_all_succeed(
    empty_store: str,
) -> None:
    stores = [Store(empty_store) for _ in range(8)]

    await asyncio.gather(*(each.upgrade() for each in stores))

    keys = await asyncio.gather(*(each.load_seal_key() for each in stores))
    assert len(set(keys)) == 1
    assert await stores[0].read_revision() == (await stores[7].read_revision())
    for each in stores:
        await each.aclose()


async def test_a_migration_waits_for_a_locked_new_database(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/psgw.sqlite")
    with closing(sqlite3.connect(tmp_path / "psgw.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        upgrading = asyncio.create_task(store.upgrade())
        await asyncio.sleep(0.3)
        waited = not upgrading.done()
        other.execute("COMMIT")

    await upgrading

    assert waited
    assert (await store.read_revision())[1]
    await store.aclose()


async def test_the_seal_key_is_created_once_and_kept(store: Store) -> None:
    first = await store.load_seal_key()

    other = Store(store.url)
    again = await other.load_seal_key()
    await other.aclose()

    assert len(first) == 32
    assert again == first


async def test_a_database_error_does_not_show_the_parameters_of_the_statement(store: Store) -> None:
    query = select(card.c.id).where(card.c.name == "Marie Curie").where(text("1 = no_such_column"))

    with pytest.raises((SQLAlchemyError, StoreUnavailableError)) as failure:
        async with store.connect() as connection:
            await connection.execute(query)

    message = "".join(traceback.format_exception(failure.value))
    assert "no_such_column" in message
    assert "Curie" not in message


async def test_a_violated_constraint_does_not_show_the_values_of_its_key(store: Store) -> None:
    row = {"connection": "Marie Curie", "feed": "HcmWorker"}

    async def write() -> None:
        async with store.begin() as connection:
            await connection.execute(insert(watermark), row)

    await write()
    with pytest.raises(IntegrityError) as failure:
        await write()

    message = "".join(traceback.format_exception(failure.value))
    assert "watermark" in message
    assert "Curie" not in message
