"""Pages of time entries below projects and people.

The billing state that an entry shows is the ERP's, else the PSA's. A filter by it therefore reads entries with the
other conditions, then their postings: per parent at most `SCANNED_ROWS` entries a page. A page that ends there may hold
fewer rows than requested, and a next page follows.

Calls: those of the PSA for the entries read, and ceil(entries / read batch) of the ERP.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.canonical.fault import Fault, FaultCode, describe_fault
from gateway.canonical.native import NativeId
from gateway.canonical.page import Page
from gateway.canonical.records.erp import ErpTimePosting
from gateway.canonical.records.psa import PsaExpense, PsaTimeEntry
from gateway.canonical.roles import SystemRole
from gateway.canonical.states import MappingDomain
from gateway.errors import SourceError
from gateway.loaders.conditions import Args, build_page_request, build_time_where
from gateway.loaders.declaration import Loader
from gateway.loaders.list_cursors import bind_cursors
from gateway.loaders.sources import Sources
from gateway.ports.base import Children, PageRequest
from gateway.ports.psa import PsaPort
from gateway.ports.unreadable import collect_unreadable
from gateway.ports.where import TimeWhere
from gateway.resilience.deadline import compute_remaining

SCANNED_ROWS: Final = 2_000
"""Entries that one page of a filter by the billing state reads at most, per parent."""
FIRST_READ: Final = 100
NEXT_READ: Final = 500
DEFAULT_PAGE: Final = 50
EMPTY: Final[Page[Any]] = Page(rows=(), cursors=(), total=0)
ERP_SHARE: Final = 0.3
"""The share of the remaining time that the postings may take, so that a slow ERP leaves time for the entries."""
MOST_SECONDS: Final = 60.0

EntryReader = Callable[[PsaPort, Sequence[str], TimeWhere, PageRequest], Awaitable[Children[PsaTimeEntry]]]


def get_posting_reference(entry: PsaTimeEntry | PsaExpense) -> str:
    """Return how the ERP names an entry: the reference that the PSA holds, else the entry's own id."""
    return entry.references[0][1] if entry.references else entry.native.id


def _build_loader(name: str, parent: str, read: EntryReader) -> Loader:
    async def call(sources: Sources, keys: Sequence[NativeId], args: Args) -> Mapping[NativeId, Any]:
        connection = keys[0].connection
        ledger = sources.find_posting_ledger()
        wanted: Sequence[str] | None = (args.get("filter") or {}).get("billing")
        scans = wanted is not None and ledger is not None
        where = build_time_where(sources, connection, _drop_billing(args) if scans else args)
        page = build_page_request(args, DEFAULT_PAGE)
        if where is None:
            return dict.fromkeys(keys, EMPTY)

        async def read_entries(parents: Sequence[str], request: PageRequest) -> Children[PsaTimeEntry]:
            return await read(sources.get_psa(connection), parents, where, request)

        ids = [key.id for key in keys]
        if wanted is None or ledger is None:
            found: Mapping[str, Any] = await read_entries(ids, page)
        else:
            found = await _BillingScan(sources, ledger, frozenset(wanted), read_entries).read_pages(ids, page)
        return {key: found.get(key.id, EMPTY) for key in keys}

    return bind_cursors(
        Loader(
            name=name,
            system=SystemRole.PSA,
            call=call,
            batch=lambda port: port.capabilities.parent_batch,
            row_key=parent,
        )
    )


def _drop_billing(args: Args) -> dict[str, Any]:
    conditions = {name: value for name, value in args["filter"].items() if name != "billing"}
    return {**args, "filter": conditions}


