"""What people do to runs. Each action is one transaction that decides and queues the next segment."""

from collections.abc import Collection
from enum import StrEnum
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete, select, update

from gateway.canonical.workflows import (
    FINAL_STATUSES,
    LIVE_STATUSES,
    OPEN_EXCEPTIONS,
    DeadLetterStatus,
    ExceptionStatus,
    RunStatus,
    WriteStatus,
)
from gateway.store.workflow_tables import (
    workflow_approval,
    workflow_dead_letter,
    workflow_exception,
    workflow_run,
    workflow_step,
    workflow_write,
)
from gateway.workflows.failures import APPROVAL
from gateway.workflows.journal import record_entry
from gateway.workflows.people import APPROVED, REJECTED
from gateway.workflows.principal import Principal
from gateway.workflows.rows import load_run
from gateway.workflows.services import RunServices
from gateway.workflows.step_delivery import ATTEMPTS


class ResolutionAction(StrEnum):
    """How an exception is resolved."""

    RETRY = "RETRY"
    WAIVE = "WAIVE"


class RefusalCode(StrEnum):
    """Why an action was refused; nothing was written."""

    NOT_FOUND = "NOT_FOUND"
    SELF_APPROVAL = "SELF_APPROVAL"
    ALREADY_DECIDED = "ALREADY_DECIDED"
    INVALID_TRANSITION = "INVALID_TRANSITION"
    NOT_REPLAYABLE = "NOT_REPLAYABLE"


class ActionRefused(msgspec.Struct, frozen=True):
    """A refused action with its reason."""

    code: RefusalCode
    message: str


_STOPPABLE: Final = LIVE_STATUSES - {RunStatus.COMPENSATING} | {RunStatus.PAUSED}


async def resolve_exceptions(
    services: RunServices, fingerprint: str, principal: Principal, action: ResolutionAction = ResolutionAction.RETRY
) -> list[str]:
    """Resolve every open exception of one cause; return the runs that resume, those without another open exception.

    RETRY asks the checks again, WAIVE passes over the check in these runs.
    """

    def work(connection: Connection) -> list[str]:
        return _resolve(connection, services, fingerprint, principal, action)

    return await services.transactions.write(work)


def _resolve(
    connection: Connection, services: RunServices, fingerprint: str, principal: Principal, action: ResolutionAction
) -> list[str]:
    open_ones = (workflow_exception.c.fingerprint == fingerprint) & workflow_exception.c.status.in_(OPEN_EXCEPTIONS)
    query = select(workflow_exception.c.run_id, workflow_exception.c.check_code).where(open_ones)
    found = list(connection.execute(query.order_by(workflow_exception.c.run_id)))
    _close_exceptions(connection, services, open_ones, principal, ExceptionStatus.RESOLVED, action)
    resumed: list[str] = []
    for run_id, check in found:
        if action is ResolutionAction.WAIVE:
            _waive(connection, run_id, check)
        mine = (workflow_exception.c.run_id == run_id) & workflow_exception.c.status.in_(OPEN_EXCEPTIONS)
        if connection.execute(select(workflow_exception.c.id).where(mine).limit(1)).first() is not None:
            continue
        more = {"allowed_attempts": workflow_write.c.attempts + ATTEMPTS}
        connection.execute(update(workflow_write).where(workflow_write.c.run_id == run_id).values(**more))
        detail = {"by": principal.actor, "action": action}
        if _queue_next(connection, services, run_id, RunStatus.QUEUED, {RunStatus.PAUSED}, "resumed", **detail):
            resumed.append(run_id)
    return resumed


async def decide_approval(
    services: RunServices, approval_id: str, principal: Principal, *, approve: bool
) -> ActionRefused | None:
    """Approve or reject; the starter of the run may not. A rejection compensates the run."""

    def work(connection: Connection) -> ActionRefused | None:
        row = connection.execute(select(workflow_approval).where(workflow_approval.c.id == approval_id)).one_or_none()
        if row is None:
            return ActionRefused(RefusalCode.NOT_FOUND, "The approval does not exist.")
        if principal.actor == row.started_by:
            return ActionRefused(RefusalCode.SELF_APPROVAL, "Whoever started the run may not decide its approvals.")
        undecided = (workflow_approval.c.id == approval_id) & workflow_approval.c.decision.is_(None)
        decision = APPROVED if approve else REJECTED
        values = {"decision": decision, "decided_by": principal.actor, "decided_at": services.clock.now()}
        if connection.execute(update(workflow_approval).where(undecided).values(**values)).rowcount == 0:
            return ActionRefused(RefusalCode.ALREADY_DECIDED, f"The approval is {row.decision}.")
        asked = (workflow_exception.c.run_id == row.run_id) & (workflow_exception.c.check_code == APPROVAL)
        _close_exceptions(connection, services, asked, principal, ExceptionStatus.RESOLVED, decision)
        status = RunStatus.QUEUED if approve else RunStatus.COMPENSATING
        detail = {"by": principal.actor, "decision": decision}
        _queue_next(connection, services, row.run_id, status, {RunStatus.PAUSED}, "decided", **detail)
        return None

    return await services.transactions.write(work)


