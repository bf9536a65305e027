"""The enums of workflows, their runs, steps, writes and exceptions."""

from enum import StrEnum


class WorkflowKind(StrEnum):
    """A workflow of the firm; one definition of each kind is active."""

    QUOTE_TO_PROJECT = "QUOTE_TO_PROJECT"
    STAFF_TO_DELIVER = "STAFF_TO_DELIVER"
    TIME_TO_BILL = "TIME_TO_BILL"
    PROJECT_TO_CLOSE = "PROJECT_TO_CLOSE"
    CHANGE_ORDER = "CHANGE_ORDER"


class RunStatus(StrEnum):
    """The status of a run."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    WAITING = "WAITING"
    PAUSED = "PAUSED"
    COMPENSATING = "COMPENSATING"
    COMPENSATED = "COMPENSATED"
    COMPLETED = "COMPLETED"
    COMPLETED_WITH_WARNINGS = "COMPLETED_WITH_WARNINGS"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


LIVE_STATUSES = frozenset({RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING, RunStatus.COMPENSATING})
"""A run in one of these has exactly one segment that is queued, delayed or running; the sweep restores this."""

COMPLETED_STATUSES = frozenset({RunStatus.COMPLETED, RunStatus.COMPLETED_WITH_WARNINGS})

FINAL_STATUSES = COMPLETED_STATUSES | {RunStatus.COMPENSATED, RunStatus.FAILED, RunStatus.CANCELLED}


class StepStatus(StrEnum):
    """The status of one step of a run."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    WAITING = "WAITING"
    PAUSED = "PAUSED"
    SUCCEEDED = "SUCCEEDED"
    SKIPPED = "SKIPPED"
    FAILED = "FAILED"
    COMPENSATED = "COMPENSATED"
    COMPENSATION_FAILED = "COMPENSATION_FAILED"


DONE_STATUSES = frozenset({StepStatus.SUCCEEDED, StepStatus.SKIPPED})


class IntegrationPattern(StrEnum):
    """How a step works with its systems."""

    SYNC_VALIDATION = "SYNC_VALIDATION"
    SYNC_COMMAND = "SYNC_COMMAND"
    EVENT = "EVENT"
    BATCH = "BATCH"
    HUMAN_APPROVAL = "HUMAN_APPROVAL"


class PauseReason(StrEnum):
    """Why a run waits for a person."""

    MISSING_DIMENSION = "MISSING_DIMENSION"
    MISSING_MASTER_DATA = "MISSING_MASTER_DATA"
    MAPPING_MISSING = "MAPPING_MISSING"
    APPROVAL_PENDING = "APPROVAL_PENDING"
    GOVERNANCE_FAILED = "GOVERNANCE_FAILED"
    SYSTEM_UNAVAILABLE = "SYSTEM_UNAVAILABLE"
    PERIOD_CLOSED = "PERIOD_CLOSED"
    CONFLICT = "CONFLICT"
    MANUAL_HOLD = "MANUAL_HOLD"
    UNCONFIRMED_WRITE = "UNCONFIRMED_WRITE"


class WriteOperation(StrEnum):
    """What a write does to its object.

    Only CREATE can double something: the others carry absolute values, so sending them again changes nothing.
    """

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    TRANSITION = "TRANSITION"
    DELETE = "DELETE"


class WriteStatus(StrEnum):
    """The status of one write in the write log."""

    PENDING = "PENDING"
    IN_FLIGHT = "IN_FLIGHT"
    UNCONFIRMED = "UNCONFIRMED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    FAILED = "FAILED"
    DEAD_LETTERED = "DEAD_LETTERED"
    UNDONE = "UNDONE"
    UNDO_FAILED = "UNDO_FAILED"


OPEN_WRITES = frozenset({WriteStatus.PENDING, WriteStatus.IN_FLIGHT, WriteStatus.UNCONFIRMED})
"""Writes whose outcome is not known yet."""

REPEATABLE_WRITES = frozenset({WriteStatus.UNDONE, WriteStatus.FAILED})
"""Writes without effect: the next attempt is a new generation under a new key."""


class ExceptionStatus(StrEnum):
    """The status of an exception in its team's queue."""

    OPEN = "OPEN"
    ASSIGNED = "ASSIGNED"
    IN_PROGRESS = "IN_PROGRESS"
    WAITING_ON_SOURCE = "WAITING_ON_SOURCE"
    RESOLVED = "RESOLVED"
    AUTO_RESOLVED = "AUTO_RESOLVED"
    DISMISSED = "DISMISSED"
    ESCALATED = "ESCALATED"


OPEN_EXCEPTIONS = frozenset(
    {
        ExceptionStatus.OPEN,
        ExceptionStatus.ASSIGNED,
        ExceptionStatus.IN_PROGRESS,
        ExceptionStatus.WAITING_ON_SOURCE,
        ExceptionStatus.ESCALATED,
    }
)
"""Exceptions that still hold their run."""


class DeadLetterStatus(StrEnum):
    """The status of an item that a system refused.

    FOREIGN: another run carries the item, so this run leaves it out.
    """

    OPEN = "OPEN"
    FOREIGN = "FOREIGN"
    REPLAYED = "REPLAYED"
    DISCARDED = "DISCARDED"
