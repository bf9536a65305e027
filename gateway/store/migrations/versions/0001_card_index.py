"""Create the crosswalk, the card index, watermarks, reference data, proposals and the deployment's own keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text()
DAY = sa.Date()


def _text(name: str, length: int, *, null: bool = True, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=null and not key, primary_key=key)


def upgrade() -> None:
    op.create_table(
        "link",
        _text("tenant", 64, key=True),
        _text("noun", 32, key=True),
        _text("connection", 64, key=True),
        _text("external_id", 255, key=True),
        _text("object_type", 128, null=False),
        _text("role", 16, null=False),
        _text("card_id", 36, null=False),
        _text("status", 24, null=False),
        _text("linked_by", 24, null=False),
        _text("display_number", 255),
        sa.Column("url", TEXT),
        _text("synced_at", 32, null=False),
        _text("source_modified_at", 32),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_link_card_id", "link", ["card_id"])
    op.create_table(
        "card",
        _text("id", 36, key=True),
        _text("tenant", 64, null=False),
        _text("noun", 32, null=False),
        _text("code", 255),
        sa.Column("name", TEXT),
        _text("number", 255),
        _text("status", 32),
        _text("type", 48),
        _text("currency", 3),
        _text("legal_entity", 64),
        _text("region", 16),
        _text("service_line", 64),
        _text("customer_id", 36),
        _text("contract_id", 36),
        _text("opportunity_id", 36),
        _text("manager_id", 36),
        _text("parent_id", 36),
        sa.Column("start_date", DAY),
        sa.Column("end_date", DAY),
        _text("modified_at", 32),
        _text("synced_at", 32, null=False),
        sa.Column("alive", sa.Integer(), nullable=False),
    )
    for name, column in (
        ("code", "code"),
        ("number", "number"),
        ("customer", "customer_id"),
        ("start", "start_date"),
        ("end", "end_date"),
    ):
        op.create_index(f"ix_card_{name}", "card", ["tenant", "noun", column])
    op.create_table(
        "card_key",
        sa.Column("card_id", sa.String(36), sa.ForeignKey("card.id", ondelete="CASCADE"), primary_key=True),
        _text("kind", 16, key=True),
        _text("value", 64, key=True),
    )
    op.create_index("ix_card_key_value", "card_key", ["kind", "value"])
    op.create_table(
        "watermark",
        _text("connection", 64, key=True),
        _text("feed", 64, key=True),
        sa.Column("value", TEXT),
        _text("succeeded_at", 32),
        _text("failed_at", 32),
        _text("failure", 32),
    )
    op.create_table(
        "reference_mapping",
        _text("id", 36, key=True),
        _text("tenant", 64, null=False),
        _text("domain", 32, null=False),
        _text("connection", 64, null=False),
        _text("source_code", 255, null=False),
        _text("canonical_code", 255, null=False),
        _text("origin", 16, null=False),
        sa.UniqueConstraint("tenant", "domain", "connection", "source_code", name="uq_reference_mapping_code"),
    )
    op.create_table(
        "match_proposal",
        _text("id", 36, key=True),
        _text("tenant", 64, null=False),
        _text("noun", 32, null=False),
        _text("left_card", 36, null=False),
        _text("right_card", 36, null=False),
        _text("rule", 32, null=False),
        _text("state", 16, null=False),
        _text("proposed_at", 32, null=False),
        sa.UniqueConstraint("left_card", "right_card", "rule", name="uq_match_proposal_pair"),
    )
    op.create_table("meta", _text("key", 32, key=True), sa.Column("value", sa.LargeBinary(), nullable=False))


def downgrade() -> None:
    for name in ("meta", "match_proposal", "reference_mapping", "watermark", "card_key", "card", "link"):
        op.drop_table(name)
