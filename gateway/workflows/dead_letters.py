"""Dead letters: items that a system refused, or that another run carries, while the run goes on."""

from typing import Any

from sqlalchemy import Connection, insert, update

from gateway.canonical.workflows import DeadLetterStatus
from gateway.store.workflow_tables import workflow_dead_letter
from gateway.workflows.context import RunContext
from gateway.workflows.steps import Step


def bury_item(
    connection: Connection, context: RunContext, step: Step[Any], item: str, reason: str, status: DeadLetterStatus
) -> None:
    """Record an item as a dead letter; a second failure of the item replaces the first."""
    known = (
        (workflow_dead_letter.c.run_id == context.row.id)
        & (workflow_dead_letter.c.step == step.key)
        & (workflow_dead_letter.c.item == item)
    )
    values = {"reason": reason, "status": status, "failed_at": context.now()}
    if connection.execute(update(workflow_dead_letter).where(known).values(**values)).rowcount == 0:
        row = {"run_id": context.row.id, "step": step.key, "item": item, "role": step.roles[0]}
        connection.execute(insert(workflow_dead_letter).values(**row, **values))
    context.record(connection, "dead_letter", step.key, item=item)
