"""The crosswalk: which system's id belongs to which canonical record, and how the gateway learned it."""

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
from gateway.identity.contribution import CardContribution
from gateway.store.tables import link

NAMESPACE = UUID("6a2c9f0e-6f6c-5d1c-9a55-2f1f2f0b7b6d")
LINKED, DELETED = "LINKED", "DELETED_AT_SOURCE"
EXTERNAL_ID_FIELD, MATCH_RULE = "EXTERNAL_ID_FIELD", "MATCH_RULE"

CHUNK = 400
"""Values in one IN list: SQLite takes 32,766 parameters, and plans for long lists are slow."""

ENCODER = msgspec.msgpack.Encoder()
DECODER = msgspec.msgpack.Decoder(CardContribution)


class DescribedRecord(NamedTuple):
    """A record with its noun and its contribution to a card."""

    record: Record
    noun: Noun
    contribution: CardContribution


class LinkedRecord(NamedTuple):
    """A record with its card. `linked_by` says how a new link was found; None for a link that existed."""

    item: DescribedRecord
    card_id: UUID
    linked_by: str | None


def mint_card_id(tenant: str, noun: Noun, native: NativeId) -> UUID:
    """Return the canonical id of a record that the first system supplies: the same on every run, and never changed."""
    return uuid5(NAMESPACE, "|".join((tenant, noun.value, *native)))


async def find_linked_cards(
    connection: AsyncConnection, tenant: str, described: Sequence[DescribedRecord]
) -> dict[tuple[str, str, str], UUID]:
    """Return the cards that are already linked, by (noun, connection, id)."""
    keys = {(item.noun.value, item.record.native.connection, item.record.native.id) for item in described}
    columns = link.c
    query = select(columns.noun, columns.connection, columns.external_id, columns.card_id).where(
        columns.tenant == tenant, tuple_(columns.noun, columns.connection, columns.external_id).in_(sorted(keys))
    )
    return {(row[0], row[1], row[2]): row[3] for row in await connection.execute(query)}


async def write_links(connection: AsyncConnection, tenant: str, records: Sequence[LinkedRecord], at: datetime) -> None:
    """Write links and contributions; of a record that occurs twice, the later one counts."""
    new = {_build_key(tenant, each.item): each for each in records if each.linked_by is not None}
    known = [each for each in records if each.linked_by is None]
    if new:
        rows = [
            {
                **dict(key),
                "object_type": each.item.record.native.object_type,
                "role": each.item.record.role.value,
                "card_id": each.card_id,
                "linked_by": each.linked_by,
                **_build_values(each.item, at),
            }
            for key, each in new.items()
        ]
        await connection.execute(insert(link), rows)
    if known:
        keys = [{f"of_{name}": value for name, value in _build_key(tenant, each.item)} for each in known]
        rows = [{**_build_values(each.item, at), **key} for each, key in zip(known, keys, strict=True)]
        await connection.execute(_UPDATE, rows)


def _build_key(tenant: str, item: DescribedRecord) -> tuple[tuple[str, str], ...]:
    """Return the columns of a link's primary key with their values."""
    native = item.record.native
    key = {"tenant": tenant, "noun": item.noun.value, "connection": native.connection, "external_id": native.id}
    return tuple(key.items())


def _build_values(item: DescribedRecord, at: datetime) -> dict[str, Any]:
    return {
        "display_number": None if item.noun is Noun.RESOURCE else item.record.display_number,
        "url": item.record.url,
        "synced_at": at,
        "source_modified_at": item.record.modified_at,
        "contribution": ENCODER.encode(item.contribution),
        "status": LINKED,
    }


_UPDATE = update(link).where(
    *(link.c[name] == bindparam(f"of_{name}") for name in ("tenant", "noun", "connection", "external_id"))
)


async def mark_deleted(
    connection: AsyncConnection, tenant: str, noun: Noun, source: str, ids: Sequence[str]
) -> list[UUID]:
    """Mark the links of records that the connection `source` has deleted; return the cards concerned."""
    card_ids: list[UUID] = []
    for start in range(0, len(ids), CHUNK):
        chunk = link.c.external_id.in_(ids[start : start + CHUNK])
        where = and_(link.c.tenant == tenant, link.c.noun == noun.value, link.c.connection == source, chunk)
        card_ids += [row[0] for row in await connection.execute(select(link.c.card_id).where(where))]
        await connection.execute(update(link).where(where).values(status=DELETED))
    return card_ids


async def find_missing(
    connection: AsyncConnection, tenant: str, noun: Noun, source: str, present: Collection[str], before: datetime
) -> list[str]:
    """Return the linked ids that the connection `source` no longer has; ids linked since `before` are never missing."""
    columns = link.c
    query = select(columns.external_id).where(
        columns.tenant == tenant,
        columns.noun == noun.value,
        columns.connection == source,
        columns.status != DELETED,
        columns.synced_at < before,
    )
    existing = frozenset(present)
    return [row[0] for row in await connection.execute(query) if row[0] not in existing]


async def load_values_by_system(
    connection: AsyncConnection, card_ids: Sequence[UUID]
) -> dict[UUID, tuple[Noun, dict[SystemRole, CardContribution], datetime, bool]]:
    """Return per card its noun, contributions by role, time of last confirmation, and whether a link is alive."""
    columns = link.c
    query = select(columns.card_id, columns.noun, columns.role, columns.contribution, columns.synced_at, columns.status)
    found: dict[UUID, tuple[Noun, dict[SystemRole, CardContribution], datetime, bool]] = {}
    for row in await connection.execute(query.where(columns.card_id.in_(card_ids)).order_by(columns.connection)):
        noun, by_role, at, alive = found.get(row[0], (Noun(row[1]), {}, row[4], False))
        if row[5] != DELETED:
            by_role.setdefault(SystemRole(row[2]), DECODER.decode(row[3]))
            alive = True
        found[row[0]] = (noun, by_role, max(at, row[4]), alive)
    return found
