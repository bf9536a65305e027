"""Pages of the card index: filters, order and row rules apply before counting; cursors survive changes."""

import base64
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, insert, update

from gateway.canonical.entity_days import EntityDays
from gateway.canonical.records.card import AmbiguousCards, Card
from gateway.canonical.roles import Noun
from gateway.canonical.settlement import compute_status_on
from gateway.canonical.states import InvoiceStatus
from gateway.errors import BadInputError
from gateway.identity.cards import build_text_columns
from gateway.identity.crosswalk import NAMESPACE
from gateway.identity.filters import CardFilter, CardOrder, DateCondition, InvoiceStatusCondition, TextCondition
from gateway.identity.index import CardIndex
from gateway.identity.rows import RowFilter
from gateway.store import tables
from gateway.store.database import Store

NOW = datetime(2026, 11, 20, tzinfo=UTC)
EVERYTHING = RowFilter(tenant="main", legal_entities=None, regions=None)
BY_CODE = CardOrder(column="code")


def derive_card_id(name: str) -> UUID:
    return uuid5(NAMESPACE, name)


async def insert_card(store: Store, code: str, noun: Noun = Noun.PROJECT, keys: Any = (), **values: Any) -> UUID:
    async with store.begin() as connection:
        await connection.execute(
            insert(tables.card).values(
                id=derive_card_id(code),
                tenant="main",
                noun=noun.value,
                code=code,
                synced_at=NOW,
                alive=1,
                **build_text_columns(code, values.get("name")),
                **values,
            )
        )
        rows = [{"card_id": derive_card_id(code), "kind": kind, "value": value} for kind, value in keys]
        if rows:
            await connection.execute(insert(tables.card_key), rows)
    return derive_card_id(code)


async def search_codes(
    store: Store,
    where: CardFilter = CardFilter(),  # noqa: B008 -- frozen
    rows: RowFilter = EVERYTHING,
) -> list[str | None]:
    page = await CardIndex(store, "main").search(Noun.PROJECT, where, BY_CODE, rows, 100)
    return [card.code for card in page.rows]


async def test_forward_paging_returns_every_row_once_while_rows_are_added(store: Store) -> None:
    for number in range(7):
        await insert_card(store, f"P-{number}")
    index = CardIndex(store, "main")
    seen: list[str | None] = []
    after = None
    for _ in range(10):
        page = await index.search(Noun.PROJECT, CardFilter(), BY_CODE, EVERYTHING, 2, after)
        seen += [card.code for card in page.rows]
        if len(seen) == 2:
            await insert_card(store, "P-00")  # before the cursor: it must not shift the following rows
        after = page.cursors[-1] if page.cursors else None
        if not page.has_next:
            break

    assert seen == [f"P-{number}" for number in range(7)]


async def test_backward_paging_returns_the_previous_page_in_the_same_order(store: Store) -> None:
    for number in range(5):
        await insert_card(store, f"P-{number}")
    index = CardIndex(store, "main")
    last = await index.search(Noun.PROJECT, CardFilter(), CardOrder(column="code", backwards=True), EVERYTHING, 2)
    before = await index.search(
        Noun.PROJECT, CardFilter(), CardOrder(column="code", backwards=True), EVERYTHING, 2, last.cursors[0]
    )

    assert [card.code for card in last.rows] == ["P-3", "P-4"]
    assert (last.has_next, last.has_previous) == (False, True)
    assert [card.code for card in before.rows] == ["P-1", "P-2"]
    assert (before.has_next, before.has_previous, before.total) == (True, True, 5)


