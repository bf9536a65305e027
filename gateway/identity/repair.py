"""Corrects the crosswalk on command: links and splits cards by a person's decision, and joins what belongs together.

Each command runs in one transaction that no other writer overlaps, and records what it changed. It is safe while
processes serve and read feeds: they read cards from the store, and drop what they remember of links after a change.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec
from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.canonical.native import NativeId
from gateway.canonical.roles import Noun
from gateway.errors import ConfigurationError
from gateway.identity.cards import resolve_relations, write_cards
from gateway.identity.changes import Action, IdentityChange, record_changes
from gateway.identity.crosswalk import MATCH_RULE, NAMESPACE, mint_card_id
from gateway.identity.joins import find_joins
from gateway.identity.match import REJECTED, SAME_KEY, SAME_NAME, load_rejected_pairs
from gateway.store.database import Store
from gateway.store.tables import card, link, proposal

MANUAL, ACCEPTED = "MANUAL", "ACCEPTED"


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """Who changes the crosswalk, and why."""

    name: str
    reason: str | None = None


class _DryRunError(Exception):
    """Rolls a dry run back."""


class _Repair:
    """One transaction of a repair: what it changed, and the cards to write again."""

    def __init__(self, writer: AsyncConnection, tenant: str, action: Action) -> None:
        self.writer = writer
        self.tenant = tenant
        self.action = action
        self.changes: list[IdentityChange] = []

    async def find_card(self, reference: str, noun: Noun | None) -> tuple[Noun, UUID]:
        """Return the card of a canonical id or `connection:id`; raise ConfigurationError for none or several."""
        with suppress(ValueError):
            query = select(card.c.noun, card.c.id).where(card.c.id == UUID(reference), card.c.tenant == self.tenant)
            return self._require_one(reference, (await self.writer.execute(query)).all())
        row = await self.find_link(reference, noun)
        return Noun(row.noun), row.card_id

    async def find_link(self, reference: str, noun: Noun | None) -> Any:
        """Return the link of the record `connection:id`; raise ConfigurationError for none or several."""
        connection, _, native_id = reference.partition(":")
        query = select(link).where(
            link.c.tenant == self.tenant, link.c.connection == connection, link.c.external_id == native_id
        )
        if noun is not None:
            query = query.where(link.c.noun == noun.value)
        rows = (await self.writer.execute(query.order_by(link.c.noun))).all()
        if len(rows) > 1:
            nouns = ", ".join(row.noun for row in rows)
            raise ConfigurationError([f"{reference} names several records ({nouns}); choose one with --noun"])
        if not rows:
            raise ConfigurationError([f"{reference} has no link; give a canonical id, or CONNECTION:ID of a record"])
        return rows[0]

    @staticmethod
    def _require_one(reference: str, rows: Sequence[Any]) -> tuple[Noun, UUID]:
        if not rows:
            raise ConfigurationError([f"there is no card {reference}"])
        return Noun(rows[0].noun), rows[0].id

    async def list_links(self, card_id: UUID) -> Sequence[Any]:
        """Return the links of a card."""
        query = select(link).where(link.c.tenant == self.tenant, link.c.card_id == card_id)
        return (await self.writer.execute(query.order_by(link.c.connection, link.c.external_id))).all()

    async def join(self, noun: Noun, keep: UUID, give: UUID, linked_by: str) -> None:
        """Move all links of one card to another, and delete the empty card."""
        records = [format_record(row) for row in await self.list_links(give)]
        await self.writer.execute(update(link).where(link.c.card_id == give).values(card_id=keep, linked_by=linked_by))
        await self.writer.execute(delete(card).where(card.c.id == give))
        self.record(noun, keep, give, records)

    def record(self, noun: Noun, card_id: UUID, other: UUID, records: Sequence[str]) -> None:
        """Remember a change."""
        self.changes.append(
            IdentityChange(action=self.action, noun=noun, card_id=card_id, other_card_id=other, records=tuple(records))
        )


def format_record(row: Any) -> str:
    """Return the reference of a linked record."""
    return f"{row.connection}:{row.external_id}"


@asynccontextmanager
async def _repair(
    store: Store, tenant: str, action: Action, author: Author, *, dry_run: bool
) -> AsyncIterator[_Repair]:
    """Run a repair in a transaction, and record its changes; roll back a dry run."""
    with suppress(_DryRunError):
        async with store.begin_exclusive(tenant) as writer:
            repair = _Repair(writer, tenant, action)
            yield repair
            await record_changes(writer, tenant, repair.changes, author.name, author.reason)
            if dry_run:
                raise _DryRunError


async def link_cards(
    store: Store, tenant: str, keep: str, give: str, noun: Noun | None, author: Author, *, dry_run: bool
) -> list[IdentityChange]:
    """Link the records of the card `give` to the card `keep`, whose canonical id stays.

    Raises ConfigurationError, and changes nothing, for cards of different nouns or with records of the same system.
    """
    async with _repair(store, tenant, Action.LINK, author, dry_run=dry_run) as repair:
        (kept_noun, kept), (given_noun, given) = [await repair.find_card(each, noun) for each in (keep, give)]
        if kept_noun is not given_noun:
            raise ConfigurationError([f"{keep} is a {kept_noun} and {give} is a {given_noun}; they cannot be linked"])
        if kept == given:
            return []
        connections = [{row.connection for row in await repair.list_links(each)} for each in (kept, given)]
        for name in sorted(connections[0] & connections[1]):
            raise ConfigurationError([f"{name} has a record of both cards; split the wrong one off first"])
        await repair.join(kept_noun, kept, given, MANUAL)
        await _decide(repair, kept_noun, kept, given, ACCEPTED)
        await write_cards(repair.writer, tenant, [kept])
        await resolve_relations(repair.writer, tenant)
    return repair.changes


async def split_record(
    store: Store, tenant: str, reference: str, noun: Noun | None, author: Author, *, dry_run: bool
) -> list[IdentityChange]:
    """Move the record `connection:id` to a card of its own; the others keep their card and its canonical id.

    No rule joins the two cards again. Raises ConfigurationError for the only record of a card.
    """
    async with _repair(store, tenant, Action.SPLIT, author, dry_run=dry_run) as repair:
        row = await repair.find_link(reference, noun)
        if len(await repair.list_links(row.card_id)) == 1:
            raise ConfigurationError([f"{reference} is the only record of its card"])
        own = await _choose_card_id(repair, row)
        key = [link.c[name] == getattr(row, name) for name in ("tenant", "noun", "connection", "external_id")]
        await repair.writer.execute(update(link).where(*key).values(card_id=own, linked_by=MANUAL))
        found = Noun(row.noun)
        repair.record(found, own, row.card_id, [format_record(row)])
        await _decide(repair, found, own, row.card_id, REJECTED)
        await write_cards(repair.writer, tenant, [row.card_id, own])
        await resolve_relations(repair.writer, tenant)
    return repair.changes


async def rebuild_cards(
    store: Store, tenant: str, noun: Noun | None, connections: Sequence[str], author: Author, *, dry_run: bool
) -> list[IdentityChange]:
    """Join the cards that one process reading the feeds in order would have joined, and write every card again.

    `connections` is the order of the settings: the card of the earliest record keeps its id. Decisions of people
    stay, and no card is split.
    """
    async with _repair(store, tenant, Action.REBUILD, author, dry_run=dry_run) as repair:
        query = select(link).where(link.c.tenant == tenant)
        if noun is not None:
            query = query.where(link.c.noun == noun.value)
        rows = (await repair.writer.execute(query)).all()
        given = set[UUID]()
        for found, keep, give in find_joins(rows, connections, await load_rejected_pairs(repair.writer, tenant)):
            await repair.join(found, keep, give, MATCH_RULE)
            given.add(give)
        await _delete_empty_cards(repair, noun)
        await write_cards(repair.writer, tenant, sorted({row.card_id for row in rows} - given))
        await resolve_relations(repair.writer, tenant)
    return repair.changes


async def _choose_card_id(repair: _Repair, row: Any) -> UUID:
    """Return the canonical id of a record that leaves its card: its own if free, else one that no card has had."""
    native = NativeId(row.connection, row.object_type, row.external_id)
    candidate, place = mint_card_id(repair.tenant, Noun(row.noun), native), 0
    while await _is_used(repair, candidate):
        place += 1
        candidate = uuid5(NAMESPACE, f"{candidate}|{place}")
    return candidate


async def _is_used(repair: _Repair, card_id: UUID) -> bool:
    cards = await repair.writer.execute(select(card.c.id).where(card.c.id == card_id))
    return cards.first() is not None or bool(await repair.list_links(card_id))


async def _delete_empty_cards(repair: _Repair, noun: Noun | None) -> None:
    linked = select(link.c.card_id).where(link.c.tenant == repair.tenant)
    query = select(card.c.id, card.c.noun).where(card.c.tenant == repair.tenant, card.c.id.not_in(linked))
    if noun is not None:
        query = query.where(card.c.noun == noun.value)
    for row in (await repair.writer.execute(query)).all():
        await repair.writer.execute(delete(card).where(card.c.id == row.id))
        repair.record(Noun(row.noun), row.id, row.id, [])


async def _decide(repair: _Repair, noun: Noun, one: UUID, other: UUID, state: str) -> None:
    """Store a person's decision about two cards, in place of proposals about them."""
    left, right = sorted((one, other))
    pair = or_(
        and_(proposal.c.left_card == left, proposal.c.right_card == right),
        and_(proposal.c.left_card == right, proposal.c.right_card == left),
    )
    await repair.writer.execute(delete(proposal).where(proposal.c.tenant == repair.tenant, pair))
    rows = [
        {
            "id": uuid5(NAMESPACE, f"{left}|{right}|{rule}"),
            "tenant": repair.tenant,
            "noun": noun.value,
            "left_card": left,
            "right_card": right,
            "rule": rule,
            "state": state,
            "proposed_at": datetime.now(UTC),
        }
        for rule in (SAME_KEY, SAME_NAME)
    ]
    await repair.writer.execute(insert(proposal), rows)
