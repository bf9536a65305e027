"""The record of every change of the crosswalk that a command made: who, when and what. It only grows."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.canonical.roles import Noun
from gateway.store.database import Store
from gateway.store.retry import repeat_while_unreachable
from gateway.store.tables import identity_change

_COLUMNS = identity_change.c


class Action(StrEnum):
    """The command that changed the crosswalk."""

    LINK = "LINK"
    SPLIT = "SPLIT"
    MATCH = "MATCH"
    REBUILD = "REBUILD"


class IdentityChange(msgspec.Struct, frozen=True, kw_only=True):
    """Records (`connection:id`) that moved from the card `other_card_id` to the card `card_id`."""

    action: Action
    noun: Noun
    card_id: UUID
    other_card_id: UUID
    records: tuple[str, ...]


class RecordedChange(IdentityChange, frozen=True, kw_only=True):
    """A change with its author and time."""

    id: int
    changed_at: datetime
    changed_by: str
    reason: str | None


async def record_changes(
    writer: AsyncConnection, tenant: str, changes: Sequence[IdentityChange], changed_by: str, reason: str | None
) -> None:
    """Record changes in the transaction that makes them."""
    now = datetime.now(UTC)
    rows = [
        {
            "tenant": tenant,
            "changed_at": now,
            "changed_by": changed_by[:255],
            "action": change.action.value,
            "noun": change.noun.value,
            "card_id": change.card_id,
            "other_card_id": change.other_card_id,
            "records": "\n".join(change.records),
            "reason": reason,
        }
        for change in changes
    ]
    if rows:
        await writer.execute(insert(identity_change), rows)


async def load_revision(connection: AsyncConnection, tenant: str) -> int:
    """Return a number that grows with every recorded change."""
    query = select(func.max(_COLUMNS.id)).where(_COLUMNS.tenant == tenant)
    return (await connection.execute(query)).scalar_one() or 0


async def load_history(store: Store, tenant: str, limit: int) -> list[RecordedChange]:
    """Return the latest changes, the newest first."""
    query = select(identity_change).where(_COLUMNS.tenant == tenant).order_by(_COLUMNS.id.desc()).limit(limit)

    async def read() -> list[RecordedChange]:
        async with store.connect() as reader:
            return [
                RecordedChange(
                    id=row.id,
                    changed_at=row.changed_at,
                    changed_by=row.changed_by,
                    action=Action(row.action),
                    noun=Noun(row.noun),
                    card_id=row.card_id,
                    other_card_id=row.other_card_id,
                    records=tuple(row.records.split("\n")),
                    reason=row.reason,
                )
                for row in await reader.execute(query)
            ]

    return await repeat_while_unreachable(read)
