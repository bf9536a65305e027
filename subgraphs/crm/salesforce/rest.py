"""Calls of the REST API: queries, batches that follow, descriptions, deletions, and the quota that every answer tells.

A short query goes by GET; long ones, and several at once, go as one composite call: the URI should stay below 2,000 characters and may
not pass 16,384 bytes, a composite call takes 25 sub-requests, five of them queries.
"""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import quote, urlencode

from gateway.errors import SourceError
from gateway.net.message import Request, Response
from gateway.ports.connection import Upstream
from subgraphs.crm.salesforce.failures import classify
from subgraphs.crm.salesforce.soql import Select, render
from subgraphs.crm.salesforce.wire import CompositeAnswer, Deleted, Description, QueryPage, RowT, Version, decode

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


class Rest:
    """The REST API of one org in one version (`v68.0`). Every method raises SourceError when its call fails."""

    def __init__(self, upstream: Upstream, version: str) -> None:
        self._upstream = upstream
        self.version = version
        self._base = f"{_ROOT}/{version}"
        self.quota: Quota | None = None

    async def queries(self, selects: Sequence[Select]) -> list[Body]:
        """Run up to five queries in one call; a refused one gives its error in its place."""
        texts = [render(select) for select in selects]
        if len(texts) == 1 and len(self._query_url(texts[0])) <= _LONGEST_URI:
            return [(await self._query(texts[0])).body]
        requests = [
            {"method": "GET", "url": self._query_url(text), "referenceId": f"q{place}"}
            for place, text in enumerate(texts)
        ]
        body = {"allOrNone": False, "compositeRequest": requests}
        request = Request(method="POST", path=f"{self._base}/composite", operation="composite", json=body, safe=True)
        answer = decode((await self._send(request)).body, CompositeAnswer)
        responses = [Response(status=each.status, headers={}, body=bytes(each.body)) for each in answer.responses]
        return [classify(response) or response.body for response in responses]

    async def batches(
        self, select: Select, page: type[QueryPage[RowT]]
    ) -> AsyncIterator[tuple[QueryPage[RowT], datetime]]:
        """Run one query and yield its batches, each with the service's own time when the query ran."""
        response = await self._query(render(select))
        started = _server_time(response)
        while True:
            batch = decode(response.body, page)
            yield batch, started
            if batch.next_url is None:
                return
            response = await self._more(batch.next_url)

    async def rest_of(self, batch: QueryPage[RowT], page: type[QueryPage[RowT]]) -> tuple[RowT, ...]:
        """Return all rows of a result whose first batch is there."""
        rows = list(batch.records)
        while batch.next_url is not None:
            batch = decode((await self._more(batch.next_url)).body, page)
            rows += batch.records
        return tuple(rows)

    async def versions(self) -> Sequence[str]:
        """Return the versions that the org offers, such as 67.0."""
        response = await self._send(Request(method="GET", path=_ROOT, operation="versions", safe=True))
        return [offered.version for offered in decode(response.body, tuple[Version, ...])]

    async def describe(self, object_name: str) -> Description:
        """Return an object's fields, as far as the caller may see them."""
        return decode((await self._get(f"sobjects/{object_name}/describe", "describe")).body, Description)

    async def deleted(self, object_name: str, start: datetime, end: datetime) -> Deleted:
        """Return the rows deleted in a span of at least a minute within the last thirty days."""
        bounds = [("start", start.isoformat(timespec="seconds")), ("end", end.isoformat(timespec="seconds"))]
        response = await self._get(f"sobjects/{object_name}/deleted/", "deleted", bounds)
        return decode(response.body, Deleted)

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
        usage = _LIMIT_INFO.search(response.headers.get("sforce-limit-info", ""))
        if usage:
            self.quota = Quota(int(usage.group(1)), int(usage.group(2)))
        return response

    def _query_url(self, text: str) -> str:
        return f"{self._base}/query?{urlencode({'q': text}, quote_via=quote)}"


def _server_time(response: Response) -> datetime:
    """Read the Date header; where a proxy took it away, this machine's time has to do."""
    try:
        return parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return datetime.now(UTC)
