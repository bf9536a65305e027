"""Pages of records that a vendor orders by their days and by nothing else.

A page is read from the day of the cursor on, a vendor's page a call, until every parent has its rows. Records of one day come in any order, so that a day is
only used once all of it has been seen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from gateway.canonical.records.base import Record
from gateway.ports.base import Children, PageRequest
from subgraphs.kit.cut import Order, Place
from subgraphs.kit.identifiers import batches, only_ids
from subgraphs.kit.paging import merged_read, pages_by_parent
from subgraphs.kit.together import together

RecordT = TypeVar("RecordT", bound=Record)
ReadT_co = TypeVar("ReadT_co", bound=Record, covariant=True)

FIRST, LAST = date(1970, 1, 1), date(2999, 12, 31)
_DAY: Final = timedelta(days=1)


class ByDay(Protocol[ReadT_co]):
    """What a vendor reads below some parents."""

    async def since(self, parents: Sequence[str], first: date, last: date) -> tuple[Sequence[ReadT_co], date | None]:
        """Read one vendor's page of these days, both included, earliest first; tell the day at which it breaks off, or None where it is all of them.

        That day is the last of the vendor's rows, whether or not a record comes of them.
        """

    async def on(self, parents: Sequence[str], day: date) -> Sequence[ReadT_co]:
        """Read everything of one day."""


class Range(NamedTuple):
    """The days that are wanted, both included; None is no bound."""

    first: date | None
    last: date | None


async def pages_by_day(
    reads: ByDay[RecordT],
    order: Order[RecordT],
    parents: Sequence[str],
    page: PageRequest,
    *,
    keep: Callable[[RecordT], bool],
    wanted: Range,
    batch: int,
) -> Children[RecordT]:
    """Return a page per parent, ordered by day, then id: floor(records read / page cap) + 1 calls per `batch` parents. Raises BadInputError for a foreign cursor."""
    start = order.start(page)
    cutter = _Days(reads, order, keep, wanted)
    groups = await together(cutter.below(chunk, page.first, start) for chunk in batches(only_ids(parents), batch))
    found = {parent: rows for group in groups for parent, rows in group.items()}
    return pages_by_parent(parents, found, page.first, order.position, after=page.after)


class _Whole(NamedTuple, Generic[RecordT]):
    """Whole days of records, in order, whether more follow, and the day to go on from."""

    records: Sequence[RecordT]
    more: bool
    following: date


@dataclass(frozen=True)
class _Days(Generic[RecordT]):
    reads: ByDay[RecordT]
    order: Order[RecordT]
    keep: Callable[[RecordT], bool]
    wanted: Range

    async def below(self, parents: Sequence[str], first: int, start: Place | None) -> dict[str, list[RecordT]]:
        async def read(waiting: Sequence[str], last: RecordT | None) -> tuple[Sequence[RecordT], bool]:
            after = start if last is None else self.order.place(last)
            since = FIRST if after is None else date.fromisoformat(after[0])
            while True:
                days = await self._whole(waiting, since)
                found = [each for each in days.records if after is None or self.order.place(each) > after]
                kept = [each for each in found if self.keep(each)]
                if kept or not days.more:
                    return kept, days.more
                since = days.following

        return await merged_read(parents, first, read, self.order.parent)

    async def _whole(self, parents: Sequence[str], since: date) -> _Whole[RecordT]:
        until = self.wanted.last or LAST
        since = max(since, self.wanted.first or FIRST)
        if since > until:
            return _Whole((), more=False, following=since)
        read, last = await self.reads.since(parents, since, until)
        records = sorted(read, key=self.order.place)
        if last is None:
            return _Whole(records, more=False, following=until)
        whole = [record for record in records if self._day(record) < last]
        if whole:
            return _Whole(whole, more=True, following=last)
        # Nothing before the day at which the page breaks off: all of it, and on.
        rest = await self.reads.on(parents, last)
        return _Whole(sorted(rest, key=self.order.place), more=True, following=last + _DAY)

    def _day(self, record: RecordT) -> date:
        return date.fromisoformat(self.order.place(record)[0])
