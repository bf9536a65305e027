"""Add the columns by which cards are searched and sorted, and derive them for the cards that exist."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from gateway.canonical.text import build_sort_key, fold_text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NAMES = ("folded_code", "folded_name", "name_sort_key")
CHUNK = 1_000


def upgrade() -> None:
    text = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
    for name in NAMES:
        op.add_column("card", sa.Column(name, text, nullable=True))
    columns = [sa.column(name, sa.Text()) for name in ("id", "code", "name", *NAMES)]
    card = sa.table("card", *columns)
    connection = op.get_bind()
    rows = connection.execute(sa.select(card.c.id, card.c.code, card.c.name)).all()
    change = sa.update(card).where(card.c.id == sa.bindparam("of_id"))
    for start in range(0, len(rows), CHUNK):
        connection.execute(change, [_derive(*row) for row in rows[start : start + CHUNK]])


def _derive(card_id: str, code: str | None, name: str | None) -> dict[str, str | None]:
    return {
        "of_id": card_id,
        "folded_code": None if code is None else fold_text(code),
        "folded_name": None if name is None else fold_text(name),
        "name_sort_key": None if name is None else build_sort_key(name),
    }


def downgrade() -> None:
    for name in NAMES:
        op.drop_column("card", name)
