"""Delivers the writes of one step, or of its compensation, until each has an outcome or the run has to wait."""

import heapq
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, insert, update

from gateway.canonical.workflows import DeadLetterStatus, StepStatus, WriteStatus
from gateway.ports.commands import encode_command
from gateway.ports.outcomes import (
    AlreadyApplied,
    Applied,
    Outcome,
    Refusal,
    Throttled,
    Unconfirmed,
    describe_refusal,
    encode_outcome,
)
from gateway.ports.write_port import PendingWrite, requires_lookup
from gateway.store.workflow_tables import workflow_write
from gateway.workflows.context import RunContext
from gateway.workflows.dead_letters import bury_item
from gateway.workflows.delivery import deliver_writes
from gateway.workflows.failures import build_undo_failure
from gateway.workflows.rows import WriteRow, match_write
from gateway.workflows.steps import Write
from gateway.workflows.waits import raise_exception, suspend

ATTEMPTS: Final = 5
"""Attempts until a person is asked; resolving the exception allows as many again."""
PATIENCE: Final = timedelta(seconds=2)
"""The longest wait within a segment; for a longer one the segment ends."""
_OUTCOMES: Final = (
    update(workflow_write)
    .where(workflow_write.c.base == bindparam("b_base"), workflow_write.c.generation == bindparam("b_generation"))
    .values({name: bindparam(name) for name in ("status", "external_id", "attempts", "completed_at")})
)


