"""The crosswalk: which system's id belongs to which canonical thing, and how the gateway came to know it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import msgspec
from sqlalchemy import and_, bindparam, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.canonical.native import NativeId
from gateway.canonical.records.base import Record
from gateway.canonical.roles import Noun, SystemRole
from gateway.identity.facts import CardFacts
from gateway.store.tables import link

NAMESPACE = UUID("6a2c9f0e-6f6c-5d1c-9a55-2f1f2f0b7b6d")
LINKED, DELETED, DUPLICATE = "LINKED", "DELETED_AT_SOURCE", "DUPLICATE_SUSPECTED"
EXTERNAL_ID_FIELD, MATCH_RULE, MANUAL = "EXTERNAL_ID_FIELD", "MATCH_RULE", "MANUAL"

CHUNK = 400
"""Values in one IN list: SQLite takes 32,766 parameters, and plans for long lists are slow."""

ENCODER = msgspec.msgpack.Encoder()
DECODER = msgspec.msgpack.Decoder(CardFacts)


class Described(NamedTuple):
    """A record on its way into the index."""

    record: Record
    noun: Noun
    facts: CardFacts


class Placed(NamedTuple):
    """A record with its card; `fresh` is how a link that did not exist came about, None for one that did."""

    item: Described
    card_id: UUID
    fresh: str | None


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


async def write_links(connection: AsyncConnection, tenant: str, placed: Sequence[Placed], at: datetime) -> None:
    """Write links and what their systems say; of a record that came twice, the later counts."""
    made = {_key(tenant, each.item): each for each in placed if each.fresh is not None}
    known = [each for each in placed if each.fresh is None]
    if made:
        rows = [
            {
                **key,
                "object_type": each.item.record.native.object_type,
                "role": each.item.record.role.value,
                "card_id": each.card_id,
                "linked_by": each.fresh,
                **_told(each.item, at),
            }
            for key, each in ((dict(key), each) for key, each in made.items())
        ]
        await connection.execute(insert(link), rows)
    if known:
        of = [{f"of_{name}": value for name, value in _key(tenant, each.item)} for each in known]
        rows = [{**_told(each.item, at), **key} for each, key in zip(known, of, strict=True)]
        await connection.execute(_UPDATE, rows)


def _key(tenant: str, item: Described) -> tuple[tuple[str, str], ...]:
    """Return what names a link: columns of its key and their values."""
    native = item.record.native
    named = {"tenant": tenant, "noun": item.noun.value, "connection": native.connection, "external_id": native.id}
    return tuple(named.items())


def _told(item: Described, at: datetime) -> dict[str, Any]:
    return {
        "display_number": None if item.noun is Noun.RESOURCE else item.record.display_number,
        "url": item.record.url,
        "synced_at": at,
        "source_modified_at": item.record.modified_at,
        "facts": ENCODER.encode(item.facts),
        "status": LINKED,
    }


_UPDATE = update(link).where(
    *(link.c[name] == bindparam(f"of_{name}") for name in ("tenant", "noun", "connection", "external_id"))
)


async def mark_deleted(connection: AsyncConnection, tenant: str, noun: Noun, of: str, ids: Sequence[str]) -> list[UUID]:
    """Note that a system has deleted records; return the cards that are touched."""
    touched: list[UUID] = []
    for start in range(0, len(ids), CHUNK):
        chunk = link.c.external_id.in_(ids[start : start + CHUNK])
        where = and_(link.c.tenant == tenant, link.c.noun == noun.value, link.c.connection == of, chunk)
        touched += [row[0] for row in await connection.execute(select(link.c.card_id).where(where))]
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
