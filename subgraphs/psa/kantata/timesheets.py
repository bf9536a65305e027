"""Pages of time below projects and people.

Time is the one list that Kantata orders by its days: a page is read from the day of the cursor on, two hundred entries a call, until every parent has its
rows. Entries of one day come in any order, so that a day is only used once all of it has been seen.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from gateway.canonical.records.psa import PsaTimeEntry
from gateway.ports.base import Children, PageRequest
from gateway.ports.where import TimeWhere
from subgraphs.kit.paging import merged_read, pages_by_parent
from subgraphs.kit.together import together
from subgraphs.psa.kantata.children import PARENT_BATCH, Place, meets, start_of
from subgraphs.psa.kantata.client import Client, Parameters
from subgraphs.psa.kantata.kinds import Kind
from subgraphs.psa.kantata.reads import only_ids
from subgraphs.psa.kantata.records import INVOICED, NON_BILLABLE, UNINVOICED

_FIRST, _LAST = date(1970, 1, 1), date(2999, 12, 31)
_DAY = timedelta(days=1)
_FLAGS: dict[str, Parameters] = {
    INVOICED: (("invoiced", "true"),),
    UNINVOICED: (("uninvoiced", "true"), ("billable", "true")),
    NON_BILLABLE: (("uninvoiced", "true"), ("billable", "false")),
}


class Below(NamedTuple):
    """Whose time: the filter that takes parents, and the attribute that names the parent."""

    filter: str
    above: str


OF_PROJECTS, OF_USERS = Below("workspace_ids", "project_id"), Below("with_user_ids", "user_id")


class Days(NamedTuple):
    """Whole days of entries, in order, whether more follow, and the day to go on from."""

    entries: Sequence[PsaTimeEntry]
    more: bool
    following: date


class TimeSheets:
    """Reads pages of time of one account."""

    def __init__(self, client: Client, kind: Kind[PsaTimeEntry]) -> None:
        self._client = client
        self._kind = kind

    async def pages(
        self, below: Below, parents: Sequence[str], where: TimeWhere, page: PageRequest
    ) -> Children[PsaTimeEntry]:
        """Return a page per parent, ordered by day, then id: floor(entries read / 200) + 1 calls per 50 parents."""
        start = start_of(page, dated=True)
        known = only_ids(parents)
        chunks = [known[at : at + PARENT_BATCH] for at in range(0, len(known), PARENT_BATCH)]
        groups = await together(self._chunk(below, chunk, where, page.first, start) for chunk in chunks)
        found = {parent: entries for group in groups for parent, entries in group.items()}
        return pages_by_parent(parents, found, page.first, _position, after=page.after)

    async def _chunk(
        self, below: Below, parents: Sequence[str], where: TimeWhere, first: int, start: Place | None
    ) -> dict[str, list[PsaTimeEntry]]:
        async def read(waiting: Sequence[str], last: PsaTimeEntry | None) -> tuple[Sequence[PsaTimeEntry], bool]:
            after = start if last is None else _place(last)
            since = _FIRST if after is None else date.fromisoformat(after[0])
            while True:
                days = await self._days(below, waiting, since, where)
                found = [each for each in days.entries if after is None or _place(each) > after]
                kept = [each for each in found if meets(each, where)]
                if kept or not days.more:
                    return kept, days.more
                since = days.following

        return await merged_read(parents, first, read, lambda entry: getattr(entry, below.above) or "")

    async def _days(self, below: Below, parents: Sequence[str], since: date, where: TimeWhere) -> Days:
        until = where.work_date_to or _LAST
        since = max(since, where.work_date_from or _FIRST)
        if since > until:
            return Days((), more=False, following=since)
        common = (*self._kind.parameters, (below.filter, ",".join(parents)), *_narrowed(where))
        asked = (*common, _between(since, until), ("order", "date_performed:asc"))
        listing, count = await self._client.first(self._kind.resource, asked, self._kind.include)
        entries = sorted(await self._kind.build(listing), key=_place)
        if len(listing.ids) >= count:
            return Days(entries, more=False, following=until)
        last = entries[-1].work_date
        whole = [entry for entry in entries if entry.work_date < last]
        if whole:
            return Days(whole, more=True, following=last)
        # One day fills the page: all of it, and on.
        rest = await self._client.every(self._kind.resource, (*common, _between(last, last)), self._kind.include)
        return Days(sorted(await self._kind.build(rest), key=_place), more=True, following=last + _DAY)


def _narrowed(where: TimeWhere) -> Parameters:
    """Return what Kantata itself can leave out; the rest is judged where whole days are at hand."""
    billing = where.billing or ()
    if len(billing) == 1 and billing[0] in _FLAGS:
        return _FLAGS[billing[0]]
    return () if where.billable is None else (("billable", "true" if where.billable else "false"),)


def _between(first: date, last: date) -> tuple[str, str]:
    return "date_performed_between", f"{first.isoformat()}:{last.isoformat()}"


def _place(entry: PsaTimeEntry) -> Place:
    return entry.work_date.isoformat(), int(entry.native.id)


def _position(entry: PsaTimeEntry) -> Sequence[str]:
    return entry.work_date.isoformat(), entry.native.id