class StepDelivery:
    """One delivery. `undone` are the writes that these writes compensate, by item; None for the step itself.

    Afterwards `exhausted` holds writes without an outcome after all attempts, `refused` those that the system refused.
    """

    def __init__(
        self,
        context: RunContext,
        position: int,
        step: Write[Any, Any],
        log_key: str,
        undone: Mapping[str, WriteRow] | None = None,
    ) -> None:
        self.context = context
        self.position = position
        self.step = step
        self.log_key = log_key
        self.undone = undone
        self.exhausted: list[tuple[PendingWrite, Outcome]] = []
        self.refused: list[tuple[PendingWrite, Refusal]] = []
        self._queue: list[tuple[datetime, int, PendingWrite]] = []
        self._order = count()
        self._sent_at: dict[str, datetime] = {}

    async def run(self, writes: Sequence[PendingWrite]) -> bool:
        """Deliver the writes; return False if the segment has ended because the run has to wait."""
        context, role = self.context, writes[0].command.role
        tenant, port, limits = context.row.tenant, context.systems.ports[role], context.services.limits
        size = port.write_capability.batch if self.step.per_item else 1
        for write in writes:
            self._push(write, context.row.started_at)
        while self._queue:
            free_at = limits.get_not_before(tenant, role)
            if not await self._wait_until(max(self._queue[0][0], free_at or self._queue[0][0])):
                return False
            ready = self._pop_ready(size)
            async with limits.acquire(tenant, role, port.write_capability):
                outcomes = await deliver_writes(port, ready, self._commit_intent, context.now)
            context.reach(f"after_send:{self.log_key}")
            await self._record(ready, outcomes)
            context.reach(f"recorded:{self.log_key}")
            throttled = [outcome.until for outcome in outcomes.values() if isinstance(outcome, Throttled)]
            limits.hold_off(tenant, role, [until for until in throttled if until is not None])
        return True

    def _push(self, write: PendingWrite, ready_at: datetime) -> None:
        heapq.heappush(self._queue, (ready_at, next(self._order), write))

    def _pop_ready(self, size: int) -> list[PendingWrite]:
        now = self.context.now()
        ready: list[PendingWrite] = []
        while self._queue and len(ready) < size and self._queue[0][0] <= now:
            ready.append(heapq.heappop(self._queue)[2])
        return ready

    async def _wait_until(self, moment: datetime) -> bool:
        """Wait within the segment, or end it for a longer wait and return False."""
        remaining = moment - self.context.now()
        if remaining > PATIENCE:
            await suspend(self.context, self.position, self.step, remaining, self.log_key)
            return False
        if remaining > timedelta():
            await self.context.services.clock.sleep(remaining)
        return True

    async def _commit_intent(self, writes: Sequence[PendingWrite]) -> None:
        """Commit that the writes are about to be sent. A process that has lost the run learns it here."""
        context, now = self.context, self.context.now()
        rows = [self._build_row(write, now) for write in writes]
        logged = [row for row in rows if self._is_logged(row)]
        new = [row for row in rows if not self._is_logged(row)]

        def work(connection: Connection) -> None:
            if self.undone is None and self.step.key not in context.statuses:
                context.set_status(connection, self.position, self.step, StepStatus.RUNNING)
            for row in logged:
                sent = {"status": WriteStatus.IN_FLIGHT, "sent_at": now}
                connection.execute(update(workflow_write).where(match_write(row)).values(**sent))
            if new:
                connection.execute(insert(workflow_write), [msgspec.structs.asdict(row) for row in new])

        await context.commit(work)
        context.keep_writes(rows)
        self._sent_at.update((write.key, now) for write in writes)
        context.reach(f"before_send:{self.log_key}")

    def _build_row(self, write: PendingWrite, sent_at: datetime) -> WriteRow:
        known = self.context.writes.get((self.log_key, write.item))
        allowed = ATTEMPTS if known is None or known.generation != write.generation else known.allowed_attempts
        return build_write_row(
            self.context, self.log_key, write, WriteStatus.IN_FLIGHT, sent_at=sent_at, allowed_attempts=allowed
        )

    def _is_logged(self, row: WriteRow) -> bool:
        known = self.context.writes.get((self.log_key, row.item))
        return known is not None and (known.base, known.generation) == (row.base, row.generation)

    async def _record(self, writes: Sequence[PendingWrite], outcomes: Mapping[str, Outcome]) -> None:
        """Commit the outcomes, and with the last of them the end of the step."""
        context = self.context

        def work(connection: Connection) -> None:
            applied: list[dict[str, Any]] = []
            for write in writes:
                outcome = outcomes[write.key]
                match outcome:
                    case Applied(external_id) | AlreadyApplied(external_id):
                        applied.append(self._record_applied(connection, write, external_id))
                    case Unconfirmed(until) | Throttled(until):
                        self._record_unanswered(connection, write, outcome, until or context.now())
                    case _:
                        self._record_refusal(connection, write, outcome)
            if applied:
                connection.execute(_OUTCOMES, applied)
            if self._is_complete():
                context.succeed(connection, self.position, self.step)

        await context.commit(work, crashes=0)

    def _is_complete(self) -> bool:
        forward = self.undone is None and not self.context.compensating
        return forward and not self._queue and not self.exhausted and (self.step.per_item or not self.refused)

    def _record_applied(self, connection: Connection, write: PendingWrite, external_id: str) -> dict[str, Any]:
        context, attempts = self.context, write.attempts + 1
        self._keep(write, status=WriteStatus.ACKNOWLEDGED, external_id=external_id, attempts=attempts)
        if self.undone is not None:
            _set_write_status(connection, self.undone[write.item], WriteStatus.UNDONE)
        if attempts > 1:
            context.record(
                connection, "retried", self.log_key, role=write.command.role, attempts=attempts, item=write.item
            )
        return {
            "b_base": write.base,
            "b_generation": write.generation,
            "status": WriteStatus.ACKNOWLEDGED,
            "external_id": external_id,
            "attempts": attempts,
            "completed_at": context.now(),
        }

    def _record_unanswered(
        self, connection: Connection, write: PendingWrite, outcome: Unconfirmed | Throttled, until: datetime
    ) -> None:
        lost = isinstance(outcome, Unconfirmed)
        sent_at = self._sent_at.get(write.key, write.sent_at) if lost else self._find_earlier_doubt(write)
        values = {
            "status": WriteStatus.UNCONFIRMED if lost else WriteStatus.PENDING,
            "attempts": write.attempts + 1,
            "sent_at": sent_at,
        }
        connection.execute(update(workflow_write).where(match_write(write)).values(**values, next_at=until))
        self._keep(write, **values)
        again = msgspec.structs.replace(write, attempts=write.attempts + 1, sent_at=sent_at)
        if again.attempts >= self.context.writes[self.log_key, write.item].allowed_attempts:
            self.exhausted.append((again, outcome))
        else:
            self._push(again, until)

    def _find_earlier_doubt(self, write: PendingWrite) -> datetime | None:
        """Return when an earlier attempt was sent that may have taken effect, although this one did not.

        None if the system was searched before this attempt: the earlier ones had no effect.
        """
        capability = self.context.systems.ports[write.command.role].write_capability
        return None if requires_lookup(write, capability) else write.sent_at

    def _record_refusal(self, connection: Connection, write: PendingWrite, refusal: Refusal) -> None:
        context = self.context
        buried = self.step.per_item and self.undone is None
        status = WriteStatus.DEAD_LETTERED if buried else WriteStatus.FAILED
        values = {"status": status, "attempts": write.attempts + 1}
        change = update(workflow_write).where(match_write(write)).values(**values, outcome=encode_outcome(refusal))
        connection.execute(change)
        self._keep(write, **values)
        self.refused.append((write, refusal))
        if self.undone is not None:
            _set_write_status(connection, self.undone[write.item], WriteStatus.UNDO_FAILED)
            raise_exception(connection, context, build_undo_failure(context.row.id, self.step, write.item, refusal))
        elif buried:
            bury_item(connection, context, self.step, write.item, describe_refusal(refusal), DeadLetterStatus.OPEN)

    def _keep(self, write: PendingWrite, **values: Any) -> None:
        known = self.context.writes[self.log_key, write.item]
        self.context.keep_writes([msgspec.structs.replace(known, **values)])


def build_write_row(
    context: RunContext,
    log_key: str,
    write: PendingWrite,
    status: WriteStatus,
    *,
    sent_at: datetime | None = None,
    allowed_attempts: int = ATTEMPTS,
) -> WriteRow:
    """Return the row of the write log for a write."""
    return WriteRow(
        base=write.base,
        generation=write.generation,
        run_id=context.row.id,
        step=log_key,
        item=write.item,
        role=write.command.role,
        command=encode_command(write.command),
        status=status,
        attempts=write.attempts,
        allowed_attempts=allowed_attempts,
        sent_at=sent_at,
        external_id=None,
    )


def _set_write_status(connection: Connection, row: WriteRow, status: WriteStatus) -> None:
    connection.execute(update(workflow_write).where(match_write(row)).values(status=status))
