"""One system under contract: how it is found, started, reached through a proxy, and read whole."""

import importlib
import importlib.util
import os
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from gateway.canonical.page import Page
from gateway.canonical.records.base import Record
from gateway.canonical.records.erp import ErpCustomer, ErpDimension, ErpExpense, ErpReceivables, ErpTimePosting
from gateway.canonical.roles import SystemRole
from gateway.net.upstream import CallLimits, create_opener
from gateway.ports.base import PageRequest
from gateway.ports.connection import Connection
from gateway.ports.discovery import Manifest, build_connection, discover, load_mapping
from gateway.ports.lineage import is_supported
from gateway.ports.verification import build_unreachable, import_conformance
from gateway.resilience.breaker import BreakerPolicy
from gateway.settings import ConnectionSettings, load_settings
from subgraphs.kit.conformance import RunningSystem
from subgraphs.kit.tenant import KnownData
from subgraphs.sandbox.firm.small import FIRM
from tests.contract.live import LiveTenant, discover_tenant
from tests.contract.reads import BY_ID, CHILDREN, GROUPED, WHERE, ChildRead, GroupedRead
from tests.contract.untested import NotTestedError

BIG_PAGE: Final = 100
# These tests look at single calls behind the breaker; an open breaker would hide them.
UNBROKEN: Final = CallLimits(breaker=BreakerPolicy(min_calls=1_000_000))
NO_SYSTEM: Final = (
    "needs a running system: a twin (run_system() in conformance.py), or a connection (PSGW_CONTRACT_SETTINGS)"
)
ALL_DATA: Final = "needs data that are known in advance and complete, as a twin has them"


class VendorRole(NamedTuple):
    """One vendor in one role; `configured` is the connection to a live tenant, None for the vendor's twin or server."""

    manifest: Manifest
    role: SystemRole
    configured: ConnectionSettings | None = None

    def __str__(self) -> str:
        name = f"{self.manifest.vendor}-{self.role}"
        return f"{name}-{self.configured.name}" if self.configured else name


FOLDERS: Final = [Path(folder) for folder in os.environ.get("PSGW_CONTRACT_FOLDERS", "").split(os.pathsep) if folder]
"""Folders of vendor folders outside this tree, which are tested by the same promises."""

SETTINGS: Final = os.environ.get("PSGW_CONTRACT_SETTINGS")
"""A settings file whose connections are the systems under contract, instead of the vendors' twins."""
HOME: Final = Path(SETTINGS).resolve().parent if SETTINGS else Path()


def list_vendor_roles() -> tuple[VendorRole, ...]:
    """Return the connections of the settings file, or every vendor in every role that its manifest names."""
    if SETTINGS is None:
        return tuple(VendorRole(manifest, role) for manifest in discover(FOLDERS).values() for role in manifest.roles)
    settings = load_settings(Path(SETTINGS))
    named = [settings.home / folder for folder in settings.adapters.folders]
    found = discover(list(dict.fromkeys(folder.resolve() for folder in (*FOLDERS, *named))))
    return tuple(VendorRole(found[each.vendor], each.role, each) for each in settings.connections)


VENDOR_ROLES: Final = list_vendor_roles()


@dataclass(frozen=True)
class Declared:
    """A port over a connection to no system: what a vendor declares before the first call."""

    manifest: Manifest
    role: SystemRole
    connection: Connection
    port: Any

    def supports(self, kind: type[Record]) -> bool:
        """Return whether the vendor supports a kind of record."""
        return is_supported(self.port.lineage, kind)


