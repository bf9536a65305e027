"""Steps that wait for a decision or for a child run."""

from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from gateway.canonical.workflows import COMPLETED_STATUSES, FINAL_STATUSES, PauseReason, RunStatus, StepStatus
from gateway.store.workflow_tables import workflow_approval, workflow_run
from gateway.workflows.checks import CheckFailure
from gateway.workflows.context import RunContext
from gateway.workflows.failures import APPROVAL, build_child_failure
from gateway.workflows.keys import build_run_id
from gateway.workflows.principal import Principal
from gateway.workflows.start import insert_run
from gateway.workflows.steps import Approval, Child
from gateway.workflows.waits import pause, raise_exception

APPROVED = "APPROVED"
REJECTED = "REJECTED"


async def request_approval(context: RunContext, position: int, step: Approval[Any]) -> bool:
    """Return True if the step is approved; otherwise pause the run, with a segment at the deadline that escalates."""
    approval_id = f"{context.row.id}/{step.key}"
    query = select(workflow_approval.c.decision).where(workflow_approval.c.id == approval_id)
    known = await context.services.transactions.read(lambda connection: connection.execute(query).one_or_none())
    if known is not None and known.decision == APPROVED:
        await context.commit(lambda connection: context.succeed(connection, position, step))
        return True
    context.reach(f"before_wait:{step.key}")
    now, following = context.now(), context.row.segment + 1
    amount = step.amount(context.snapshot)
    failure = CheckFailure(
        step=step.key,
        pause=PauseReason.APPROVAL_PENDING,
        check=APPROVAL,
        about=approval_id,
        message=f"{step.title} waits for a decision.",
        team=step.approver,
        remedy="Approve or reject.",
    )

    def work(connection: Connection) -> None:
        if known is None:
            row = {
                "id": approval_id,
                "run_id": context.row.id,
                "step": step.key,
                "approver": step.approver,
                "amount": None if amount is None else msgspec.json.encode(amount).decode(),
                "started_by": msgspec.json.decode(context.row.principal, type=Principal).actor,
                "requested_at": now,
                "due_at": now + step.within,
            }
            connection.execute(insert(workflow_approval).values(**row))
        raise_exception(connection, context, failure)
        context.set_status(connection, position, step, StepStatus.PAUSED)
        context.services.queue.enqueue(connection, context.row.id, following, step.within)
        context.record(connection, "paused", step.key, reasons=[PauseReason.APPROVAL_PENDING])

    await context.commit(work, status=RunStatus.PAUSED, segment=following)
    context.reach(f"after_wait:{step.key}")
    return False


async def run_child(context: RunContext, position: int, step: Child[Any]) -> bool:
    """Return True if the child run has completed; otherwise start it, wait for it, or pause if it ended otherwise."""
    child_input = step.build(context.snapshot, context.results)
    flow, tenant = step.flow, context.row.tenant
    child_id = build_run_id(tenant, flow.kind, flow.subject(child_input), flow.revision(child_input))
    query = select(workflow_run.c.status).where(workflow_run.c.id == child_id)
    context.reach(f"before_wait:{step.key}")

    def work(connection: Connection) -> RunStatus | None:
        found = connection.execute(query).scalar_one_or_none()
        status = None if found is None else RunStatus(found)
        if status in COMPLETED_STATUSES:
            context.succeed(connection, position, step)
            return status
        if status is None:
            principal = msgspec.json.decode(context.row.principal, type=Principal)
            insert_run(connection, context.services, tenant, flow, child_input, principal, parent_id=context.row.id)
        if status not in FINAL_STATUSES:
            waiting = update(workflow_run).where(workflow_run.c.id == context.row.id)
            connection.execute(waiting.values(status=RunStatus.WAITING))
            context.set_status(connection, position, step, StepStatus.WAITING, child_id)
            context.record(connection, "waiting", step.key, child=child_id)
        return status

    status = await context.commit(work)
    if status in COMPLETED_STATUSES:
        return True
    if status in FINAL_STATUSES:
        await pause(context, [build_child_failure(step, child_id, context.flow.team)])
        return False
    context.reach(f"after_wait:{step.key}")
    return False
