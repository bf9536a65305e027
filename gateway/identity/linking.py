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
    DescribedRecord,
    LinkedRecord,
    find_linked_cards,
    mint_card_id,
    write_links,
)
from gateway.store.tables import link

_MAX_TRANSACTION = timedelta(minutes=5)
"""How long a transaction of another process may take."""


class KeyIndex:
    """Cards by key, and the connections to which each card is linked."""

    def __init__(self) -> None:
        self._cards: dict[tuple[Noun, str], set[UUID]] = defaultdict(set)
        self._connections: dict[UUID, set[str]] = defaultdict(set)

    def add(self, noun: Noun, card_id: UUID, connection: str, keys: Iterable[str]) -> None:
        """Add a card under its keys."""
        for key in keys:
            self._cards[noun, key].add(card_id)
        self._connections[card_id].add(connection)

    def find_certain(self, noun: Noun, connection: str, keys: Iterable[str]) -> UUID | None:
        """Return the only card that shares a key and is not linked to this connection; None for none or several."""
        sharing = {card for key in keys for card in self._cards.get((noun, key), ())}
        free = [card for card in sharing if connection not in self._connections[card]]
        return free[0] if len(free) == 1 and len(sharing) == 1 else None


class KeyCache:
    """The keys of all living links while one feed is read: loaded once, then refreshed with additions."""

    def __init__(self, tenant: str, source: str) -> None:
        self._tenant = tenant
        self._source = source
        self._valid_for: object = None
        self.forget()

    def forget(self) -> None:
        """Load everything again: a transaction was rolled back, so that cards of the cache do not exist."""
        self._index = KeyIndex()
        self._read_at: dict[Noun, datetime] = {}

    async def refresh(
        self, connection: AsyncConnection, nouns: Iterable[Noun], at: datetime, valid_for: object = None
    ) -> KeyIndex:
        """Return the index as of an instant; the caller adds what this feed links itself.

        `valid_for` changes when somebody else may have moved links between cards; then everything is loaded again.
        """
        if valid_for != self._valid_for:
            self._valid_for = valid_for
            self.forget()
        for noun in nouns:
            await self._read(connection, noun, self._read_at.get(noun))
            self._read_at[noun] = at
        return self._index

    async def _read(self, connection: AsyncConnection, noun: Noun, since: datetime | None) -> None:
        columns = link.c
        query = select(columns.card_id, columns.connection, columns.contribution).where(
            columns.tenant == self._tenant, columns.noun == noun.value, columns.status != DELETED
        )
        if since is not None:
            # A link is dated before its transaction ends.
            query = query.where(columns.connection != self._source, columns.synced_at >= since - _MAX_TRANSACTION)
        for card_id, source, packed in await connection.execute(query):
            contribution = DECODER.decode(packed)
            self._index.add(noun, card_id, source, (*contribution.keys, *contribution.references))


async def link_records(
    connection: AsyncConnection,
    tenant: str,
    described: Sequence[DescribedRecord],
    at: datetime,
    keys: KeyCache,
    valid_for: object = None,
) -> Mapping[UUID, None]:
    """Link every record to its card; return the ids of the cards concerned, in order.

    Raises IntegrityError if another writer has linked one of the records since: the caller repeats the transaction.
    """
    linked = await find_linked_cards(connection, tenant, described)
    unlinked = [item for item in described if _build_key(item) not in linked]
    index = await keys.refresh(connection, {item.noun for item in unlinked}, at, valid_for)
    records: list[LinkedRecord] = []
    for item in described:
        known = linked.get(_build_key(item))
        card_id, linked_by = (known, None) if known is not None else _assign_card(tenant, item, index)
        records.append(LinkedRecord(item, card_id, linked_by))
        identifiers = (*item.contribution.keys, *item.contribution.references)
        index.add(item.noun, card_id, item.record.native.connection, identifiers)
        linked[_build_key(item)] = card_id
    await write_links(connection, tenant, records, at)
    return dict.fromkeys(each.card_id for each in records)


def _assign_card(tenant: str, item: DescribedRecord, index: KeyIndex) -> tuple[UUID, str]:
    """Return the card of a record without a link, and how it was found."""
    source = item.record.native.connection
    by_reference = index.find_certain(item.noun, source, item.contribution.references)
    if by_reference is not None:
        return by_reference, EXTERNAL_ID_FIELD
    by_key = index.find_certain(item.noun, source, item.contribution.keys)
    if by_key is not None:
        return by_key, MATCH_RULE
    return mint_card_id(tenant, item.noun, item.record.native), EXTERNAL_ID_FIELD


def _build_key(item: DescribedRecord) -> tuple[str, str, str]:
    return item.noun.value, item.record.native.connection, item.record.native.id
