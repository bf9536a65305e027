"""Decides to which card a record belongs: an existing link, one certain match by key, or a card of its own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
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
    Placed,
    existing,
    minted,
    write_links,
)
from gateway.store.tables import link

_LATE = timedelta(minutes=5)
"""How long a transaction of another process may take."""


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


class Memory:
    """The keys of every living link, while one feed is followed: read once, then only what others have added since."""

    def __init__(self, tenant: str, of: str) -> None:
        self._tenant = tenant
        self._of = of
        self._index = KeyIndex()
        self._read_at: dict[Noun, datetime] = {}

    async def index(self, connection: AsyncConnection, nouns: Iterable[Noun], at: datetime) -> KeyIndex:
        """Return the keys as they are at an instant; what the feed itself links is for its caller to add."""
        for noun in nouns:
            await self._read(connection, noun, self._read_at.get(noun))
            self._read_at[noun] = at
        return self._index

    async def _read(self, connection: AsyncConnection, noun: Noun, since: datetime | None) -> None:
        columns = link.c
        wanted = select(columns.card_id, columns.connection, columns.facts).where(
            columns.tenant == self._tenant, columns.noun == noun.value, columns.status != DELETED
        )
        if since is not None:
            # A link is dated before its transaction ends.
            wanted = wanted.where(columns.connection != self._of, columns.synced_at >= since - _LATE)
        for card_id, of, packed in await connection.execute(wanted):
            facts = DECODER.decode(packed)
            self._index.add(noun, card_id, of, (*facts.keys, *facts.references))


async def place(
    connection: AsyncConnection, tenant: str, described: Sequence[Described], at: datetime, memory: Memory
) -> Mapping[UUID, None]:
    """Link every record to its card; return the cards that are touched, in order."""
    linked = await existing(connection, tenant, described)
    strangers = [item for item in described if _key(item) not in linked]
    index = await memory.index(connection, {item.noun for item in strangers}, at)
    placed: list[Placed] = []
    for item in described:
        known = linked.get(_key(item))
        card_id, fresh = (known, None) if known is not None else _assigned(tenant, item, index)
        placed.append(Placed(item, card_id, fresh))
        index.add(item.noun, card_id, item.record.native.connection, (*item.facts.keys, *item.facts.references))
        linked[_key(item)] = card_id
    await write_links(connection, tenant, placed, at)
    return dict.fromkeys(each.card_id for each in placed)


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
