"""Reads the card index: cards by id, by a system's id, by code, and pages with filters, order and row rules."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select, tuple_

from gateway.canonical.native import NativeId
from gateway.canonical.page import Page
from gateway.canonical.records.card import COLUMNS, RELATIONS, AmbiguousCards, Card, Link
from gateway.canonical.roles import Noun, SystemRole
from gateway.identity.cards import LEGAL_ENTITY, MEMBER, PROJECT
from gateway.identity.filters import (
    CardFilter,
    CardOrder,
    build_conditions,
    build_cursor_condition,
    build_sort_expression,
    encode_cursor,
)
from gateway.identity.rows import RowFilter
from gateway.store import tables
from gateway.store.database import Store
from gateway.store.retry import repeatable

CARD = tables.card
KEY = tables.card_key


class CardIndex:
    """The cards of one tenant. Reads never call a system."""

    def __init__(self, store: Store, tenant: str) -> None:
        self._store = store
        self._tenant = tenant

    async def get_by_ids(self, ids: Sequence[UUID]) -> dict[UUID, Card]:
        """Return living cards by canonical id."""
        return await self._load_cards(select(CARD).where(CARD.c.id.in_(ids)))

    async def get_all(self, noun: Noun) -> dict[UUID, Card]:
        """Return every living card of a noun; meant for nouns with few cards, such as legal entities."""
        return await self._load_cards(select(CARD).where(CARD.c.tenant == self._tenant, CARD.c.noun == noun.value))

    async def get_by_natives(self, keys: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], Card]:
        """Return cards by (noun, connection, id in that system)."""
        columns = tables.link.c
        query = select(columns.noun, columns.connection, columns.external_id, columns.card_id).where(
            columns.tenant == self._tenant, tuple_(columns.noun, columns.connection, columns.external_id).in_(keys)
        )
        return await self._load_linked(query)

    async def get_by_external_ids(
        self, keys: Sequence[tuple[str, str, str, str, str | None]]
    ) -> dict[tuple[str, str, str, str, str | None], Card | AmbiguousCards]:
        """Return cards by (noun, role, object type, id, connection) if a system of the role has the id.

        Without a connection, an id that several connections have may name several cards.
        """
        columns = tables.link.c
        wanted = sorted({key[:4] for key in keys})
        query = select(
            columns.noun, columns.role, columns.object_type, columns.external_id, columns.connection, columns.card_id
        ).where(
            columns.tenant == self._tenant,
            tuple_(columns.noun, columns.role, columns.object_type, columns.external_id).in_(wanted),
        )
        connections: dict[Any, dict[UUID, list[str]]] = defaultdict(lambda: defaultdict(list))
        async with self._store.connect() as reader:
            for *parts, connection, card_id in await reader.execute(query):
                for key in ((*parts, None), (*parts, connection)):
                    connections[key][card_id].append(connection)
        held = {key: connections[key] for key in keys if key in connections}
        cards = await self.get_by_ids(list({card_id for own in held.values() for card_id in own})) if held else {}
        found = {
            key: [(cards[card_id], names) for card_id, names in own.items() if card_id in cards]
            for key, own in held.items()
        }
        return {key: _choose_card(own) for key, own in found.items() if own}

    async def get_by_codes(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Card]:
        """Return cards by (noun, canonical code or number); none for a code that several cards share."""
        found = await self.find_by_codes(keys)
        return {key: card for key, card in found.items() if isinstance(card, Card)}

    async def find_by_codes(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Card | AmbiguousCards]:
        """Return cards by (noun, canonical code or number)."""
        found: dict[tuple[str, str], list[tuple[Card, list[str]]]] = defaultdict(list)
        nouns: dict[str, set[str]] = defaultdict(set)
        for noun, code in keys:
            nouns[noun].add(code)
        for noun, codes in nouns.items():
            query = select(CARD).where(
                CARD.c.tenant == self._tenant,
                CARD.c.noun == noun,
                or_(CARD.c.code.in_(codes), CARD.c.number.in_(codes)),
            )
            for card in (await self._load_cards(query)).values():
                for code in codes.intersection(filter(None, (card.code, card.number))):
                    found[noun, code].append((card, [link.native.connection for link in card.links]))
        return {key: _choose_card(own) for key, own in found.items()}

    async def list_team(self, rows: RowFilter) -> frozenset[UUID]:
        """Return the managers and members of the projects that the caller may see."""
        projects = self._select_allowed(Noun.PROJECT, CardFilter(), rows)
        managers = projects.with_only_columns(CARD.c.manager_id).where(CARD.c.manager_id.is_not(None))
        members = select(KEY.c.value).where(KEY.c.kind == MEMBER, KEY.c.card_id.in_(projects))
        async with self._store.connect() as connection:
            found = set((await connection.execute(managers)).scalars())
            return frozenset(found | {UUID(value) for value in (await connection.execute(members)).scalars()})

    @repeatable
    async def search(
        self, noun: Noun, where: CardFilter, order: CardOrder, rows: RowFilter, first: int, after: str | None = None
    ) -> Page[Card]:
        """Return a page of the cards that the caller may see. `order.backwards` gives the page before the cursor."""
        allowed = self._select_allowed(noun, where, rows)
        expression = build_sort_expression(order)
        sorted_rows = allowed.add_columns(expression.label("sort"))
        if after is not None:
            sorted_rows = sorted_rows.where(build_cursor_condition(order, after))
        direction = order.descending is not order.backwards
        ordered = sorted_rows.order_by(
            expression.desc() if direction else expression.asc(), CARD.c.id.desc() if direction else CARD.c.id.asc()
        ).limit(first + 1)
        async with self._store.connect() as connection:
            total = (await connection.execute(select(func.count()).select_from(allowed.subquery()))).scalar_one()
            picked = [(row.id, row.sort) for row in await connection.execute(ordered)]
        more, picked = len(picked) > first, picked[:first]
        if order.backwards:
            picked.reverse()
        cards = await self.get_by_ids([card_id for card_id, _ in picked])
        # A card may be deleted between the two statements.
        picked = [(card_id, sort) for card_id, sort in picked if card_id in cards]
        return Page(
            rows=tuple(cards[card_id] for card_id, _ in picked),
            cursors=tuple(encode_cursor(sort, card_id) for card_id, sort in picked),
            has_next=after is not None if order.backwards else more,
            has_previous=more if order.backwards else after is not None,
            total=total,
        )

    @repeatable
    async def list_children(
        self,
        noun: Noun,
        relation: str,
        parents: Sequence[UUID],
        where: CardFilter,
        order: CardOrder,
        rows: RowFilter,
        first: int,
        after: str | None = None,
    ) -> dict[UUID, Page[Card]]:
        """Return a page per parent with one query.

        `relation` is a column of the card, or PROJECT for cards with several projects.
        """
        parent, allowed = self._select_children(noun, relation, parents, where, rows)
        expression = build_sort_expression(order)
        counted = allowed.add_columns(
            parent.label("parent"),
            expression.label("sort"),
            func.count().over(partition_by=parent).label("total"),
            (build_cursor_condition(order, after) if after is not None else CARD.c.id == CARD.c.id).label("beyond"),
        ).subquery()
        back = (counted.c.sort.desc(), counted.c.id.desc()) if order.descending else (counted.c.sort, counted.c.id)
        ranked = (
            select(counted, func.row_number().over(partition_by=counted.c.parent, order_by=back).label("place"))
            .where(counted.c.beyond)
            .subquery()
        )
        query = select(ranked).where(ranked.c.place <= first + 1).order_by(ranked.c.parent, ranked.c.place)
        # Rows state their list's total; a page after the last row of a list has none.
        totals_query = select(counted.c.parent, func.count()).group_by(counted.c.parent)
        picked: dict[str, list[Any]] = defaultdict(list)
        async with self._store.connect() as connection:
            for row in await connection.execute(query):
                picked[str(row.parent)].append(row)
            totals = {parent_id: own[0].total for parent_id, own in picked.items()}
            if after is not None and len(totals) < len(parents):
                totals = {str(row[0]): row[1] for row in await connection.execute(totals_query)}
        cards = await self.get_by_ids([row.id for own in picked.values() for row in own])
        return {each: _build_page(picked[str(each)], cards, first, after, totals.get(str(each), 0)) for each in parents}

    def _select_allowed(self, noun: Noun, where: CardFilter, rows: RowFilter) -> Select[Any]:
        return select(CARD.c.id).where(
            CARD.c.tenant == self._tenant,
            CARD.c.noun == noun.value,
            CARD.c.alive == 1,
            *build_conditions(where),
            *self._build_project_conditions(where, rows),
            *build_row_conditions(noun, rows),
        )

    def _build_project_conditions(self, where: CardFilter, rows: RowFilter) -> Iterable[ColumnElement[bool]]:
        """Yield the condition on the existence of a project; a project that the caller may not see does not count."""
        if where.without_project is None:
            return
        named = select(KEY.c.card_id).where(KEY.c.kind == PROJECT)
        if not rows.is_unrestricted:
            # SQLite stores a UUID without hyphens, PostgreSQL shows it with them, and a key has them.
            visible = self._select_allowed(Noun.PROJECT, CardFilter(), rows).with_only_columns(
                func.replace(cast(CARD.c.id, String), "-", "")
            )
            named = named.where(func.replace(KEY.c.value, "-", "").in_(visible.correlate(None)))
        with_project = CARD.c.id.in_(named)
        yield ~with_project if where.without_project else with_project

    def _select_children(
        self, noun: Noun, relation: str, parents: Sequence[UUID], where: CardFilter, rows: RowFilter
    ) -> tuple[Any, Select[Any]]:
        allowed = self._select_allowed(noun, where, rows)
        if relation != PROJECT:
            column = CARD.c[relation]
            return column, allowed.where(column.in_(parents))
        joined = allowed.join(KEY, and_(KEY.c.card_id == CARD.c.id, KEY.c.kind == PROJECT))
        return KEY.c.value, joined.where(KEY.c.value.in_([str(parent) for parent in parents]))

    @repeatable
    async def _load_linked(self, query: Select[Any]) -> dict[Any, Card]:
        async with self._store.connect() as connection:
            ids = {tuple(row[:-1]): row[-1] for row in await connection.execute(query)}
        cards = await self.get_by_ids(list(set(ids.values()))) if ids else {}
        return {key: cards[card_id] for key, card_id in ids.items() if card_id in cards}

    @repeatable
    async def _load_cards(self, query: Select[Any]) -> dict[UUID, Card]:
        async with self._store.connect() as connection:
            rows = (await connection.execute(query.where(CARD.c.alive == 1))).mappings().all()
            ids = [row["id"] for row in rows]
            links = await connection.execute(
                select(tables.link).where(tables.link.c.card_id.in_(ids)).order_by(tables.link.c.connection)
            )
            linked = _group_links(links.mappings().all())
            keys = await connection.execute(select(KEY).where(KEY.c.card_id.in_(ids)).order_by(KEY.c.value))
            keys_by_card = _group_keys(keys.all())
        return {row["id"]: _build_card(row, linked[row["id"]], keys_by_card[row["id"]]) for row in rows}


def _choose_card(found: Sequence[tuple[Card, Sequence[str]]]) -> Card | AmbiguousCards:
    """Return the only card, or all of them in a fixed order."""
    if len(found) == 1:
        return found[0][0]
    ordered = sorted(found, key=lambda each: (sorted(each[1]), str(each[0].id)))
    return AmbiguousCards(tuple((card, tuple(sorted(set(names)))) for card, names in ordered))


def build_row_conditions(noun: Noun, rows: RowFilter) -> Iterable[Any]:
    """Yield the row rules as SQL; `RowFilter.is_visible` applies the same rules to one card."""

    def has_key(kind: str, values: Iterable[str]) -> Any:
        return CARD.c.id.in_(select(KEY.c.card_id).where(KEY.c.kind == kind, KEY.c.value.in_(list(values))))

    if rows.legal_entities is not None:
        yield has_key(LEGAL_ENTITY, rows.legal_entities)
    if rows.regions is not None:
        yield CARD.c.region.in_(list(rows.regions))
    if rows.customers is not None and noun is not Noun.LEGAL_ENTITY:
        column = CARD.c.id if noun in {Noun.CUSTOMER, Noun.RESOURCE} else CARD.c.customer_id
        yield column.in_(list(rows.team if noun is Noun.RESOURCE else rows.customers))
    if rows.bound and noun is not Noun.LEGAL_ENTITY:
        person = rows.only_of
        own: list[ColumnElement[bool]] = [CARD.c.id.is_(None)]
        if person is not None:
            own = [has_key(MEMBER, [str(person)]), CARD.c.manager_id == person, CARD.c.id == person]
        yield or_(*own)


def _build_page(
    own: Sequence[Any], cards: Mapping[UUID, Card], first: int, after: str | None, total: int
) -> Page[Card]:
    page = [row for row in own[:first] if row.id in cards]  # a card may be deleted between the two statements
    return Page(
        rows=tuple(cards[row.id] for row in page),
        cursors=tuple(encode_cursor(row.sort, row.id) for row in page),
        has_next=len(own) > first,
        has_previous=after is not None,
        total=total,
    )


def _group_links(rows: Sequence[Any]) -> dict[UUID, list[Link]]:
    links: dict[UUID, list[Link]] = defaultdict(list)
    for row in rows:
        links[row["card_id"]].append(
            Link(
                role=SystemRole(row["role"]),
                native=NativeId(row["connection"], row["object_type"], row["external_id"]),
                status=row["status"],
                linked_by=row["linked_by"],
                display_number=row["display_number"],
                url=row["url"],
                synced_at=row["synced_at"],
                source_modified_at=row["source_modified_at"],
            )
        )
    return links


def _group_keys(rows: Sequence[Any]) -> dict[UUID, dict[str, list[str]]]:
    grouped: dict[UUID, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for card_id, kind, value in rows:
        grouped[card_id][kind].append(value)
    return grouped


def _build_card(row: Any, links: list[Link], keys: Mapping[str, list[str]]) -> Card:
    own = {name: row[name] for name in ("id", *COLUMNS, *RELATIONS, "synced_at")}
    return Card(
        **own,
        noun=Noun(row["noun"]),
        links=tuple(links),
        legal_entities=tuple(keys.get(LEGAL_ENTITY, ())),
        project_ids=tuple(UUID(value) for value in keys.get(PROJECT, ())),
        member_ids=tuple(UUID(value) for value in keys.get(MEMBER, ())),
    )
