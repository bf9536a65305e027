"""Client of the REST API: queries and their batches, object descriptions, deletions, and the quota of every response.

A short query is a GET; a long one, or several, are one composite call. A URI should stay below 2,000 characters and
must not exceed 16,384 bytes; a composite call takes 25 sub-requests, five of them queries.
"""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote, urlencode

from gateway.errors import SourceError
from gateway.net.message import UpstreamRequest, UpstreamResponse
from gateway.ports.connection import Upstream
from subgraphs.crm.salesforce.failures import ErrorCategory, SalesforceError, classify_response
from subgraphs.crm.salesforce.soql import Select, render_query
from subgraphs.crm.salesforce.wire import ApiVersion, CompositeResponse, DeletedRows, ObjectDescription, QueryPage, RowT
from subgraphs.kit.dates import parse_date_header
from subgraphs.kit.decoding import decode, decode_rows

MAX_QUERIES = 5
_ROOT = "/services/data"
_MAX_URI_LENGTH = 2000
_LIMIT_INFO = re.compile(r"api-usage=(\d+)/(\d+)")

QueryResult = bytes | SourceError
"""The body of one query's response, or its error."""


class Quota(NamedTuple):
    """API calls of the last 24 hours and the limit, over all clients of the org."""

    used: int
    allowed: int

    @property
    def remaining(self) -> int:
        """The remaining calls."""
        return max(0, self.allowed - self.used)


class TimeRange(NamedTuple):
    """A time range of at least a minute, within the last thirty days."""

    start: datetime
    end: datetime


