"""HTTP calls to one account: SuiteQL pages, the account's clock, its limits and the descriptions of record types."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import UpstreamRequest
from gateway.ports.connection import Upstream
from gateway.ports.unreadable import UnreadableRecord, report_unreadable
from subgraphs.erp.netsuite import rest_answers, wire
from subgraphs.erp.netsuite.answers import Answer, decode_answer
from subgraphs.erp.netsuite.suiteql import Select
from subgraphs.kit.decoding import decode

RowT = TypeVar("RowT", bound=wire.Row)

PAGE_SIZE = 1000
_SUITEQL = "/services/rest/query/v1/suiteql"
_SERVER_TIME = "/services/rest/system/v1/serverTime"
_CATALOGUE = "/services/rest/record/v1/metadata-catalog/"
_LIMITS = "/services/rest/system/v1/governanceLimits"


class NetSuiteClient:
    """The HTTP client of one account.

    Every call is a safe read. Calls raise the upstream's SourceError, and CONTRACT_MISMATCH for a malformed answer.
    """

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def fetch_rows(self, row: type[RowT], select: Select) -> list[RowT]:
        """Return all rows of a statement in the order of their record ids: one call per 1,000 rows.

        Pages are read by key, so that concurrent inserts and deletes neither lose nor repeat a row. A page starts with
        the record that the previous page ended in; offsets are used only within a record that fills a page by itself.
        Records with an unreadable row are reported and left out.
        """
        rows: list[RowT] = []
        lost: dict[Hashable, UnreadableRecord] = {}
        incomplete: set[str] = set()
        first, offset = None, 0
        while True:
            page = await self.fetch_page(row, select.order_by_id(first), offset=offset)
            lost |= {(each.id, each.field, *each.keys.items()): each for each in page.lost}
            incomplete |= page.incomplete
            if not page.has_more or not page.ids:
                break
            last = page.ids[-1]
            complete = any(each != last for each in page.ids)
            rows += [each for each in page.items if each.id != last] if complete else page.items
            first, offset = last, 0 if complete else offset + PAGE_SIZE
        for each in lost.values():
            report_unreadable(each)
        return [each for each in (*rows, *page.items) if each.id not in incomplete]

    async def fetch_page(
        self, row: type[RowT], select: Select, *, limit: int = PAGE_SIZE, offset: int = 0
    ) -> Answer[RowT]:
        """Return one page of a statement; `offset` is a multiple of `limit`. Unreadable rows are not reported."""
        response = await self._upstream.fetch(
            UpstreamRequest(
                method="POST",
                path=_SUITEQL,
                operation="suiteql",
                query=(("limit", str(limit)), ("offset", str(offset))),
                headers={"Prefer": "transient"},
                json={"q": select.text},
                safe=True,
            )
        )
        return decode_answer(response.body, row, select.source.split(" ", 1)[0])

    async def fetch_server_time(self) -> datetime:
        """Return the current time of the account's clock, in UTC."""
        response = await self._upstream.fetch(
            UpstreamRequest(method="GET", path=_SERVER_TIME, operation="serverTime", safe=True)
        )
        text = decode(response.body, rest_answers.ServerTime).server_time
        try:
            at = datetime.fromisoformat(text)
        except ValueError as error:
            raise SourceError(FaultCode.CONTRACT_MISMATCH, "serverTime is not ISO 8601") from error
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)

    async def fetch_properties(self, record: str) -> Mapping[str, Any]:
        """Return the JSON Schema of each field of a record type, as the role sees it."""
        request = UpstreamRequest(
            method="GET",
            path=_CATALOGUE + record,
            operation="metadata-catalog",
            headers={"Accept": "application/schema+json"},
            safe=True,
        )
        return decode((await self._upstream.fetch(request)).body, rest_answers.RecordSchema).properties

    async def fetch_governance_limits(self) -> rest_answers.GovernanceLimits:
        """Return the concurrency limit, which only administrators may read (NetSuite help, article_0625010817)."""
        request = UpstreamRequest(method="GET", path=_LIMITS, operation="governanceLimits", safe=True)
        return decode((await self._upstream.fetch(request)).body, rest_answers.GovernanceLimits)


def split_distinct(values: Sequence[str], size: int) -> list[Sequence[str]]:
    """Split the distinct values into chunks of at most `size`."""
    distinct = list(dict.fromkeys(values))
    return [distinct[start : start + size] for start in range(0, len(distinct), size)]
