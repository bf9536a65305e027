"""psgw check, sync, identities: look at the connected systems, follow them, and see who is who."""

import asyncio
from typing import Annotated

import msgspec
import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from gateway.app import Gateway, open_gateway
from gateway.canonical.roles import Noun
from gateway.cli.options import Json, SettingsFile, settings_of
from gateway.cli.output import PEOPLE, Exit, data, data_json, failures
from gateway.identity.match import MatchReport, match
from gateway.identity.sync import FeedResult
from gateway.ports.base import Finding
from gateway.settings import Settings

identities = typer.Typer(help="Who is who across the systems.", no_args_is_help=True)


def check(settings: SettingsFile = None, json: Json = False) -> None:
    """Reach every system: credentials, rights, and every field that the mapping files name. Exit 3 when something is missing."""
    with failures():
        found = asyncio.run(_check(settings_of(settings)))
    if json:
        data_json({name: [msgspec.structs.asdict(each) for each in findings] for name, findings in found.items()})
    else:
        for name, findings in found.items():
            for each in findings:
                mark = "✓" if each.ok else "✗"
                remedy = f" — {each.remedy}" if each.remedy and not each.ok else ""
                data(f"{mark} {name}: {each.subject}: {each.message}{remedy}")
    bad = any(not each.ok for findings in found.values() for each in findings)
    raise typer.Exit(Exit.UNREACHABLE if bad else Exit.OK)


async def _check(settings: Settings) -> dict[str, list[Finding]]:
    async with open_gateway(settings) as gateway:
        answers = await asyncio.gather(*(port.check() for port in gateway.ports.values()))
        return {name: list(findings) for name, findings in zip(gateway.ports, answers, strict=True)}


def sync(settings: SettingsFile = None, json: Json = False) -> None:
    """Follow every change feed once and keep the card index; exit 3 when a system could not be followed."""
    with failures():
        results = asyncio.run(_sync(settings_of(settings)))
    if json:
        data_json([msgspec.structs.asdict(result) for result in results])
    else:
        table = Table("connection", "feed", "rows", "deleted", "fault")
        for result in results:
            fault = result.failure.value if result.failure else ""
            table.add_row(result.connection, result.feed, str(result.rows), str(result.deleted), fault)
        PEOPLE.print(table)
    raise typer.Exit(Exit.UNREACHABLE if any(result.failure for result in results) else Exit.OK)


async def _sync(settings: Settings) -> list[FeedResult]:
    async with open_gateway(settings) as gateway:
        return await fill(gateway)


async def fill(gateway: Gateway) -> list[FeedResult]:
    """Follow every feed once, showing how far it got."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=PEOPLE, transient=True) as progress:
        task = progress.add_task("cards")

        def show(result: FeedResult) -> None:
            progress.update(task, description=f"{result.connection} {result.feed}: {result.rows}")

        return await gateway.sync.run(show)


@identities.command("match")
def match_(
    settings: SettingsFile = None,
    noun: Annotated[Noun | None, typer.Option(help="Only this noun.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Link nothing.")] = False,
    json: Json = False,
) -> None:
    """Link what is certainly the same across systems; list what may be. Exit 4 when something is ambiguous."""
    with failures():
        report = asyncio.run(_match(settings_of(settings), noun, apply=not dry_run))
    if json:
        data_json(msgspec.structs.asdict(report))
    else:
        data(f"linked {report.linked}")
        for proposal in report.ambiguous:
            data(f"? {proposal.noun}: {proposal.left} and {proposal.right} ({proposal.rule})")
    raise typer.Exit(Exit.FINDINGS if report.ambiguous else Exit.OK)


async def _match(settings: Settings, noun: Noun | None, *, apply: bool) -> MatchReport:
    async with open_gateway(settings) as gateway:
        return await match(gateway.store, settings.graph.tenant, noun, apply=apply)
