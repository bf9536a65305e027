"""The calls to one account: SuiteQL pages and the account's clock."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import Request
from gateway.ports.connection import Upstream
from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.suiteql import Select
from subgraphs.kit.decode import decode

RowT = TypeVar("RowT", bound=wire.Row)

PAGE_SIZE = 1000
_SUITEQL = "/services/rest/query/v1/suiteql"
_SERVER_TIME = "/services/rest/system/v1/serverTime"
_LIMITS = "/services/rest/system/v1/governanceLimits"


class NetSuiteClient:
    """Reads. Every read is safe to repeat. Raises SourceError as the upstream does, and CONTRACT_MISMATCH for answers of another form."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def fetch_rows(self, row: type[RowT], select: Select) -> list[RowT]:
        """Return all rows of a statement in the order of their records' ids, whatever happens to other records meanwhile: a call per 1,000 rows.

        A page starts with the record that the one before cut in two; only the rows of a record that fills pages by itself are read by offsets.
        """
        found: list[RowT] = []
        first, offset = None, 0
        while True:
            page = await self.fetch_page(row, select.order_by_id(first), offset=offset)
            if not page.has_more or not page.items:
                return [*found, *page.items]
            last = page.items[-1].id
            whole = [each for each in page.items if each.id != last]
            found += whole or page.items
            first, offset = last, 0 if whole else offset + PAGE_SIZE

    async def fetch_page(
        self, row: type[RowT], select: Select, *, limit: int = PAGE_SIZE, offset: int = 0
    ) -> wire.SuiteQlPage[RowT]:
        """Return one page of a statement; `offset` is a multiple of `limit`."""
        response = await self._upstream.fetch(
            Request(
                method="POST",
                path=_SUITEQL,
                operation="suiteql",
                query=(("limit", str(limit)), ("offset", str(offset))),
                headers={"Prefer": "transient"},
                json={"q": select.text},
                safe=True,
            )
        )
        return decode(response.body, wire.SuiteQlPage[row])  # type: ignore[valid-type]  # bound at run time

    async def fetch_server_time(self) -> datetime:
        """Return the account's clock, in UTC."""
        response = await self._upstream.fetch(
            Request(method="GET", path=_SERVER_TIME, operation="serverTime", safe=True)
        )
        told = decode(response.body, wire.ServerTime).server_time
        try:
            at = datetime.fromisoformat(told)
        except ValueError as error:
            raise SourceError(FaultCode.CONTRACT_MISMATCH, "serverTime is not ISO 8601") from error
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)

    async def fetch_governance_limits(self) -> wire.GovernanceLimits:
        """Return how many calls may be in flight; the account tells it to administrators only (NetSuite help, article_0625010817)."""
        request = Request(method="GET", path=_LIMITS, operation="governanceLimits", safe=True)
        return decode((await self._upstream.fetch(request)).body, wire.GovernanceLimits)


def split_distinct(values: Sequence[str], size: int) -> list[Sequence[str]]:
    """Cut distinct values into reads of at most `size`."""
    distinct = list(dict.fromkeys(values))
    return [distinct[start : start + size] for start in range(0, len(distinct), size)]
