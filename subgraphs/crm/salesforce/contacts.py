"""Reads pages of contacts for many accounts in one query.

The limit of a sub-query counts per parent, so every account returns exactly its page.
"""

from collections.abc import Sequence

from gateway.canonical.page import Page
from gateway.canonical.records.crm import CrmContact
from gateway.errors import BadInputError
from gateway.ports.base import Children, PageRequest
from subgraphs.crm.salesforce.identifier import to_long_id
from subgraphs.crm.salesforce.kinds import Kind
from subgraphs.crm.salesforce.reads import Reader, split_into_chunks
from subgraphs.crm.salesforce.soql import Comparison, Condition, Membership, Operator, Select
from subgraphs.crm.salesforce.wire import AccountContactsRow, ContactRow, bind_fields, build_page_type, list_columns
from subgraphs.kit.paging import decode_cursor, encode_cursor

ACCOUNTS_PER_QUERY = 200


async def read_contact_pages(
    reader: Reader, kind: Kind[ContactRow, CrmContact], account_ids: Sequence[str], page: PageRequest
) -> Children[CrmContact]:
    """Return one page per account, ordered by contact id; an unknown account has an empty page."""
    long_ids = {identifier: to_long_id(identifier) for identifier in account_ids}
    wanted = list(dict.fromkeys(filter(None, long_ids.values())))
    row = bind_fields(AccountContactsRow, {}, {"contacts": kind.row_type})
    pages: dict[str, Page[CrmContact]] = {}
    for chunk in split_into_chunks(wanted, ACCOUNTS_PER_QUERY):
        for account in await reader.read_rows(_build_query(kind, chunk, page), build_page_type(row)):
            contacts = (
                ()
                if account.contacts is None
                else await reader.collect_rows(account.contacts, kind.page_type, kind.object_name)
            )
            pages[account.id] = _build_page(kind, contacts, page)
    empty = _build_page(kind, (), page)
    return {identifier: pages.get(long_id or "", empty) for identifier, long_id in long_ids.items()}


def _build_query(kind: Kind[ContactRow, CrmContact], accounts: Sequence[str], page: PageRequest) -> Select:
    after: Sequence[Condition] = (
        () if page.after is None else [Comparison("Id", Operator.ABOVE, _parse_cursor(page.after))]
    )
    contacts = Select(
        columns=list_columns(kind.row_type), source="Contacts", where=after, order_by=("Id",), limit=page.first + 1
    )
    return Select(columns=("Id",), source="Account", where=[Membership("Id", accounts)], children=[contacts])


def _parse_cursor(cursor: str) -> str:
    """Return the contact id in a cursor; raise BadInputError for a cursor of another list."""
    match decode_cursor(cursor):
        case (identifier,) if to_long_id(identifier) == identifier:
            return identifier
    raise BadInputError("The cursor does not belong to this list.", field="after")


def _build_page(kind: Kind[ContactRow, CrmContact], rows: Sequence[ContactRow], page: PageRequest) -> Page[CrmContact]:
    records = kind.map_rows(rows[: page.first])
    return Page(
        rows=tuple(records),
        cursors=tuple(encode_cursor(record.native.id) for record in records),
        has_next=len(rows) > page.first,
        has_previous=page.after is not None,
    )
