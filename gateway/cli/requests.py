"""The requests of commands that work on an open gateway: run here, or by the process that owns the store."""

import getpass
import os
import socket
from collections.abc import Callable
from typing import Any

import msgspec

from gateway.canonical.roles import Noun
from gateway.composition import Gateway
from gateway.identity.changes import load_history
from gateway.identity.match import match_cards
from gateway.identity.repair import Author, link_cards, rebuild_cards, split_record
from gateway.identity.sync import FeedResult

Progress = Callable[[FeedResult], None]


class Request(msgspec.Struct, frozen=True, kw_only=True, tag_field="command"):
    """A request to an open gateway; each class of `AnyRequest` has a method `run`."""


class SyncFeeds(Request, frozen=True, kw_only=True, tag="sync"):
    """Read every feed once; return a list of FeedResult."""

    async def run(self, gateway: Gateway, progress: Progress) -> Any:
        """Read the feeds."""
        return await gateway.sync.run(progress)


class MatchCards(Request, frozen=True, kw_only=True, tag="match"):
    """Join certain matches and propose the others; return a MatchReport."""

    noun: Noun | None
    author: str
    dry_run: bool

    async def run(self, gateway: Gateway, progress: Progress) -> Any:  # noqa: ARG002 -- all requests have the same form
        """Match the cards."""
        tenant = gateway.settings.graph.tenant
        return await match_cards(gateway.store, tenant, self.noun, apply=not self.dry_run, author=self.author)


class Repair(Request, frozen=True, kw_only=True):
    """A change of the crosswalk; returns a list of IdentityChange."""

    noun: Noun | None
    author: Author
    dry_run: bool


class LinkCards(Repair, frozen=True, kw_only=True, tag="link"):
    """Link the records of one card to another card."""

    keep: str
    give: str

    async def run(self, gateway: Gateway, progress: Progress) -> Any:  # noqa: ARG002 -- as above
        """Link the cards."""
        store, tenant = gateway.store, gateway.settings.graph.tenant
        return await link_cards(store, tenant, self.keep, self.give, self.noun, self.author, dry_run=self.dry_run)


class SplitRecord(Repair, frozen=True, kw_only=True, tag="split"):
    """Move a record to a card of its own."""

    record: str

    async def run(self, gateway: Gateway, progress: Progress) -> Any:  # noqa: ARG002 -- as above
        """Split the record off."""
        store, tenant = gateway.store, gateway.settings.graph.tenant
        return await split_record(store, tenant, self.record, self.noun, self.author, dry_run=self.dry_run)


class RebuildCards(Repair, frozen=True, kw_only=True, tag="rebuild"):
    """Join what belongs together, and write every card again."""

    async def run(self, gateway: Gateway, progress: Progress) -> Any:  # noqa: ARG002 -- as above
        """Rebuild the cards."""
        store, tenant, order = gateway.store, gateway.settings.graph.tenant, list(gateway.ports)
        return await rebuild_cards(store, tenant, self.noun, order, self.author, dry_run=self.dry_run)


class ShowHistory(Request, frozen=True, kw_only=True, tag="history"):
    """Return the latest changes as a list of RecordedChange."""

    limit: int

    async def run(self, gateway: Gateway, progress: Progress) -> Any:  # noqa: ARG002 -- as above
        """Read the history."""
        return await load_history(gateway.store, gateway.settings.graph.tenant, self.limit)


AnyRequest = SyncFeeds | MatchCards | LinkCards | SplitRecord | RebuildCards | ShowHistory


def describe_author() -> str:
    """Return the user of this process and its machine."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        user = f"uid {os.getuid()}"
    return f"{user}@{socket.gethostname()}"
