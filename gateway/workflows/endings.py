"""The end of a run, which also wakes the run that waits for it."""

from collections.abc import Callable

from sqlalchemy import Connection, select, update

from gateway.canonical.workflows import DeadLetterStatus, RunStatus, StepStatus
from gateway.store.workflow_tables import workflow_dead_letter, workflow_run, workflow_step
from gateway.workflows.context import RunContext


async def complete_run(context: RunContext) -> None:
    """Complete the run, with warnings if a step was skipped or an item refused."""
    run_id = context.row.id
    refused = (
        select(workflow_dead_letter.c.item)
        .where(workflow_dead_letter.c.run_id == run_id, workflow_dead_letter.c.status == DeadLetterStatus.OPEN)
        .limit(1)
    )
    found = await context.services.transactions.read(lambda connection: connection.execute(refused).first())
    warned = found is not None or StepStatus.SKIPPED in context.statuses.values()
    status = RunStatus.COMPLETED_WITH_WARNINGS if warned else RunStatus.COMPLETED
    await end_run(context, status, "completed", lambda _connection: None)


async def end_run(context: RunContext, status: RunStatus, entry: str, work: Callable[[Connection], None]) -> None:
    """End the run: commit `work` and wake the parent in the same transaction."""
    context.reach("before_end")

    def finish(connection: Connection) -> None:
        work(connection)
        context.record(connection, entry)
        if context.row.parent_id is not None:
            _wake_parent(connection, context, context.row.parent_id)

    await context.commit(finish, status=status, segment=context.row.segment + 1, completed_at=context.now())
    context.reach("after_end")


def _wake_parent(connection: Connection, context: RunContext, parent_id: str) -> None:
    """Queue the parent's next segment.

    No wake-up is lost: the parent's wait locks its own row before it looks at this run.
    """
    waiting = (workflow_run.c.id == parent_id) & workflow_run.c.status.in_((RunStatus.WAITING, RunStatus.RUNNING))
    values = {"segment": workflow_run.c.segment + 1, "status": RunStatus.QUEUED, "updated_at": context.now()}
    if connection.execute(update(workflow_run).where(waiting).values(**values)).rowcount == 0:
        return
    segment = connection.execute(select(workflow_run.c.segment).where(workflow_run.c.id == parent_id)).scalar_one()
    steps = (workflow_step.c.run_id == parent_id) & (workflow_step.c.child_id == context.row.id)
    connection.execute(update(workflow_step).where(steps).values(child_id=None))
    context.services.queue.enqueue(connection, parent_id, segment)
