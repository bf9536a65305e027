"""Create the lease of the process that reads the feeds, and the record of changes of the crosswalk by commands."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLE = "identity_change"
_REFUSAL = f"{_TABLE} is append-only"


def upgrade() -> None:
    op.create_table(
        "sync_lease",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("holder", sa.String(255), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("background", sa.Integer(), nullable=False),
    )
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.Column("changed_by", sa.String(255), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("noun", sa.String(32), nullable=False),
        sa.Column("card_id", sa.String(36), nullable=False),
        sa.Column("other_card_id", sa.String(36), nullable=False),
        sa.Column("records", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION refuse_{_TABLE}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER refuse_{_TABLE} BEFORE UPDATE OR DELETE OR TRUNCATE ON {_TABLE} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_{_TABLE}()"
        )
        return
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER refuse_{event.lower()}_{_TABLE} BEFORE {event} ON {_TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )


def downgrade() -> None:
    op.drop_table(_TABLE)
    op.drop_table("sync_lease")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION refuse_{_TABLE}()")
