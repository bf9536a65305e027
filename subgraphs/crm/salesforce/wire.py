"""The REST API's JSON as typed structs. An attribute without a wire name of its own gets one from the mapping file, or is not asked for.

Shapes: REST API Developer Guide (Query, Composite, sObject Describe, sObject Get Deleted); fields: Object Reference for the Salesforce Platform.
"""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Generic, Optional, TypeVar, cast, get_args

import msgspec
from msgspec import field

RowT = TypeVar("RowT", bound=msgspec.Struct)


class QueryPage(msgspec.Struct, Generic[RowT], frozen=True, kw_only=True):
    """One batch of a query or of a sub-query."""

    total_size: int = field(name="totalSize")
    done: bool
    next_url: str | None = field(name="nextRecordsUrl", default=None)
    records: tuple[RowT, ...]


class PersonRow(msgspec.Struct, frozen=True, kw_only=True):
    """A user, as a parent of another row."""

    id: str = field(name="Id")
    name: str = field(name="Name")
    email: str | None = field(name="Email", default=None)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What every row that is followed carries."""

    id: str = field(name="Id")
    stamp: str = field(name="SystemModstamp")
    external_id: str | None = None


class AccountRow(Row, frozen=True, kw_only=True):
    """Account."""

    name: str = field(name="Name")
    parent_id: str | None = field(name="ParentId", default=None)
    industry: str | None = field(name="Industry", default=None)
    owner: PersonRow | None = field(name="Owner", default=None)
    billing_street: str | None = field(name="BillingStreet", default=None)
    billing_city: str | None = field(name="BillingCity", default=None)
    billing_state: str | None = field(name="BillingState", default=None)
    billing_postal_code: str | None = field(name="BillingPostalCode", default=None)
    shipping_street: str | None = field(name="ShippingStreet", default=None)
    shipping_city: str | None = field(name="ShippingCity", default=None)
    shipping_state: str | None = field(name="ShippingState", default=None)
    shipping_postal_code: str | None = field(name="ShippingPostalCode", default=None)
    billing_country: str | None = None
    shipping_country: str | None = None
    legal_name: str | None = None
    status: str | None = None
    segment: str | None = None
    region: str | None = None
    currency: str | None = None


class LineRow(msgspec.Struct, frozen=True, kw_only=True):
    """OpportunityLineItem."""

    id: str = field(name="Id")
    description: str | None = field(name="Description", default=None)
    quantity: Decimal | None = field(name="Quantity", default=None)
    unit_price: Decimal | None = field(name="UnitPrice", default=None)
    total_price: Decimal | None = field(name="TotalPrice", default=None)
    role_name: str | None = None
    unit: str | None = None
    service_line: str | None = None
    start_date: date | None = None
    end_date: date | None = None


class OpportunityRow(Row, frozen=True, kw_only=True):
    """Opportunity with its lines; `probability` is in percent."""

    name: str = field(name="Name")
    account_id: str | None = field(name="AccountId", default=None)
    contract_id: str | None = field(name="ContractId", default=None)
    stage: str = field(name="StageName")
    is_closed: bool = field(name="IsClosed")
    is_won: bool = field(name="IsWon")
    amount: Decimal | None = field(name="Amount", default=None)
    probability: Decimal | None = field(name="Probability", default=None)
    close_date: date | None = field(name="CloseDate", default=None)
    lines: QueryPage[LineRow] | None = field(name="OpportunityLineItems", default=None)
    closed_at: str | None = None
    service_line: str | None = None
    contract_type: str | None = None
    legal_entity: str | None = None
    quote_number: str | None = None
    project_code: str | None = None
    currency: str | None = None


class DealRow(msgspec.Struct, frozen=True, kw_only=True):
    """An opportunity under a contract, as far as the contract is concerned."""

    id: str = field(name="Id")
    project_code: str | None = None


class ContractRow(Row, frozen=True, kw_only=True):
    """Contract with the opportunities that were closed under it."""

    number: str = field(name="ContractNumber")
    title: str | None = field(name="Name", default=None)
    account_id: str | None = field(name="AccountId", default=None)
    status: str | None = field(name="Status", default=None)
    start_date: date | None = field(name="StartDate", default=None)
    end_date: date | None = field(name="EndDate", default=None)
    deals: QueryPage[DealRow] | None = field(name="Opportunities", default=None)
    contract_type: str | None = None
    legal_entity: str | None = None
    total_value: Decimal | None = None
    not_to_exceed: Decimal | None = None
    purchase_order: str | None = None
    currency: str | None = None


class ContactRow(Row, frozen=True, kw_only=True):
    """Contact; private ones belong to no account."""

    account_id: str | None = field(name="AccountId", default=None)
    name: str | None = field(name="Name", default=None)
    title: str | None = field(name="Title", default=None)
    email: str | None = field(name="Email", default=None)
    phone: str | None = field(name="Phone", default=None)
    roles: str | None = None


class AccountContactsRow(msgspec.Struct, frozen=True, kw_only=True):
    """An account with a page of its contacts."""

    id: str = field(name="Id")
    contacts: QueryPage[ContactRow] | None = field(name="Contacts", default=None)


class SubResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one sub-request of a composite call; `body` is left as it came."""

    status: int = field(name="httpStatusCode")
    body: msgspec.Raw


class CompositeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answers to a composite call, in the order of its sub-requests."""

    responses: tuple[SubResponse, ...] = field(name="compositeResponse")


class DescribedField(msgspec.Struct, frozen=True, kw_only=True):
    """A field that the caller may see."""

    name: str
    type: str
    external_id: bool = field(name="externalId", default=False)


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the REST API, such as 67.0."""

    version: Annotated[str, msgspec.Meta(pattern=r"^\d+\.\d+$")]


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """An object as the caller may see it."""

    name: str
    fields: tuple[DescribedField, ...]


class IdRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that there is."""

    id: str = field(name="Id")


class DeletedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was deleted."""

    id: str


class Deleted(msgspec.Struct, frozen=True, kw_only=True):
    """Rows deleted in a span; what happened before `earliest` is not told any more, what happened after `latest` not yet."""

    records: tuple[DeletedRow, ...] = field(name="deletedRecords")
    earliest: str = field(name="earliestDateAvailable")
    latest: str = field(name="latestDateCovered")


def bound(
    row: type[RowT], names: Mapping[str, str], children: Mapping[str, type[msgspec.Struct]] | None = None
) -> type[RowT]:
    """Return the row type with the tenant's field names, and with bound types for the rows of its sub-queries."""
    nested = children or {}
    fields = [
        (
            each.name,
            Optional[page_of(nested[each.name])] if each.name in nested else each.type,  # noqa: UP045 -- the type is made at run time
            field(default=each.default, name=names.get(each.name, each.encode_name)),
        )
        for each in msgspec.structs.fields(row)
    ]
    made = msgspec.defstruct(row.__name__, cast("Any", fields), bases=(row,), frozen=True, kw_only=True)
    return cast("type[RowT]", made)


def page_of(row: type[RowT]) -> type[QueryPage[RowT]]:
    """Return the type of a batch of such rows."""
    page: Any = QueryPage
    return cast("type[QueryPage[RowT]]", page[row])


def columns(row: type[msgspec.Struct], spared: Collection[str] = ()) -> tuple[str, ...]:
    """Return what a query must select to fill a bound row, but for the spared attributes; parents' columns are dotted, sub-queries are left out."""
    found: list[str] = []
    for each in msgspec.structs.fields(row):
        if each.name in spared:
            continue
        inner = next((part for part in get_args(each.type) if part is not type(None)), each.type)
        if each.encode_name == each.name or get_args(inner):
            continue
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            found += [f"{each.encode_name}.{column}" for column in columns(inner)]
        else:
            found.append(each.encode_name)
    return tuple(found)
