"""The CRM port over Salesforce's REST API and SOQL."""

from collections.abc import AsyncIterator, Sequence
from typing import TypeVar, cast

from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmAccount, CrmContact, CrmContract, CrmOpportunity
from gateway.canonical.roles import SystemRole
from gateway.ports.base import Capabilities, Changes, Children, Finding, PageRequest, Read
from gateway.ports.connection import Connection, Upstream
from gateway.ports.crm import CrmPort
from gateway.ports.lineage import Lineage
from subgraphs.crm.salesforce.auth import build_auth
from subgraphs.crm.salesforce.change_feed import ChangeFeed
from subgraphs.crm.salesforce.checks import run_checks
from subgraphs.crm.salesforce.client import MAX_QUERIES, Client, Quota
from subgraphs.crm.salesforce.contacts import read_contact_pages
from subgraphs.crm.salesforce.failures import classify_response
from subgraphs.crm.salesforce.identifier import to_long_id
from subgraphs.crm.salesforce.kinds import Kind, build_kinds
from subgraphs.crm.salesforce.lineage import build_lineage
from subgraphs.crm.salesforce.mapping import SalesforceMapping
from subgraphs.crm.salesforce.options import SalesforceOptions, parse_mapping, parse_options
from subgraphs.crm.salesforce.reads import IDS_PER_QUERY, Reader
from subgraphs.crm.salesforce.records import RecordBuilder
from subgraphs.crm.salesforce.soql import Comparison, Operator
from subgraphs.crm.salesforce.watermarks import parse_watermark
from subgraphs.crm.salesforce.wire import Row
from subgraphs.kit.texts import to_text

RecordT = TypeVar("RecordT", bound=Record)

MAX_EXTERNAL_ID_LENGTH = 255
"""Characters of a text field.

SOQL ignores case, treats '' as null, and rejects a query or a URI that a long text makes too long.
"""


class SalesforceAdapter:
    """CRM port of one org.

    Reads cost one call per 1,000 ids; `list_contacts_by_account` costs one call per 200 accounts if their pages have at
    most 2,000 contacts together.
    """

    role = SystemRole.CRM
    vendor = "salesforce"
    feeds: Sequence[type[Record]] = (CrmAccount, CrmContract, CrmOpportunity)

    def __init__(
        self, connection: Connection, mapping: SalesforceMapping, options: SalesforceOptions, upstream: Upstream
    ) -> None:
        builder = RecordBuilder(connection=connection.name, site=connection.base_url.rstrip("/"), mapping=mapping)
        self.connection = connection.name
        self.api_version = options.api_version
        self.capabilities = _build_capabilities(mapping, options)
        self.lineage: Lineage = build_lineage(mapping)
        self._mapping = mapping
        self._kinds = build_kinds(mapping, builder, self.lineage)
        self._upstream = upstream
        self._client = Client(upstream, options.api_version)
        self._reader = Reader(self._client)
        self._feed = ChangeFeed(self._client, self._reader)

    @property
    def quota(self) -> Quota | None:
        """The org's API usage of the last 24 hours, from the latest response; None before the first response."""
        return self._client.quota

    def normalize_id(self, identifier: str) -> str:
        """Return the 18-character form of an id of 15 or 18 characters; any other text unchanged."""
        return to_long_id(identifier) or identifier

    async def get_accounts(self, ids: Sequence[str]) -> Read[CrmAccount]:
        """Read accounts by native id."""
        return await self._reader.read_by_ids(self._kinds.account, ids)

    async def get_opportunities(self, ids: Sequence[str]) -> Read[CrmOpportunity]:
        """Read opportunities by native id, each with all its lines."""
        return await self._reader.read_by_ids(self._kinds.opportunity, ids)

    async def get_contracts(self, ids: Sequence[str]) -> Read[CrmContract]:
        """Read contracts by native id; standard contracts have no lines."""
        return await self._reader.read_by_ids(self._kinds.contract, ids)

    async def get_contacts(self, ids: Sequence[str]) -> Read[CrmContact]:
        """Read contacts by native id. Private contacts, which belong to no account, are omitted."""
        return await self._reader.read_by_ids(self._kinds.contact, ids)

    async def list_contacts_by_account(self, account_ids: Sequence[str], page: PageRequest) -> Children[CrmContact]:
        """Read each account's contacts, ordered by native id."""
        return await read_contact_pages(self._reader, self._kinds.contact, account_ids, page)

    async def list_changes(self, kind: type[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        """Yield changes in batches of up to 2,000 records.

        The first batch also carries the deletions, or all existing ids if Salesforce no longer keeps some deletions.
        """
        kind_config = cast("Kind[Row, RecordT]", self._kinds.get(kind))
        start = None if watermark is None else parse_watermark(watermark)
        pages = self._feed.read_all(kind_config) if start is None else self._feed.read_since(kind_config, start)
        async for page in pages:
            yield page

    async def find_by_reference(self, kind: type[RecordT], reference: str) -> Sequence[RecordT]:
        """Return the records whose external id equals `reference`, case-sensitively.

        Return none if the mapping file names no external id for the kind.
        """
        kind_config = cast("Kind[Row, RecordT]", self._kinds.get(kind))
        if kind_config.external_id_field is None or not 0 < len(reference) <= MAX_EXTERNAL_ID_LENGTH:
            return ()
        select = kind_config.build_query(
            Comparison(kind_config.external_id_field, Operator.EQUAL, reference), order_by=("Id",)
        )
        rows = [row async for batch, _ in self._reader.read_batches(kind_config, select) for row in batch.records]
        return kind_config.map_rows(row for row in rows if to_text(row.external_id) == reference)

    async def check(self) -> Sequence[Finding]:
        """Check login, API version, permissions, mapped fields, currency setting and remaining API calls."""
        return await run_checks(self._client, self._mapping)

    async def aclose(self) -> None:
        """Release connections."""
        await self._upstream.aclose()


def connect(connection: Connection) -> CrmPort:
    """Open a connection; raise ConfigurationError for invalid options or an invalid mapping file."""
    options, mapping = parse_options(connection), parse_mapping(connection)
    upstream = connection.open_upstream(build_auth(connection, options), classify_response, options.concurrency)
    return SalesforceAdapter(connection, mapping, options, upstream)


def _build_capabilities(mapping: SalesforceMapping, options: SalesforceOptions) -> Capabilities:
    """Return the org's capabilities; search and upsert by external id need one mapped for accounts."""
    has_external_id = mapping.account.external_id is not None
    return Capabilities(
        read_batch=IDS_PER_QUERY * MAX_QUERIES,
        parent_batch=IDS_PER_QUERY,
        page_cap=2000,
        concurrency=options.concurrency,
        upsert_by_external_id=has_external_id,
        search_by_external_id=has_external_id,
        change_feed=True,
        soft_delete=True,
        daily_quota=options.daily_quota,
    )
