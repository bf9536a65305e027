"""Failures that do not come from a check: writes that cannot go on, reads that failed, children that stopped."""

from collections.abc import Sequence
from typing import Any, Final

from gateway.canonical.workflows import PauseReason
from gateway.errors import SourceError
from gateway.ports.outcomes import Outcome, Refusal, Throttled, Unconfirmed, describe_refusal
from gateway.ports.write_port import PendingWrite
from gateway.workflows.checks import CheckFailure
from gateway.workflows.steps import Step

OPERATIONS_TEAM: Final = "integration-ops"
WRITE_UNCONFIRMED: Final = "WRITE_UNCONFIRMED"
WRITE_THROTTLED: Final = "WRITE_THROTTLED"
WRITE_REFUSED: Final = "WRITE_REFUSED"
COMPENSATION_FAILED: Final = "COMPENSATION_FAILED"
COMPENSATION_STALLED: Final = "COMPENSATION_STALLED"
COMPENSATION_MANUAL: Final = "COMPENSATION_MANUAL"
APPROVAL: Final = "APPROVAL"
CHILD_NOT_COMPLETED: Final = "CHILD_NOT_COMPLETED"
DEFINITION_CHANGED: Final = "DEFINITION_CHANGED"
READ_FAILED: Final = "READ_FAILED"
DEFECT: Final = "DEFECT"


def build_write_failure(step: Step[Any], write: PendingWrite, outcome: Outcome, team: str) -> CheckFailure:
    """Return the failure of a write that has no outcome after all attempts, or that the system refused."""
    role, object_type = write.command.role, write.command.object_type
    match outcome:
        case Unconfirmed():
            return CheckFailure(
                step=step.key,
                pause=PauseReason.UNCONFIRMED_WRITE,
                check=WRITE_UNCONFIRMED,
                about=f"{role}/{write.key}",
                message=f"The {role} has not confirmed the {object_type}, which may exist or not.",
                team=OPERATIONS_TEAM,
                remedy=f"Search the {role} for {write.key}, then retry.",
            )
        case Throttled():
            return CheckFailure(
                step=step.key,
                pause=PauseReason.SYSTEM_UNAVAILABLE,
                check=WRITE_THROTTLED,
                about=role,
                message=f"The {role} accepts no writes.",
                team=OPERATIONS_TEAM,
                remedy=f"Retry when the {role} accepts writes again.",
            )
        case _:
            return CheckFailure(
                step=step.key,
                pause=PauseReason.CONFLICT,
                check=WRITE_REFUSED,
                about=f"{role}/{write.key}",
                message=f"The {role} refused the {object_type}: {describe_refusal(outcome)}",  # type: ignore[arg-type]
                team=team,
                remedy="Correct the values in their system, then retry; or compensate the run.",
            )


def build_undo_failure(run_id: str, step: Step[Any], item: str, refusal: Refusal) -> CheckFailure:
    """Return the failure of a compensation that the system refused."""
    return CheckFailure(
        step=step.key,
        pause=PauseReason.CONFLICT,
        check=COMPENSATION_FAILED,
        about="/".join(part for part in (run_id, step.key, item) if part),
        message=f"{step.title} could not be undone: {describe_refusal(refusal)}",
        team=OPERATIONS_TEAM,
        remedy="Undo it in the system by hand.",
    )


def build_manual_failure(run_id: str, step: Step[Any], instruction: str, team: str) -> CheckFailure:
    """Return the instruction to a person who has to undo an irreversible step."""
    return CheckFailure(
        step=step.key,
        pause=PauseReason.MANUAL_HOLD,
        check=COMPENSATION_MANUAL,
        about=f"{run_id}/{step.key}",
        message=f"{step.title} cannot be undone by the gateway.",
        team=team,
        remedy=instruction,
    )


def build_child_failure(step: Step[Any], child_id: str, team: str) -> CheckFailure:
    """Return the failure of a child run that ended without completing."""
    return CheckFailure(
        step=step.key,
        pause=PauseReason.MANUAL_HOLD,
        check=CHILD_NOT_COMPLETED,
        about=child_id,
        message=f"The run {child_id} ended without completing.",
        team=team,
        remedy="Replay that run and retry, or compensate this run.",
    )


def build_definition_failure(kind: str, versions: Sequence[int]) -> CheckFailure:
    """Return the failure of a run that cannot continue under any registered version of its workflow."""
    return CheckFailure(
        step="",
        pause=PauseReason.MANUAL_HOLD,
        check=DEFINITION_CHANGED,
        about=kind,
        message=f"The run cannot follow the workflow's change from version {versions[0]} to {versions[1]}.",
        team=OPERATIONS_TEAM,
        remedy="Register the former version again, or compensate the run and start it again.",
    )


def build_crash_failure(error: Exception) -> CheckFailure:
    """Return the failure of a segment that raised. It shows the kind of error; details are in the log."""
    failed_read = isinstance(error, (SourceError, OSError, LookupError))
    name = type(error).__name__
    if failed_read:
        return CheckFailure(
            step="",
            pause=PauseReason.SYSTEM_UNAVAILABLE,
            check=READ_FAILED,
            about=str(error.code) if isinstance(error, SourceError) else name,
            message="The records could not be read.",
            team=OPERATIONS_TEAM,
            remedy="Retry when the system answers again.",
        )
    return CheckFailure(
        step="",
        pause=PauseReason.MANUAL_HOLD,
        check=DEFECT,
        about=name,
        message="The run stopped at an internal error.",
        team=OPERATIONS_TEAM,
        remedy="Report the error with the run's id, then retry or compensate.",
    )
