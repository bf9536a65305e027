"""A live tenant as a system under contract: what the tests need to know is discovered from its own answers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, TypeVar

from gateway.canonical.records.base import Record
from gateway.canonical.roles import SystemRole
from gateway.errors import PsgwError
from gateway.ports.base import PageRequest
from gateway.ports.connection import Connection
from gateway.ports.lineage import is_supported
from subgraphs.kit.conformance import ErrorAnswer, InvalidMapping
from subgraphs.kit.tenant import KnownData
from tests.contract.reads import BY_ID, CHILDREN, GROUPED, WHERE, ChildRead, GroupedRead
from tests.contract.untested import NotTestedError

T = TypeVar("T")

MOST_IDS: Final = 20
"""How many records of a kind are read by id."""
NAMED: Final = "named by describe_tenant() in the vendor's conformance.py"
_NUMBER: Final = re.compile(r"\d+(?=\D*$)")


@dataclass
class LiveTenant:
    """A tenant with the attributes of `RunningSystem`; raises NotTestedError for what is unknown.

    `ids` are some ids that exist, not all. `populated` are the child and grouped reads with at least one row. `gaps`
    are the promises that these data cannot test, by name, with what they need.
    """

    connection: Connection
    named: KnownData | None
    ids: dict[type[Record], tuple[str, ...]] = field(default_factory=dict)
    references: dict[type[Record], tuple[str, str]] = field(default_factory=dict)
    populated: set[str] = field(default_factory=set)
    gaps: dict[str, str] = field(default_factory=dict)
    control: None = None

    @property
    def known(self) -> KnownData:
        """What the vendor folder names."""
        return self.named or KnownData()

    @property
    def invalid_mapping(self) -> InvalidMapping:
        """A mapping file that names something the tenant does not have."""
        return _require(self.known.invalid_mapping, "a mapping file that names something the tenant does not have")

    @property
    def rate_limit(self) -> ErrorAnswer:
        """How the vendor says "too many calls"."""
        return _require(self.known.rate_limit, "the vendor's answer to too many calls")

    @property
    def token_path(self) -> str | None:
        """The path of token requests, None where the connection requests none."""
        return _require(self.named, "the path of token requests").token_path

    def build_unknown_id(self, number: int) -> str:
        """Return an id that no record has: of the form that the vendor folder names, else of the first known id."""
        return self.make_unknown_id(number, next(iter(self.ids), None))

    def make_unknown_id(self, number: int, kind: type[Record] | None) -> str:
        """Return an id that no record has: a known id of the kind, with a large number in place of its last one."""
        if self.known.build_unknown_id is not None:
            return self.known.build_unknown_id(number)
        sample = next(iter(self.ids.get(kind, ())), "") if kind else ""
        if not sample:
            return str(900_000_000 + number)
        made, replaced = _NUMBER.subn(lambda digits: _build_large_number(digits[0], number), sample, count=1)
        return made if replaced else f"{sample}-{900_000_000 + number}"


def _build_large_number(digits: str, number: int) -> str:
    """Return a number that is larger than any sequence has reached, of the same length where that is long enough."""
    return str(9 * 10 ** max(len(digits) - 1, 8) + number)


def _require(value: T | None, need: str) -> T:
    if value is None:
        raise NotTestedError(f"needs {need}, {NAMED}")
    return value


async def discover_tenant(role: SystemRole, connection: Connection, port: Any, named: KnownData | None) -> LiveTenant:
    """Read the first page of every feed, and the rows below its records; a read that fails leaves a gap."""
    tenant = LiveTenant(connection, named)
    tenant.ids.update(tenant.known.ids)
    tenant.references.update(tenant.known.references)
    for kind in port.feeds:
        await _try(tenant, f"feed of {kind.__name__}", _take_feed(tenant, port, kind))
    for read in CHILDREN[role]:
        if is_supported(port.lineage, read.child):
            await _take_rows(tenant, read, _read_children(tenant, port, role, read))
    for group in GROUPED[role]:
        if is_supported(port.lineage, group.child):
            await _take_rows(tenant, group, _read_group(tenant, port, group))
    for kind in [kind for kind in tenant.references if kind not in {*port.feeds, *tenant.known.references}]:
        await _try(tenant, f"search of {kind.__name__} by reference", _confirm_reference(tenant, port, kind))
    for kind in BY_ID[role]:
        if is_supported(port.lineage, kind) and not tenant.ids.get(kind):
            tenant.gaps[f"every read of {kind.__name__} by id"] = f"needs the id of a {kind.__name__}, {NAMED}"
    return tenant


async def _take_feed(tenant: LiveTenant, port: Any, kind: type[Record]) -> None:
    pages = port.list_changes(kind, None)
    try:
        async for page in pages:
            _take(tenant, kind, page.rows)
            if page.rows:
                return
    finally:
        if hasattr(pages, "aclose"):
            await pages.aclose()


async def _take_rows(tenant: LiveTenant, read: ChildRead | GroupedRead, reading: Any) -> None:
    rows: list[Any] = []

    async def collect() -> None:
        rows.extend(await reading)

    await _try(tenant, read.method, collect())
    if rows:
        tenant.populated.add(read.method)
        _take(tenant, read.child, rows)
    else:
        tenant.gaps[f"every promise of {read.method}"] = f"needs a {read.parent.__name__} with a {read.child.__name__}"


async def _read_children(tenant: LiveTenant, port: Any, role: SystemRole, read: ChildRead) -> Iterable[Any]:
    parents = tenant.ids.get(read.parent, ())
    where = [] if read.relation is None else [WHERE[role][read.relation]()]
    pages: Mapping[str, Any] = await getattr(port, read.method)(parents, *where, PageRequest(MOST_IDS))
    return [row for page in pages.values() for row in page.rows]


async def _read_group(tenant: LiveTenant, port: Any, read: GroupedRead) -> Iterable[Any]:
    found: Mapping[str, Any] = await getattr(port, read.method)(tenant.ids.get(read.parent, ()), *read.arguments)
    return [row for rows in found.values() for row in rows]


async def _confirm_reference(tenant: LiveTenant, port: Any, kind: type[Record]) -> None:
    """Drop a reference that the vendor shows but cannot search; only the kinds of the feeds have to support it."""
    reference, id_ = tenant.references[kind]
    if id_ not in {row.native.id for row in await port.find_by_reference(kind, reference)}:
        del tenant.references[kind]
        tenant.gaps[f"search of {kind.__name__} by reference"] = "needs a reference that the vendor can search"


async def _try(tenant: LiveTenant, name: str, reading: Any) -> None:
    try:
        await reading
    except PsgwError as error:
        tenant.gaps[f"data by {name}"] = f"needs an answer; there was: {error}"


def _take(tenant: LiveTenant, kind: type[Record], rows: Sequence[Any]) -> None:
    if kind in BY_ID[kind.role] and kind not in tenant.known.ids:
        found = (*tenant.ids.get(kind, ()), *(row.native.id for row in rows))
        tenant.ids[kind] = tuple(islice(dict.fromkeys(found), MOST_IDS))
    for row in rows:
        if row.references and kind not in tenant.references:
            tenant.references[kind] = (row.references[0][1], row.native.id)