@pytest.mark.parametrize(
    "text",
    [
        b"invalid",
        b"null",
        b"[null, 5]",
        b'["a", 5]',
        b'["a", "not an id"]',
        b'["a"]',
        b'["\\u0000", "6a2c9f0e-6f6c-5d1c-9a55-2f1f2f0b7b6d"]',
        b'["\\ud800", "6a2c9f0e-6f6c-5d1c-9a55-2f1f2f0b7b6d"]',
        b"[" * 6000,
    ],
)
async def test_an_invalid_cursor_is_refused_with_its_field(store: Store, text: bytes) -> None:
    cursor = base64.urlsafe_b64encode(text).decode()

    with pytest.raises(BadInputError) as refusal:
        await CardIndex(store, "main").search(Noun.PROJECT, CardFilter(), BY_CODE, EVERYTHING, 2, cursor)

    assert refusal.value.field == "after"


async def test_filters_match_exactly(store: Store) -> None:
    await insert_card(store, "A_1", name="Alpha 100%", status="ACTIVE", start_date=date(2026, 1, 1))
    await insert_card(store, "A-2", name="alpine", status="CLOSED", start_date=date(2026, 6, 1))
    await insert_card(store, "B-3", name="Beta", status="ACTIVE", keys=[("PROJECT", str(derive_card_id("x")))])

    assert await search_codes(store, CardFilter(name=TextCondition(starts_with="AL"))) == ["A-2", "A_1"]
    assert await search_codes(store, CardFilter(name=TextCondition(contains="100%"))) == ["A_1"]
    assert await search_codes(store, CardFilter(code=TextCondition(starts_with="A_"))) == ["A_1"]
    assert await search_codes(store, CardFilter(status=("ACTIVE",))) == ["A_1", "B-3"]
    assert await search_codes(store, CardFilter(status=())) == []
    assert await search_codes(store, CardFilter(start=DateCondition(at_least=date(2026, 6, 1)))) == ["A-2"]
    assert await search_codes(store, CardFilter(start=DateCondition(is_null=True))) == ["B-3"]
    assert await search_codes(store, CardFilter(without_project=True)) == ["A-2", "A_1"]


async def test_children_of_many_parents_are_read_at_once_with_a_page_per_parent(store: Store) -> None:
    parents = [derive_card_id("c1"), derive_card_id("c2"), derive_card_id("c3")]
    for number in range(3):
        await insert_card(store, f"P-{number}", customer_id=parents[0])
    await insert_card(store, "P-9", customer_id=parents[1])

    pages = await CardIndex(store, "main").list_children(
        Noun.PROJECT, "customer_id", parents, CardFilter(), BY_CODE, EVERYTHING, 2
    )
    rest = await CardIndex(store, "main").list_children(
        Noun.PROJECT, "customer_id", parents[:1], CardFilter(), BY_CODE, EVERYTHING, 2, pages[parents[0]].cursors[-1]
    )

    assert [[card.code for card in pages[parent].rows] for parent in parents] == [["P-0", "P-1"], ["P-9"], []]
    assert [pages[parent].has_next for parent in parents] == [True, False, False]
    assert [pages[parent].total for parent in parents] == [3, 1, 0]
    assert [card.code for card in rest[parents[0]].rows] == ["P-2"]


