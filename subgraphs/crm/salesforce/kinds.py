"""The kinds of records that the connection reads: which query fills which row, and what is built from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmAccount, CrmContact, CrmContract, CrmOpportunity
from gateway.errors import ConfigurationError
from subgraphs.crm.salesforce.mapping import SalesforceMapping
from subgraphs.crm.salesforce.records import RecordBuilder
from subgraphs.crm.salesforce.soql import Condition, Select
from subgraphs.crm.salesforce.wire import (
    AccountRow,
    ContactRow,
    ContractRow,
    DealRow,
    LineRow,
    OpportunityRow,
    QueryPage,
    Row,
    bound,
    columns,
    page_of,
)

RowT = TypeVar("RowT", bound=Row)
AnyRowT = TypeVar("AnyRowT", bound=msgspec.Struct)
RecordT = TypeVar("RecordT", bound=Record)


@dataclass(frozen=True, kw_only=True)
class Child:
    """A sub-query's place in its row: the attribute, and the type of its batches."""

    attribute: str
    select: Select
    page: type[QueryPage[Any]]


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[RowT, RecordT]):
    """One kind of record: what fills its row, and the pure function that builds the record (None: the row is not of this kind)."""

    object: str
    row: type[RowT]
    build: Callable[[RowT], RecordT | None]
    child: Child | None = None

    @property
    def page(self) -> type[QueryPage[RowT]]:
        """The type of a batch of rows."""
        return page_of(self.row)

    @property
    def external_id(self) -> str | None:
        """The field that holds other systems' ids, if the mapping file names one."""
        (name,) = (each.encode_name for each in msgspec.structs.fields(self.row) if each.name == "external_id")
        return None if name == "external_id" else name

    def select(self, *conditions: Condition, order_by: Sequence[str] = ()) -> Select:
        """Return the query for the rows that meet all conditions."""
        return Select(
            columns=columns(self.row),
            source=self.object,
            where=conditions,
            order_by=order_by,
            children=[self.child.select] if self.child else [],
        )


@dataclass(frozen=True, kw_only=True)
class Kinds:
    """All kinds of one connection."""

    account: Kind[AccountRow, CrmAccount]
    opportunity: Kind[OpportunityRow, CrmOpportunity]
    contract: Kind[ContractRow, CrmContract]
    contact: Kind[ContactRow, CrmContact]

    def of(self, record: type[Record]) -> Kind[Any, Any]:
        """Return the kind of a record class; raise KeyError for one that is not the CRM's."""
        kinds: dict[type[Record], Kind[Any, Any]] = {
            CrmAccount: self.account,
            CrmOpportunity: self.opportunity,
            CrmContract: self.contract,
            CrmContact: self.contact,
        }
        return kinds[record]


def kinds_of(mapping: SalesforceMapping, builder: RecordBuilder) -> Kinds:
    """Return the kinds as the mapping file makes them; raise ConfigurationError when it names a field that is read anyway."""
    currency = {"currency": "CurrencyIsoCode"} if mapping.multi_currency else {}
    code = mapping.opportunity.project_code
    line = _bound(LineRow, mapping.opportunity_line.named())
    deal = _bound(DealRow, {"project_code": code} if code else {})
    opportunity = _bound(OpportunityRow, mapping.opportunity.named() | currency, {"lines": line})
    contract = _bound(ContractRow, mapping.contract.named() | currency, {"deals": deal})
    return Kinds(
        account=Kind(
            object="Account", row=_bound(AccountRow, mapping.account.named() | currency), build=builder.account
        ),
        opportunity=Kind(
            object="Opportunity", row=opportunity, build=builder.opportunity, child=_child("lines", opportunity, line)
        ),
        contract=Kind(object="Contract", row=contract, build=builder.contract, child=_child("deals", contract, deal)),
        contact=Kind(object="Contact", row=_bound(ContactRow, mapping.contact.named()), build=builder.contact),
    )


def _child(attribute: str, parent: type[Row], row: type[msgspec.Struct]) -> Child:
    """Return a row's sub-query, oldest child first."""
    (relationship,) = (each.encode_name for each in msgspec.structs.fields(parent) if each.name == attribute)
    select = Select(columns=columns(row), source=relationship, order_by=("CreatedDate", "Id"))
    return Child(attribute=attribute, select=select, page=page_of(row))


def _bound(
    row: type[AnyRowT], names: Mapping[str, str], children: Mapping[str, type[msgspec.Struct]] | None = None
) -> type[AnyRowT]:
    read = {each.encode_name for each in msgspec.structs.fields(row)}
    taken = sorted(read & set(names.values()))
    if taken:
        raise ConfigurationError([f"Salesforce mapping: {', '.join(taken)} is read for another attribute already."])
    return bound(row, names, children)
