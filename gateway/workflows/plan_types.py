"""The plan of a run: what it would do, found without a write."""

from collections.abc import Mapping
from typing import Any

import msgspec

from gateway.canonical.roles import SystemRole
from gateway.canonical.workflows import IntegrationPattern, PauseReason, WorkflowKind, WriteOperation
from gateway.workflows.checks import CheckFailure


class FieldChange(msgspec.Struct, frozen=True):
    """One field that a command sets: `target` is the object, `before` is None if the field is empty or unknown."""

    target: str
    field: str
    before: Any
    after: Any


class PlannedStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step with its effects. `effects` has at most `EFFECTS_PER_STEP` items' changes, `commands` counts all."""

    key: str
    title: str
    roles: tuple[SystemRole, ...]
    operation: WriteOperation | None
    pattern: IntegrationPattern
    effects: tuple[FieldChange, ...]
    commands: int
    calls: int
    reversible: bool
    compensation: str | None


class PredictedPause(msgspec.Struct, frozen=True, kw_only=True):
    """A pause that the run would meet."""

    step: str
    reason: PauseReason
    message: str
    remedy: str | None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan. `hash` covers the gate's codes and the commands, so it does not change with unrelated edits."""

    kind: WorkflowKind
    version: int
    hash: str
    failures: tuple[CheckFailure, ...]
    steps: tuple[PlannedStep, ...]
    created: Mapping[SystemRole, int]
    changed: Mapping[SystemRole, int]
    deleted: Mapping[SystemRole, int]
    calls: Mapping[SystemRole, int]
    irreversible: tuple[str, ...]
    pauses: tuple[PredictedPause, ...]

    @property
    def executable(self) -> bool:
        """Whether the run would pass its gates."""
        return not self.failures
