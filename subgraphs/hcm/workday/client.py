"""Client of one tenant's services: WQL pages, custom reports, and the lists that the checks read."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import UpstreamRequest
from gateway.ports.connection import Upstream
from subgraphs.hcm.workday.options import WorkdayOptions
from subgraphs.hcm.workday.wire import ListPage, ReportResponse, RowT, WqlPage, bind_columns
from subgraphs.hcm.workday.wql import Select, render_query
from subgraphs.kit import decoding as kit
from subgraphs.kit.dates import parse_date_header
from subgraphs.kit.decoding import decode
from subgraphs.kit.overlap_paging import read_with_overlap

PAGE_SIZE: Final = 1000
"""Rows per WQL page, a common size of integrations; the vendor's client uses up to 10,000 (Workday/prism-python)."""
LIST_PAGE_SIZE: Final = 100


class QueryResult(NamedTuple):
    """All rows of a statement, and the service's time when it ran."""

    rows: Sequence[Any]
    server_time: datetime


class Client:
    """Sends read requests, which are all safe to repeat.

    Raises SourceError as the upstream does, and CONTRACT_MISMATCH for a response of another format.
    """

    def __init__(self, upstream: Upstream, options: WorkdayOptions) -> None:
        self._upstream = upstream
        self._tenant = options.tenant
        self._wql = f"/ccx/api/wql/{options.wql_version}/{options.tenant}"
        self._staffing = f"/ccx/api/staffing/{options.staffing_version}/{options.tenant}"

    async def run_query(self, select: Select) -> QueryResult:
        """Return all rows of a statement, even if rows change meanwhile.

        One call returns up to 1,000 rows, each further call 999.
        """
        times: list[datetime] = []

        async def read(offset: int) -> tuple[Sequence[Any], int]:
            page, server_time = await self._fetch_page(select, PAGE_SIZE, offset)
            times.append(server_time or datetime.now(UTC))
            return page.data, page.total

        rows = await read_with_overlap(read, lambda row: _get_key(row, select.order[-1]), PAGE_SIZE)
        return QueryResult(rows, times[0])

    async def _fetch_page(self, select: Select, limit: int, offset: int) -> tuple[WqlPage, datetime | None]:
        request = UpstreamRequest(
            method="POST",
            path=f"{self._wql}/data",
            operation="wql",
            query=(("limit", str(limit)), ("offset", str(offset))),
            json={"query": render_query(select)},
            safe=True,
        )
        response = await self._upstream.fetch(request)
        return decode(response.body, WqlPage), parse_date_header(response.headers)

    async def run_report(self, report: str, prompts: Sequence[tuple[str, str]]) -> Sequence[Any]:
        """Return the rows of a custom report (owner/name) in one call, as reports have no pages."""
        request = UpstreamRequest(
            method="GET",
            path=f"/ccx/service/customreport2/{self._tenant}/{report}",
            operation="report",
            query=(("format", "json"), *prompts),
            safe=True,
        )
        return decode((await self._upstream.fetch(request)).body, ReportResponse).entries

    async def count_workers(self) -> int:
        """Return the number of workers that the staffing service lists, to check login and permissions."""
        return (await self._fetch_list(f"{self._staffing}/workers", limit=1)).total

    async def list_columns(self, source: str) -> Mapping[str, str]:
        """Return the types of a data source's columns by alias, "" for an unknown type.

        Costs one call for the source's Workday id, and one per 100 columns. Raises
        SourceError(NOT_FOUND) if no data source has the alias. Source: the vendor's WQL v1 document, `/dataSources` and
        `/dataSources/{ID}/fields`.
        """
        # The filter matches every data source whose alias begins with the value.
        sources = await self._fetch_list(f"{self._wql}/dataSources", ("alias", source))
        ids = [str(each.get("id")) for each in sources.data if each.get("alias") == source]
        if not ids:
            raise SourceError(FaultCode.NOT_FOUND, "data source")
        columns: list[tuple[str, str]] = []
        while True:
            page = await self._fetch_list(f"{self._wql}/dataSources/{ids[0]}/fields", offset=len(columns))
            columns += [(str(each.get("alias")), str(each.get("type") or "")) for each in page.data]
            if not page.data or len(columns) >= page.total:
                return dict(columns)

    async def _fetch_list(
        self, path: str, *filters: tuple[str, str], limit: int = LIST_PAGE_SIZE, offset: int = 0
    ) -> ListPage:
        query = (*filters, ("limit", str(limit)), ("offset", str(offset)))
        request = UpstreamRequest(method="GET", path=path, operation="list", query=query, safe=True)
        return decode((await self._upstream.fetch(request)).body, ListPage)


def convert_rows(rows: Sequence[Any], columns: Mapping[str, str], row_type: type[RowT], object_: str) -> Sequence[RowT]:
    """Return rows as structs, given their columns by attribute; rows that cannot be read are reported and left out."""
    bound = bind_columns(row_type, columns)
    return kit.convert_rows((_select_columns(row, columns) for row in rows), bound, object_)


def _get_key(row: Any, column: str) -> str:
    return str(row.get(column)) if isinstance(row, Mapping) else repr(row)


def _select_columns(row: Any, columns: Mapping[str, str]) -> Any:
    if not isinstance(row, Mapping):
        return row
    return {name: value for name, column in columns.items() if (value := _unwrap(row.get(column))) not in (None, "")}


def _unwrap(value: Any) -> Any:
    """Return the only instance of a multi-instance column, None without one, any other value unchanged."""
    if isinstance(value, list) and len(value) <= 1:
        return value[0] if value else None
    return value
