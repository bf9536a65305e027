"""psgw sync, identities: follow the connected systems, and see who is who."""

import asyncio
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from gateway.app import Gateway, open_gateway
from gateway.canonical.roles import Noun
from gateway.cli.options import Json, SettingsFile, load_connected_settings
from gateway.cli.output import Exit, handle_errors, print_data, print_json, print_table, show_progress
from gateway.identity.match import MatchReport, match
from gateway.identity.sync import FeedResult
from gateway.settings import Settings

identities = typer.Typer(help="Who is who across the systems: link what is the same.", no_args_is_help=True)


def sync(settings: SettingsFile = None, json: Json = False) -> None:
    """Follow every change feed once and keep the card index.

    Exit 0: all were followed; 2: the settings cannot work; 3: a system could not be followed.
    """
    with handle_errors():
        results = asyncio.run(_sync(load_connected_settings(settings)))
    if json:
        print_json([msgspec.structs.asdict(result) for result in results])
    else:
        rows = Table("connection", "feed", "rows", "deleted", "fault", box=None)
        for result in results:
            fault = result.failure.value if result.failure else ""
            rows.add_row(result.connection, result.feed, str(result.rows), str(result.deleted), fault)
        print_table(rows)
    raise typer.Exit(Exit.UNREACHABLE if any(result.failure for result in results) else Exit.OK)


async def _sync(settings: Settings) -> list[FeedResult]:
    async with open_gateway(settings) as gateway:
        return await fill_index(gateway)


async def fill_index(gateway: Gateway) -> list[FeedResult]:
    """Follow every feed once, showing how far it got."""
    with show_progress("cards") as step:
        return await gateway.sync.run(lambda result: step.update(f"{result.connection} {result.feed}: {result.rows}"))


@identities.command("match")
def match_(
    settings: SettingsFile = None,
    noun: Annotated[Noun | None, typer.Option(help="Only this noun.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Link nothing.")] = False,
    json: Json = False,
) -> None:
    """Link what is certainly the same across systems; list what may be.

    Exit 0: nothing is in doubt; 2: the settings cannot work; 4: something is ambiguous.
    """
    with handle_errors():
        report = asyncio.run(_match(load_connected_settings(settings), noun, apply=not dry_run))
    if json:
        print_json(msgspec.structs.asdict(report))
    else:
        print_data(f"linked {report.linked}")
        for proposal in report.ambiguous:
            print_data(f"? {proposal.noun}: {proposal.left} and {proposal.right} ({proposal.rule})")
    raise typer.Exit(Exit.FINDINGS if report.ambiguous else Exit.OK)


async def _match(settings: Settings, noun: Noun | None, *, apply: bool) -> MatchReport:
    async with open_gateway(settings) as gateway:
        return await match(gateway.store, settings.graph.tenant, noun, apply=apply)
