"""Decides to which card a record belongs: an existing link, one certain match by key, or a card of its own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.canonical.roles import Noun
from gateway.identity.crosswalk import (
    DECODER,
    DELETED,
    EXTERNAL_ID_FIELD,
    MATCH_RULE,
    Described,
    existing,
    minted,
    write_link,
)
from gateway.store.tables import link


class KeyIndex:
    """Which cards are known by which key, and to which connections they are linked already."""

    def __init__(self) -> None:
        self._cards: dict[tuple[Noun, str], set[UUID]] = defaultdict(set)
        self._connections: dict[UUID, set[str]] = defaultdict(set)

    def add(self, noun: Noun, card_id: UUID, connection: str, keys: Iterable[str]) -> None:
        """Know a card by its keys."""
        for key in keys:
            self._cards[noun, key].add(card_id)
        self._connections[card_id].add(connection)

    def certain(self, noun: Noun, connection: str, keys: Iterable[str]) -> UUID | None:
        """Return the one card that shares a key and is not linked to this connection yet; None when there is none, or more than one."""
        sharing = {card for key in keys for card in self._cards.get((noun, key), ())}
        free = [card for card in sharing if connection not in self._connections[card]]
        return free[0] if len(free) == 1 and len(sharing) == 1 else None

    def shared(self, noun: Noun, keys: Iterable[str]) -> set[UUID]:
        """Return every card that shares a key."""
        return {card for key in keys for card in self._cards.get((noun, key), ())}


async def key_index(connection: AsyncConnection, tenant: str, nouns: Iterable[Noun]) -> KeyIndex:
    """Read the keys of every living link."""
    index = KeyIndex()
    columns = link.c
    wanted = select(columns.noun, columns.card_id, columns.connection, columns.facts).where(
        columns.tenant == tenant,
        columns.noun.in_([noun.value for noun in nouns]),
        columns.status != DELETED,
    )
    for row in await connection.execute(wanted):
        facts = DECODER.decode(row[3])
        index.add(Noun(row[0]), row[1], row[2], (*facts.keys, *facts.references))
    return index


async def place(
    connection: AsyncConnection, tenant: str, described: Sequence[Described], at: datetime
) -> Mapping[UUID, None]:
    """Link every record to its card; return the cards that are touched, in order."""
    linked = await existing(connection, tenant, described)
    strangers = [item for item in described if _key(item) not in linked]
    index = await key_index(connection, tenant, {item.noun for item in strangers}) if strangers else KeyIndex()
    touched: dict[UUID, None] = {}
    for item in described:
        known = linked.get(_key(item))
        card_id, fresh = (known, None) if known is not None else _assigned(tenant, item, index)
        await write_link(connection, tenant, item, card_id, at, fresh)
        index.add(item.noun, card_id, item.record.native.connection, (*item.facts.keys, *item.facts.references))
        linked[_key(item)] = card_id
        touched[card_id] = None
    return touched


def _assigned(tenant: str, item: Described, index: KeyIndex) -> tuple[UUID, str]:
    """Return the card of a record that nobody has linked, and how it was found."""
    of = item.record.native.connection
    by_reference = index.certain(item.noun, of, item.facts.references)
    if by_reference is not None:
        return by_reference, EXTERNAL_ID_FIELD
    by_key = index.certain(item.noun, of, item.facts.keys)
    if by_key is not None:
        return by_key, MATCH_RULE
    return minted(tenant, item.noun, item.record.native), EXTERNAL_ID_FIELD


def _key(item: Described) -> tuple[str, str, str]:
    return item.noun.value, item.record.native.connection, item.record.native.id
