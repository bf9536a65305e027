"""Builds plans. Pure over the loaded snapshot: the dry run, the run itself and the pages use the same functions."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from gateway.canonical.roles import SystemRole
from gateway.canonical.workflows import PauseReason, WriteOperation
from gateway.ports.commands import Change, Command
from gateway.ports.write_port import WriteCapability
from gateway.workflows.checks import CheckFailure
from gateway.workflows.declaration import Workflow
from gateway.workflows.keys import digest
from gateway.workflows.plan_types import FieldChange, Plan, PlannedStep, PredictedPause
from gateway.workflows.steps import Approval, Results, Step, Write

EFFECTS_PER_STEP: Final = 20


def find_failures(
    flow: Workflow[Any, Any], snapshot: Any, done: frozenset[str], waived: frozenset[str], only: Step[Any] | None = None
) -> tuple[CheckFailure, ...]:
    """Return the failures of all checks that come before the next write, one per check and cause.

    These are the checks of gates before the first write and of all writes that are not done. `only` asks one step.
    """
    steps = [only] if only is not None else [step for step in list_gating_steps(flow) if step.key not in done]
    found: dict[tuple[str, str], CheckFailure] = {}
    for step in steps:
        for check in step.checks:
            for violation in check(snapshot) if check.code not in waived else ():
                failure = CheckFailure(
                    step.key, check.pause, check.code, violation.about, violation.message, check.team, check.remedy
                )
                found.setdefault((check.code, violation.about), failure)
    return tuple(found.values())


def list_gating_steps(flow: Workflow[Any, Any]) -> list[Step[Any]]:
    """Return the steps whose checks must hold before the first write."""
    return [step for at, step in enumerate(flow.steps) if at < flow.first_write or isinstance(step, Write)]


def build_plan(
    flow: Workflow[Any, Any],
    snapshot: Any,
    capabilities: Mapping[SystemRole, WriteCapability],
    waived: frozenset[str] = frozenset(),
) -> Plan:
    """Simulate a whole run from its first step."""
    failures = find_failures(flow, snapshot, frozenset(), waived)
    results = Results({}, planned=True)
    commands = {step.key: step.build_commands(snapshot, results) for step in flow.writes}
    steps = tuple(_plan_step(step, commands.get(step.key, {}), capabilities) for step in flow.steps)
    sent = [(step.key, item, command) for step in flow.writes for item, command in commands[step.key].items()]
    return Plan(
        kind=flow.kind,
        version=flow.version,
        hash=digest(
            [
                flow.kind,
                flow.version,
                [(failure.check, failure.about) for failure in failures],
                [(key, item, type(command).__name__, command) for key, item, command in sent],
            ]
        ),
        failures=failures,
        steps=steps,
        created=_count(sent, WriteOperation.CREATE),
        changed=_count(sent, WriteOperation.UPDATE, WriteOperation.TRANSITION),
        deleted=_count(sent, WriteOperation.DELETE),
        calls=_sum_calls(steps),
        irreversible=tuple(step.key for step in flow.writes if not step.reversible),
        pauses=tuple(_predict_pauses(flow, failures)),
    )


def list_field_changes(item: str, command: Command) -> Iterator[FieldChange]:
    """Yield the fields that a command sets; a `Change` also tells the value before."""
    identifier = getattr(command, "id", None) or item or "new"
    target = f"{command.role} {command.object_type} {identifier}"
    for name in (field.name for field in msgspec.structs.fields(command)):
        value = getattr(command, name)
        if name == "id":
            continue
        before, after = (value.before, value.after) if isinstance(value, Change) else (None, value)
        yield FieldChange(target, name, msgspec.to_builtins(before), msgspec.to_builtins(after))


def _plan_step(
    step: Step[Any], commands: Mapping[str, Command], capabilities: Mapping[SystemRole, WriteCapability]
) -> PlannedStep:
    size, operation = 1, None
    if isinstance(step, Write):
        size = capabilities[step.command.role].batch if step.per_item else 1
        operation = step.command.operation
    listed = list(commands.items())[:EFFECTS_PER_STEP]
    return PlannedStep(
        key=step.key,
        title=step.title,
        roles=step.roles,
        operation=operation,
        pattern=step.pattern,
        effects=tuple(change for item, command in listed for change in list_field_changes(item, command)),
        commands=len(commands),
        calls=-(-len(commands) // size),
        reversible=not isinstance(step, Write) or step.reversible,
        compensation=step.compensation_text,
    )


def _count(sent: list[tuple[str, str, Command]], *operations: WriteOperation) -> Mapping[SystemRole, int]:
    return Counter(command.role for _, _, command in sent if command.operation in operations)


def _sum_calls(steps: tuple[PlannedStep, ...]) -> Mapping[SystemRole, int]:
    calls: Counter[SystemRole] = Counter()
    for step in steps:
        if step.calls:
            calls[step.roles[0]] += step.calls
    return calls


def _predict_pauses(flow: Workflow[Any, Any], failures: tuple[CheckFailure, ...]) -> Iterator[PredictedPause]:
    for failure in failures:
        yield PredictedPause(step=failure.step, reason=failure.pause, message=failure.message, remedy=failure.remedy)
    for step in flow.steps:
        if isinstance(step, Approval):
            message = f"{step.title} waits for a decision by {step.approver}."
            yield PredictedPause(
                step=step.key, reason=PauseReason.APPROVAL_PENDING, message=message, remedy="Approve or reject."
            )