async def compensate(services: RunServices, run_id: str, principal: Principal) -> ActionRefused | None:
    """Stop a run wherever it is and undo what it has done; a segment that is running learns it at its next commit."""

    def work(connection: Connection) -> ActionRefused | None:
        stoppable = _STOPPABLE | {RunStatus.FAILED}
        detail = {"by": principal.actor}
        if not _queue_next(
            connection, services, run_id, RunStatus.COMPENSATING, stoppable, "compensation_requested", **detail
        ):
            return ActionRefused(RefusalCode.INVALID_TRANSITION, "The run is not one that can be compensated.")
        mine = (workflow_exception.c.run_id == run_id) & workflow_exception.c.status.in_(OPEN_EXCEPTIONS)
        _close_exceptions(connection, services, mine, principal, ExceptionStatus.DISMISSED, "COMPENSATE")
        return None

    return await services.transactions.write(work)


async def replay_run(
    services: RunServices, run_id: str, from_step: str, reason: str, principal: Principal
) -> ActionRefused | None:
    """Perform the steps of an ended run again from one on.

    What took effect is confirmed under its old key; what was undone or refused is done again under a new key.
    """

    def work(connection: Connection) -> ActionRefused | None:
        row = load_run(connection, run_id)
        if row is None:
            return ActionRefused(RefusalCode.NOT_FOUND, "The run does not exist.")
        keys = [step.key for step in services.definitions.get_current(row.kind).steps]
        if row.status not in FINAL_STATUSES or from_step not in keys or not reason.strip():
            message = "Replay needs an ended run, one of its steps, and a reason."
            return ActionRefused(RefusalCode.NOT_REPLAYABLE, message)
        before, again = keys[: keys.index(from_step)], keys[keys.index(from_step) :]
        mine = workflow_write.c.run_id == run_id
        undone = select(workflow_write.c.step).where(mine, workflow_write.c.status == WriteStatus.UNDONE)
        if set(connection.execute(undone).scalars()) & set(before):
            return ActionRefused(RefusalCode.NOT_REPLAYABLE, f"A step before {from_step} was undone; replay from it.")
        _reopen(connection, run_id, again)
        detail = {"by": principal.actor, "from_step": from_step, "reason": reason}
        _queue_next(connection, services, run_id, RunStatus.QUEUED, {row.status}, "replayed", **detail)
        return None

    return await services.transactions.write(work)


def _reopen(connection: Connection, run_id: str, steps: Collection[str]) -> None:
    for table in (workflow_step, workflow_approval):
        connection.execute(delete(table).where(table.c.run_id == run_id, table.c.step.in_(steps)))
    settled = workflow_write.c.status.in_((WriteStatus.ACKNOWLEDGED, WriteStatus.DEAD_LETTERED))
    mine = (workflow_write.c.run_id == run_id) & workflow_write.c.step.in_(steps)
    doubtful = {"status": WriteStatus.UNCONFIRMED, "allowed_attempts": workflow_write.c.attempts + ATTEMPTS}
    connection.execute(update(workflow_write).where(mine & settled).values(**doubtful))
    letters = (workflow_dead_letter.c.run_id == run_id) & workflow_dead_letter.c.step.in_(steps)
    connection.execute(update(workflow_dead_letter).where(letters).values(status=DeadLetterStatus.REPLAYED))
    fresh = {"completed_at": None, "plan_hash": None, "crashes": 0, "error": None}
    connection.execute(update(workflow_run).where(workflow_run.c.id == run_id).values(**fresh))


def _waive(connection: Connection, run_id: str, check: str) -> None:
    run = workflow_run.c.id == run_id
    waived = connection.execute(select(workflow_run.c.waived).where(run)).scalar_one()
    codes = sorted({*msgspec.json.decode(waived, type=list[str]), check})
    connection.execute(update(workflow_run).where(run).values(waived=msgspec.json.encode(codes).decode()))


def _close_exceptions(
    connection: Connection,
    services: RunServices,
    condition: Any,
    principal: Principal,
    status: ExceptionStatus,
    action: str,
) -> None:
    values = {"status": status, "resolved_at": services.clock.now(), "resolved_by": principal.actor, "action": action}
    connection.execute(update(workflow_exception).where(condition).values(**values))


def _queue_next(
    connection: Connection,
    services: RunServices,
    run_id: str,
    status: RunStatus,
    before: Collection[RunStatus],
    entry: str,
    **detail: Any,
) -> bool:
    """Give the run its next segment if its status is one of `before`; return whether it was."""
    now, run = services.clock.now(), workflow_run.c.id == run_id
    values = {"segment": workflow_run.c.segment + 1, "status": status, "updated_at": now, "completed_at": None}
    expected = run & workflow_run.c.status.in_(before)
    if connection.execute(update(workflow_run).where(expected).values(**values)).rowcount == 0:
        return False
    segment = connection.execute(select(workflow_run.c.segment).where(run)).scalar_one()
    services.queue.enqueue(connection, run_id, segment)
    record_entry(connection, run_id, now, entry, **detail)
    return True
