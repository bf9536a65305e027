"""The kinds of records that the connection reads: which query fills which row, and what is built from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec

from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmAccount, CrmContact, CrmContract, CrmOpportunity
from gateway.errors import ConfigurationError
from gateway.ports.projection import needed
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

_ALWAYS = frozenset({"external_id", "account_id"})
"""A contact without an account is none of a customer's."""
_ADDRESS = ("street", "city", "state", "postal_code", "country")
_ACCOUNT = {
    "currency": ("default_currency",),
    **{f"{place}_{part}": (f"{place}_address",) for place in ("billing", "shipping") for part in _ADDRESS},
}
_OPPORTUNITY = {"currency": ("amount", "lines"), "close_date": ("expected_close_date",)}
_CONTRACT = {
    "contract_type": ("type",),
    "currency": ("currency", "total_value", "not_to_exceed"),
    "start_date": ("effective_date",),
    "end_date": ("expiration_date",),
    "purchase_order": ("purchase_order_number",),
    "deals": ("project_codes",),
}


@dataclass(frozen=True, kw_only=True)
class Child:
    """A sub-query's place in its row: the attribute, and the type of its batches."""

    attribute: str
    select: Select
    page: type[QueryPage[Any]]


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[RowT, RecordT]):
    """One kind of record: what fills its row, and the pure function that builds the record (None: the row is not of this kind).

    The function raises SourceError(CONTRACT_MISMATCH) for a value that is not what its field promises.

    `uses` names, per attribute of the row, the attributes of the record that are made of it, where it is not the one of the same name.
    """

    object: str
    record: type[Record]
    row: type[RowT]
    build: Callable[[RowT], RecordT | None]
    child: Child | None = None
    uses: Mapping[str, Sequence[str]] = field(default_factory=dict)

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

    def projected(self, *conditions: Condition) -> Select:
        """Return the query for the rows that meet all conditions, with no more of each than the request needs."""
        spared = {each.name for each in msgspec.structs.fields(self.row) if not self._is_needed(each)}
        return Select(
            columns=columns(self.row, spared),
            source=self.object,
            where=conditions,
            children=[self.child.select] if self.child and self.child.attribute not in spared else [],
        )

    def _is_needed(self, column: msgspec.structs.FieldInfo) -> bool:
        """Tell whether a column is read: always where a row is nothing without it, and where it holds other systems' ids."""
        if column.required or column.name in _ALWAYS:
            return True
        return needed(self.record, *self.uses.get(column.name, (column.name,)))


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
            object="Account",
            record=CrmAccount,
            row=_bound(AccountRow, mapping.account.named() | currency),
            build=builder.account,
            uses=_ACCOUNT,
        ),
        opportunity=Kind(
            object="Opportunity",
            record=CrmOpportunity,
            row=opportunity,
            build=builder.opportunity,
            child=_child("lines", opportunity, line),
            uses=_OPPORTUNITY,
        ),
        contract=Kind(
            object="Contract",
            record=CrmContract,
            row=contract,
            build=builder.contract,
            child=_child("deals", contract, deal),
            uses=_CONTRACT,
        ),
        contact=Kind(
            object="Contact",
            record=CrmContact,
            row=_bound(ContactRow, mapping.contact.named()),
            build=builder.contact,
        ),
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
