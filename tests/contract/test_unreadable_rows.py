"""A value that cannot be read costs its own attribute, at worst its own record: never a page, a batch or a feed.

In one row of every kind, every attribute in turn is replaced by a value of a wrong type, null, an empty text, a huge
number, a list and an object. Different rows are spoilt at once, as they are independent.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final

import msgspec
import pytest
import pytest_asyncio

from gateway.canonical.records.base import Record
from gateway.ports.unreadable import UnreadableRecord, collect_unreadable
from tests.contract.reads import BY_ID
from tests.contract.spoilt_rows import VALUES, WRONG_TYPES, Path, Spoiler, Spoiling, spoil_answers
from tests.contract.systems import SystemUnderTest, open_port
from tests.contract.untested import NotTestedError

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOT_CONVERTED: Final = frozenset({"salesforce", "workday"})
"""The vendors whose rows are still read all or none."""

CHOOSES_KIND: Final = frozenset({"type_id"})
"""Attributes that decide of what kind a row is: with another value, it rightly is of another kind."""


class SpoiltSystem:
    """A system behind a proxy that spoils its rows."""

    def __init__(self, subject: SystemUnderTest, port: Any, spoiler: Spoiler) -> None:
        self.subject = subject
        self.port = port
        self.spoiler = spoiler

    async def read(self, kind: type[Record], spoilings: Sequence[Spoiling]) -> dict[str, Any]:
        """Read all known records of a kind by id."""
        self.spoiler.spoilings = spoilings
        found = await getattr(self.port, BY_ID[self.subject.role][kind])(self.subject.ids[kind])
        return dict(found)

    async def follow(self, kind: type[Record], spoilings: Sequence[Spoiling]) -> dict[str, Any]:
        """Read a feed from its start."""
        self.spoiler.spoilings = spoilings
        pages = [page async for page in self.port.list_changes(kind, None)]
        assert all(page.watermark for page in pages)
        return {row.native.id: row for page in pages for row in page.rows}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def spoilt(subject: SystemUnderTest) -> AsyncIterator[SpoiltSystem]:
    """The vendor's system behind the proxy."""
    if subject.manifest.vendor in NOT_CONVERTED:
        pytest.skip("the vendor's rows are still read all or none")
    if subject.live:
        raise NotTestedError("needs a twin, whose answers can be spoilt")
    async with (
        spoil_answers(subject.running) as (connection, spoiler),  # type: ignore[arg-type] # a twin
        open_port(subject.manifest, connection) as port,
    ):
        yield SpoiltSystem(subject, port, spoiler)


def plan_rounds(spoiler: Spoiler) -> Iterator[list[Spoiling]]:
    """Yield rounds with one spoiling per row, until every attribute has held every value in some row.

    An object is not replaced by another object: whether its attributes are missing or wrong nobody can know.
    """
    paths: Mapping[str, set[Path]] = dict(spoiler.paths)
    ids = sorted(paths)
    attributes = sorted(set().union(*paths.values()))
    waiting = [
        (path, name) for path, name in product(attributes, VALUES) if name != "an object" or path not in spoiler.objects
    ]
    while waiting:
        round_: list[Spoiling] = []
        for id_ in ids[1:] or ids:
            chosen = next((each for each in waiting if each[0] in paths[id_]), None)
            if chosen is not None:
                waiting.remove(chosen)
                round_.append(Spoiling(id_, *chosen))
        if not round_:
            return
        yield round_


def check(
    whole: Mapping[str, Any], found: Mapping[str, Any], lost: Sequence[UnreadableRecord], spoilings: Sequence[Spoiling]
) -> None:
    """Require that rows that are not spoilt are unchanged, and that spoilt ones are right, marked or reported."""
    by_id = {each.id: each for each in spoilings}
    reported = {each.id for each in lost}
    for id_, record in whole.items():
        spoiling = by_id.get(id_)
        if spoiling is None:
            assert (spoilings, found.get(id_)) == (spoilings, record)
        elif id_ not in found:
            readable = spoiling.name in {"null", "an empty text", "a huge number"}
            other = readable and spoiling.path[-1].lower() in CHOOSES_KIND | {"id"}
            assert other or id_ in reported or None in reported, spoiling
        elif spoiling.name in WRONG_TYPES:
            marked = {each.attribute for each in found[id_].unreadable} | {"unreadable"}
            assert find_differences(record, found[id_]) <= marked, spoiling


def find_differences(record: Any, other: Any) -> set[str]:
    """Return the attributes that differ."""
    names = [field.name for field in msgspec.structs.fields(type(record))]
    return {name for name in names if getattr(record, name) != getattr(other, name)}


async def test_a_spoilt_attribute_costs_at_most_its_own_record(spoilt: SpoiltSystem) -> None:
    for kind, ids in spoilt.subject.ids.items():
        spoilt.spoiler.watch(ids)
        whole = await spoilt.read(kind, ())
        assert set(whole) == set(ids)
        for spoilings in list(plan_rounds(spoilt.spoiler)):
            with collect_unreadable() as lost:
                found = await spoilt.read(kind, spoilings)
            check(whole, found, lost, spoilings)


async def test_a_feed_goes_on_past_spoilt_rows(spoilt: SpoiltSystem) -> None:
    for kind in spoilt.port.feeds:
        spoilt.spoiler.watch(spoilt.subject.ids[kind])
        whole = await spoilt.follow(kind, ())
        for spoilings in list(plan_rounds(spoilt.spoiler)):
            with collect_unreadable() as lost:
                found = await spoilt.follow(kind, spoilings)
            check(whole, found, lost, spoilings)
