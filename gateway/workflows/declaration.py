"""The declaration of a workflow. The run, the plan, compensation, documentation and tests all derive from it."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar, get_args, get_type_hints, overload

import msgspec

from gateway.canonical.roles import SystemRole
from gateway.canonical.values import Money
from gateway.canonical.workflows import WorkflowKind
from gateway.errors import DeclarationError
from gateway.ports.commands import Command
from gateway.workflows.checks import Check
from gateway.workflows.steps import Approval, Child, Gate, Manual, Results, Step, Wait, Write

InputT = TypeVar("InputT", bound=msgspec.Struct)
ChildInputT = TypeVar("ChildInputT", bound=msgspec.Struct)
SnapshotT = TypeVar("SnapshotT")
CommandT = TypeVar("CommandT", bound=Command)
StepT = TypeVar("StepT", bound=Step[Any])
ReaderT = TypeVar("ReaderT", contravariant=True)


@dataclass(frozen=True)
class Location:
    """Where a run belongs, for row rules: the codes of legal entity and region, empty if unknown."""

    legal_entity: str = ""
    region: str = ""


class _SingleDeclarator(Protocol):
    def __call__(self, build: Callable[[Any, Results], CommandT], /) -> Write[Any, CommandT]: ...


class _ItemDeclarator(Protocol):
    def __call__(self, build: Callable[[Any, Results], Iterator[tuple[str, CommandT]]], /) -> Write[Any, CommandT]: ...


@dataclass(kw_only=True)
class Workflow(Generic[InputT, SnapshotT]):
    """A declared workflow.

    `subject` and `revision` identify the business act: the same pair is the same run. `load` reads the snapshot of
    records that checks and payloads are functions of; its reader has no method that writes.
    """

    kind: WorkflowKind
    version: int
    input: type[InputT]
    load: Callable[[Any, InputT], Awaitable[SnapshotT]]
    subject: Callable[[InputT], str]
    revision: Callable[[InputT], str]
    locate: Callable[[SnapshotT], Location]
    team: str
    target: timedelta
    steps: list[Step[SnapshotT]] = field(default_factory=list)

    def gate(
        self, key: str, *checks: Check[SnapshotT], roles: tuple[SystemRole, ...], emits: str | None = None
    ) -> Gate[SnapshotT]:
        """Add a gate."""
        return self._add(Gate(key=key, roles=roles, checks=checks, emits=emits))

    def wait(
        self,
        key: str,
        *checks: Check[SnapshotT],
        roles: tuple[SystemRole, ...],
        every: timedelta,
        within: timedelta,
        emits: str | None = None,
    ) -> Wait[SnapshotT]:
        """Add a wait for something that another system does."""
        return self._add(Wait(key=key, roles=roles, checks=checks, every=every, within=within, emits=emits))

    def approval(
        self, key: str, *, approver: str, within: timedelta, amount: Callable[[SnapshotT], Money | None]
    ) -> Approval[SnapshotT]:
        """Add a decision by a person."""
        roles = (SystemRole.GATEWAY,)
        return self._add(Approval(key=key, roles=roles, approver=approver, within=within, amount=amount))

    def child(
        self, flow: "Workflow[ChildInputT, Any]"
    ) -> Callable[[Callable[[SnapshotT, Results], ChildInputT]], Child[SnapshotT]]:
        """Add a run of another workflow; the decorated function builds its input."""
        return lambda build: self._add(Child(key=build.__name__, roles=(SystemRole.GATEWAY,), flow=flow, build=build))

    @overload
    def write(
        self,
        *checks: Check[SnapshotT],
        undo: Callable[[CommandT, str], Command],
        emits: str | None = None,
        best_effort: bool = False,
    ) -> Callable[[Callable[[SnapshotT, Results], CommandT]], Write[SnapshotT, CommandT]]: ...
    @overload
    def write(
        self, *checks: Check[SnapshotT], undo: Manual | None, emits: str | None = None, best_effort: bool = False
    ) -> _SingleDeclarator: ...
    def write(self, *checks: Any, undo: Any, emits: str | None = None, best_effort: bool = False) -> Any:
        """Add a write: the decorated pure function builds its command, and its name is the step's key."""
        return lambda build: self._add(
            Write(
                key=build.__name__,
                roles=(_find_command(build).role,),
                checks=checks,
                emits=emits,
                command=_find_command(build),
                build=build,
                undo=undo,
                best_effort=best_effort,
            )
        )

    @overload
    def write_each(
        self,
        *checks: Check[SnapshotT],
        undo: Callable[[CommandT, str], Command],
        emits: str | None = None,
        across_runs: bool = False,
    ) -> Callable[[Callable[[SnapshotT, Results], Iterator[tuple[str, CommandT]]]], Write[SnapshotT, CommandT]]: ...
    @overload
    def write_each(
        self, *checks: Check[SnapshotT], undo: Manual | None, emits: str | None = None, across_runs: bool = False
    ) -> _ItemDeclarator: ...
    def write_each(self, *checks: Any, undo: Any, emits: str | None = None, across_runs: bool = False) -> Any:
        """Add a write per item: the function yields pairs of item (with its revision) and command.

        Items are sent in chunks. A refused item becomes a dead letter and the run goes on.
        """
        return lambda build: self._add(
            Write(
                key=build.__name__,
                roles=(_find_item_command(build).role,),
                checks=checks,
                emits=emits,
                command=_find_item_command(build),
                build=build,
                undo=undo,
                per_item=True,
                across_runs=across_runs,
            )
        )

    @property
    def writes(self) -> list[Write[SnapshotT, Any]]:
        """The writes in their order."""
        return [step for step in self.steps if isinstance(step, Write)]

    @property
    def first_write(self) -> int:
        """The position of the first step that changes anything."""
        return next((at for at, step in enumerate(self.steps) if isinstance(step, (Write, Child))), len(self.steps))

    def find_position(self, key: str) -> int:
        """Return the position of a step. Raises KeyError for an unknown key."""
        for position, step in enumerate(self.steps):
            if step.key == key:
                return position
        raise KeyError(key)

    def seal(self) -> "Workflow[InputT, SnapshotT]":
        """Complete the declaration; raise DeclarationError if a reversible write follows an irreversible one."""
        irreversible: str | None = None
        for step in self.writes:
            undoable = step.undo is not None and step.reversible and not step.best_effort
            if irreversible is not None and undoable:
                raise DeclarationError(
                    f"{self.kind}: {step.key} can be undone but follows the irreversible {irreversible}"
                )
            irreversible = irreversible if step.reversible else step.key
        return self

    def _add(self, step: StepT) -> StepT:
        if any(known.key == step.key for known in self.steps):
            raise DeclarationError(f"{self.kind}: two steps have the key {step.key}")
        self.steps.append(step)
        return step


def _find_command(build: Callable[..., Any]) -> type[Command]:
    return _require_command(build, get_type_hints(build).get("return"))


def _find_item_command(build: Callable[..., Any]) -> type[Command]:
    pair = get_args(get_type_hints(build).get("return"))
    arguments = get_args(pair[0]) if pair else ()
    return _require_command(build, arguments[1] if len(arguments) > 1 else None)


def _require_command(build: Callable[..., Any], found: Any) -> type[Command]:
    if isinstance(found, type) and issubclass(found, Command):
        return found
    raise DeclarationError(f"{build.__name__} does not say by its return type which command it builds")
