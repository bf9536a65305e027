"""Pages of contacts for many accounts in one query: a sub-query's limit counts per parent, so every account brings exactly its page."""

from collections.abc import Sequence

from gateway.canonical.page import Page
from gateway.canonical.records.crm import CrmContact
from gateway.errors import BadInputError, SourceError
from gateway.ports.base import Children, PageRequest
from subgraphs.crm.salesforce.identifier import long_form
from subgraphs.crm.salesforce.kinds import Kind
from subgraphs.crm.salesforce.reading import Reader, chunks
from subgraphs.crm.salesforce.soql import Among, Compare, Condition, Operator, Select
from subgraphs.crm.salesforce.wire import AccountContactsRow, ContactRow, bound, columns, page_of
from subgraphs.kit.paging import decode_cursor, encode_cursor

ACCOUNTS_PER_QUERY = 200


async def contact_pages(
    reader: Reader, kind: Kind[ContactRow, CrmContact], account_ids: Sequence[str], page: PageRequest
) -> Children[CrmContact]:
    """Return a page per account, ordered by contact id; an account that the service does not know has an empty one."""
    asked = {identifier: long_form(identifier) for identifier in account_ids}
    wanted = list(dict.fromkeys(found for found in asked.values() if found is not None))
    row = bound(AccountContactsRow, {}, {"contacts": kind.row})
    found: dict[str, Page[CrmContact] | SourceError] = {}
    for chunk in chunks(wanted, ACCOUNTS_PER_QUERY):
        for account in await reader.rows(_select(kind, chunk, page), page_of(row)):
            contacts = () if account.contacts is None else await reader.rest_of(account.contacts, kind.page)
            found[account.id] = _page(kind, contacts, page)
    empty = _page(kind, (), page)
    return {identifier: found.get(known or "", empty) for identifier, known in asked.items()}


def _select(kind: Kind[ContactRow, CrmContact], accounts: Sequence[str], page: PageRequest) -> Select:
    after: Sequence[Condition] = () if page.after is None else [Compare("Id", Operator.ABOVE, _position(page.after))]
    contacts = Select(columns=columns(kind.row), source="Contacts", where=after, order_by=("Id",), limit=page.first + 1)
    return Select(columns=("Id",), source="Account", where=[Among("Id", accounts)], children=[contacts])


def _position(cursor: str) -> str:
    """Return the contact id that a cursor stands for; raise BadInputError for a cursor of another list."""
    match decode_cursor(cursor):
        case (identifier,) if long_form(identifier) == identifier:
            return identifier
    raise BadInputError("The cursor is not one of this list.", field="after")


def _page(
    kind: Kind[ContactRow, CrmContact], rows: Sequence[ContactRow], page: PageRequest
) -> Page[CrmContact] | SourceError:
    try:
        records = [record for record in map(kind.build, rows[: page.first]) if record is not None]
    except SourceError as broken:
        return broken
    return Page(
        rows=tuple(records),
        cursors=tuple(encode_cursor(record.native.id) for record in records),
        has_next=len(rows) > page.first,
        has_previous=page.after is not None,
    )
