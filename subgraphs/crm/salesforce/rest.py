"""Calls of the REST API: queries, batches that follow, descriptions, deletions, and the quota that every answer tells.

A short query goes by GET; long ones, and several at once, go as one composite call: the URI should stay below 2,000 characters and may
not pass 16,384 bytes, a composite call takes 25 sub-requests, five of them queries.
"""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote, urlencode

from gateway.errors import SourceError
from gateway.net.message import Request, Response
from gateway.ports.connection import Upstream
from subgraphs.crm.salesforce.failures import classify
from subgraphs.crm.salesforce.soql import Select, render
from subgraphs.crm.salesforce.wire import CompositeAnswer, Deleted, Description, QueryPage, RowT, Version
from subgraphs.kit.dates import told_at
from subgraphs.kit.decode import decode

MOST_QUERIES = 5
_ROOT = "/services/data"
_LONGEST_URI = 2000
_LIMIT_INFO = re.compile(r"api-usage=(\d+)/(\d+)")

Body = bytes | SourceError
"""The body of one query's answer, or why there is none."""


class Quota(NamedTuple):
    """Calls of the last 24 hours and how many are allowed, over all clients of the org."""

    used: int
    allowed: int

    @property
    def remaining(self) -> int:
        """How many calls are left."""
        return max(0, self.allowed - self.used)


class Span(NamedTuple):
    """A stretch of time, of at least a minute within the last thirty days."""

    start: datetime
    end: datetime


class Rest:
    """The REST API of one org in one version (`v68.0`). Every method raises SourceError when its call fails."""

    def __init__(self, upstream: Upstream, version: str) -> None:
        self._upstream = upstream
        self.version = version
        self._base = f"{_ROOT}/{version}"
        self._ahead: timedelta | None = None
        self.quota: Quota | None = None

    @property
    def now(self) -> datetime | None:
        """The service's time, as its answers told it so far; None before the first."""
        return None if self._ahead is None else datetime.now(UTC) + self._ahead

    async def queries(self, selects: Sequence[Select]) -> list[Body]:
        """Run up to five queries in one call; a refused one gives its error in its place."""
        texts = [render(select) for select in selects]
        if len(texts) == 1 and len(self._query_url(texts[0])) <= _LONGEST_URI:
            return [(await self._query(texts[0])).body]
        answers = await self._composite([self._query_url(text) for text in texts])
        return [classify(response) or response.body for response in answers]

    async def _composite(self, urls: Sequence[str]) -> list[Response]:
        """Get up to 25 resources in one call."""
        requests = [{"method": "GET", "url": url, "referenceId": f"q{place}"} for place, url in enumerate(urls)]
        body = {"allOrNone": False, "compositeRequest": requests}
        request = Request(method="POST", path=f"{self._base}/composite", operation="composite", json=body, safe=True)
        answer = decode((await self._send(request)).body, CompositeAnswer)
        return [Response(status=each.status, headers={}, body=bytes(each.body)) for each in answer.responses]

    async def batches(
        self, select: Select, page: type[QueryPage[RowT]]
    ) -> AsyncIterator[tuple[QueryPage[RowT], datetime]]:
        """Run one query and yield its batches, each with the service's own time when the query ran."""
        response = await self._query(render(select))
        started = told_at(response.headers) or datetime.now(UTC)
        async for batch in self._following(decode(response.body, page), page):
            yield batch, started

    async def changes(
        self, select: Select, page: type[QueryPage[RowT]], gone: Span
    ) -> tuple[AsyncIterator[QueryPage[RowT]], Deleted]:
        """Run one query, and ask in the same call which rows of its object were deleted."""
        bounds = {"start": gone.start.isoformat(timespec="seconds"), "end": gone.end.isoformat(timespec="seconds")}
        deleted_url = f"{self._base}/sobjects/{select.source}/deleted/?{urlencode(bounds)}"
        rows, deleted = await self._composite([self._query_url(render(select)), deleted_url])
        for response in (rows, deleted):
            refused = classify(response)
            if refused is not None:
                raise refused
        return self._following(decode(rows.body, page), page), decode(deleted.body, Deleted)

    async def _following(self, batch: QueryPage[RowT], page: type[QueryPage[RowT]]) -> AsyncIterator[QueryPage[RowT]]:
        yield batch
        while batch.next_url is not None:
            batch = decode((await self._more(batch.next_url)).body, page)
            yield batch

    async def rest_of(self, batch: QueryPage[RowT], page: type[QueryPage[RowT]]) -> tuple[RowT, ...]:
        """Return all rows of a result whose first batch is there."""
        return tuple([row async for each in self._following(batch, page) for row in each.records])

    async def versions(self) -> Sequence[str]:
        """Return the versions that the org offers, such as 67.0."""
        response = await self._send(Request(method="GET", path=_ROOT, operation="versions", safe=True))
        return [offered.version for offered in decode(response.body, tuple[Version, ...])]

    async def describe(self, object_name: str) -> Description:
        """Return an object's fields, as far as the caller may see them."""
        return decode((await self._get(f"sobjects/{object_name}/describe", "describe")).body, Description)

    async def _query(self, text: str) -> Response:
        return await self._get("query", "query", [("q", text)])

    async def _more(self, url: str) -> Response:
        return await self._send(Request(method="GET", path=url, operation="query_more", safe=True))

    async def _get(self, path: str, operation: str, query: Sequence[tuple[str, str]] = ()) -> Response:
        return await self._send(
            Request(method="GET", path=f"{self._base}/{path}", operation=operation, query=query, safe=True)
        )

    async def _send(self, request: Request) -> Response:
        response = await self._upstream.fetch(request)
        told = told_at(response.headers)
        self._ahead = self._ahead if told is None else told - datetime.now(UTC)
        usage = _LIMIT_INFO.search(response.headers.get("sforce-limit-info", ""))
        if usage:
            self.quota = Quota(int(usage.group(1)), int(usage.group(2)))
        return response

    def _query_url(self, text: str) -> str:
        return f"{self._base}/query?{urlencode({'q': text}, quote_via=quote)}"
