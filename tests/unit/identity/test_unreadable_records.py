"""A feed goes on past a record that it cannot read, remembers it, and reads it again when that may help."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import msgspec
import pytest

from gateway.canonical.records.base import Record, UnreadableValue
from gateway.canonical.records.psa import PsaProject
from gateway.canonical.roles import Noun, SystemRole
from gateway.checks.unreadable_records import check_unreadable_records
from gateway.identity.index import CardIndex
from gateway.identity.reference_data import CodeMappings
from gateway.identity.sync import CardSync, FeedResult
from gateway.ports.base import Changes
from gateway.ports.unreadable import UnreadableRecord, report_unreadable
from gateway.store.database import Store
from tests.unit.identity.systems import MemorySystem, build_project

PSA = SystemRole.PSA
LOST = UnreadableRecord(object="workspaces", id="12", field="title")
WRONG_DAY = UnreadableValue("end_date", "workspaces", "due_date")


class UnreadableSystem(MemorySystem):
    """A PSA of three projects, some of which cannot be read. `starts` are the watermarks of its reads."""

    def __init__(self) -> None:
        projects: list[Record] = [
            build_project(id_, f"P-{id_}", end_date=date(2026, 12, 31)) for id_ in ("11", "12", "13")
        ]
        super().__init__("psa", PSA, {PsaProject: projects})
        self.lost: list[UnreadableRecord] = []
        self.starts: list[str | None] = []

    async def list_changes(self, kind: type[Record], watermark: str | None) -> AsyncIterator[Changes[Any]]:
        """Report what cannot be read, and yield the other rows."""
        self.starts.append(watermark)
        lost = {each.id for each in self.lost}
        for each in self.lost:
            report_unreadable(each)
        async for page in super().list_changes(kind, watermark):
            rows = tuple(row for row in page.rows if row.native.id not in lost)
            yield msgspec.structs.replace(page, rows=rows)

    def spoil(self, id_: str, *values: UnreadableValue) -> None:
        """Let values of a project be unreadable; the project counts as changed."""
        rows = self.rows[PsaProject]
        project = next(row for row in rows if row.native.id == id_)
        day = None if values else date(2026, 12, 31)
        rows.append(msgspec.structs.replace(project, end_date=day, unreadable=values))


@pytest.fixture
def system() -> UnreadableSystem:
    return UnreadableSystem()


def build_sync(store: Store, system: UnreadableSystem) -> CardSync:
    ports: Any = {"psa": system}
    return CardSync(store, "main", ports, CodeMappings([]), b"k" * 32)


async def run(store: Store, system: UnreadableSystem) -> FeedResult:
    (result,) = await build_sync(store, system).run()
    return result


async def list_codes(store: Store) -> set[str]:
    wanted = [(Noun.PROJECT.value, f"P-{id_}") for id_ in ("11", "12", "13")]
    found = await CardIndex(store, "main").get_by_codes(wanted)
    return {code for (_, code), card in found.items() if card.get_native_id(PSA) is not None}


async def test_a_feed_goes_on_past_a_lost_record_and_names_it(store: Store, system: UnreadableSystem) -> None:
    system.lost = [LOST]

    result = await run(store, system)

    assert (result.rows, result.failure) == (2, None)
    assert [(each.object, each.id, each.field, each.lost) for each in result.unreadable] == [
        ("workspaces", "12", "title", True)
    ]
    assert await list_codes(store) == {"P-11", "P-13"}
    health = (await build_sync(store, system).load_health())["psa"]
    assert (health.failed_at, health.unreadable) == (None, result.unreadable)
    assert (await run(store, system)).unreadable == result.unreadable


async def test_a_record_that_becomes_unreadable_keeps_its_card(store: Store, system: UnreadableSystem) -> None:
    """It is missing from the feed's rows, and still is not deleted, by a complete listing either."""
    await run(store, system)
    system.lost, system.present[PsaProject] = [LOST], ["11", "13"]
    system.deleted[PsaProject] = ["12"]

    result = await run(store, system)

    assert result.deleted == 0
    assert await list_codes(store) == {"P-11", "P-12", "P-13"}


async def test_nothing_is_deleted_while_an_unreadable_record_has_no_readable_id(
    store: Store, system: UnreadableSystem
) -> None:
    await run(store, system)
    system.lost = [UnreadableRecord(object="workspaces", id=None)]
    system.present[PsaProject] = ["11", "13"]

    result = await run(store, system)

    assert (result.deleted, [each.id for each in result.unreadable]) == (0, [None])
    assert await list_codes(store) == {"P-11", "P-12", "P-13"}


async def test_an_entry_ends_when_its_record_can_be_read_or_is_deleted(store: Store, system: UnreadableSystem) -> None:
    system.spoil("11", WRONG_DAY)
    system.spoil("13", WRONG_DAY)
    first = await run(store, system)

    system.spoil("11")
    system.deleted[PsaProject] = ["13"]
    second = await run(store, system)

    assert {(each.id, each.field, each.lost) for each in first.unreadable} == {
        ("11", "due_date", False),
        ("13", "due_date", False),
    }
    assert second.unreadable == ()


async def test_a_changed_adapter_or_mapping_reads_the_feed_from_its_start_once(
    store: Store, system: UnreadableSystem
) -> None:
    system.lost = [LOST]
    await run(store, system)
    system.starts.clear()

    await run(store, system)
    unchanged = list(system.starts)
    system.api_version = "v2"
    system.lost = []
    result = await run(store, system)
    await run(store, system)

    assert (unchanged, system.starts[1:]) == (["3"], [None, "3"])
    assert (result.rows, result.unreadable) == (3, ())
    assert await list_codes(store) == {"P-11", "P-12", "P-13"}


async def test_check_names_the_records_and_never_a_value(store: Store, system: UnreadableSystem) -> None:
    system.lost = [LOST, UnreadableRecord(object="workspaces", id=None)]
    await run(store, system)

    ((finding, _),) = await check_unreadable_records(store.url, 20)

    assert (finding.subject, finding.ok) == ("records of psa", False)
    assert finding.message == "Cannot be read: workspaces (id unreadable); workspaces 12: title."
