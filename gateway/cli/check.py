"""psgw check: what keeps the gateway from working, in plain words, with what to do about it."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from gateway.checks.examine import examined
from gateway.checks.report import Failure, Report, gravest
from gateway.cli.options import Json, SettingsFile, load_settings
from gateway.cli.output import Exit, handle_errors, print_json, print_table, show_progress
from gateway.ports.base import Finding
from gateway.settings import Settings

GATEWAY = "gateway"
SECONDS = 20.0
_ALIKE = 3
_EXITS = {
    Failure.CONFIGURATION: Exit.CONFIGURATION,
    Failure.UNREACHABLE: Exit.UNREACHABLE,
    Failure.INCOMPLETE: Exit.FINDINGS,
}


def check(
    settings: SettingsFile = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="What each system may take to answer.")] = SECONDS,
    json: Json = False,
) -> None:
    """Reach every system and say in plain words what is missing: address, clock, credentials, rights, custom fields, quotas; and the store, the issuers' keys and the secrets.

    Exit 0: nothing is missing; 2: the settings cannot work; 3: something cannot be reached; 4: something is missing there.
    """
    with handle_errors():
        reports = asyncio.run(_collect_reports(load_settings(settings), seconds, shown=not json))
    failure = gravest(report.failure for report in reports)
    if json:
        print_json(_build_json(reports, ok=failure is None))
    raise typer.Exit(Exit.OK if failure is None else _EXITS[failure])


async def _collect_reports(settings: Settings, seconds: float, *, shown: bool) -> list[Report]:
    vendors = {each.name: each.vendor for each in settings.connections}
    waiting = dict.fromkeys([GATEWAY, *vendors])
    reports: list[Report] = []
    with show_progress(f"waiting for {', '.join(waiting)}") as step:
        async for report in examined(settings, seconds):
            reports.append(report)
            waiting.pop(report.connection or GATEWAY)
            step.update(f"waiting for {', '.join(waiting) or 'nobody'}")
            if shown:
                with step.pause():
                    name = report.connection
                    show(name or GATEWAY, vendors.get(name or ""), report.findings)
    return reports


def _build_json(reports: Sequence[Report], *, ok: bool) -> dict[str, Any]:
    """Return the stable shape for machines: the same keys whatever was found, connections by name."""
    by_name = {report.connection: [msgspec.structs.asdict(each) for each in report.findings] for report in reports}
    own = by_name.pop(None, [])
    return {"ok": ok, "gateway": own, "connections": {name: by_name[name] for name in sorted(by_name, key=str)}}


def show(name: str, vendor: str | None, findings: Sequence[Finding]) -> None:
    """Print what was found of one connection, or of the gateway itself, which is no vendor's."""
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
    """Yield the findings, those that say the same of many things as one row."""
    groups: dict[tuple[bool, str, str | None], list[Finding]] = {}
    for each in findings:
        groups.setdefault((each.ok, each.message, each.remedy), []).append(each)
    for group in groups.values():
        if len(group) <= _ALIKE:
            yield from ((each.subject, each) for each in group)
        else:
            yield f"{group[0].subject} and {len(group) - 1} more", group[0]
