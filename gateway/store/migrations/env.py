"""Alembic's entry point: migrations run on the connection that the store passes in."""

from alembic import context

from gateway.store import workflow_tables as _workflow_tables  # noqa: F401 -- declares its tables in METADATA
from gateway.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
