"""Create the crosswalk, the card index, watermarks, reference data, proposals and the deployment's own keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text()
DAY = sa.Date()


def _build_text_column(name: str, length: int, *, null: bool = True, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=null and not key, primary_key=key)


def upgrade() -> None:
    op.create_table(
        "link",
        _build_text_column("tenant", 64, key=True),
        _build_text_column("noun", 32, key=True),
        _build_text_column("connection", 64, key=True),
        _build_text_column("external_id", 255, key=True),
        _build_text_column("object_type", 128, null=False),
        _build_text_column("role", 16, null=False),
        _build_text_column("card_id", 36, null=False),
        _build_text_column("status", 24, null=False),
        _build_text_column("linked_by", 24, null=False),
        _build_text_column("display_number", 255),
        sa.Column("url", TEXT),
        _build_text_column("synced_at", 32, null=False),
        _build_text_column("source_modified_at", 32),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_link_card_id", "link", ["card_id"])
    op.create_table(
        "card",
        _build_text_column("id", 36, key=True),
        _build_text_column("tenant", 64, null=False),
        _build_text_column("noun", 32, null=False),
        _build_text_column("code", 255),
        sa.Column("name", TEXT),
        _build_text_column("number", 255),
        _build_text_column("status", 32),
        _build_text_column("type", 48),
        _build_text_column("currency", 3),
        _build_text_column("legal_entity", 64),
        _build_text_column("region", 16),
        _build_text_column("service_line", 64),
        _build_text_column("customer_id", 36),
        _build_text_column("contract_id", 36),
        _build_text_column("opportunity_id", 36),
        _build_text_column("manager_id", 36),
        _build_text_column("parent_id", 36),
        sa.Column("start_date", DAY),
        sa.Column("end_date", DAY),
        _build_text_column("modified_at", 32),
        _build_text_column("synced_at", 32, null=False),
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
        _build_text_column("kind", 16, key=True),
        _build_text_column("value", 64, key=True),
    )
    op.create_index("ix_card_key_value", "card_key", ["kind", "value"])
    op.create_table(
        "watermark",
        _build_text_column("connection", 64, key=True),
        _build_text_column("feed", 64, key=True),
        sa.Column("value", TEXT),
        _build_text_column("succeeded_at", 32),
        _build_text_column("failed_at", 32),
        _build_text_column("failure", 32),
    )
    op.create_table(
        "reference_mapping",
        _build_text_column("id", 36, key=True),
        _build_text_column("tenant", 64, null=False),
        _build_text_column("domain", 32, null=False),
        _build_text_column("connection", 64, null=False),
        _build_text_column("source_code", 255, null=False),
        _build_text_column("canonical_code", 255, null=False),
        _build_text_column("origin", 16, null=False),
        sa.UniqueConstraint("tenant", "domain", "connection", "source_code", name="uq_reference_mapping_code"),
    )
    op.create_table(
        "match_proposal",
        _build_text_column("id", 36, key=True),
        _build_text_column("tenant", 64, null=False),
        _build_text_column("noun", 32, null=False),
        _build_text_column("left_card", 36, null=False),
        _build_text_column("right_card", 36, null=False),
        _build_text_column("rule", 32, null=False),
        _build_text_column("state", 16, null=False),
        _build_text_column("proposed_at", 32, null=False),
        sa.UniqueConstraint("left_card", "right_card", "rule", name="uq_match_proposal_pair"),
    )
    op.create_table(
        "meta", _build_text_column("key", 32, key=True), sa.Column("value", sa.LargeBinary(), nullable=False)
    )


def downgrade() -> None:
    for name in ("meta", "match_proposal", "reference_mapping", "watermark", "card_key", "card", "link"):
        op.drop_table(name)
