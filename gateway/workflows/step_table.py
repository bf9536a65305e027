"""The step table of a workflow as Markdown: the documentation's page is built from the declaration."""

from typing import Any, Final

from gateway.workflows.declaration import Workflow
from gateway.workflows.steps import Step, Write

_HEADER: Final = (
    "| # | step | system | pattern | checks | pauses on | compensation | event |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
)


def format_step_table(flow: Workflow[Any, Any]) -> str:
    """Return the table of the steps in their order."""
    return "\n".join([*_HEADER, *(_format_row(number, step) for number, step in enumerate(flow.steps, 1))])


def _format_row(number: int, step: Step[Any]) -> str:
    title = f"{step.title} (best effort)" if isinstance(step, Write) and step.best_effort else step.title
    cells = (
        str(number),
        title,
        ", ".join(step.roles),
        step.pattern,
        ", ".join(check.code for check in step.checks) or "-",
        ", ".join(sorted(step.pauses)) or "-",
        step.compensation_text or "-",
        step.emits or "-",
    )
    return f"| {' | '.join(cells)} |"
