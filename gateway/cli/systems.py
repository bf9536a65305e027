"""psgw sync, identities: fill the card index, and link records of the same thing across systems."""

import asyncio
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from gateway.canonical.roles import Noun
from gateway.cli.options import Json, SettingsFile, load_connected_settings
from gateway.cli.output import Exit, handle_errors, print_data, print_json, print_table, show_progress
from gateway.composition import Gateway, open_gateway
from gateway.identity.match import MatchReport, match_cards
from gateway.identity.sync import FeedResult
from gateway.settings import Settings

identities = typer.Typer(help="Link the records of the same thing across systems.", no_args_is_help=True)


def sync(settings: SettingsFile = None, json: Json = False) -> None:
    """Read every change feed once, and update the card index.

    Records and values that cannot be read are listed; a feed continues past them.

    Exit 2: the settings are invalid; 3: a feed could not be read.
    """
    with handle_errors():
        results = asyncio.run(_sync(load_connected_settings(settings)))
    if json:
        print_json([msgspec.structs.asdict(result) for result in results])
    else:
        rows = Table("connection", "feed", "rows", "deleted", "unreadable", "fault", box=None)
        for result in results:
            fault = result.failure.value if result.failure else ""
            unreadable = str(len({each.id for each in result.unreadable}))
            rows.add_row(result.connection, result.feed, str(result.rows), str(result.deleted), unreadable, fault)
        print_table(rows)
        for each in (entry for result in results for entry in result.unreadable):
            print_data(f"{each.connection}: cannot read {each.describe()}")
    raise typer.Exit(Exit.UNREACHABLE if any(result.failure for result in results) else Exit.OK)


async def _sync(settings: Settings) -> list[FeedResult]:
    async with open_gateway(settings) as gateway:
        return await fill_index(gateway)


async def fill_index(gateway: Gateway) -> list[FeedResult]:
    """Read every feed once, and show the progress."""
    with show_progress("card index") as step:
        return await gateway.sync.run(lambda result: step.update(f"{result.connection} {result.feed}: {result.rows}"))


@identities.command("match")
def match_(
    settings: SettingsFile = None,
    noun: Annotated[Noun | None, typer.Option(help="Match records of this noun only.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the result, and link nothing.")] = False,
    json: Json = False,
) -> None:
    """Link the records that certainly are the same thing, and list ambiguous ones.

    Exit 0: no ambiguous match; 2: the settings are invalid; 4: ambiguous matches.
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
        return await match_cards(gateway.store, settings.graph.tenant, noun, apply=apply)
