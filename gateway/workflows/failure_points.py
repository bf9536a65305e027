"""The points at which a process may stop in the middle of something. Tests stop it at every one of them."""

from collections.abc import Callable, Iterator
from typing import Any

from gateway.workflows.declaration import Workflow
from gateway.workflows.steps import Approval, Child, Wait, Write

UNDO_SUFFIX = "~undo"
"""Ends the key under which a step's compensation is logged."""

ReachPoint = Callable[[str, str], None]
"""Called with run and point whenever a run passes one."""


def ignore_point(_run: str, _point: str) -> None:
    """Do nothing."""


def list_failure_points(flow: Workflow[Any, Any]) -> list[str]:
    """Return every point of a workflow, from its declaration.

    The last write is never undone, as nothing after it can stop the run.
    """
    points = ["claimed", "gates_passed"]
    for step in flow.steps:
        if isinstance(step, Write):
            points += [f"{point}:{step.key}" for point in ("before_intent", "before_send", "after_send", "recorded")]
        if isinstance(step, (Child, Approval, Wait)):
            points += [f"{point}:{step.key}" for point in ("before_wait", "after_wait")]
        if step.checks:
            points += [f"{point}:{step.key}" for point in ("before_pause", "after_pause")]
    return [*points, *_list_undo_points(flow), "before_end", "after_end"]


def _list_undo_points(flow: Workflow[Any, Any]) -> Iterator[str]:
    for step in flow.writes[:-1]:
        if callable(step.undo):
            yield from (f"{point}:{step.key}{UNDO_SUFFIX}" for point in ("before_send", "after_send", "recorded"))
