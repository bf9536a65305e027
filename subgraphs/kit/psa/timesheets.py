"""Pages of time entries below projects and users: the one list that these vendors can order by day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from gateway.canonical.records.psa import PsaTimeEntry
from gateway.ports.base import Children, PageRequest
from gateway.ports.where import TimeWhere
from subgraphs.kit.conditions import is_match
from subgraphs.kit.day_paging import DayRange, paginate_by_day
from subgraphs.kit.failures import build_mismatch
from subgraphs.kit.psa.kinds import ListClient, Parameters
from subgraphs.kit.psa.relations import Relation


@dataclass(frozen=True, kw_only=True)
class TimeFilters:
    """The vendor's filters of time entries.

    `order` sorts by day, `build_days` filters by days, both included. `build_filters` returns the part of the
    conditions that the vendor can evaluate; the rest is evaluated in memory. `get_days` returns the day of each row of
    a listing, None for one that cannot be read.
    """

    order: Parameters
    build_days: Callable[[date, date], Parameters]
    build_filters: Callable[[TimeWhere], Parameters]
    get_days: Callable[[Any], Sequence[date | None]]


@dataclass(frozen=True)
class TimeSheetReader:
    """Reads pages of time entries."""

    client: ListClient
    filters: TimeFilters

    async def paginate(
        self, relation: Relation[PsaTimeEntry], parents: Sequence[str], where: TimeWhere, page: PageRequest
    ) -> Children[PsaTimeEntry]:
        """Return a page per parent, ordered by day, then id.

        Costs floor(entries read / page cap) + 1 calls per `relation.batch` parents.
        """
        return await paginate_by_day(
            _TimeDayReader(self.client, self.filters, relation, self.filters.build_filters(where)),
            relation.order,
            parents,
            page,
            keep=partial(is_match, where=where),
            days=DayRange(where.work_date_from, where.work_date_to),
            batch=relation.batch,
        )


@dataclass(frozen=True)
class _TimeDayReader:
    client: ListClient
    filters: TimeFilters
    relation: Relation[PsaTimeEntry]
    conditions: Parameters

    async def read_from(
        self, parents: Sequence[str], first: date, last: date
    ) -> tuple[Sequence[PsaTimeEntry], date | None]:
        kind = self.relation.kind
        parameters = (*self._build_parameters(parents, first, last), *self.filters.order)
        listing, count = await self.client.read_first(kind.resource, parameters, kind.select_include())
        days = self.filters.get_days(listing)
        records = await kind.build(listing)
        if len(days) >= count:
            return records, None
        readable = [day for day in days if day is not None]
        if not readable:
            raise build_mismatch(f"{kind.resource}: no readable day on a page")
        return records, max(readable)

    async def read_day(self, parents: Sequence[str], day: date) -> Sequence[PsaTimeEntry]:
        kind = self.relation.kind
        parameters = self._build_parameters(parents, day, day)
        return await kind.build(await self.client.read_all(kind.resource, parameters, kind.select_include()))

    def _build_parameters(self, parents: Sequence[str], first: date, last: date) -> Parameters:
        days = self.filters.build_days(first, last)
        return (*self.relation.kind.parameters, (self.relation.filter, ",".join(parents)), *self.conditions, *days)
