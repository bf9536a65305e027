"""The parts of the promise that every system keeps, whatever its role."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

import msgspec

from gateway.canonical.page import Page
from gateway.canonical.records.base import Record
from gateway.canonical.roles import SystemRole
from gateway.errors import SourceError
from gateway.ports.lineage import Lineage

R = TypeVar("R")
RecordT = TypeVar("RecordT", bound=Record)

Read = Mapping[str, R | SourceError]
"""Answer of a batched read: native id -> record, or the error of that one id. An id that the system does not know is simply missing."""

Children = Mapping[str, Page[R] | SourceError]
"""Answer of a child read: parent's native id -> a page in the declared order, or the error of that one parent. Every parent asked is present."""


class PageRequest(msgspec.Struct, frozen=True):
    """`first` rows after the opaque keyset cursor `after` (as a former page gave it), or from the start."""

    first: int
    after: str | None = None


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a system can do; the rest of the code decides by this record and by nothing else.

    `read_batch` ids go into one read, `parent_batch` parents into one child read (1: one read per parent), `page_cap` rows come back per call.
    `concurrency` calls may be in flight; `daily_quota` calls are allowed per day where the vendor counts. `settle` is how long a lost write may still
    land. `filters` names, per child relation, the `where` attributes that the vendor itself applies; any other filter is refused, never post-filtered.
    """

    read_batch: int
    parent_batch: int
    page_cap: int
    concurrency: int
    upsert_by_external_id: bool = False
    search_by_external_id: bool = False
    idempotency_keys: bool = False
    count: bool = False
    change_feed: bool = False
    webhooks: bool = False
    transactions: bool = False
    soft_delete: bool = False
    daily_quota: int | None = None
    settle: timedelta = timedelta(minutes=5)
    filters: Mapping[str, frozenset[str]] = {}


class Changes(msgspec.Struct, Generic[RecordT], frozen=True, kw_only=True):
    """One page of a change feed. Apply `rows` and `deleted`, then store `watermark`: a crash in between repeats rows and loses none.

    `present` holds every id that there is of the kind, where the feed has just looked at all of them: whatever else was known is gone. None where it has not.
    """

    rows: tuple[RecordT, ...]
    deleted: tuple[str, ...] = ()
    present: tuple[str, ...] | None = None
    watermark: str
    total: int | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `psgw check`: what was looked at, whether it holds, and in plain words what to do if not."""

    subject: str
    ok: bool
    message: str
    remedy: str | None = None


class SystemPort(Protocol):
    """One connection to one system, in one role.

    Reads raise `SourceError` when the whole call fails; they give per-id errors inside the mapping. They do not promise order, snapshot isolation between
    calls, nor that a record just written is visible. Ids in answers are exactly those asked. No method retries beyond what the upstream client does.
    """

    @property
    def connection(self) -> str:
        """The configured name of the connection."""

    @property
    def role(self) -> SystemRole:
        """The part that this connection plays."""

    @property
    def vendor(self) -> str:
        """The vendor's name as its manifest spells it."""

    @property
    def api_version(self) -> str:
        """The vendor's interface version in use, for people."""

    @property
    def capabilities(self) -> Capabilities:
        """What the system can do."""

    @property
    def lineage(self) -> Lineage:
        """Where each attribute of each record comes from, or why the system has no place for it."""

    @property
    def feeds(self) -> Sequence[type[Record]]:
        """The record kinds that `changed_since` can follow, in the order in which a first fill should take them."""

    def changed_since(self, kind: type[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        """Yield every record of `kind` changed since the watermark (None: every record), oldest change first.

        Overlap for late commits is inside the watermark, so rows may repeat. With nothing new behind the watermark it costs one call where the vendor allows it. Deletions come as
        `deleted` where the vendor tells them, else as `present` from time to time.
        """

    async def find_by_reference(self, kind: type[RecordT], reference: str) -> Sequence[RecordT]:
        """Return the records whose external-id field equals `reference`: none, one, or several (then the caller must not choose).

        A write that has just been sent may be missing until the settle time is over.
        """

    async def check(self) -> Sequence[Finding]:
        """Look at credentials, rights and every tenant-specific field of the mapping; never raises for what it finds."""

    async def aclose(self) -> None:
        """Release connections."""
