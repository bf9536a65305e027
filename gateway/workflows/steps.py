"""The kinds of steps of a workflow."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from gateway.canonical.roles import SystemRole
from gateway.canonical.values import Money
from gateway.canonical.workflows import IntegrationPattern, PauseReason, WriteOperation
from gateway.ports.commands import Command
from gateway.workflows.checks import Check

if TYPE_CHECKING:
    from gateway.workflows.declaration import Workflow

SnapshotIn = TypeVar("SnapshotIn", contravariant=True)
CommandT = TypeVar("CommandT", bound=Command)


@dataclass(frozen=True)
class Manual:
    """The compensation of an irreversible write: an instruction to a person."""

    instruction: str


@dataclass(frozen=True, kw_only=True)
class Step(Generic[SnapshotIn]):
    """A row of the workflow's table. `emits` is the event of its success: entity and verb."""

    key: str
    roles: tuple[SystemRole, ...]
    checks: tuple[Check[Any], ...] = ()
    emits: str | None = None

    @property
    def title(self) -> str:
        """The key in words."""
        return self.key.replace("_", " ").capitalize()

    @property
    def pattern(self) -> IntegrationPattern:
        """How the step works with its systems."""
        return IntegrationPattern.SYNC_COMMAND

    @property
    def pauses(self) -> frozenset[PauseReason]:
        """Every reason for which a run may pause at this step."""
        return frozenset(check.pause for check in self.checks)

    @property
    def compensation_text(self) -> str | None:
        """What undoes the step, in words; None if there is nothing to undo."""
        return None


@dataclass(frozen=True, kw_only=True)
class Gate(Step[SnapshotIn]):
    """Checks only. Gates before the first write are asked together with the checks of all writes, later gates in turn.

    A gate after a write loads the records again.
    """

    @property
    def pattern(self) -> IntegrationPattern:
        """A validation."""
        return IntegrationPattern.SYNC_VALIDATION


@dataclass(frozen=True, kw_only=True)
class Wait(Step[SnapshotIn]):
    """Checks that are asked every `every` until they hold; after `within` the run pauses."""

    every: timedelta
    within: timedelta

    @property
    def pattern(self) -> IntegrationPattern:
        """Something that another system does."""
        return IntegrationPattern.EVENT


@dataclass(frozen=True, kw_only=True)
class Approval(Step[SnapshotIn]):
    """A decision by a person of the role `approver` who did not start the run; it escalates after `within`."""

    approver: str
    within: timedelta
    amount: Callable[[Any], Money | None]

    @property
    def pattern(self) -> IntegrationPattern:
        """A decision."""
        return IntegrationPattern.HUMAN_APPROVAL

    @property
    def pauses(self) -> frozenset[PauseReason]:
        """The wait for the decision."""
        return super().pauses | {PauseReason.APPROVAL_PENDING}


@dataclass(frozen=True, kw_only=True)
class Write(Step[SnapshotIn], Generic[SnapshotIn, CommandT]):
    """One command, or one per item.

    `undo` builds the command that compensates it from the command and the system's id. A `best_effort` step is skipped
    instead of pausing the run. With `across_runs` an item is written by one run only, whichever comes first.
    """

    command: type[CommandT]
    build: Callable[[Any, "Results"], Any]
    undo: Callable[[Any, str], Command] | Manual | None
    best_effort: bool = False
    per_item: bool = False
    across_runs: bool = False

    @property
    def reversible(self) -> bool:
        """Whether a machine can undo it."""
        return not isinstance(self.undo, Manual)

    @property
    def pattern(self) -> IntegrationPattern:
        """A batch for items, a command otherwise."""
        return IntegrationPattern.BATCH if self.per_item else IntegrationPattern.SYNC_COMMAND

    @property
    def pauses(self) -> frozenset[PauseReason]:
        """The checks' reasons, and those that any write may have."""
        if self.best_effort:
            return super().pauses
        found = super().pauses | {PauseReason.SYSTEM_UNAVAILABLE, PauseReason.CONFLICT}
        return found | {PauseReason.UNCONFIRMED_WRITE} if self.command.operation is WriteOperation.CREATE else found

    @property
    def compensation_text(self) -> str | None:
        """The instruction, or the name of the undo function in words."""
        if self.undo is None or isinstance(self.undo, Manual):
            return None if self.undo is None else self.undo.instruction
        return self.undo.__name__.replace("_", " ").capitalize()

    def build_commands(self, snapshot: Any, results: "Results") -> Mapping[str, Command]:
        """Return the commands by item; a single command has the item ''."""
        built = self.build(snapshot, results)
        return dict(built) if self.per_item else {"": built}


@dataclass(frozen=True, kw_only=True)
class Child(Step[SnapshotIn]):
    """A run of another workflow, which ends before the next step begins."""

    flow: "Workflow[Any, Any]"
    build: Callable[[Any, "Results"], msgspec.Struct]

    @property
    def pauses(self) -> frozenset[PauseReason]:
        """A child that did not complete."""
        return super().pauses | {PauseReason.MANUAL_HOLD}

    @property
    def compensation_text(self) -> str | None:
        """The child's own compensation."""
        return "Compensate the child run"


class Results:
    """The systems' ids of what earlier steps created: `results[create_project]`. In a plan they are placeholders."""

    def __init__(self, ids: Mapping[tuple[str, str], str], *, planned: bool = False) -> None:
        self._ids = ids
        self._planned = planned

    def __getitem__(self, step: Write[Any, Any]) -> str:
        """Return the id that the single command of a step produced."""
        return f"<{step.key}>" if self._planned else self._ids[step.key, ""]

    def list_items(self, step: Write[Any, Any]) -> Iterator[tuple[str, str]]:
        """Yield item and id of a step with one command per item."""
        return ((item, found) for (key, item), found in self._ids.items() if key == step.key)
