"""Writes the journal, the status of steps and events, in the caller's transaction."""

from datetime import datetime
from typing import Any, Final
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, insert, update

from gateway.canonical.workflows import DONE_STATUSES, StepStatus
from gateway.store.workflow_tables import outbox, workflow_journal, workflow_step

EVENT_TYPE: Final = "psgraph.{name}.v1"
_ENDED: Final = DONE_STATUSES | {StepStatus.COMPENSATED, StepStatus.COMPENSATION_FAILED}


def record_entry(connection: Connection, run_id: str, at: datetime, entry: str, step: str = "", **detail: Any) -> None:
    """Append an entry to the run's journal. `detail` holds no value of a record."""
    text = msgspec.json.encode(detail, order="deterministic").decode()
    connection.execute(insert(workflow_journal).values(run_id=run_id, at=at, entry=entry, step=step, detail=text))


def set_step_status(
    connection: Connection,
    run_id: str,
    at: datetime,
    step: str,
    position: int,
    status: StepStatus,
    child_id: str | None = None,
) -> None:
    """Set the status of a step; the first status starts it."""
    completed = at if status in _ENDED else None
    values = {"status": status, "completed_at": completed, "child_id": child_id}
    where = (workflow_step.c.run_id == run_id) & (workflow_step.c.step == step)
    if connection.execute(update(workflow_step).where(where).values(**values)).rowcount == 0:
        row = {"run_id": run_id, "step": step, "position": position, "started_at": at}
        connection.execute(insert(workflow_step).values(**row, **values))


def emit_event(connection: Connection, run_id: str, at: datetime, subject: str, name: str | None) -> None:
    """Put an event into the outbox; nothing for a step without one."""
    if name is not None:
        event = {"id": str(uuid4()), "type": EVENT_TYPE.format(name=name), "run_id": run_id, "subject": subject}
        connection.execute(insert(outbox).values(**event, occurred_at=at))
