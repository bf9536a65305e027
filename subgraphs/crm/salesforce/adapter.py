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
from subgraphs.crm.salesforce import feed
from subgraphs.crm.salesforce.changes import Feed
from subgraphs.crm.salesforce.checks import findings
from subgraphs.crm.salesforce.contacts import contact_pages
from subgraphs.crm.salesforce.failures import classify
from subgraphs.crm.salesforce.kinds import Kind, kinds_of
from subgraphs.crm.salesforce.lineage import lineage_of
from subgraphs.crm.salesforce.login import auth_of
from subgraphs.crm.salesforce.mapping import SalesforceMapping
from subgraphs.crm.salesforce.options import SalesforceOptions, mapping_of, options_of
from subgraphs.crm.salesforce.reading import IDS_PER_QUERY, Reader
from subgraphs.crm.salesforce.records import RecordBuilder
from subgraphs.crm.salesforce.rest import MOST_QUERIES, Quota, Rest
from subgraphs.crm.salesforce.soql import Compare, Operator
from subgraphs.crm.salesforce.wire import Row

RecordT = TypeVar("RecordT", bound=Record)

LONGEST_EXTERNAL_ID = 255
"""Characters of a text field. SOQL ignores case, takes '' for null, and refuses a query or an address that a long text makes too long."""


class SalesforceAdapter:
    """One org. Reads cost one call per 1,000 ids; `contacts_by_account` one per 200 accounts while 2,000 contacts suffice."""

    role = SystemRole.CRM
    vendor = "salesforce"
    feeds: Sequence[type[Record]] = (CrmAccount, CrmContract, CrmOpportunity)

    def __init__(
        self, connection: Connection, mapping: SalesforceMapping, options: SalesforceOptions, upstream: Upstream
    ) -> None:
        builder = RecordBuilder(connection=connection.name, site=connection.base_url.rstrip("/"), mapping=mapping)
        self.connection = connection.name
        self.api_version = options.api_version
        self.capabilities = _capabilities(mapping, options)
        self.lineage: Lineage = lineage_of(mapping)
        self._mapping = mapping
        self._kinds = kinds_of(mapping, builder)
        self._upstream = upstream
        self._rest = Rest(upstream, options.api_version)
        self._reader = Reader(self._rest)
        self._feed = Feed(self._rest, self._reader)

    @property
    def quota(self) -> Quota | None:
        """The org's calls of the last 24 hours as the last answer told them, or None before the first."""
        return self._rest.quota

    async def accounts(self, ids: Sequence[str]) -> Read[CrmAccount]:
        """Read accounts by native id."""
        return await self._reader.by_ids(self._kinds.account, ids)

    async def opportunities(self, ids: Sequence[str]) -> Read[CrmOpportunity]:
        """Read opportunities by native id, each with all of its lines."""
        return await self._reader.by_ids(self._kinds.opportunity, ids)

    async def contracts(self, ids: Sequence[str]) -> Read[CrmContract]:
        """Read contracts by native id; standard contracts have no lines."""
        return await self._reader.by_ids(self._kinds.contract, ids)

    async def contacts(self, ids: Sequence[str]) -> Read[CrmContact]:
        """Read contacts by native id; private ones, which belong to no account, are missing."""
        return await self._reader.by_ids(self._kinds.contact, ids)

    async def contacts_by_account(self, account_ids: Sequence[str], page: PageRequest) -> Children[CrmContact]:
        """Read each account's contacts, ordered by native id."""
        return await contact_pages(self._reader, self._kinds.contact, account_ids, page)

    async def changed_since(self, kind: type[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        """Yield what changed, in batches of up to 2,000; the first one also tells the deletions, or all ids where the service has forgotten some."""
        followed = cast("Kind[Row, RecordT]", self._kinds.of(kind))
        start = None if watermark is None else feed.started_at(watermark)
        pages = self._feed.first(followed) if start is None else self._feed.since(followed, start)
        async for page in pages:
            yield page

    async def find_by_reference(self, kind: type[RecordT], reference: str) -> Sequence[RecordT]:
        """Return the records whose external id equals `reference`, case included; none where the mapping file names no external id for the kind."""
        sought = cast("Kind[Row, RecordT]", self._kinds.of(kind))
        if sought.external_id is None or not 0 < len(reference) <= LONGEST_EXTERNAL_ID:
            return ()
        select = sought.select(Compare(sought.external_id, Operator.EQUAL, reference), order_by=("Id",))
        found = [row async for batch, _ in self._reader.batches(sought, select) for row in batch.records]
        records = [sought.build(row) for row in found if row.external_id == reference]
        return [record for record in records if record is not None]

    async def check(self) -> Sequence[Finding]:
        """Describe every object that is read: login, rights, named fields, currency, calls left."""
        return await findings(self._rest, self._mapping)

    async def aclose(self) -> None:
        """Release connections."""
        await self._upstream.aclose()


def connect(connection: Connection) -> CrmPort:
    """Open a connection; raise ConfigurationError for options or a mapping file that cannot work."""
    options, mapping = options_of(connection), mapping_of(connection)
    upstream = connection.open_upstream(auth_of(connection, options), classify, options.concurrency)
    return SalesforceAdapter(connection, mapping, options, upstream)


def _capabilities(mapping: SalesforceMapping, options: SalesforceOptions) -> Capabilities:
    """Say what the org can do: it finds and upserts by external id where the mapping file names one for customers."""
    external = mapping.account.external_id is not None
    return Capabilities(
        read_batch=IDS_PER_QUERY * MOST_QUERIES,
        parent_batch=IDS_PER_QUERY,
        page_cap=2000,
        concurrency=options.concurrency,
        upsert_by_external_id=external,
        search_by_external_id=external,
        change_feed=True,
        soft_delete=True,
        daily_quota=options.daily_quota,
    )
