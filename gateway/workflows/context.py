"""The state of one segment of a run, and its fence."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, update

from gateway.canonical.workflows import (
    DONE_STATUSES,
    OPEN_WRITES,
    REPEATABLE_WRITES,
    RunStatus,
    StepStatus,
    WriteStatus,
)
from gateway.errors import InternalError
from gateway.ports.write_port import PendingWrite
from gateway.store.workflow_tables import workflow_run, workflow_write
from gateway.workflows.declaration import Workflow
from gateway.workflows.journal import emit_event, record_entry, set_step_status
from gateway.workflows.rows import RunRow, WriteRow, load_step_statuses, load_writes
from gateway.workflows.services import RunServices
from gateway.workflows.steps import Results, Step, Write

T = TypeVar("T")


class FencedError(InternalError):
    """Another segment has taken over the run; whoever meets this stops at once, before any further effect."""


class RunContext:
    """One segment of one run.

    `statuses` are those of begun steps, `writes` the latest generation by step and item; both are what the store held
    at the start, kept up to date by this segment.
    """

    def __init__(self, services: RunServices, row: RunRow) -> None:
        self.services = services
        self.row = row
        known = services.definitions.find(row.kind, row.version)
        self.flow: Workflow[Any, Any] = known or services.definitions.get_current(row.kind)
        self.systems = services.connect(row.tenant)
        self.input = msgspec.json.decode(row.input, type=self.flow.input)
        self.waived = frozenset(msgspec.json.decode(row.waived, type=list[str]))
        self.statuses: dict[str, StepStatus] = {}
        self.writes: dict[tuple[str, str], WriteRow] = {}
        self.snapshot: Any = None

    @property
    def compensating(self) -> bool:
        """Whether the run is being undone."""
        return self.row.status is RunStatus.COMPENSATING

    @property
    def done(self) -> frozenset[str]:
        """The steps that need nothing more."""
        return frozenset(step for step, status in self.statuses.items() if status in DONE_STATUSES)

    @property
    def results(self) -> Results:
        """The systems' ids of what acknowledged writes created."""
        acknowledged = WriteStatus.ACKNOWLEDGED
        return Results({key: row.external_id or "" for key, row in self.writes.items() if row.status is acknowledged})

    def now(self) -> datetime:
        """Return the present instant."""
        return self.services.clock.now()

    def reach(self, point: str) -> None:
        """Pass a failure point."""
        self.services.reach_point(self.row.id, point)

    async def load_state(self) -> None:
        """Load the statuses of steps and the write log."""
        run_id = self.row.id

        def load(connection: Connection) -> tuple[dict[str, StepStatus], list[WriteRow]]:
            return load_step_statuses(connection, run_id), load_writes(connection, workflow_write.c.run_id == run_id)

        self.statuses, rows = await self.services.transactions.read(load)
        self.writes = {(row.step, row.item): row for row in rows}

    async def load_snapshot(self) -> None:
        """Load the records that checks and payloads are functions of."""
        self.snapshot = await self.flow.load(self.systems.reader, self.input)

    async def commit(self, work: Callable[[Connection], T], **values: Any) -> T:
        """Return the result of `work`, committed together with `values` of the run, by the owner of the run only.

        Raises FencedError, without any effect, if another segment has taken over.
        """
        now, row = self.now(), self.row

        def execute(connection: Connection) -> T:
            owned = (
                (workflow_run.c.id == row.id)
                & (workflow_run.c.segment == row.segment)
                & (workflow_run.c.claim == row.claim)
            )
            if connection.execute(update(workflow_run).where(owned).values(updated_at=now, **values)).rowcount == 0:
                raise FencedError(row.id)
            return work(connection)

        return await self.services.transactions.write(execute)

    def list_step_writes(self, log_key: str) -> list[WriteRow]:
        """Return the writes of a step, in the order of their items."""
        return [row for (step, _), row in self.writes.items() if step == log_key]

    def find_open_writes(self, step: Write[Any, Any]) -> list[PendingWrite] | None:
        """Return the step's writes without a known outcome; None if the step has to begin (again)."""
        rows = self.list_step_writes(step.key)
        if all(row.status in REPEATABLE_WRITES for row in rows):
            return None
        return [row.to_pending() for row in rows if row.status in OPEN_WRITES]

    def keep_writes(self, rows: Iterable[WriteRow]) -> None:
        """Keep writes as the store now holds them."""
        self.writes.update(((row.step, row.item), row) for row in rows)

    def record(self, connection: Connection, entry: str, step: str = "", **detail: Any) -> None:
        """Append an entry to the journal."""
        record_entry(connection, self.row.id, self.now(), entry, step, **detail)

    def set_status(
        self, connection: Connection, position: int, step: Step[Any], status: StepStatus, child_id: str | None = None
    ) -> None:
        """Set the status of a step."""
        set_step_status(connection, self.row.id, self.now(), step.key, position, status, child_id)
        self.statuses[step.key] = status

    def succeed(self, connection: Connection, position: int, step: Step[Any]) -> None:
        """Complete a step and emit its event."""
        self.set_status(connection, position, step, StepStatus.SUCCEEDED)
        emit_event(connection, self.row.id, self.now(), self.row.subject, step.emits)
        self.record(connection, "succeeded", step.key)
