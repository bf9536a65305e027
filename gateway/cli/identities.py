"""psgw identities: link the records of the same thing across systems, and correct links."""

import asyncio
from typing import Annotated, TypeVar

import msgspec
import typer
from rich.table import Table

from gateway.canonical.roles import Noun
from gateway.cli.control import run_request
from gateway.cli.options import Json, SettingsFile, load_connected_settings
from gateway.cli.output import Exit, handle_errors, print_data, print_json, print_table
from gateway.cli.requests import (
    LinkCards,
    MatchCards,
    RebuildCards,
    ShowHistory,
    SplitRecord,
    describe_author,
)
from gateway.identity.changes import IdentityChange, RecordedChange
from gateway.identity.match import MatchReport
from gateway.identity.repair import Author

Result = TypeVar("Result")

identities = typer.Typer(
    help="Link the records of the same thing across systems, and correct links.", no_args_is_help=True
)

_REFERENCE = "A canonical id, or CONNECTION:ID of a record."
NounOption = Annotated[Noun | None, typer.Option(help="Records of this noun only.")]
Reason = Annotated[str | None, typer.Option(help="Why; recorded in the history.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the result, and change nothing.")]


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
        request = MatchCards(noun=noun, author=describe_author(), dry_run=dry_run)
        loaded = load_connected_settings(settings)
        report = asyncio.run(run_request(loaded, request, MatchReport, lambda _: None))
    if json:
        print_json(msgspec.structs.asdict(report))
    else:
        print_data(f"linked {report.linked}")
        for proposal in report.ambiguous:
            print_data(f"? {proposal.noun}: {proposal.left} and {proposal.right} ({proposal.rule})")
    raise typer.Exit(Exit.FINDINGS if report.ambiguous else Exit.OK)


@identities.command("link")
def link(
    keep: Annotated[str, typer.Argument(help=f"The card that stays. {_REFERENCE}")],
    give: Annotated[str, typer.Argument(help=f"The card whose records move to it. {_REFERENCE}")],
    settings: SettingsFile = None,
    noun: NounOption = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Link the records of two cards, which are the same thing. The canonical id of the first card stays.

    Exit 2: the settings or a reference are invalid, or the cards cannot be linked.
    """
    author = Author(name=describe_author(), reason=reason)
    _run(settings, LinkCards(keep=keep, give=give, noun=noun, author=author, dry_run=dry_run), json=json)


@identities.command("split")
def split(
    record: Annotated[str, typer.Argument(help="The record: CONNECTION:ID.")],
    settings: SettingsFile = None,
    noun: NounOption = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Move a record, which is another thing, from its card to a card of its own. No rule links the two again.

    Exit 2: the settings or the reference are invalid, or the record is the only one of its card.
    """
    author = Author(name=describe_author(), reason=reason)
    _run(settings, SplitRecord(record=record, noun=noun, author=author, dry_run=dry_run), json=json)


@identities.command("rebuild")
def rebuild(
    settings: SettingsFile = None,
    noun: NounOption = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Join cards that share keys as a first sync would have, and write every card again. Decisions of people stay.

    Exit 2: the settings are invalid.
    """
    author = Author(name=describe_author(), reason=reason)
    _run(settings, RebuildCards(noun=noun, author=author, dry_run=dry_run), json=json)


@identities.command("history")
def history(
    settings: SettingsFile = None,
    limit: Annotated[int, typer.Option(min=1, help="Number of changes, from the newest.")] = 50,
    json: Json = False,
) -> None:
    """Show who changed links by a command, when and how.

    Exit 2: the settings are invalid.
    """
    with handle_errors():
        request = ShowHistory(limit=limit)
        loaded = load_connected_settings(settings)
        changes = asyncio.run(run_request(loaded, request, list[RecordedChange], lambda _: None))
    if json:
        print_json(changes)
        return
    rows = Table("time", "author", "action", "noun", "card", "from", "records", "reason", box=None)
    for change in changes:
        rows.add_row(
            change.changed_at.isoformat(timespec="seconds"), change.changed_by, *_format(change), change.reason or ""
        )
    print_table(rows)


def _run(settings: SettingsFile, request: LinkCards | SplitRecord | RebuildCards, *, json: bool) -> None:
    with handle_errors():
        loaded = load_connected_settings(settings)
        changes = asyncio.run(run_request(loaded, request, list[IdentityChange], lambda _: None))
    if json:
        print_json({"changes": changes, "dryRun": request.dry_run})
        return
    rows = Table("action", "noun", "card", "from", "records", box=None)
    for change in changes:
        rows.add_row(*_format(change))
    print_table(rows)
    print_data(f"{'would change' if request.dry_run else 'changed'} {len(changes)}")


def _format(change: IdentityChange) -> tuple[str, ...]:
    return (
        change.action.value,
        change.noun.value,
        str(change.card_id),
        str(change.other_card_id),
        " ".join(change.records),
    )
