"""The tables. Instants are stored as UTC text in ISO 8601, so that both databases sort them alike.

The columns of the card are derived from `gateway.canonical.records.card`.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from gateway.canonical.records.card import COLUMN_TYPES, COLUMNS, RELATIONS

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant as text of fixed width."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002 -- SQLAlchemy's signature
        """Write in UTC with microseconds, always."""
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 -- SQLAlchemy's signature
        """Read back an aware instant."""
        return None if value is None else datetime.fromisoformat(value)


class Identifier(TypeDecorator[UUID]):
    """A UUID as its 36 characters: the same order and the same dumps on both databases."""

    impl = String(36)
    cache_ok = True

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:  # noqa: ARG002 -- SQLAlchemy's signature
        """Write the canonical form."""
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:  # noqa: ARG002 -- SQLAlchemy's signature
        """Read back a UUID."""
        return None if value is None else UUID(value)


link = Table(
    "link",
    METADATA,
    Column("tenant", String(64), primary_key=True),
    Column("noun", String(32), primary_key=True),
    Column("connection", String(64), primary_key=True),
    Column("external_id", String(255), primary_key=True),
    Column("object_type", String(128), nullable=False),
    Column("role", String(16), nullable=False),
    Column("card_id", Identifier, nullable=False, index=True),
    Column("status", String(24), nullable=False),
    Column("linked_by", String(24), nullable=False),
    Column("display_number", String(255)),
    Column("url", Text),
    Column("synced_at", Instant, nullable=False),
    Column("source_modified_at", Instant),
    Column("facts", LargeBinary, key="contribution", nullable=False),
)
"""One system's id of a record, with that system's last contribution to the card (msgpack of `CardContribution`)."""


def _build_card_columns() -> Iterator[Column[Any]]:
    for name, declared in COLUMNS.items():
        text = Text() if declared.width is None else String(declared.width)
        types: dict[type[Any], TypeEngine[Any]] = {str: text, date: Date(), datetime: Instant()}
        yield Column(name, types[COLUMN_TYPES[name]])
    for name in RELATIONS:
        yield Column(name, Identifier)


def _build_ordered_text() -> TypeEngine[str]:
    """Return a text that sorts and compares by code points on both databases."""
    return Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


card = Table(
    "card",
    METADATA,
    Column("id", Identifier, primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("noun", String(32), nullable=False),
    *_build_card_columns(),
    Column("folded_code", _build_ordered_text()),
    Column("folded_name", _build_ordered_text()),
    Column("name_sort_key", _build_ordered_text()),
    Column("synced_at", Instant, nullable=False),
    Column("alive", Integer, nullable=False),
    Index("ix_card_code", "tenant", "noun", "code"),
    Index("ix_card_number", "tenant", "noun", "number"),
    Index("ix_card_customer", "tenant", "noun", "customer_id"),
    Index("ix_card_start", "tenant", "noun", "start_date"),
    Index("ix_card_end", "tenant", "noun", "end_date"),
)
"""The values that lists, filters, order and row rules need. `alive` is 0 when every system has deleted the record.

The folded texts and the sort key are derived from code and name (`gateway.canonical.text`).
"""

card_key = Table(
    "card_key",
    METADATA,
    Column("card_id", Identifier, ForeignKey("card.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("value", String(64), primary_key=True),
    Index("ix_card_key_value", "kind", "value"),
)
"""Values of which a card has several: LEGAL_ENTITY and SELLER codes, MEMBER and PROJECT ids.

LEGAL_ENTITY are all entities that may see the record, SELLER those that sell to a customer.
"""

watermark = Table(
    "watermark",
    METADATA,
    Column("connection", String(64), primary_key=True),
    Column("feed", String(64), primary_key=True),
    Column("value", Text),
    Column("succeeded_at", Instant),
    Column("failed_at", Instant),
    Column("failure", String(32)),
)
"""The position of each change feed, and the outcome of the last attempt to read it."""

unreadable_record = Table(
    "unreadable_record",
    METADATA,
    Column("connection", String(64), primary_key=True),
    Column("feed", String(64), primary_key=True),
    Column("external_id", String(255), primary_key=True),
    Column("field", String(255), primary_key=True),
    Column("attribute", String(64), primary_key=True),
    Column("object", String(128), nullable=False),
    Column("lost", Integer, nullable=False),
    Column("reader", String(64), nullable=False),
    Column("seen_at", Instant, nullable=False),
)
"""The records and values that the change feeds could not read, in the vendor's terms; never a value.

Unknown ids, fields and attributes are empty. `lost` is 1 if the whole record could not be read. `reader` identifies the
version of the adapter and of the connection's mapping that tried.
"""

mapping = Table(
    "reference_mapping",
    METADATA,
    Column("id", Identifier, primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("domain", String(32), nullable=False),
    Column("connection", String(64), nullable=False),
    Column("source_code", String(255), nullable=False),
    Column("canonical_code", String(255), nullable=False),
    Column("origin", String(16), nullable=False),
    UniqueConstraint("tenant", "domain", "connection", "source_code", name="uq_reference_mapping_code"),
)
"""Reference data: raw code and canonical code.

`origin` is FILE or MANUAL; mappings made by a person outlive the file.
"""

proposal = Table(
    "match_proposal",
    METADATA,
    Column("id", Identifier, primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("noun", String(32), nullable=False),
    Column("left_card", Identifier, nullable=False),
    Column("right_card", Identifier, nullable=False),
    Column("rule", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    UniqueConstraint("left_card", "right_card", "rule", name="uq_match_proposal_pair"),
)
"""Two cards that may describe the same thing, for a person to decide."""

meta = Table(
    "meta", METADATA, Column("key", String(32), primary_key=True), Column("value", LargeBinary, nullable=False)
)
"""Values of the deployment that are created once, such as the key that seals ids."""

sync_lease = Table(
    "sync_lease",
    METADATA,
    Column("tenant", String(64), primary_key=True),
    Column("holder", String(255), nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("background", Integer, nullable=False),
)
"""The process that reads the change feeds of a tenant.

`token` grows with every change of the holder. `expires_at` is in seconds since 1970 by the database's clock. A holder
in the `background` gives way to a command.
"""

identity_change = Table(
    "identity_change",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("tenant", String(64), nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(255), nullable=False),
    Column("action", String(16), nullable=False),
    Column("noun", String(32), nullable=False),
    Column("card_id", Identifier, nullable=False),
    Column("other_card_id", Identifier, nullable=False),
    Column("records", Text, nullable=False),
    Column("reason", Text),
)
"""Every change of the crosswalk by a command; triggers refuse to change or delete a row.

`records` are the moved records (`connection:id`, one per line); `other_card_id` is the card that they left.
"""
