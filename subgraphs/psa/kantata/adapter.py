"""The PSA port over Kantata's REST API: workspaces are projects, stories tasks, allocations assignments."""

from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

from gateway.canonical.records.base import Record
from gateway.canonical.values import DateRange
from gateway.ports.base import Changes, Finding
from gateway.ports.connection import Connection, Upstream
from gateway.ports.lineage import Lineage
from gateway.ports.psa import PsaPort
from subgraphs.kit.psa.adapter import PsaListAdapter, build_capabilities
from subgraphs.kit.psa.kinds import Parameters
from subgraphs.kit.psa.reads import RecordReader
from subgraphs.kit.psa.timesheets import TimeSheetReader
from subgraphs.psa.kantata.checks import check_account
from subgraphs.psa.kantata.client import PAGE, Client
from subgraphs.psa.kantata.failures import classify
from subgraphs.psa.kantata.feed import EVENTS, ChangeFeed
from subgraphs.psa.kantata.kinds import BY_IDS, KantataKind, build_kinds
from subgraphs.psa.kantata.lineage import build_lineage
from subgraphs.psa.kantata.mapping import KantataMapping
from subgraphs.psa.kantata.options import KantataOptions, build_auth, parse_mapping, parse_options
from subgraphs.psa.kantata.records import RecordBuilder
from subgraphs.psa.kantata.relations import TIME_FILTERS, build_overlap_filter, build_relations

RecordT = TypeVar("RecordT", bound=Record)


class KantataAdapter(PsaListAdapter):
    """One account. Assignments cost one more call per 200 resources, which hold the user, the role and the rate."""

    vendor = "kantata"
    api_version = "v1"

    def __init__(
        self, connection: Connection, mapping: KantataMapping, options: KantataOptions, upstream: Upstream
    ) -> None:
        self.connection = connection.name
        self.capabilities = build_capabilities(PAGE, options.concurrency)
        self.lineage: Lineage = build_lineage(mapping)
        self._mapping = mapping
        self._options = options
        self._client = Client(upstream)
        kinds = build_kinds(self._client, RecordBuilder(connection.name, mapping), self.lineage)
        reader = RecordReader(self._client, id_filter="only", batch=BY_IDS)
        super().__init__(
            kinds=kinds,
            relations=build_relations(kinds),
            reader=reader,
            time=TimeSheetReader(self._client, TIME_FILTERS),
            upstream=upstream,
        )
        self._account_kinds = kinds
        self._feed = ChangeFeed(self._client, reader, options, connection.now)

    def build_overlap(self, within: DateRange) -> Parameters:
        """Return the filter of allocations that overlap a range."""
        return build_overlap_filter(within)

    async def build_reference_filter(self, kind: KantataKind[Record], reference: str) -> Parameters | None:
        """Return the filter of records that the firm's own service has given a reference."""
        if kind.model is None:
            return None
        return (
            ("external_reference_service_name", self._mapping.references.service),
            ("external_reference_service_model", kind.model),
            ("external_reference_service_model_refs", reference),
        )

    async def list_changes(self, kind: type[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        """Yield what changed, oldest first. Deletions come from the account's events, else from full reads."""
        if kind in self.feeds:
            async for page in self._feed.read_changes(self._account_kinds[kind], watermark):
                yield page

    async def check(self) -> Sequence[Finding]:
        """Check login, permission on every resource, events if they are used, and the mapping file's custom fields."""
        resources = [kind.resource for kind in self._account_kinds.values()]
        return await check_account(
            self._client, [*resources, *((EVENTS,) if self._options.events else ())], self._mapping
        )


def connect(connection: Connection) -> PsaPort:
    """Open a connection; raise ConfigurationError for invalid options or an invalid mapping file."""
    options, mapping = parse_options(connection), parse_mapping(connection)
    upstream = connection.open_upstream(build_auth(connection), classify, options.concurrency)
    return KantataAdapter(connection, mapping, options, upstream)