@dataclass(frozen=True)
class SystemUnderTest:
    """A running system, and the port over it. No test changes the system, so all tests share it."""

    manifest: Manifest
    role: SystemRole
    running: RunningSystem | LiveTenant
    port: Any

    @property
    def live(self) -> bool:
        """Whether this is a tenant whose data nobody knows in advance."""
        return isinstance(self.running, LiveTenant)

    def require_all_data(self) -> None:
        """Raise NotTestedError for a live tenant."""
        if self.live:
            raise NotTestedError(ALL_DATA)

    @property
    def today(self) -> date:
        """The day on which the figures are looked at: the firm's own, or a live tenant's."""
        return datetime.now(UTC).date() if self.live else FIRM.today

    @property
    def ids(self) -> Mapping[type[Record], tuple[str, ...]]:
        """All ids of the firm, per record class that is read by id; of a live tenant those that were discovered."""
        return self.running.ids

    def make_unknown_ids(self, count: int, kind: type[Record] | None = None) -> list[str]:
        """Make ids that no record has, in the form of a kind's ids where forms differ."""
        if isinstance(self.running, LiveTenant):
            return [self.running.make_unknown_id(number, kind) for number in range(count)]
        return [self.running.build_unknown_id(number) for number in range(count)]

    def supports(self, kind: type[Record]) -> bool:
        """Return whether the system supports a kind of record."""
        return is_supported(self.port.lineage, kind)

    async def read_by_id(self, kind: type[Record], ids: Sequence[str], port: Any = None) -> Mapping[str, Any]:
        """Read records by id."""
        answer: Mapping[str, Any] = await getattr(port or self.port, BY_ID[self.role][kind])(ids)
        return answer

    @property
    def child_reads(self) -> Iterable[ChildRead]:
        """The child reads that the system supports; of a live tenant those with a row."""
        return [read for read in CHILDREN[self.role] if self.supports(read.child) and self._has_rows(read)]

    @property
    def grouped_reads(self) -> Iterable[GroupedRead]:
        """The reads of whole groups that the system supports; of a live tenant those with a row."""
        return [read for read in GROUPED[self.role] if self.supports(read.child) and self._has_rows(read)]

    def _has_rows(self, read: ChildRead | GroupedRead) -> bool:
        return not isinstance(self.running, LiveTenant) or read.method in self.running.populated

    async def read_pages(
        self, read: ChildRead, parents: Sequence[str], page: PageRequest, port: Any = None, **conditions: Any
    ) -> Mapping[str, Page[Any]]:
        """Read one page below each parent."""
        where = [] if read.relation is None else [WHERE[self.role][read.relation](**conditions)]
        answer: Mapping[str, Page[Any]] = await getattr(port or self.port, read.method)(parents, *where, page)
        return answer

    async def walk_pages(self, read: ChildRead, parent: str, size: int, **conditions: Any) -> list[Page[Any]]:
        """Follow the pages below one parent to the end."""
        pages: list[Page[Any]] = []
        while not pages or pages[-1].has_next:
            after = pages[-1].cursors[-1] if pages else None
            page = await self.read_pages(read, [parent], PageRequest(size, after), **conditions)
            pages.append(page[parent])
        return pages

    async def read_children(self, read: ChildRead, parent: str, **conditions: Any) -> list[Any]:
        """Read everything below one parent."""
        return [row for page in await self.walk_pages(read, parent, BIG_PAGE, **conditions) for row in page.rows]

    async def read_all_records(self) -> Mapping[type[Record], list[Any]]:
        """Read every known record, in every way that the port offers."""
        found: dict[type[Record], list[Any]] = {kind: [] for kind in self.port.lineage}
        for kind, ids in self.ids.items():
            found[kind] += (await self.read_by_id(kind, ids)).values()
        for read in self.child_reads:
            for parent in self.ids[read.parent]:
                found[read.child] += await self.read_children(read, parent)
        for group in self.grouped_reads:
            rows = await getattr(self.port, group.method)(self.ids[group.parent], *group.arguments)
            found[group.child] += [row for each in rows.values() for row in each]
        if self.role is SystemRole.ERP:
            found[ErpDimension] += await self.port.list_dimensions()
            found[ErpTimePosting] += (await self.port.get_time_postings(await self.list_time_entries())).values()
            expenses = [expense.code for project in FIRM.projects for expense in project.expenses if not self.live]
            found[ErpExpense] += (await self.port.get_expenses_by_reference(expenses)).values()
            owed = await self.port.get_receivables(self.ids.get(ErpCustomer, ()), self.today)
            found[ErpReceivables] += owed.values()
        return found

    async def list_time_entries(self) -> list[str]:
        """Return time entries as the PSA numbers them: those of the firm, and the entry of the known reference."""
        reference = self.running.references.get(ErpTimePosting)
        known = await self.port.find_by_reference(ErpTimePosting, reference[0]) if reference else ()
        firm = () if self.live else FIRM.projects
        numbers = [entry.code for project in firm for entry in project.time_entries]
        return list(dict.fromkeys([*numbers, *(posting.entry_reference for posting in known)]))


@asynccontextmanager
async def open_port(manifest: Manifest, connection: Connection) -> AsyncIterator[Any]:
    """Open a port as the manifest says, and close it again."""
    module, _, name = manifest.adapter.partition(":")
    port = getattr(importlib.import_module(module), name)(connection)
    try:
        yield port
    finally:
        await port.aclose()


def choose_connection(played: VendorRole) -> Connection:
    """Return the connection to a live tenant as the settings name it, else a connection to no system."""
    if played.configured is None:
        return build_unreachable(played.manifest, played.role)
    return build_connection(played.configured, played.manifest, load_mapping(played.configured, HOME), HOME)


@asynccontextmanager
async def start_system(played: VendorRole) -> AsyncIterator[SystemUnderTest]:
    """Start a vendor's own system, or connect to the live tenant; raise NotTestedError where there is neither."""
    conformance = import_conformance(played.manifest)
    if played.configured is not None:
        connection = choose_connection(played)
        name_data = getattr(conformance, "describe_tenant", None)
        named: KnownData | None = name_data(connection) if name_data else None
        async with open_port(played.manifest, connection) as port:
            tenant = await discover_tenant(played.role, connection, port, named)
            yield SystemUnderTest(played.manifest, played.role, tenant, port)
        return
    start = getattr(conformance, "run_system", None)
    if start is None:
        raise NotTestedError(NO_SYSTEM)
    async with start(played.role) as running, open_port(played.manifest, running.connection) as port:
        yield SystemUnderTest(played.manifest, played.role, running, port)


def reroute(connection: Connection, base_url: str) -> Connection:
    """Return the connection with another address, and without a breaker."""
    options = {
        name: value.replace(connection.base_url, base_url) if isinstance(value, str) else value
        for name, value in connection.options.items()
    }
    out = create_opener(connection.name, base_url, (), limits=UNBROKEN)
    return replace(connection, base_url=base_url, options=options, open_upstream=out)
