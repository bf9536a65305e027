"""One running system under its contract: how it is found, started, reached another way, and read whole."""

import importlib
import os
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from gateway.canonical.page import Page
from gateway.canonical.records.base import Record
from gateway.canonical.records.erp import ErpCustomer, ErpDimension, ErpReceivables, ErpTimePosting
from gateway.canonical.roles import SystemRole
from gateway.net.upstream import Limits, opener
from gateway.ports.base import PageRequest
from gateway.ports.connection import Connection
from gateway.ports.discovery import Manifest, discover
from gateway.ports.lineage import holds
from gateway.resilience.breaker import BreakerPolicy
from subgraphs.kit.conformance import Running
from subgraphs.sandbox.firm.small import FIRM
from tests.contract.reads import BY_ID, CHILDREN, GROUPED, WHERE, ChildRead, GroupedRead

BIG_PAGE: Final = 100
# What stands behind the breaker is looked at here, call by call; an open breaker would hide it.
UNBROKEN: Final = Limits(breaker=BreakerPolicy(minimum_calls=1_000_000))


class Played(NamedTuple):
    """One vendor in one role."""

    manifest: Manifest
    role: SystemRole

    def __str__(self) -> str:
        return f"{self.manifest.vendor}-{self.role}"


FOLDERS: Final = [Path(folder) for folder in os.environ.get("PSGW_CONTRACT_FOLDERS", "").split(os.pathsep) if folder]
"""Folders of vendor folders outside this tree, to be held to the same promises."""

PLAYED: Final = tuple(Played(manifest, role) for manifest in discover(FOLDERS).values() for role in manifest.roles)


@dataclass(frozen=True)
class Subject:
    """A system that is up, and the port over it. Nothing here changes the system, so all tests share it."""

    manifest: Manifest
    role: SystemRole
    running: Running
    port: Any

    @property
    def ids(self) -> Mapping[type[Record], tuple[str, ...]]:
        """All ids of the firm, per record class that is read by id."""
        return self.running.ids

    def unknown(self, count: int) -> list[str]:
        """Make ids that no record has."""
        return [self.running.unknown_id(number) for number in range(count)]

    def holds(self, kind: type[Record]) -> bool:
        """Tell whether the system has any place for a kind of record."""
        return holds(self.port.lineage, kind)

    async def by_id(self, kind: type[Record], ids: Sequence[str], port: Any = None) -> Mapping[str, Any]:
        """Read records by id."""
        answer: Mapping[str, Any] = await getattr(port or self.port, BY_ID[self.role][kind])(ids)
        return answer

    @property
    def children(self) -> Iterable[ChildRead]:
        """The child reads that the system has a place for."""
        return [read for read in CHILDREN[self.role] if self.holds(read.child)]

    @property
    def groups(self) -> Iterable[GroupedRead]:
        """The reads of whole groups that the system has a place for."""
        return [read for read in GROUPED[self.role] if self.holds(read.child)]

    async def pages(
        self, read: ChildRead, parents: Sequence[str], page: PageRequest, port: Any = None, **conditions: Any
    ) -> Mapping[str, Page[Any]]:
        """Read one page below each parent."""
        where = [] if read.relation is None else [WHERE[self.role][read.relation](**conditions)]
        answer: Mapping[str, Page[Any]] = await getattr(port or self.port, read.method)(parents, *where, page)
        return answer

    async def walk(self, read: ChildRead, parent: str, size: int, **conditions: Any) -> list[Page[Any]]:
        """Follow the pages below one parent to the end."""
        pages: list[Page[Any]] = []
        while not pages or pages[-1].has_next:
            after = pages[-1].cursors[-1] if pages else None
            page = await self.pages(read, [parent], PageRequest(size, after), **conditions)
            pages.append(page[parent])
        return pages

    async def below(self, read: ChildRead, parent: str, **conditions: Any) -> list[Any]:
        """Read everything below one parent."""
        return [row for page in await self.walk(read, parent, BIG_PAGE, **conditions) for row in page.rows]

    async def everything(self) -> Mapping[type[Record], list[Any]]:
        """Read every record of the firm, in every way that the port offers."""
        found: dict[type[Record], list[Any]] = {kind: [] for kind in self.port.lineage}
        for kind, ids in self.ids.items():
            found[kind] += (await self.by_id(kind, ids)).values()
        for read in self.children:
            for parent in self.ids[read.parent]:
                found[read.child] += await self.below(read, parent)
        for group in self.groups:
            rows = await getattr(self.port, group.method)(self.ids[group.parent], *group.arguments)
            found[group.child] += [row for each in rows.values() for row in each]
        if self.role is SystemRole.ERP:
            found[ErpDimension] += await self.port.dimensions()
            found[ErpTimePosting] += (await self.port.time_postings(await self.entries())).values()
            owed = await self.port.receivables(self.ids[ErpCustomer], FIRM.today)
            found[ErpReceivables] += owed.values()
        return found

    async def entries(self) -> list[str]:
        """Return time entries as the PSA calls them: the firm's own numbers, and the one that the system's reference leads to."""
        reference = self.running.references.get(ErpTimePosting)
        known = await self.port.find_by_reference(ErpTimePosting, reference[0]) if reference else ()
        numbers = [entry.code for project in FIRM.projects for entry in project.time_entries]
        return list(dict.fromkeys([*numbers, *(posting.entry_reference for posting in known)]))


@asynccontextmanager
async def connected(manifest: Manifest, connection: Connection) -> AsyncIterator[Any]:
    """Open a port as the manifest says, and close it again."""
    module, _, name = manifest.adapter.partition(":")
    port = getattr(importlib.import_module(module), name)(connection)
    try:
        yield port
    finally:
        await port.aclose()


@asynccontextmanager
async def started(played: Played) -> AsyncIterator[Subject]:
    """Start a vendor's system by what its own folder offers."""
    package = played.manifest.adapter.partition(":")[0].rpartition(".")[0]
    conformance = importlib.import_module(f"{package}.conformance")
    async with (
        conformance.system(played.role) as running,
        connected(played.manifest, running.connection) as port,
    ):
        yield Subject(played.manifest, played.role, running, port)


def by_way_of(connection: Connection, base_url: str) -> Connection:
    """Return the connection as it is when its address is another one, without a breaker in between."""
    options = {
        name: value.replace(connection.base_url, base_url) if isinstance(value, str) else value
        for name, value in connection.options.items()
    }
    out = opener(connection.name, base_url, (), limits=UNBROKEN)
    return replace(connection, base_url=base_url, options=options, open_upstream=out)
