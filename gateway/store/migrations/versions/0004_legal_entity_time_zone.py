"""Add the time zone of legal entities to the card, and read the legal entities again to fill it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("card", sa.Column("time_zone", sa.String(64), nullable=True))
    # A feed without a watermark reads every record.
    op.execute("UPDATE watermark SET value = NULL WHERE feed = 'ErpLegalEntity'")


def downgrade() -> None:
    op.drop_column("card", "time_zone")
