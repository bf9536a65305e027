"""Ends of a segment at which the run waits: for time, for a person, for a decision, for a child run."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert, update

from gateway.canonical.workflows import OPEN_EXCEPTIONS, ExceptionStatus, RunStatus, StepStatus
from gateway.store.workflow_tables import workflow_exception
from gateway.workflows.checks import CheckFailure
from gateway.workflows.context import RunContext
from gateway.workflows.steps import Step


async def suspend(
    context: RunContext, position: int, step: Step[Any], delay: timedelta, log_key: str | None = None
) -> None:
    """End the segment and queue the next one for later."""
    key = log_key or step.key
    context.reach(f"before_wait:{key}")
    status = RunStatus.COMPENSATING if context.compensating else RunStatus.WAITING
    following = context.row.segment + 1

    def work(connection: Connection) -> None:
        if not context.compensating:
            context.set_status(connection, position, step, StepStatus.WAITING)
        context.services.queue.enqueue(connection, context.row.id, following, delay)
        context.record(connection, "waiting", key, seconds=delay.total_seconds())

    await context.commit(work, status=status, segment=following)
    context.reach(f"after_wait:{key}")


async def pause(context: RunContext, failures: Sequence[CheckFailure]) -> None:
    """End the segment until a person has resolved the exceptions; nothing is queued."""
    first = failures[0].step
    context.reach(f"before_pause:{first}")

    def work(connection: Connection) -> None:
        for failure in failures:
            raise_exception(connection, context, failure)
        for key in sorted({failure.step for failure in failures if failure.step}):
            position = context.flow.find_position(key)
            context.set_status(connection, position, context.flow.steps[position], StepStatus.PAUSED)
        context.record(connection, "paused", first, reasons=sorted({failure.pause for failure in failures}))

    await context.commit(work, status=RunStatus.PAUSED, segment=context.row.segment + 1)
    context.reach(f"after_pause:{first}")


def raise_exception(connection: Connection, context: RunContext, failure: CheckFailure) -> None:
    """Open the exception of a failure, or open it again; a run has one exception per cause."""
    exception_id = build_exception_id(context.row.id, failure)
    values = {
        "status": ExceptionStatus.OPEN,
        "step": failure.step,
        "message": failure.message,
        "opened_at": context.now(),
        "resolved_at": None,
        "resolved_by": None,
        "action": None,
    }
    known = workflow_exception.c.id == exception_id
    if connection.execute(update(workflow_exception).where(known).values(**values)).rowcount == 0:
        fixed = {
            "id": exception_id,
            "run_id": context.row.id,
            "pause": failure.pause,
            "check_code": failure.check,
            "fingerprint": failure.fingerprint,
            "about": failure.about,
            "team": failure.team,
            "remedy": failure.remedy,
        }
        connection.execute(insert(workflow_exception).values(**fixed, **values))


def build_exception_id(run_id: str, failure: CheckFailure) -> str:
    """Return the id of a run's exception for one cause."""
    return f"{run_id}/{failure.fingerprint}"


async def escalate_overdue(context: RunContext) -> None:
    """Escalate the open exceptions of a paused run: nobody has decided in time."""
    open_ones = (workflow_exception.c.run_id == context.row.id) & workflow_exception.c.status.in_(
        OPEN_EXCEPTIONS - {ExceptionStatus.ESCALATED}
    )

    def work(connection: Connection) -> None:
        connection.execute(update(workflow_exception).where(open_ones).values(status=ExceptionStatus.ESCALATED))
        context.record(connection, "escalated")

    await context.commit(work, segment=context.row.segment + 1)
