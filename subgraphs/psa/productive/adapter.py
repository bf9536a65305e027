"""The PSA port over Productive's API: people are booked on services, the lines of budgets, which belong to projects."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Final, TypeVar

from gateway.canonical.records.base import Record
from gateway.canonical.records.psa import PsaDemand
from gateway.ports.base import Changes, Children, Finding, PageRequest
from gateway.ports.connection import Connection, Upstream
from gateway.ports.lineage import Lineage
from gateway.ports.psa import PsaPort
from gateway.ports.where import DemandWhere
from subgraphs.kit.concurrent_calls import read_in_batches
from subgraphs.kit.conditions import is_match
from subgraphs.kit.identifiers import select_ids
from subgraphs.kit.memory_paging import paginate_in_memory
from subgraphs.kit.psa.adapter import PsaListAdapter, build_capabilities
from subgraphs.kit.psa.kinds import Parameters
from subgraphs.kit.psa.reads import RecordReader
from subgraphs.kit.psa.relations import PARENT_BATCH
from subgraphs.kit.psa.timesheets import TimeSheetReader
from subgraphs.kit.snapshot_feed import list_snapshot_changes, require_digest, return_unchanged
from subgraphs.psa.productive.checks import check_organization, list_fields
from subgraphs.psa.productive.client import PAGE, Client
from subgraphs.psa.productive.failures import classify
from subgraphs.psa.productive.fields import CustomFields
from subgraphs.psa.productive.kinds import ProductiveKind, build_kinds
from subgraphs.psa.productive.lineage import build_lineage
from subgraphs.psa.productive.mapping import ProductiveMapping
from subgraphs.psa.productive.options import ProductiveOptions, build_auth, parse_mapping, parse_options
from subgraphs.psa.productive.records import SERVICES, RecordBuilder
from subgraphs.psa.productive.relations import PROJECT_FILTER, TIME_FILTERS, build_relations
from subgraphs.psa.productive.wire import ServiceRow

RecordT = TypeVar("RecordT", bound=Record)

CHANGES_PAGE: Final = 200


class ProductiveAdapter(PsaListAdapter):
    """One organization. Projects cost two more calls per 200, for their budgets and members."""

    vendor = "productive"
    api_version = "v2"

    def __init__(
        self, connection: Connection, mapping: ProductiveMapping, options: ProductiveOptions, upstream: Upstream
    ) -> None:
        self.connection = connection.name
        self.capabilities = build_capabilities(PAGE, options.concurrency)
        self.lineage: Lineage = build_lineage(mapping)
        self._mapping = mapping
        self._client = Client(upstream, options.organization)
        self._fields = CustomFields(self._client, needed=any(list_fields(mapping)))
        kinds = build_kinds(self._client, RecordBuilder(connection.name, mapping), self._fields, self.lineage)
        super().__init__(
            kinds=kinds,
            relations=build_relations(kinds),
            reader=RecordReader(self._client, id_filter="filter[id]", batch=PAGE),
            time=TimeSheetReader(self._client, TIME_FILTERS),
            upstream=upstream,
        )

    async def list_demands_by_project(
        self, project_ids: Sequence[str], where: DemandWhere, page: PageRequest
    ) -> Children[PsaDemand]:
        """Read each project's resource requests, ordered by id.

        Costs ceil(services / 200) calls for the projects' services, then those of the requests per 50 services.
        """
        relation = self._relations.project_demands
        relation.order.parse_start(page)
        services = await read_in_batches(self._read_services, select_ids(project_ids), PARENT_BATCH)
        demands = await self._reader.read_children(relation, services)
        return paginate_in_memory(relation.order, project_ids, demands, page, partial(is_match, where=where))

    async def _read_services(self, projects: Sequence[str]) -> Sequence[str]:
        listing = await self._client.read_all(SERVICES, ((PROJECT_FILTER, ",".join(projects)),))
        return [str(row.id) for row in listing.parse_rows(ServiceRow)]

    async def build_reference_filter(self, kind: ProductiveKind[Record], reference: str) -> Parameters | None:
        """Return the filter by the firm's own code: an attribute, or the custom field that the mapping file names."""
        if kind.code is None:
            return None
        if isinstance(kind.code, str):
            return ((f"filter[{kind.code}]", reference),)
        directory = await self._fields.load((), kind.code.customizable or "")
        field = directory.find(kind.code)
        return None if field is None else ((f"filter[custom_fields][{field.id}][eq]", reference),)

    async def list_changes(self, kind: type[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        """Yield all records of a class if any has changed, else nothing; deletions are not reported.

        The resources of the feeds have no reliable time of change.
        """
        if kind in self.feeds:
            require_digest(watermark)
            rows: Sequence[RecordT] = await self._reader.read_all(self._kinds[kind])
            async for page in list_snapshot_changes(rows, watermark, return_unchanged, CHANGES_PAGE):
                yield page

    async def check(self) -> Sequence[Finding]:
        """Check login, permission on every resource type, and the mapping file's custom fields."""
        return await check_organization(self._client, [kind.resource for kind in self._kinds.values()], self._mapping)


def connect(connection: Connection) -> PsaPort:
    """Open a connection; raise ConfigurationError for invalid options or an invalid mapping file."""
    options, mapping = parse_options(connection), parse_mapping(connection)
    upstream = connection.open_upstream(build_auth(connection), classify, options.concurrency)
    return ProductiveAdapter(connection, mapping, options, upstream)
