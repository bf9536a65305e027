"""The REST API's JSON as typed structs.

An attribute without a wire name takes it from the mapping file; if the file does not map it, it is not selected.

Structures: REST API Developer Guide (Query, Composite, sObject Describe, sObject Get Deleted). Fields: Object Reference
for the Salesforce Platform.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Generic, Optional, TypeVar, cast, get_args

import msgspec
from msgspec import field

from subgraphs.kit.rows import WireRow

RowT = TypeVar("RowT", bound=msgspec.Struct)

_UNREAD = "unread"
"""The attribute of a row that is no column."""


class QueryPage(msgspec.Struct, Generic[RowT], frozen=True, kw_only=True):
    """One batch of a query or of a sub-query."""

    total_size: int = field(name="totalSize")
    done: bool
    next_url: str | None = field(name="nextRecordsUrl", default=None)
    records: tuple[RowT, ...]


Text = str | int | float | None
"""A mapped field that should hold text; a number of another field type is read as text."""


class UserRow(msgspec.Struct, frozen=True, kw_only=True):
    """User, as the owner of another row."""

    id: str = field(name="Id")
    name: str = field(name="Name")
    email: str | None = field(name="Email", default=None)


class Row(WireRow, frozen=True, kw_only=True):
    """The columns of every row of a change feed."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        "modified": ("modified_at",),
        "external_id": ("display_number", "references"),
    }

    id: str = field(name="Id")
    modified: str | None = field(name="SystemModstamp", default=None)
    external_id: Text = None


class AccountRow(Row, frozen=True, kw_only=True):
    """Account."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        **Row.affects,
        "owner": ("owner",),
        "currency": ("default_currency",),
        **{
            f"{purpose}_{part}": (f"{purpose}_address",)
            for purpose in ("billing", "shipping")
            for part in ("street", "city", "state", "postal_code", "country")
        },
    }

    name: str = field(name="Name")
    parent_id: str | None = field(name="ParentId", default=None)
    industry: str | None = field(name="Industry", default=None)
    owner: UserRow | None = field(name="Owner", default=None)
    billing_street: str | None = field(name="BillingStreet", default=None)
    billing_city: str | None = field(name="BillingCity", default=None)
    billing_state: str | None = field(name="BillingState", default=None)
    billing_postal_code: str | None = field(name="BillingPostalCode", default=None)
    shipping_street: str | None = field(name="ShippingStreet", default=None)
    shipping_city: str | None = field(name="ShippingCity", default=None)
    shipping_state: str | None = field(name="ShippingState", default=None)
    shipping_postal_code: str | None = field(name="ShippingPostalCode", default=None)
    billing_country: Text = None
    shipping_country: Text = None
    legal_name: Text = None
    status: Text = None
    segment: Text = None
    region: Text = None
    currency: str | None = None


class LineRow(msgspec.Struct, frozen=True, kw_only=True):
    """OpportunityLineItem."""

    id: str = field(name="Id")
    description: str | None = field(name="Description", default=None)
    quantity: Decimal | None = field(name="Quantity", default=None)
    unit_price: Decimal | None = field(name="UnitPrice", default=None)
    total_price: Decimal | None = field(name="TotalPrice", default=None)
    role_name: Text = None
    unit: Text = None
    service_line: Text = None
    start_date: date | None = None
    end_date: date | None = None


class OpportunityRow(Row, frozen=True, kw_only=True):
    """Opportunity with its lines; `probability` is in percent."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        **Row.affects,
        "lines": ("lines",),
        "currency": ("amount", "lines"),
    }

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
    closed_at: Text = None
    service_line: Text = None
    contract_type: Text = None
    legal_entity: Text = None
    quote_number: Text = None
    project_code: Text = None
    currency: str | None = None


class ContractOpportunityRow(msgspec.Struct, frozen=True, kw_only=True):
    """An opportunity of a contract, with the columns that the contract needs."""

    id: str = field(name="Id")
    project_code: Text = None


class ContractLineRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a contract, from the custom object of the mapping file."""

    id: str = field(name="Id")
    description: str | None = None
    quantity: Decimal | None = None
    rate: Decimal | None = None
    amount: Decimal | None = None
    start_date: date | None = None
    end_date: date | None = None


class ContractRow(Row, frozen=True, kw_only=True):
    """Contract with its opportunities."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        **Row.affects,
        "opportunities": ("project_codes",),
        "currency": ("currency", "total_value", "not_to_exceed"),
    }

    number: str = field(name="ContractNumber")
    title: str | None = field(name="Name", default=None)
    account_id: str | None = field(name="AccountId", default=None)
    status: str | None = field(name="Status", default=None)
    start_date: date | None = field(name="StartDate", default=None)
    end_date: date | None = field(name="EndDate", default=None)
    opportunities: QueryPage[ContractOpportunityRow] | None = field(name="Opportunities", default=None)
    lines: QueryPage[ContractLineRow] | None = None
    contract_type: Text = None
    legal_entity: Text = None
    total_value: Decimal | None = None
    not_to_exceed: Decimal | None = None
    purchase_order: Text = None
    currency: str | None = None


class ContactRow(Row, frozen=True, kw_only=True):
    """Contact; private contacts belong to no account."""

    essential: ClassVar[frozenset[str]] = frozenset({"account_id"})

    account_id: str | None = field(name="AccountId", default=None)
    name: str | None = field(name="Name", default=None)
    title: str | None = field(name="Title", default=None)
    email: str | None = field(name="Email", default=None)
    phone: str | None = field(name="Phone", default=None)
    roles: Text = None


class AccountContactsRow(msgspec.Struct, frozen=True, kw_only=True):
    """An account with a page of its contacts."""

    id: str = field(name="Id")
    contacts: QueryPage[ContactRow] | None = field(name="Contacts", default=None)


class SubResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The response to one sub-request of a composite call; `body` is not decoded."""

    status: int = field(name="httpStatusCode")
    body: msgspec.Raw


class CompositeResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The response to a composite call, in the order of its sub-requests."""

    responses: tuple[SubResponse, ...] = field(name="compositeResponse")


class DescribedField(msgspec.Struct, frozen=True, kw_only=True):
    """A field that the integration user may read."""

    name: str
    type: str
    external_id: bool = field(name="externalId", default=False)


class ApiVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the REST API, such as 67.0."""

    version: Annotated[str, msgspec.Meta(pattern=r"^\d+\.\d+$")]


class ObjectDescription(msgspec.Struct, frozen=True, kw_only=True):
    """An object, with the fields that the integration user may read."""

    name: str
    fields: tuple[DescribedField, ...]


class IdRow(msgspec.Struct, frozen=True, kw_only=True):
    """The id of an existing row."""

    id: str = field(name="Id")


class DeletedRow(msgspec.Struct, frozen=True, kw_only=True):
    """The id of a deleted row."""

    id: str


class DeletedRows(msgspec.Struct, frozen=True, kw_only=True):
    """Rows deleted in a time range; the service reports deletions between `earliest` and `latest` only."""

    records: tuple[DeletedRow, ...] = field(name="deletedRecords")
    earliest: str = field(name="earliestDateAvailable")
    latest: str = field(name="latestDateCovered")


def bind_fields(
    row: type[RowT], names: Mapping[str, str], children: Mapping[str, type[msgspec.Struct]] | None = None
) -> type[RowT]:
    """Return the row type with the org's field names, and with the given row types for its sub-queries."""
    nested = children or {}
    fields = [
        (
            each.name,
            Optional[build_page_type(nested[each.name])] if each.name in nested else each.type,  # noqa: UP045 -- the type is made at run time
            field(default=each.default, name=names.get(each.name, each.encode_name)),
        )
        for each in msgspec.structs.fields(row)
        if each.name != _UNREAD
    ]
    bound_type = msgspec.defstruct(row.__name__, cast("Any", fields), bases=(row,), frozen=True, kw_only=True)
    return cast("type[RowT]", bound_type)


def build_page_type(row: type[RowT]) -> type[QueryPage[RowT]]:
    """Return the type of a batch of these rows."""
    page: Any = QueryPage
    return cast("type[QueryPage[RowT]]", page[row])


def list_columns(row: type[msgspec.Struct], omitted: Collection[str] = ()) -> tuple[str, ...]:
    """Return the columns that a query selects for a bound row, without `omitted` attributes and sub-queries.

    Columns of parents are dotted.
    """
    names: list[str] = []
    for each in msgspec.structs.fields(row):
        if each.name in omitted or each.name == _UNREAD:
            continue
        inner = next((part for part in get_args(each.type) if part is not type(None)), each.type)
        if each.encode_name == each.name or get_args(inner):
            continue
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            names += [f"{each.encode_name}.{column}" for column in list_columns(inner)]
        else:
            names.append(each.encode_name)
    return tuple(names)