class Client:
    """The REST API of one org in one version (`v68.0`). Every method raises SourceError if its call fails."""

    def __init__(self, upstream: Upstream, version: str) -> None:
        self._upstream = upstream
        self.version = version
        self._base = f"{_ROOT}/{version}"
        self._clock_offset: timedelta | None = None
        self.quota: Quota | None = None

    @property
    def server_time(self) -> datetime | None:
        """The service's time, from its `Date` headers; None before the first response."""
        return None if self._clock_offset is None else datetime.now(UTC) + self._clock_offset

    async def run_queries(self, selects: Sequence[Select]) -> list[QueryResult]:
        """Run up to five queries in one call; a failed query has its error in its place."""
        texts = [render_query(select) for select in selects]
        if len(texts) == 1 and len(self._build_query_url(texts[0])) <= _MAX_URI_LENGTH:
            return [(await self._send_query(texts[0])).body]
        responses = await self._send_composite_twice([self._build_query_url(text) for text in texts])
        return [classify_response(response) or response.body for response in responses]

    async def _send_composite(self, urls: Sequence[str]) -> list[UpstreamResponse]:
        """GET up to 25 resources in one call."""
        requests = [{"method": "GET", "url": url, "referenceId": f"q{position}"} for position, url in enumerate(urls)]
        body = {"allOrNone": False, "compositeRequest": requests}
        request = UpstreamRequest(
            method="POST", path=f"{self._base}/composite", operation="composite", json=body, safe=True
        )
        composite = decode((await self._send(request)).body, CompositeResponse)
        return [UpstreamResponse(status=each.status, headers={}, body=bytes(each.body)) for each in composite.responses]

    async def _send_composite_twice(self, urls: Sequence[str]) -> list[UpstreamResponse]:
        """GET up to 25 resources in one call; a second call repeats those that an overloaded org refused."""
        responses = await self._send_composite(urls)
        refused = [position for position, response in enumerate(responses) if _is_transient(response)]
        if refused:
            repeated = await self._send_composite([urls[position] for position in refused])
            for position, response in zip(refused, repeated, strict=True):
                responses[position] = response
        return responses

    async def run_query(
        self, select: Select, page: type[QueryPage[RowT]]
    ) -> AsyncIterator[tuple[QueryPage[RowT], datetime]]:
        """Run one query and yield its batches, each with the service's time when the query ran."""
        response = await self._send_query(render_query(select))
        started = parse_date_header(response.headers) or datetime.now(UTC)
        first = decode_rows(response.body, page, select.source, "records")
        async for batch in self._follow_batches(first, page, select.source):
            yield batch, started

    async def run_query_with_deletions(
        self, select: Select, page: type[QueryPage[RowT]], deleted_in: TimeRange
    ) -> tuple[AsyncIterator[QueryPage[RowT]], DeletedRows | None]:
        """Run one query and, in the same call, list the rows of its object that were deleted in the time range.

        The deletions are None if the service refuses the time range.
        """
        bounds = {
            "start": deleted_in.start.isoformat(timespec="seconds"),
            "end": deleted_in.end.isoformat(timespec="seconds"),
        }
        deleted_url = f"{self._base}/sobjects/{select.source}/deleted/?{urlencode(bounds)}"
        rows, deleted = await self._send_composite_twice([self._build_query_url(render_query(select)), deleted_url])
        if (error := classify_response(rows)) is not None:
            raise error
        error = classify_response(deleted)
        batches = self._follow_batches(decode_rows(rows.body, page, select.source, "records"), page, select.source)
        if isinstance(error, SalesforceError) and error.category is ErrorCategory.REPLICATION_DATE:
            return batches, None
        if error is not None:
            raise error
        return batches, decode(deleted.body, DeletedRows)

    async def _follow_batches(
        self, batch: QueryPage[RowT], page: type[QueryPage[RowT]], object_name: str
    ) -> AsyncIterator[QueryPage[RowT]]:
        yield batch
        while batch.next_url is not None:
            batch = decode_rows((await self._fetch_batch(batch.next_url)).body, page, object_name, "records")
            yield batch

    async def collect_rows(
        self, batch: QueryPage[RowT], page: type[QueryPage[RowT]], object_name: str
    ) -> tuple[RowT, ...]:
        """Return all rows of a result, given its first batch; unreadable ones are reported and left out."""
        return tuple([row async for each in self._follow_batches(batch, page, object_name) for row in each.records])

    async def list_versions(self) -> Sequence[str]:
        """Return the API versions that the org supports, such as 67.0."""
        response = await self._send(UpstreamRequest(method="GET", path=_ROOT, operation="versions", safe=True))
        return [each.version for each in decode(response.body, tuple[ApiVersion, ...])]

    async def describe_object(self, object_name: str) -> ObjectDescription:
        """Return an object's fields, as far as the integration user may read them."""
        return decode((await self._get(f"sobjects/{object_name}/describe", "describe")).body, ObjectDescription)

    async def _send_query(self, text: str) -> UpstreamResponse:
        return await self._get("query", "query", [("q", text)])

    async def _fetch_batch(self, url: str) -> UpstreamResponse:
        return await self._send(UpstreamRequest(method="GET", path=url, operation="query_more", safe=True))

    async def _get(self, path: str, operation: str, query: Sequence[tuple[str, str]] = ()) -> UpstreamResponse:
        return await self._send(
            UpstreamRequest(method="GET", path=f"{self._base}/{path}", operation=operation, query=query, safe=True)
        )

    async def _send(self, request: UpstreamRequest) -> UpstreamResponse:
        response = await self._upstream.fetch(request)
        server_time = parse_date_header(response.headers)
        if server_time is not None:
            self._clock_offset = server_time - datetime.now(UTC)
        usage = _LIMIT_INFO.search(response.headers.get("sforce-limit-info", ""))
        if usage:
            self.quota = Quota(int(usage.group(1)), int(usage.group(2)))
        return response

    def _build_query_url(self, text: str) -> str:
        return f"{self._base}/query?{urlencode({'q': text}, quote_via=quote)}"


def _is_transient(response: UpstreamResponse) -> bool:
    error = classify_response(response)
    return error is not None and error.retryable
