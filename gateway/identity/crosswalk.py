"""The crosswalk: which system's id belongs to which canonical thing, and how the gateway came to know it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

import msgspec
from sqlalchemy import ColumnElement, and_, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.canonical.native import NativeId
from gateway.canonical.records.base import Record
from gateway.canonical.roles import Noun, SystemRole
from gateway.identity.facts import CardFacts
from gateway.store.tables import link

NAMESPACE = UUID("6a2c9f0e-6f6c-5d1c-9a55-2f1f2f0b7b6d")
LINKED, DELETED, DUPLICATE = "LINKED", "DELETED_AT_SOURCE", "DUPLICATE_SUSPECTED"
EXTERNAL_ID_FIELD, MATCH_RULE, MANUAL = "EXTERNAL_ID_FIELD", "MATCH_RULE", "MANUAL"

ENCODER = msgspec.msgpack.Encoder()
DECODER = msgspec.msgpack.Decoder(CardFacts)


class Described(NamedTuple):
    """A record on its way into the index."""

    record: Record
    noun: Noun
    facts: CardFacts


def minted(tenant: str, noun: Noun, native: NativeId) -> UUID:
    """Return the canonical id that the first system to show a thing gives it: the same on every run, kept for ever."""
    return uuid5(NAMESPACE, "|".join((tenant, noun.value, *native)))


async def existing(
    connection: AsyncConnection, tenant: str, described: Sequence[Described]
) -> dict[tuple[str, str, str], UUID]:
    """Return the cards to which (noun, connection, id) are linked already."""
    keys = {(item.noun.value, item.record.native.connection, item.record.native.id) for item in described}
    columns = link.c
    wanted = select(columns.noun, columns.connection, columns.external_id, columns.card_id).where(
        columns.tenant == tenant, tuple_(columns.noun, columns.connection, columns.external_id).in_(sorted(keys))
    )
    return {(row[0], row[1], row[2]): row[3] for row in await connection.execute(wanted)}


async def write_link(
    connection: AsyncConnection,
    tenant: str,
    item: Described,
    card_id: UUID,
    at: datetime,
    fresh: str | None,
    status: str = LINKED,
) -> None:
    """Write a link and what its system says. `fresh` is how a link that did not exist came about; None updates one that did."""
    record = item.record
    values = {
        "display_number": None if item.noun is Noun.RESOURCE else record.display_number,
        "url": record.url,
        "synced_at": at,
        "source_modified_at": record.modified_at,
        "facts": ENCODER.encode(item.facts),
        "status": status,
    }
    if fresh is None:
        await connection.execute(update(link).where(_is(tenant, item)).values(values))
        return
    await connection.execute(
        insert(link).values(
            tenant=tenant,
            noun=item.noun.value,
            connection=record.native.connection,
            external_id=record.native.id,
            object_type=record.native.object_type,
            role=record.role.value,
            card_id=card_id,
            linked_by=fresh,
            **values,
        )
    )


def _is(tenant: str, item: Described) -> ColumnElement[bool]:
    return and_(
        link.c.tenant == tenant,
        link.c.noun == item.noun.value,
        link.c.connection == item.record.native.connection,
        link.c.external_id == item.record.native.id,
    )


async def mark_deleted(connection: AsyncConnection, tenant: str, noun: Noun, of: str, ids: Sequence[str]) -> list[UUID]:
    """Note that a system has deleted records; return the cards that are touched."""
    where = and_(
        link.c.tenant == tenant, link.c.noun == noun.value, link.c.connection == of, link.c.external_id.in_(ids)
    )
    touched = [row[0] for row in await connection.execute(select(link.c.card_id).where(where))]
    await connection.execute(update(link).where(where).values(status=DELETED))
    return touched


async def not_among(
    connection: AsyncConnection, tenant: str, noun: Noun, of: str, present: Collection[str], before: datetime
) -> list[str]:
    """Return the ids that are linked to a system and that it no longer has, but for those that became known since it was asked."""
    columns = link.c
    wanted = select(columns.external_id).where(
        columns.tenant == tenant,
        columns.noun == noun.value,
        columns.connection == of,
        columns.status != DELETED,
        columns.synced_at < before,
    )
    there = frozenset(present)
    return [row[0] for row in await connection.execute(wanted) if row[0] not in there]


async def told_by_systems(
    connection: AsyncConnection, card_ids: Sequence[UUID]
) -> dict[UUID, tuple[Noun, dict[SystemRole, CardFacts], datetime, bool]]:
    """Return per card: its noun, what each system says of it, when it was last confirmed, and whether any link is alive."""
    columns = link.c
    wanted = select(columns.card_id, columns.noun, columns.role, columns.facts, columns.synced_at, columns.status)
    told: dict[UUID, tuple[Noun, dict[SystemRole, CardFacts], datetime, bool]] = {}
    for row in await connection.execute(wanted.where(columns.card_id.in_(card_ids)).order_by(columns.connection)):
        noun, facts, at, alive = told.get(row[0], (Noun(row[1]), {}, row[4], False))
        if row[5] != DELETED:
            facts.setdefault(SystemRole(row[2]), DECODER.decode(row[3]))
            alive = True
        told[row[0]] = (noun, facts, max(at, row[4]), alive)
    return told
