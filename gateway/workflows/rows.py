"""Typed rows of the workflow tables."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, select
from sqlalchemy.sql import ColumnElement

from gateway.canonical.workflows import RunStatus, StepStatus, WorkflowKind, WriteStatus
from gateway.ports.commands import decode_command
from gateway.ports.write_port import PendingWrite
from gateway.store.workflow_tables import workflow_run, workflow_step, workflow_write


class RunRow(msgspec.Struct, frozen=True, kw_only=True):
    """A run."""

    id: str
    tenant: str
    kind: WorkflowKind
    version: int
    subject: str
    revision: str
    status: RunStatus
    input: str
    principal: str
    waived: str
    plan_hash: str | None
    plan_confirmed: int
    legal_entity: str
    region: str
    segment: int
    claim: int
    crashes: int
    error: str | None
    parent_id: str | None
    due_at: datetime
    started_at: datetime
    updated_at: datetime
    completed_at: datetime | None


class WriteRow(msgspec.Struct, frozen=True, kw_only=True):
    """A write of the write log."""

    base: str
    generation: int
    run_id: str
    step: str
    item: str
    role: str
    command: str
    status: WriteStatus
    attempts: int
    allowed_attempts: int
    sent_at: datetime | None
    external_id: str | None

    def to_pending(self) -> PendingWrite:
        """Return the write as `deliver_writes` takes it, with the recorded payload."""
        command = decode_command(self.command)
        return PendingWrite(self.base, self.generation, self.item, command, self.attempts, self.sent_at)


_WRITE_COLUMNS = tuple(workflow_write.c[name] for name in WriteRow.__struct_fields__)


def load_run(connection: Connection, run_id: str) -> RunRow | None:
    """Return a run, None if it does not exist."""
    row = connection.execute(select(workflow_run).where(workflow_run.c.id == run_id)).one_or_none()
    return None if row is None else msgspec.convert(row, RunRow, from_attributes=True)


def load_step_statuses(connection: Connection, run_id: str) -> dict[str, StepStatus]:
    """Return the status of each begun step."""
    query = select(workflow_step.c.step, workflow_step.c.status).where(workflow_step.c.run_id == run_id)
    return {step: StepStatus(status) for step, status in connection.execute(query)}


def load_writes(connection: Connection, condition: ColumnElement[bool]) -> list[WriteRow]:
    """Return writes, older generations first."""
    query: Select[Any] = select(*_WRITE_COLUMNS).where(condition).order_by(workflow_write.c.generation)
    return [msgspec.convert(row, WriteRow, from_attributes=True) for row in connection.execute(query)]


def match_write(write: PendingWrite | WriteRow) -> ColumnElement[bool]:
    """Return the condition that selects one write of the log."""
    return and_(workflow_write.c.base == write.base, workflow_write.c.generation == write.generation)
