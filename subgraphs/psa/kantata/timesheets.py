"""Pages of time below projects and people: the one list that Kantata orders by its days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple

from gateway.canonical.records.psa import PsaTimeEntry
from gateway.ports.base import Children, PageRequest
from gateway.ports.where import TimeWhere
from subgraphs.kit.by_day import Range, pages_by_day
from subgraphs.kit.conditions import meets
from subgraphs.kit.cut import Order
from subgraphs.psa.kantata.children import PARENT_BATCH
from subgraphs.psa.kantata.client import Client, Parameters
from subgraphs.psa.kantata.kinds import Kind
from subgraphs.psa.kantata.records import INVOICED, NON_BILLABLE, UNINVOICED

_FLAGS: dict[str, Parameters] = {
    INVOICED: (("invoiced", "true"),),
    UNINVOICED: (("uninvoiced", "true"), ("billable", "true")),
    NON_BILLABLE: (("uninvoiced", "true"), ("billable", "false")),
}


class Below(NamedTuple):
    """Whose time: the filter that takes parents, and how it is ordered below them."""

    filter: str
    order: Order[PsaTimeEntry]


OF_PROJECTS = Below("workspace_ids", Order(above="project_id", day="work_date"))
OF_USERS = Below("with_user_ids", Order(above="user_id", day="work_date"))


class TimeSheets:
    """Reads pages of time of one account."""

    def __init__(self, client: Client, kind: Kind[PsaTimeEntry]) -> None:
        self._client = client
        self._kind = kind

    async def pages(
        self, below: Below, parents: Sequence[str], where: TimeWhere, page: PageRequest
    ) -> Children[PsaTimeEntry]:
        """Return a page per parent, ordered by day, then id: floor(entries read / 200) + 1 calls per 50 parents."""
        return await pages_by_day(
            _Sheets(self._client, self._kind, below.filter, _narrowed(where)),
            below.order,
            parents,
            page,
            keep=partial(meets, where=where),
            wanted=Range(where.work_date_from, where.work_date_to),
            batch=PARENT_BATCH,
        )


@dataclass(frozen=True)
class _Sheets:
    """Reads time below some parents, the part that Kantata itself can leave out left out."""

    client: Client
    kind: Kind[PsaTimeEntry]
    filter: str
    narrowed: Parameters

    async def since(
        self, parents: Sequence[str], first: date, last: date
    ) -> tuple[Sequence[PsaTimeEntry], date | None]:
        asked = (*self._common(parents, first, last), ("order", "date_performed:asc"))
        listing, count = await self.client.first(self.kind.resource, asked, self.kind.include)
        records = await self.kind.build(listing)
        return records, None if len(records) >= count else records[-1].work_date

    async def on(self, parents: Sequence[str], day: date) -> Sequence[PsaTimeEntry]:
        listing = await self.client.every(self.kind.resource, self._common(parents, day, day), self.kind.include)
        return await self.kind.build(listing)

    def _common(self, parents: Sequence[str], first: date, last: date) -> Parameters:
        days = ("date_performed_between", f"{first.isoformat()}:{last.isoformat()}")
        return (*self.kind.parameters, (self.filter, ",".join(parents)), *self.narrowed, days)


def _narrowed(where: TimeWhere) -> Parameters:
    """Return what Kantata itself can leave out; the rest is judged where whole days are at hand."""
    billing = where.billing or ()
    if len(billing) == 1 and billing[0] in _FLAGS:
        return _FLAGS[billing[0]]
    return () if where.billable is None else (("billable", "true" if where.billable else "false"),)
