"""The port that every system implements, whatever its role, and the types of its answers."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Generic, Protocol, TypeVar, runtime_checkable

import msgspec

from gateway.canonical.page import Page
from gateway.canonical.records.base import Record
from gateway.canonical.roles import SystemRole
from gateway.errors import SourceError
from gateway.ports.lineage import Lineage

R = TypeVar("R")
RecordT = TypeVar("RecordT", bound=Record)

Read = Mapping[str, R | SourceError]
"""Result of a batched read: native id -> record, or the error of that id. Unknown ids are missing from the mapping."""

Children = Mapping[str, Page[R] | SourceError]
"""Result of a child read: parent's native id -> page in the declared order, or the error of that parent.

Every requested parent is present.
"""


class PageRequest(msgspec.Struct, frozen=True):
    """`first` rows after the opaque keyset cursor `after` of an earlier page, or from the start."""

    first: int
    after: str | None = None


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a system can do; the gateway decides by this record only.

    `read_batch` is the number of ids per read, `parent_batch` of parents per child read (1: one read per parent),
    `page_cap` of rows per call. `concurrency` is the number of concurrent calls, `daily_quota` of calls per day if the
    vendor limits them. `consistency_delay` is how long a write without an answer may still take effect. `filters`
    names, per child relation, the `where` attributes that the vendor itself applies; other filters are refused, never
    applied by the gateway.
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
    consistency_delay: timedelta = timedelta(minutes=5)
    filters: Mapping[str, frozenset[str]] = {}


class Changes(msgspec.Struct, Generic[RecordT], frozen=True, kw_only=True):
    """One page of a change feed.

    Apply `rows` and `deleted`, then store `watermark`: a crash in between repeats rows and loses none.

    `present` holds all existing ids of the kind if the feed has just listed them; every other known id is deleted. None
    if it has not.
    """

    rows: tuple[RecordT, ...]
    deleted: tuple[str, ...] = ()
    present: tuple[str, ...] | None = None
    watermark: str
    total: int | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `psgw check`: what was checked, whether it is correct, and how to fix it if not."""

    subject: str
    ok: bool
    message: str
    remedy: str | None = None


class SystemPort(Protocol):
    """One connection to one system, in one role.

    Reads raise `SourceError` if the whole call fails and return errors of single ids inside the mapping. They guarantee
    no order, no snapshot isolation between calls, and not that a record just written is visible. The ids of a result
    are exactly those requested. No method retries beyond what the upstream client does.
    """

    @property
    def connection(self) -> str:
        """The configured name of the connection."""

    @property
    def role(self) -> SystemRole:
        """The role of the connection."""

    @property
    def vendor(self) -> str:
        """The vendor's name as its manifest spells it."""

    @property
    def api_version(self) -> str:
        """The version of the vendor's interface in use, for display."""

    @property
    def capabilities(self) -> Capabilities:
        """What the system can do."""

    @property
    def lineage(self) -> Lineage:
        """The origin of each attribute of each record, or why the vendor does not support it."""

    @property
    def feeds(self) -> Sequence[type[Record]]:
        """The record kinds with a change feed (`list_changes`), in the order of a first fill."""

    def list_changes(self, kind: type[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        """Yield every record of `kind` changed since the watermark (None: every record), oldest change first.

        The watermark includes an overlap for late commits, so rows may repeat. Without changes it costs one call if the
        vendor allows that. Deletions come as `deleted` if the vendor reports them, otherwise as `present` from time to
        time.
        """

    async def find_by_reference(self, kind: type[RecordT], reference: str) -> Sequence[RecordT]:
        """Return all records whose external-id field equals `reference`; of several, the caller must not choose one.

        A write that has just been sent may be missing until `consistency_delay` has passed.
        """

    async def check(self) -> Sequence[Finding]:
        """Check credentials, permissions and the mapping's fields; failures are findings, never exceptions."""

    async def aclose(self) -> None:
        """Release connections."""


@runtime_checkable
class NormalizesIds(Protocol):
    """A system whose ids have several forms, such as one with a checksum."""

    def normalize_id(self, identifier: str) -> str:
        """Return the form of an id that records carry; any other text unchanged."""
