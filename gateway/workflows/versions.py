"""The rule by which a run moves to a newer version of its workflow."""

from typing import Any

from gateway.workflows.declaration import Workflow
from gateway.workflows.steps import Approval, Child, Write


def can_follow(begun: frozenset[str], old_order: tuple[str, ...], new: Workflow[Any, Any]) -> bool:
    """Return whether a run with these begun steps may continue under a new version.

    It may if every begun step still exists in the same order, and no new write, child or approval stands before the
    last of them: such a step would never have been performed.
    """
    positions = {step.key: position for position, step in enumerate(new.steps)}
    if not begun <= positions.keys():
        return False
    order = [positions[key] for key in old_order if key in begun]
    last = max(order, default=-1)
    unperformed = (
        step for step in new.steps[:last] if isinstance(step, (Write, Child, Approval)) and step.key not in begun
    )
    return order == sorted(order) and next(unperformed, None) is None