ENTITIES = ("US01", "UK01", "NL01")
REGIONS = ("US", "EU")
rules = st.builds(
    RowFilter,
    tenant=st.just("main"),
    legal_entities=st.none() | st.frozensets(st.sampled_from(ENTITIES)),
    regions=st.none() | st.frozensets(st.sampled_from(REGIONS)),
    bound=st.booleans(),
    only_of=st.none() | st.sampled_from([derive_card_id("me"), derive_card_id("you")]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=rules)
async def test_row_rules_in_sql_and_on_a_card_agree(store: Store, rule: RowFilter) -> None:
    index = CardIndex(store, "main")
    if not await index.get_all(Noun.PROJECT):
        number = 0
        for entity in (None, *ENTITIES):
            for region in (None, *REGIONS):
                for member in (None, "me"):
                    keys = [("LEGAL_ENTITY", entity)] if entity else []
                    keys += [("MEMBER", str(derive_card_id(member)))] if member else []
                    manager = derive_card_id("you") if number % 3 == 0 else None
                    await insert_card(store, f"P-{number:02}", keys=keys, region=region, manager_id=manager)
                    number += 1
    every = await index.get_all(Noun.PROJECT)

    found = await search_codes(store, rows=rule)

    assert found == sorted(card.code or "" for card in every.values() if rule.is_visible(card))


async def insert_link(store: Store, card_id: UUID, connection: str, external_id: str) -> None:
    async with store.begin() as writer:
        await writer.execute(
            insert(tables.link).values(
                tenant="main",
                noun=Noun.PROJECT.value,
                connection=connection,
                external_id=external_id,
                object_type="workspace",
                role="PSA",
                card_id=card_id,
                status="LINKED",
                linked_by="MATCH_RULE",
                synced_at=NOW,
                contribution=b"",
            )
        )


async def test_a_reference_to_several_cards_gives_all_of_them_with_their_connections(store: Store) -> None:
    first = await insert_card(store, "A", number="N-1")
    second = await insert_card(store, "B", number="N-1")
    await insert_link(store, first, "psa-us", "7")
    await insert_link(store, second, "psa-emea", "7")
    await insert_link(store, second, "psa-emea", "8")
    index = CardIndex(store, "main")

    by_code = await index.find_by_codes([("Project", "N-1"), ("Project", "A")])
    by_id = await index.get_by_external_ids(
        [
            ("Project", "PSA", "workspace", "7", None),
            ("Project", "PSA", "workspace", "7", "psa-us"),
            ("Project", "PSA", "workspace", "8", None),
            ("Project", "PSA", "workspace", "9", None),
        ]
    )

    both = [(second, ("psa-emea",)), (first, ("psa-us",))]
    assert list_candidates(by_code["Project", "N-1"]) == both
    assert list_candidates(by_code["Project", "A"]) == [(first, ())]
    assert list_candidates(by_id["Project", "PSA", "workspace", "7", None]) == both
    assert list_candidates(by_id["Project", "PSA", "workspace", "7", "psa-us"]) == [(first, ())]
    assert list_candidates(by_id["Project", "PSA", "workspace", "8", None]) == [(second, ())]
    assert ("Project", "PSA", "workspace", "9", None) not in by_id


def list_candidates(found: Card | AmbiguousCards) -> list[tuple[UUID, tuple[str, ...]]]:
    """Return the ids of the cards, with the connections of an ambiguous reference."""
    if isinstance(found, Card):
        return [(found.id, ())]
    return [(card.id, names) for card, names in found.candidates]


STATUSES = [*InvoiceStatus]
DUE = [None, date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)]
DAYS = EntityDays(
    datetime(2026, 11, 20, 2, tzinfo=UTC), {"US": "America/New_York", "NL": "Europe/Amsterdam", "UK": None}
)


async def test_a_status_filter_keeps_the_invoices_that_show_it_on_the_day_of_their_legal_entity(store: Store) -> None:
    """At 02:00 UTC it is still yesterday in New York."""
    shown: dict[str, InvoiceStatus] = {}
    rows = []
    for number, (entity, status, due) in enumerate(itertools.product((None, "US", "NL", "UK"), STATUSES, DUE)):
        code = f"I-{number:03}"
        shown[code] = compute_status_on(status, due, DAYS.get_today(entity))
        rows.append((code, {"status": status.value, "legal_entity": entity, "end_date": due}))
    async with store.begin() as writer:
        await writer.execute(
            insert(tables.card),
            [
                {
                    "id": derive_card_id(code),
                    "tenant": "main",
                    "noun": Noun.INVOICE.value,
                    "code": code,
                    "synced_at": NOW,
                    "alive": 1,
                    **values,
                }
                for code, values in rows
            ],
        )
    index = CardIndex(store, "main")

    for wanted in ([], STATUSES, *([status] for status in STATUSES), *map(list, itertools.combinations(STATUSES, 2))):
        condition = InvoiceStatusCondition(
            any_of=tuple(status.value for status in wanted), today=DAYS.in_utc, other_days=DAYS.list_other_days()
        )
        where = CardFilter(invoice_status=condition)
        page = await index.search(Noun.INVOICE, where, BY_CODE, EVERYTHING, 200)
        expected = [code for code, status in shown.items() if status in wanted]
        assert ([card.code for card in page.rows], page.total) == (expected, len(expected))


