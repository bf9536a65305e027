"""The HCM port over WQL and custom reports. Every read is for many workers."""

from collections.abc import AsyncIterator, Sequence
from typing import TypeVar, cast

from gateway.canonical.records.base import Record
from gateway.canonical.records.hcm import HcmAbsence, HcmWorker
from gateway.canonical.roles import SystemRole
from gateway.canonical.values import DateRange
from gateway.ports.base import Capabilities, Changes, Finding, Read
from gateway.ports.connection import Connection, Upstream
from gateway.ports.hcm import HcmPort
from gateway.ports.lineage import Lineage
from subgraphs.hcm.workday.auth import build_auth
from subgraphs.hcm.workday.change_feed import ChangeFeed
from subgraphs.hcm.workday.checks import run_checks
from subgraphs.hcm.workday.client import PAGE_SIZE, Client
from subgraphs.hcm.workday.failures import classify_response
from subgraphs.hcm.workday.lineage import build_lineage
from subgraphs.hcm.workday.mapping import WorkdayMapping
from subgraphs.hcm.workday.options import WorkdayOptions, parse_mapping, parse_options, parse_time_zone
from subgraphs.hcm.workday.reads import READ_BATCH, Reader
from subgraphs.hcm.workday.records import RecordBuilder

RecordT = TypeVar("RecordT", bound=Record)


class WorkdayAdapter:
    """HCM port of one tenant. Reads cost one call per 200 workers, two if the mapping file names a skills report."""

    role = SystemRole.HCM
    vendor = "workday"
    feeds: Sequence[type[Record]] = (HcmWorker,)

    def __init__(
        self, connection: Connection, mapping: WorkdayMapping, options: WorkdayOptions, upstream: Upstream
    ) -> None:
        self.connection = connection.name
        self.api_version = f"WQL {options.wql_version}, staffing {options.staffing_version}"
        self.capabilities = Capabilities(
            read_batch=READ_BATCH,
            parent_batch=READ_BATCH,
            page_cap=PAGE_SIZE,
            concurrency=options.concurrency,
            search_by_external_id=True,
        )
        self.lineage: Lineage = build_lineage(mapping)
        self._mapping = mapping
        self._upstream = upstream
        self._client = Client(upstream, options)
        builder = RecordBuilder(connection.name, mapping, parse_time_zone(connection))
        self._reader = Reader(self._client, builder, self.lineage)
        self._feed = ChangeFeed(self._reader, builder, options)

    async def get_workers(self, ids: Sequence[str]) -> Read[HcmWorker]:
        """Read workers by Workday id, including terminated ones if the data source filter includes them."""
        return await self._reader.read_workers(ids)

    async def list_absences_by_worker(
        self, worker_ids: Sequence[str], within: DateRange
    ) -> Read[tuple[HcmAbsence, ...]]:
        """Read the absences of each worker, oldest first."""
        return await self._reader.read_absences(worker_ids, within)

    async def list_changes(self, kind: type[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        """Yield changed workers; a full read, once per full-read interval, finds removed ones.

        Without an updated column any change yields all workers.
        """
        if issubclass(kind, HcmWorker):
            async for page in self._feed.read_changes(watermark):
                yield cast("Changes[RecordT]", page)

    async def find_by_reference(self, kind: type[RecordT], reference: str) -> Sequence[RecordT]:
        """Return the workers with this worker number."""
        if not issubclass(kind, HcmWorker):
            return ()
        return cast("Sequence[RecordT]", await self._reader.find_by_number(reference))

    async def check(self) -> Sequence[Finding]:
        """Check login, permissions, mapped columns and reports."""
        return await run_checks(self._client, self._mapping)

    async def aclose(self) -> None:
        """Release connections."""
        await self._upstream.aclose()


def connect(connection: Connection) -> HcmPort:
    """Open a connection; raise ConfigurationError for invalid options or an invalid mapping file."""
    options, mapping = parse_options(connection), parse_mapping(connection)
    upstream = connection.open_upstream(build_auth(connection, options), classify_response, options.concurrency)
    return WorkdayAdapter(connection, mapping, options, upstream)
