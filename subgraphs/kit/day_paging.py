"""Pages of records that a vendor orders by day and by nothing else.

A read starts at the cursor's day and takes one vendor page a call, until every parent has its rows. Records of one day
come in any order, so a day is only used once it has been read completely.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from gateway.canonical.records.base import Record
from gateway.ports.base import Children, PageRequest
from subgraphs.kit.concurrent_calls import gather_all
from subgraphs.kit.identifiers import select_ids, split_batches
from subgraphs.kit.memory_paging import ChildOrder, SortKey
from subgraphs.kit.paging import build_pages, read_merged

RecordT = TypeVar("RecordT", bound=Record)
ReadT_co = TypeVar("ReadT_co", bound=Record, covariant=True)

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)
_ONE_DAY: Final = timedelta(days=1)


class DayReader(Protocol[ReadT_co]):
    """What a vendor reads below some parents."""

    async def read_from(
        self, parents: Sequence[str], first: date, last: date
    ) -> tuple[Sequence[ReadT_co], date | None]:
        """Return one vendor page of these days, both included, earliest first, and the day of its last row.

        The day is None if the page holds all rows. Rows that become no record count too.
        """

    async def read_day(self, parents: Sequence[str], day: date) -> Sequence[ReadT_co]:
        """Return everything of one day."""


class DayRange(NamedTuple):
    """The days to read, both included; None is no bound."""

    first: date | None
    last: date | None


async def paginate_by_day(
    reader: DayReader[RecordT],
    order: ChildOrder[RecordT],
    parents: Sequence[str],
    page: PageRequest,
    *,
    keep: Callable[[RecordT], bool],
    days: DayRange,
    batch: int,
) -> Children[RecordT]:
    """Return a page per parent, ordered by day, then id.

    Costs floor(records read / page cap) + 1 calls per `batch` parents. Raises BadInputError for a foreign cursor.
    """
    start = order.parse_start(page)
    paginator = _DayPaginator(reader, order, keep, days)
    ids = select_ids(parents, order.is_id)
    groups = await gather_all(paginator.read_rows(chunk, page.first, start) for chunk in split_batches(ids, batch))
    rows = {parent: own for group in groups for parent, own in group.items()}
    return build_pages(parents, rows, page.first, order.get_position, after=page.after)


class _CompleteDays(NamedTuple, Generic[RecordT]):
    """The records of complete days, in order, whether more follow, and the day to continue with."""

    records: Sequence[RecordT]
    more: bool
    next_day: date


@dataclass(frozen=True)
class _DayPaginator(Generic[RecordT]):
    reader: DayReader[RecordT]
    order: ChildOrder[RecordT]
    keep: Callable[[RecordT], bool]
    days: DayRange

    async def read_rows(self, parents: Sequence[str], first: int, start: SortKey | None) -> dict[str, list[RecordT]]:
        async def read(waiting: Sequence[str], last: RecordT | None) -> tuple[Sequence[RecordT], bool]:
            after = start if last is None else self.order.get_sort_key(last)
            since = FIRST_DAY if after is None else date.fromisoformat(after[0])
            while True:
                days = await self._read_days(waiting, since)
                new = [each for each in days.records if after is None or self.order.get_sort_key(each) > after]
                kept = [each for each in new if self.keep(each)]
                if kept or not days.more:
                    return kept, days.more
                since = days.next_day

        return await read_merged(parents, first, read, self.order.get_parent)

    async def _read_days(self, parents: Sequence[str], since: date) -> _CompleteDays[RecordT]:
        until = self.days.last or LAST_DAY
        since = max(since, self.days.first or FIRST_DAY)
        if since > until:
            return _CompleteDays((), more=False, next_day=since)
        page, last = await self.reader.read_from(parents, since, until)
        records = sorted(page, key=self.order.get_sort_key)
        if last is None:
            return _CompleteDays(records, more=False, next_day=until)
        complete = [record for record in records if self._get_day(record) < last]
        if complete:
            return _CompleteDays(complete, more=True, next_day=last)
        # The page holds a single day, perhaps not all of it: read that day completely.
        rest = await self.reader.read_day(parents, last)
        return _CompleteDays(sorted(rest, key=self.order.get_sort_key), more=True, next_day=last + _ONE_DAY)

    def _get_day(self, record: RecordT) -> date:
        return date.fromisoformat(self.order.get_sort_key(record)[0])
