"""One segment of a run: it loads what is done, does what is next, and ends when the run is finished or has to wait.

Nothing waits in memory: a paused run has no segment queued, a run that waits for time has a delayed one.
"""

import logging
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select, update

from gateway.canonical.workflows import RunStatus, StepStatus
from gateway.store.workflow_tables import workflow_run, workflow_step
from gateway.workflows.compensation import STALLED_DELAY, compensate_run
from gateway.workflows.context import FencedError, RunContext
from gateway.workflows.endings import complete_run
from gateway.workflows.failure_points import UNDO_SUFFIX
from gateway.workflows.failures import COMPENSATION_STALLED, build_crash_failure, build_definition_failure
from gateway.workflows.journal import emit_event
from gateway.workflows.people import request_approval, run_child
from gateway.workflows.plan import build_plan, find_failures
from gateway.workflows.steps import Approval, Child, Gate, Step, Wait, Write
from gateway.workflows.versions import can_follow
from gateway.workflows.waits import escalate_overdue, pause, raise_exception, suspend
from gateway.workflows.writing import perform_write

PLAN_CHANGED: Final = "PLAN_CHANGED"
_LOG = logging.getLogger(__name__)


async def run_segment(context: RunContext) -> None:
    """Run the segment; an error of ours or of a read pauses the run. Raises nothing but cancellation."""
    try:
        await _advance(context)
    except FencedError:
        return
    except Exception as error:  # noqa: BLE001 -- whatever it is, the run must wait for a person
        _LOG.error("workflow segment failed", exc_info=error, extra={"run": context.row.id})
        await _record_crash(context, error)


async def _advance(context: RunContext) -> None:
    await context.load_state()
    if context.compensating:
        await compensate_run(context)
    elif context.row.status is RunStatus.PAUSED:
        await escalate_overdue(context)
    elif await _adopt_version(context) and await _pass_gates(context) and await _perform_steps(context):
        await complete_run(context)


async def _pass_gates(context: RunContext) -> bool:
    await context.load_snapshot()
    if not await _confirm_plan(context):
        return False
    failures = find_failures(context.flow, context.snapshot, context.done, context.waived)
    if failures:
        await pause(context, failures)
        return False
    context.reach("gates_passed")
    await _record_gates(context)
    return True


async def _perform_steps(context: RunContext) -> bool:
    for position, step in enumerate(context.flow.steps):
        if step.key not in context.done and not await _perform(context, position, step):
            return False
    return True


async def _perform(context: RunContext, position: int, step: Step[Any]) -> bool:
    match step:
        case Write():
            return await perform_write(context, position, step)
        case Child():
            return await run_child(context, position, step)
        case Approval():
            return await request_approval(context, position, step)
        case _:
            return await _ask_late(context, position, step)


async def _adopt_version(context: RunContext) -> bool:
    """Move the run to the newest version that it can follow; pause it if it can follow none."""
    newest = context.services.definitions.get_current(context.row.kind)
    if newest.version == context.row.version:
        return True
    logged = {step for step, _ in context.writes if not step.endswith(UNDO_SUFFIX)}
    order = tuple(step.key for step in context.flow.steps)
    if can_follow(context.done | logged, order, newest):
        await context.commit(
            lambda connection: context.record(connection, "version_adopted", version=newest.version),
            version=newest.version,
        )
        context.flow = newest
        return True
    if context.services.definitions.find(context.row.kind, context.row.version) is not None:
        return True
    versions = (context.row.version, newest.version)
    await pause(context, [build_definition_failure(context.row.kind, versions)])
    return False


async def _confirm_plan(context: RunContext) -> bool:
    """Cancel a run whose records changed since its plan, before it writes anything.

    Asked once: after a pause, whoever resolved it is responsible for the change.
    """
    if context.row.plan_confirmed or context.row.plan_hash is None:
        return True
    plan = build_plan(context.flow, context.snapshot, context.systems.capabilities, context.waived)
    confirmed = plan.hash == context.row.plan_hash
    ended: dict[str, Any] = {}
    if not confirmed:
        ended = {"status": RunStatus.CANCELLED, "error": PLAN_CHANGED, "completed_at": context.now()}
    entry = "plan_confirmed" if confirmed else "plan_changed"
    await context.commit(lambda connection: context.record(connection, entry), plan_confirmed=1, **ended)
    return confirmed


async def _record_gates(context: RunContext) -> None:
    """Complete the gates before the first write, and note where the run belongs."""
    flow = context.flow
    passed = [
        (position, step)
        for position, step in enumerate(flow.steps[: flow.first_write])
        if isinstance(step, Gate) and step.key not in context.done
    ]
    if not passed:
        return

    def work(connection: Connection) -> None:
        for position, step in passed:
            context.set_status(connection, position, step, StepStatus.SUCCEEDED)
            emit_event(connection, context.row.id, context.now(), context.row.subject, step.emits)
        context.record(connection, "gates_passed")

    location = flow.locate(context.snapshot)
    await context.commit(work, legal_entity=location.legal_entity, region=location.region)


async def _ask_late(context: RunContext, position: int, step: Step[Any]) -> bool:
    """Ask a gate that follows a write, or a wait, about records loaded anew."""
    await context.load_snapshot()
    failures = find_failures(context.flow, context.snapshot, context.done, context.waived, step)
    if not failures:
        await context.commit(lambda connection: context.succeed(connection, position, step))
        return True
    if isinstance(step, Wait):
        began = await _find_start(context, step)
        if began is None or context.now() < began + step.within:
            await suspend(context, position, step, step.every)
            return False
    await pause(context, failures)
    return False


async def _find_start(context: RunContext, step: Step[Any]) -> datetime | None:
    query = select(workflow_step.c.started_at).where(
        workflow_step.c.run_id == context.row.id, workflow_step.c.step == step.key
    )
    return await context.services.transactions.read(lambda connection: connection.execute(query).scalar_one_or_none())


async def _record_crash(context: RunContext, error: Exception) -> None:
    """Pause the run. A compensation stays one and is tried again: it must never resume forwards."""
    failure = build_crash_failure(error)
    try:
        if not context.compensating:
            return await pause(context, [failure])
        following = context.row.segment + 1

        def work(connection: Connection) -> None:
            raise_exception(connection, context, msgspec.structs.replace(failure, check=COMPENSATION_STALLED))
            context.services.queue.enqueue(connection, context.row.id, following, STALLED_DELAY)

        await context.commit(work, segment=following)
    except FencedError:
        return None


def claim_run(connection: Connection, run_id: str, segment: int, now: datetime) -> bool:
    """Take a run for a segment; return False for a segment that is not the run's present one."""
    live = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING, RunStatus.COMPENSATING, RunStatus.PAUSED)
    present = (workflow_run.c.id == run_id) & (workflow_run.c.segment == segment) & workflow_run.c.status.in_(live)
    taken = update(workflow_run).where(present).values(claim=workflow_run.c.claim + 1, updated_at=now)
    if connection.execute(taken).rowcount == 0:
        return False
    starting = (workflow_run.c.id == run_id) & workflow_run.c.status.in_((RunStatus.QUEUED, RunStatus.WAITING))
    connection.execute(update(workflow_run).where(starting).values(status=RunStatus.RUNNING))
    return True