async def test_a_page_after_the_last_child_states_the_count(store: Store) -> None:
    parents = [derive_card_id("c1"), derive_card_id("c2")]
    for number in range(3):
        await insert_card(store, f"P-{number}", customer_id=parents[0])
    index = CardIndex(store, "main")
    every = await index.list_children(Noun.PROJECT, "customer_id", parents, CardFilter(), BY_CODE, EVERYTHING, 3)

    rest = await index.list_children(
        Noun.PROJECT, "customer_id", parents, CardFilter(), BY_CODE, EVERYTHING, 3, every[parents[0]].cursors[-1]
    )

    assert [(rest[parent].rows, rest[parent].total) for parent in parents] == [((), 3), ((), 0)]


@pytest.mark.parametrize(
    "where",
    [
        CardFilter(),
        CardFilter(invoice_status=InvoiceStatusCondition(any_of=("OVERDUE",), today=DAYS.in_utc)),
        CardFilter(name=TextCondition(contains="a"), legal_entity=("US",), seller=("US",)),
    ],
)
async def test_a_filter_takes_no_statement_of_its_own(store: Store, where: CardFilter) -> None:
    """The count, the page, its cards, their links and their keys; below parents the count comes with the page."""
    customer = await insert_card(store, "C-1", Noun.CUSTOMER)
    values = {"name": "a", "status": "ISSUED", "end_date": date(2026, 1, 1), "legal_entity": "US"}
    await insert_card(store, "I-1", Noun.INVOICE, [("SELLER", "US")], customer_id=customer, **values)
    index = CardIndex(store, "main")

    with count_statements() as listed:
        page = await index.search(Noun.INVOICE, where, BY_CODE, EVERYTHING, 10)
    with count_statements() as below:
        pages = await index.list_children(Noun.INVOICE, "customer_id", [customer], where, BY_CODE, EVERYTHING, 10)

    assert [card.code for card in (*page.rows, *pages[customer].rows)] == ["I-1", "I-1"]
    assert (len(listed), len(below)) == (5, 4)


@contextmanager
def count_statements() -> Iterator[list[str]]:
    """Collect the SQL statements that are sent inside the block."""
    statements: list[str] = []

    def collect(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", collect)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", collect)


class VanishingCardIndex(CardIndex):
    """An index in which the first card of a page is deleted between the statement of the page and that of its cards."""

    async def get_by_ids(self, ids: Sequence[UUID]) -> dict[UUID, Card]:
        """Delete the first of the cards, and read them."""
        async with self._store.begin() as connection:
            await connection.execute(update(tables.card).where(tables.card.c.id == ids[0]).values(alive=0))
        return await super().get_by_ids(ids)


async def test_a_card_that_is_deleted_while_a_page_is_read_is_left_out(store: Store) -> None:
    parent = await insert_card(store, "C-1", Noun.CUSTOMER)
    for code in ("P-1", "P-2", "P-3"):
        await insert_card(store, code, customer_id=parent)
    index = VanishingCardIndex(store, "main")

    page = await index.search(Noun.PROJECT, CardFilter(), BY_CODE, EVERYTHING, 2)
    children = await index.list_children(Noun.PROJECT, "customer_id", [parent], CardFilter(), BY_CODE, EVERYTHING, 2)

    assert [card.code for card in page.rows] == ["P-2"]
    assert (len(page.cursors), page.has_next) == (1, True)
    assert [card.code for card in children[parent].rows] == ["P-3"]
    assert len(children[parent].cursors) == 1