@dataclass
class _Progress:
    """What has been read below one parent: the rows kept, with their cursors, and where to read on."""

    kept: list[tuple[PsaTimeEntry, str]] = field(default_factory=list)
    scanned: int = 0
    next_cursor: str | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class _BillingScan:
    sources: Sources
    ledger: str
    wanted: frozenset[str]
    read_entries: Callable[[Sequence[str], PageRequest], Awaitable[Children[PsaTimeEntry]]]

    async def read_pages(self, parents: Sequence[str], page: PageRequest) -> Mapping[str, Any]:
        """Return a page per parent of the entries that show one of the wanted states, or the parent's error."""
        progress = {parent: _Progress() for parent in parents}
        found = dict(await self.read_entries(parents, PageRequest(FIRST_READ, page.after)))
        failed: dict[str, SourceError] = {}
        while True:
            failed |= {parent: each for parent, each in found.items() if isinstance(each, SourceError)}
            await self._keep_matches(progress, {key: each for key, each in found.items() if key not in failed})
            waiting = [
                (parent, each.next_cursor)
                for parent, each in progress.items()
                if parent not in failed
                and each.next_cursor is not None
                and len(each.kept) <= page.first
                and each.scanned < SCANNED_ROWS
            ]
            if not waiting:
                break
            reads = [self.read_entries([parent], PageRequest(NEXT_READ, cursor)) for parent, cursor in waiting]
            found = {parent: each for answer in await asyncio.gather(*reads) for parent, each in answer.items()}
        return {parent: _build_page(each, page) for parent, each in progress.items()} | failed

    async def _keep_matches(self, progress: Mapping[str, _Progress], pages: Mapping[str, Any]) -> None:
        entries = [entry for page in pages.values() for entry in page.rows]
        postings, fault = await self._read_postings(entries)
        for parent, page in pages.items():
            own = progress[parent]
            for entry, cursor in zip(page.rows, page.cursors, strict=True):
                if self._find_state(entry, postings.get(get_posting_reference(entry))) in self.wanted:
                    own.kept.append((entry, cursor))
            own.scanned += len(page.rows)
            own.next_cursor = page.cursors[-1] if page.has_next and page.cursors else None
            own.faults = own.faults or page.faults or (() if fault is None else (fault,))

    def _find_state(self, entry: PsaTimeEntry, posting: ErpTimePosting | None) -> str | None:
        """Return the shown state, as the field `TimeEntry.billing` resolves it: the ERP's, else the PSA's."""
        records: tuple[ErpTimePosting | PsaTimeEntry | None, ...] = (posting, entry)
        for record in records:
            if record is not None and record.billing is not None:
                codes = self.sources.reference_data
                return codes.map_code(MappingDomain.BILLING_STATE, record.native.connection, record.billing)
        return None

    async def _read_postings(
        self, entries: Sequence[PsaTimeEntry]
    ) -> tuple[Mapping[str, ErpTimePosting], Fault | None]:
        """Return the postings by reference, and the fault of an ERP that did not give all of them."""
        references = list(dict.fromkeys(get_posting_reference(entry) for entry in entries))
        if not references:
            return {}, None
        port = self.sources.get_erp(self.ledger)
        size = port.capabilities.read_batch
        chunks = [references[start : start + size] for start in range(0, len(references), size)]
        seconds = compute_remaining(asyncio.get_running_loop().time(), MOST_SECONDS) * ERP_SHARE
        try:
            with collect_unreadable() as lost:
                async with asyncio.timeout(seconds):
                    answers = await asyncio.gather(*(port.get_time_postings(chunk) for chunk in chunks))
        except SourceError as error:
            return {}, self._build_fault(error)
        except TimeoutError:
            return {}, self._build_fault(SourceError(FaultCode.TIMEOUT, "the postings of time entries"))
        found = {reference: each for answer in answers for reference, each in answer.items()}
        errors = [each for each in found.values() if isinstance(each, SourceError)]
        errors += [SourceError(FaultCode.CONTRACT_MISMATCH, each.object) for each in lost]
        postings = {reference: each for reference, each in found.items() if not isinstance(each, SourceError)}
        return postings, self._build_fault(errors[0]) if errors else None

    def _build_fault(self, error: SourceError) -> Fault:
        reason = describe_fault(error.code, "The ERP")
        return Fault(
            system=SystemRole.ERP,
            code=error.code,
            message=f"{reason}; entries are filtered by the billing state of the PSA.",
            correlation_id=self.sources.correlation_id,
            connection=self.ledger,
            retry_after=error.retry_after,
        )


def _build_page(progress: _Progress, page: PageRequest) -> Page[PsaTimeEntry]:
    shown = progress.kept[: page.first]
    is_complete = progress.next_cursor is None
    is_cut = len(progress.kept) > page.first
    return Page(
        rows=tuple(entry for entry, _ in shown),
        cursors=tuple(cursor for _, cursor in shown),
        has_next=is_cut or not is_complete,
        has_previous=page.after is not None,
        total=len(progress.kept) if is_complete and page.after is None else None,
        faults=progress.faults,
        end_cursor=None if is_cut else progress.next_cursor,
    )


TIME_LOADERS: Final[tuple[Loader, ...]] = (
    _build_loader(
        "psa_time_entries_by_project",
        "project_id",
        lambda port, ids, where, page: port.list_time_entries_by_project(ids, where, page),
    ),
    _build_loader(
        "psa_time_entries_by_user",
        "user_id",
        lambda port, ids, where, page: port.list_time_entries_by_user(ids, where, page),
    ),
)
