"""Cards are found and sorted by name alike on SQLite and PostgreSQL, whatever the alphabet."""

from datetime import UTC, datetime
from uuid import uuid5

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, insert

from gateway.canonical.records.crm import CrmAccount
from gateway.canonical.roles import Noun
from gateway.canonical.text import build_sort_key, fold_text
from gateway.identity.cards import build_text_columns
from gateway.identity.crosswalk import NAMESPACE
from gateway.identity.filters import CardFilter, CardOrder, TextCondition
from gateway.identity.index import CardIndex
from gateway.identity.rows import RowFilter
from gateway.store import tables
from gateway.store.database import MIGRATIONS, Store
from tests.unit.identity.systems import build_account
from tests.unit.identity.test_sync import build_sync, build_systems

NOW = datetime(2026, 11, 20, tzinfo=UTC)
EVERYTHING = RowFilter(tenant="main", legal_entities=None, regions=None)
NAMES = [
    "\xc9clair Sant\xe9",
    "\xe9clair sante\u0301",
    "eclair",
    "\xc4rzte AG",
    "Arzt",
    "STRASSE & S\xd6HNE",
    "Stra\xdfe",
    "100 % Bio",
    "100_% bio",
    "a\\b",
    "\xd8rsted",
    "Osram",
    "\u0416\u0443\u043a",
    "\u0436\u0423\u041a 2",
    "\uff33\uff21\uff30",
    "\u65e5\u672c",
    "zebra",
    "Zebra",
    "_",
]


async def insert_customers(store: Store) -> None:
    async with store.begin() as writer:
        rows = [
            {
                "id": uuid5(NAMESPACE, name),
                "tenant": "main",
                "noun": Noun.CUSTOMER.value,
                "code": name,
                "name": name,
                "synced_at": NOW,
                "alive": 1,
                **build_text_columns(name, name),
            }
            for name in NAMES
        ]
        await writer.execute(insert(tables.card), rows)


async def search_names(store: Store, where: CardFilter, *, descending: bool = False, page: int = 100) -> list[str]:
    """Return the names of all pages, sorted by name."""
    index, found, after = CardIndex(store, "main"), list[str](), None
    while True:
        order = CardOrder(column="name", descending=descending)
        cards = await index.search(Noun.CUSTOMER, where, order, EVERYTHING, page, after)
        found += [card.name or "" for card in cards.rows]
        if not cards.has_next:
            return found
        after = cards.cursors[-1]


async def test_every_part_of_every_name_finds_the_names_that_contain_it_in_any_case(store: Store) -> None:
    await insert_customers(store)
    ordered = sorted(NAMES, key=build_sort_key)
    needles = {name[start : start + 3] for name in NAMES for start in (0, 1, 4)} | {"%", "_", "\\", "__", "%%", ""}

    for needle in sorted(needles):
        for variant in {needle, needle.upper(), needle.lower()}:
            folded = fold_text(variant)
            inside = [name for name in ordered if folded in fold_text(name)]
            ahead = [name for name in ordered if fold_text(name).startswith(folded)]
            assert await search_names(store, CardFilter(name=TextCondition(contains=variant))) == inside
            assert await search_names(store, CardFilter(code=TextCondition(starts_with=variant))) == ahead


@pytest.mark.parametrize("descending", [False, True])
async def test_names_sort_alike_in_whole_lists_and_page_by_page(store: Store, descending: bool) -> None:
    await insert_customers(store)
    expected = sorted(NAMES, key=build_sort_key, reverse=descending)

    assert await search_names(store, CardFilter(), descending=descending) == expected
    assert await search_names(store, CardFilter(), descending=descending, page=2) == expected


async def test_codes_sort_by_code_points_on_both_databases(store: Store) -> None:
    await insert_customers(store)

    page = await CardIndex(store, "main").search(Noun.CUSTOMER, CardFilter(), CardOrder(column="code"), EVERYTHING, 100)

    assert [card.code for card in page.rows] == sorted(NAMES)


async def test_a_customer_that_is_renamed_is_found_by_the_new_name_in_any_case(store: Store) -> None:
    systems = build_systems()
    sync = build_sync(store, systems)
    await sync.run()
    systems["crm"].rows[CrmAccount].append(build_account("a1", "\xc9clair Sant\xe9", "C-1"))

    await sync.run()

    for needle in ("\xe9clair", "\xc9CLAIR", "sant\xe9", "e\u0301clair"):
        assert await search_names(store, CardFilter(name=TextCondition(contains=needle))) == ["\xc9clair Sant\xe9"]
    assert await search_names(store, CardFilter(name=TextCondition(contains="Aurora"))) == []


def downgrade_before_the_texts(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.downgrade(config, "0004")


async def test_the_migration_derives_the_texts_of_cards_that_exist(empty_store: str) -> None:
    store = Store(empty_store)
    await store.upgrade()
    await insert_customers(store)
    async with store.begin() as writer:
        await writer.run_sync(downgrade_before_the_texts)

    await store.upgrade()

    assert await search_names(store, CardFilter()) == sorted(NAMES, key=build_sort_key)
    assert await search_names(store, CardFilter(name=TextCondition(contains="\xe4rzte"))) == ["\xc4rzte AG"]
    await store.aclose()
