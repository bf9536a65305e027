"""Commands correct the crosswalk: link, split and rebuild, each recorded, each all or nothing."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from gateway.canonical.native import NativeId
from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.records.psa import PsaUser
from gateway.canonical.roles import Noun, SystemRole
from gateway.errors import ConfigurationError, StoreUnavailableError
from gateway.identity.cards import write_cards
from gateway.identity.changes import Action, load_history
from gateway.identity.crosswalk import mint_card_id
from gateway.identity.match import match_cards
from gateway.identity.reference_data import CodeMappings
from gateway.identity.repair import Author, link_cards, rebuild_cards, split_record
from gateway.identity.sync import CardSync
from gateway.store.database import Store
from gateway.store.tables import card, identity_change, link
from tests.unit.identity.systems import STAMP, MemorySystem, build_worker

AUTHOR = Author(name="ann@desk", reason="ticket 7")
ORDER = ["psa", "hcm"]


def build_user(native_id: str, number: str | None) -> PsaUser:
    return PsaUser(native=NativeId("psa", "user", native_id), worker_number=number, name="Somebody", modified_at=STAMP)


def build_ports(workers: int = 3) -> dict[str, Any]:
    return {
        "psa": MemorySystem("psa", SystemRole.PSA, {PsaUser: [build_user(f"u{n}", f"W-{n}") for n in range(workers)]}),
        "hcm": MemorySystem(
            "hcm", SystemRole.HCM, {HcmWorker: [build_worker(f"w{n}", f"W-{n}") for n in range(workers)]}
        ),
    }


@pytest.fixture
def ports() -> dict[str, Any]:
    return build_ports()


@pytest.fixture
async def sync(store: Store, ports: dict[str, Any]) -> CardSync:
    """Three people, each a user of the PSA and a worker of the HCM system on one card."""
    filled = CardSync(store, "main", ports, CodeMappings([]), b"k" * 32)
    await filled.run()
    assert await list_cards(store) == [{f"hcm:w{n}", f"psa:u{n}"} for n in range(3)]
    return filled


async def list_cards(store: Store) -> list[set[str]]:
    """Return the records of every living card."""
    cards: dict[UUID, set[str]] = {}
    async with store.connect() as reader:
        known = {row[0] for row in await reader.execute(select(card.c.id).where(card.c.alive == 1))}
        for row in await reader.execute(select(link)):
            cards.setdefault(row.card_id, set()).add(f"{row.connection}:{row.external_id}")
    assert cards.keys() == known
    return sorted(cards.values(), key=sorted)


async def find_card_id(store: Store, record: str) -> UUID:
    connection, _, native = record.partition(":")
    query = select(link.c.card_id).where(link.c.connection == connection, link.c.external_id == native)
    async with store.connect() as reader:
        found: UUID = (await reader.execute(query)).scalar_one()
    return found


async def tear_apart(store: Store) -> None:
    """Give every record of the HCM system a card of its own, as two writers did that did not see each other."""
    async with store.begin_exclusive("main") as writer:
        for n in range(3):
            own = mint_card_id("main", Noun.RESOURCE, NativeId("hcm", "worker", f"w{n}"))
            of_worker = (link.c.connection == "hcm") & (link.c.external_id == f"w{n}")
            await writer.execute(update(link).where(of_worker).values(card_id=own))
            await write_cards(writer, "main", [own])


async def test_rebuild_joins_what_two_writers_tore_apart_and_the_first_systems_ids_stay(
    store: Store, sync: CardSync
) -> None:
    ids = {await find_card_id(store, f"psa:u{n}") for n in range(3)}
    await tear_apart(store)
    assert len(await list_cards(store)) == 6

    would = await rebuild_cards(store, "main", None, ORDER, AUTHOR, dry_run=True)
    untouched = len(await list_cards(store))
    changes = await rebuild_cards(store, "main", None, ORDER, AUTHOR, dry_run=False)

    assert (would, untouched) == (changes, 6)
    assert await list_cards(store) == [{f"hcm:w{n}", f"psa:u{n}"} for n in range(3)]
    assert {await find_card_id(store, f"hcm:w{n}") for n in range(3)} == ids
    recorded = await load_history(store, "main", 10)
    assert [(each.action, each.records, each.changed_by, each.reason) for each in reversed(recorded)] == [
        (Action.REBUILD, (f"hcm:w{n}",), "ann@desk", "ticket 7") for n in range(3)
    ]


async def test_rebuild_of_an_intact_store_changes_nothing(store: Store, sync: CardSync) -> None:
    assert await rebuild_cards(store, "main", None, ORDER, AUTHOR, dry_run=False) == []
    assert await load_history(store, "main", 10) == []


async def test_rebuild_writes_lost_cards_again_and_deletes_cards_without_records(store: Store, sync: CardSync) -> None:
    lost, empty = await find_card_id(store, "psa:u1"), await find_card_id(store, "psa:u2")
    async with store.begin() as writer:
        await writer.execute(delete(card).where(card.c.id == lost))
        await writer.execute(delete(link).where(link.c.card_id == empty))

    (change,) = await rebuild_cards(store, "main", Noun.RESOURCE, ORDER, AUTHOR, dry_run=False)

    assert (change.card_id, change.records) == (empty, ())
    assert await list_cards(store) == [{"hcm:w0", "psa:u0"}, {"hcm:w1", "psa:u1"}]


async def test_a_split_record_gets_a_card_of_its_own_that_no_rule_and_no_sync_joins_again(
    store: Store, sync: CardSync, ports: dict[str, Any]
) -> None:
    kept = await find_card_id(store, "psa:u0")

    (change,) = await split_record(store, "main", "hcm:w0", None, AUTHOR, dry_run=False)
    split = await list_cards(store)
    ports["hcm"].rows[HcmWorker].append(build_worker("w0", "W-0"))
    await sync.run()
    await match_cards(store, "main")
    await rebuild_cards(store, "main", None, ORDER, AUTHOR, dry_run=False)

    assert (change.records, change.other_card_id) == (("hcm:w0",), kept)
    assert split == [{"hcm:w0"}, {"hcm:w1", "psa:u1"}, {"hcm:w2", "psa:u2"}, {"psa:u0"}]
    assert await list_cards(store) == split
    assert [each.action for each in await load_history(store, "main", 10)] == [Action.SPLIT]


async def test_the_record_that_gave_a_card_its_id_can_be_split_off_and_the_id_stays(
    store: Store, sync: CardSync
) -> None:
    before = await find_card_id(store, "psa:u0")

    await split_record(store, "main", "psa:u0", None, AUTHOR, dry_run=False)

    assert await find_card_id(store, "hcm:w0") == before
    assert await find_card_id(store, "psa:u0") not in {before, await find_card_id(store, "psa:u1")}


async def test_linked_cards_become_one_and_the_first_id_stays_after_a_sync(
    store: Store, sync: CardSync, ports: dict[str, Any]
) -> None:
    kept = await find_card_id(store, "psa:u0")
    await split_record(store, "main", "hcm:w0", None, AUTHOR, dry_run=False)

    (change,) = await link_cards(store, "main", "psa:u0", "hcm:w0", None, AUTHOR, dry_run=False)
    ports["hcm"].rows[HcmWorker].append(build_worker("w0", "W-0"))
    await sync.run()

    assert (change.card_id, change.records) == (kept, ("hcm:w0",))
    assert await list_cards(store) == [{f"hcm:w{n}", f"psa:u{n}"} for n in range(3)]
    assert [each.action for each in await load_history(store, "main", 10)] == [Action.LINK, Action.SPLIT]


@pytest.mark.parametrize(
    ("keep", "give", "finding"),
    [
        ("psa:u0", "psa:u1", "hcm has a record of both cards; split the wrong one off first"),
        ("psa:none", "psa:u1", "psa:none has no link; give a canonical id, or CONNECTION:ID of a record"),
    ],
)
async def test_a_refused_link_changes_and_records_nothing(
    store: Store, sync: CardSync, keep: str, give: str, finding: str
) -> None:
    before = await list_cards(store)

    with pytest.raises(ConfigurationError) as refused:
        await link_cards(store, "main", keep, give, None, AUTHOR, dry_run=False)

    assert refused.value.findings[0] == finding
    assert await list_cards(store) == before
    assert await load_history(store, "main", 10) == []


async def test_the_only_record_of_a_card_cannot_be_split_off(store: Store, sync: CardSync) -> None:
    await split_record(store, "main", "hcm:w0", None, AUTHOR, dry_run=False)

    with pytest.raises(ConfigurationError, match="is the only record of its card"):
        await split_record(store, "main", "hcm:w0", None, AUTHOR, dry_run=False)


async def test_a_feed_that_is_being_read_follows_a_repair_between_two_pages(store: Store) -> None:
    """The keys that a feed remembers name a card that the repair has replaced."""
    ports = build_ports(workers=4)
    gate = asyncio.Event()
    reached = asyncio.Event()
    system = ports["hcm"]
    listed = system.list_changes

    async def list_changes(kind: Any, watermark: str | None) -> Any:
        async for page in listed(kind, watermark):
            yield page
            reached.set()
            await gate.wait()

    system.list_changes = list_changes
    running = asyncio.create_task(CardSync(store, "main", ports, CodeMappings([]), b"k" * 32).run())
    await reached.wait()
    async with store.begin() as writer:
        await writer.execute(update(link).where(link.c.external_id == "u3").values(card_id=UUID(int=3)))
        await writer.execute(update(card).where(card.c.id == mint_user_id("u3")).values(id=UUID(int=3)))
    await split_record(store, "main", "hcm:w0", None, AUTHOR, dry_run=False)
    gate.set()
    await running

    assert await find_card_id(store, "hcm:w3") == UUID(int=3)


def mint_user_id(native: str) -> UUID:
    return mint_card_id("main", Noun.RESOURCE, NativeId("psa", "user", native))


async def test_the_history_can_neither_be_changed_nor_deleted(store: Store, sync: CardSync) -> None:
    await split_record(store, "main", "hcm:w0", None, AUTHOR, dry_run=False)

    for statement in (update(identity_change).values(changed_by="nobody"), delete(identity_change)):
        with pytest.raises((DBAPIError, StoreUnavailableError)):
            async with store.begin() as writer:
                await writer.execute(statement)

    async with store.connect() as reader:
        assert (await reader.execute(select(func.count()).select_from(identity_change))).scalar_one() == 1
