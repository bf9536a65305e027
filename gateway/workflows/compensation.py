"""Compensates a run: settles the writes in doubt, then undoes what took effect, newest step first."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select, update

from gateway.canonical.workflows import OPEN_WRITES, ExceptionStatus, RunStatus, StepStatus, WriteStatus
from gateway.ports.outcomes import Outcome
from gateway.ports.write_port import PendingWrite, requires_lookup
from gateway.store.workflow_tables import workflow_exception, workflow_write
from gateway.workflows.context import RunContext
from gateway.workflows.endings import end_run
from gateway.workflows.failure_points import UNDO_SUFFIX
from gateway.workflows.failures import COMPENSATION_STALLED, build_manual_failure, build_write_failure
from gateway.workflows.rows import WriteRow, match_write
from gateway.workflows.step_delivery import ATTEMPTS, StepDelivery
from gateway.workflows.steps import Manual, Write
from gateway.workflows.waits import raise_exception, suspend

STALLED_DELAY: Final = timedelta(minutes=1)
"""The wait after a compensation without an answer; it grows with the number of attempts."""
_SEARCH_DELAY: Final = timedelta(seconds=0.5)
_ENDED: Final = frozenset({StepStatus.COMPENSATED, StepStatus.COMPENSATION_FAILED})


async def compensate_run(context: RunContext) -> None:
    """Undo every step that took effect. It ends compensated, or waits; it never passes over a step without an answer.

    A refused compensation and an irreversible step become exceptions for a person, and the rest goes on.
    """
    for step in reversed(context.flow.writes):
        position = context.flow.find_position(step.key)
        if not await _settle(context, position, step) or not await _undo(context, position, step):
            return
        await _record_undone(context, position, step)
    await _resolve_stalled_and_end(context)


async def _settle(context: RunContext, position: int, step: Write[Any, Any]) -> bool:
    """Find the outcome of writes in doubt, without sending anything that could create a second object."""
    rows = [row for row in context.list_step_writes(step.key) if row.status in OPEN_WRITES]
    await _cancel_unsent(context, [row for row in rows if row.sent_at is None])
    doubtful = [row for row in rows if row.sent_at is not None]
    capability = context.systems.ports[step.command.role].write_capability
    searched = [row for row in doubtful if requires_lookup(row.to_pending(), capability)]
    if searched and not await _search(context, position, step, searched):
        return False
    resent = [row.to_pending() for row in doubtful if row not in searched]
    return not resent or await _deliver(context, position, step, step.key, resent)


async def _cancel_unsent(context: RunContext, rows: Sequence[WriteRow]) -> None:
    if rows:
        await _set_statuses(context, rows, {})


async def _search(context: RunContext, position: int, step: Write[Any, Any], rows: Sequence[WriteRow]) -> bool:
    port = context.systems.ports[step.command.role]
    last = max(row.sent_at for row in rows if row.sent_at is not None)
    remaining = last + port.write_capability.settle - context.now()
    found = await port.find_writes([row.to_pending() for row in rows]) if remaining <= timedelta() else None
    if found is None:
        await suspend(context, position, step, max(remaining, _SEARCH_DELAY), step.key + UNDO_SUFFIX)
        return False
    await _set_statuses(context, rows, found)
    return True


async def _set_statuses(context: RunContext, rows: Sequence[WriteRow], found: Mapping[str, str]) -> None:
    """Commit which writes took effect (`found`, by key); the others did not."""
    changed = [
        msgspec.structs.replace(
            row,
            status=WriteStatus.ACKNOWLEDGED if row.to_pending().key in found else WriteStatus.FAILED,
            external_id=found.get(row.to_pending().key),
        )
        for row in rows
    ]

    def work(connection: Connection) -> None:
        for row in changed:
            values = {"status": row.status, "external_id": row.external_id, "completed_at": context.now()}
            connection.execute(update(workflow_write).where(match_write(row)).values(**values))

    await context.commit(work)
    context.keep_writes(changed)


async def _undo(context: RunContext, position: int, step: Write[Any, Any]) -> bool:
    applied = [row for row in context.list_step_writes(step.key) if row.status is WriteStatus.ACKNOWLEDGED]
    if not applied or step.undo is None:
        return True
    if isinstance(step.undo, Manual):
        await _request_manual_undo(context, position, step, step.undo)
        return True
    log_key = step.key + UNDO_SUFFIX
    writes = [_build_undo_write(context, step, row, log_key) for row in applied]
    return await _deliver(context, position, step, log_key, writes, {row.item: row for row in applied})


def _build_undo_write(context: RunContext, step: Write[Any, Any], row: WriteRow, log_key: str) -> PendingWrite:
    applied = row.to_pending()
    base = f"{applied.key}-undo"
    known = context.writes.get((log_key, row.item))
    if known is not None and known.base == base:
        return known.to_pending()
    assert callable(step.undo)  # noqa: S101 -- manual and missing compensations have their own way
    return PendingWrite(base, 0, row.item, step.undo(applied.command, row.external_id or ""))


async def _request_manual_undo(context: RunContext, position: int, step: Write[Any, Any], manual: Manual) -> None:
    if context.statuses.get(step.key) in _ENDED:
        return
    failure = build_manual_failure(context.row.id, step, manual.instruction, context.flow.team)

    def work(connection: Connection) -> None:
        raise_exception(connection, context, failure)
        context.set_status(connection, position, step, StepStatus.COMPENSATION_FAILED)

    await context.commit(work)


async def _deliver(
    context: RunContext,
    position: int,
    step: Write[Any, Any],
    log_key: str,
    writes: Sequence[PendingWrite],
    undone: Mapping[str, WriteRow] | None = None,
) -> bool:
    delivery = StepDelivery(context, position, step, log_key, undone)
    if not await delivery.run(writes):
        return False
    if delivery.exhausted:
        await _wait_stalled(context, position, step, log_key, delivery.exhausted)
        return False
    return True


async def _wait_stalled(
    context: RunContext,
    position: int,
    step: Write[Any, Any],
    log_key: str,
    exhausted: Sequence[tuple[PendingWrite, Outcome]],
) -> None:
    """Raise the exception and try again later: a compensation without an answer is never given up."""

    def work(connection: Connection) -> None:
        for write, outcome in exhausted:
            failure = build_write_failure(step, write, outcome, context.flow.team)
            stalled = msgspec.structs.replace(failure, check=COMPENSATION_STALLED, about=write.key)
            raise_exception(connection, context, stalled)
            allowed = {"allowed_attempts": write.attempts + ATTEMPTS}
            connection.execute(update(workflow_write).where(match_write(write)).values(**allowed))

    await context.commit(work)
    attempts = max(write.attempts for write, _ in exhausted)
    await suspend(context, position, step, STALLED_DELAY * (attempts / ATTEMPTS), log_key)


async def _record_undone(context: RunContext, position: int, step: Write[Any, Any]) -> None:
    """Set the step's final status from the write log: the process may have stopped between undoing and recording."""
    run_id = context.row.id
    query = select(workflow_write.c.status).where(workflow_write.c.run_id == run_id, workflow_write.c.step == step.key)
    statuses = await context.services.transactions.read(
        lambda connection: {WriteStatus(status) for status in connection.execute(query).scalars()}
    )
    if not statuses & {WriteStatus.UNDONE, WriteStatus.UNDO_FAILED} or context.statuses.get(step.key) in _ENDED:
        return
    failed = WriteStatus.UNDO_FAILED in statuses

    def work(connection: Connection) -> None:
        status = StepStatus.COMPENSATION_FAILED if failed else StepStatus.COMPENSATED
        context.set_status(connection, position, step, status)
        context.record(connection, "undone", step.key)

    await context.commit(work)


async def _resolve_stalled_and_end(context: RunContext) -> None:
    stalled = (
        (workflow_exception.c.run_id == context.row.id)
        & (workflow_exception.c.check_code == COMPENSATION_STALLED)
        & (workflow_exception.c.resolved_at.is_(None))
    )

    def work(connection: Connection) -> None:
        resolved = {"status": ExceptionStatus.AUTO_RESOLVED, "resolved_at": context.now()}
        connection.execute(update(workflow_exception).where(stalled).values(**resolved))

    await end_run(context, RunStatus.COMPENSATED, "compensated", work)
