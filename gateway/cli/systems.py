"""psgw sync: fill the card index."""

import asyncio
from collections.abc import Callable

import msgspec
import typer
from rich.table import Table

from gateway.cli.control import run_request
from gateway.cli.options import Json, SettingsFile, load_connected_settings
from gateway.cli.output import Exit, ProgressStep, handle_errors, print_data, print_json, print_table, show_progress
from gateway.cli.requests import SyncFeeds
from gateway.composition import Gateway
from gateway.identity.sync import FeedResult


def sync(settings: SettingsFile = None, json: Json = False) -> None:
    """Read every change feed once, and update the card index.

    Records and values that cannot be read are listed; a feed continues past them.

    Exit 2: the settings are invalid; 3: a feed could not be read.
    """
    with handle_errors(), show_progress("card index") as step:
        loaded = load_connected_settings(settings)
        results = asyncio.run(run_request(loaded, SyncFeeds(), list[FeedResult], _build_progress(step)))
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


async def fill_index(gateway: Gateway) -> list[FeedResult]:
    """Read every feed once, and show the progress."""
    with show_progress("card index") as step:
        return await gateway.sync.run(_build_progress(step))


def _build_progress(step: ProgressStep) -> Callable[[FeedResult], None]:
    return lambda result: step.update(f"{result.connection} {result.feed}: {result.rows}")
