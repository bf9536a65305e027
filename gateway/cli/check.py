"""psgw check: what keeps the gateway from working, and how to fix it."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from gateway.checks.report import FailureClass, Report, get_most_severe
from gateway.checks.runner import run_checks
from gateway.cli.options import Json, SettingsFile, load_effective_settings
from gateway.cli.output import Exit, handle_errors, print_json, print_table, show_progress
from gateway.ports.base import Finding
from gateway.settings import Settings

GATEWAY = "gateway"
SECONDS = 20.0
_ALIKE = 3
_EXITS = {
    FailureClass.CONFIGURATION: Exit.CONFIGURATION,
    FailureClass.UNREACHABLE: Exit.UNREACHABLE,
    FailureClass.INCOMPLETE: Exit.FINDINGS,
}


def check(
    settings: SettingsFile = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="Time limit per system.")] = SECONDS,
    json: Json = False,
) -> None:
    """Check the settings, the store, the issuers' keys and every system, and show how to fix each problem.

    For each system: address, clock, credentials, permissions, custom fields and quotas.

    Exit 0: no problem; 2: the settings are invalid; 3: a system or service cannot be reached; 4: other problems.
    """
    with handle_errors():
        reports = asyncio.run(_collect_reports(load_effective_settings(settings), seconds, shown=not json))
    failure = get_most_severe(report.failure for report in reports)
    if json:
        print_json(_build_json(reports, ok=failure is None))
    raise typer.Exit(Exit.OK if failure is None else _EXITS[failure])


async def _collect_reports(settings: Settings, seconds: float, *, shown: bool) -> list[Report]:
    vendors = {each.name: each.vendor for each in settings.connections}
    waiting = dict.fromkeys([GATEWAY, *vendors])
    reports: list[Report] = []
    with show_progress(f"waiting for {', '.join(waiting)}") as step:
        async for report in run_checks(settings, seconds):
            reports.append(report)
            waiting.pop(report.connection or GATEWAY)
            step.update(f"waiting for {', '.join(waiting) or 'nothing'}")
            if shown:
                with step.pause():
                    name = report.connection
                    print_findings(name or GATEWAY, vendors.get(name or ""), report.findings)
    return reports


def _build_json(reports: Sequence[Report], *, ok: bool) -> dict[str, Any]:
    """Return the JSON form: the same keys for every result, connections by name."""
    by_name = {report.connection: [msgspec.structs.asdict(each) for each in report.findings] for report in reports}
    gateway = by_name.pop(None, [])
    return {"ok": ok, "gateway": gateway, "connections": {name: by_name[name] for name in sorted(by_name, key=str)}}


def print_findings(name: str, vendor: str | None, findings: Sequence[Finding]) -> None:
    """Print the findings on one connection, or on the gateway itself (`vendor` is None)."""
    print_table(Text(f"{name} ({vendor})" if vendor else name, style="bold"))
    rows = Table(box=None, show_header=False, padding=(0, 0, 0, 2))
    rows.add_column(no_wrap=True)
    rows.add_column(overflow="fold")
    rows.add_column(overflow="fold")
    for subjects, finding in _group_alike(findings):
        mark = Text("✓", style="green") if finding.ok else Text("✗", style="red")
        rows.add_row(mark, Text(subjects), Text(finding.message))
        if finding.remedy:
            rows.add_row("", "", Text(f"→ {finding.remedy}", style="yellow"))
    print_table(rows)


def _group_alike(findings: Sequence[Finding]) -> Iterator[tuple[str, Finding]]:
    """Yield the findings with their subjects; more than three with the same message become one."""
    groups: dict[tuple[bool, str, str | None], list[Finding]] = {}
    for each in findings:
        groups.setdefault((each.ok, each.message, each.remedy), []).append(each)
    for group in groups.values():
        if len(group) <= _ALIKE:
            yield from ((each.subject, each) for each in group)
        else:
            yield f"{group[0].subject} and {len(group) - 1} more", group[0]
