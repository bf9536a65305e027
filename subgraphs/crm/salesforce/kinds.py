"""Defines, per kind of record, the query that selects its rows and the function that maps a row to the record."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec

from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmAccount, CrmContact, CrmContract, CrmOpportunity
from gateway.errors import ConfigurationError
from gateway.ports.lineage import Lineage
from gateway.ports.projection import is_needed
from subgraphs.crm.salesforce.mapping import SalesforceMapping
from subgraphs.crm.salesforce.records import RecordBuilder
from subgraphs.crm.salesforce.soql import Condition, Select
from subgraphs.crm.salesforce.wire import (
    AccountRow,
    ContactRow,
    ContractLineRow,
    ContractOpportunityRow,
    ContractRow,
    LineRow,
    OpportunityRow,
    QueryPage,
    Row,
    bind_fields,
    build_page_type,
    list_columns,
)
from subgraphs.kit.record_mapping import RecordMapper

RowT = TypeVar("RowT", bound=Row)
AnyRowT = TypeVar("AnyRowT", bound=msgspec.Struct)
RecordT = TypeVar("RecordT", bound=Record)

_ALWAYS_SELECTED = frozenset({"external_id", "account_id", "modified"})
"""`account_id` decides whether a contact is private, which is not a customer's contact."""
_ADDRESS_PARTS = ("street", "city", "state", "postal_code", "country")
_ACCOUNT_ATTRIBUTES = {
    "currency": ("default_currency",),
    **{f"{purpose}_{part}": (f"{purpose}_address",) for purpose in ("billing", "shipping") for part in _ADDRESS_PARTS},
}
_OPPORTUNITY_ATTRIBUTES = {"currency": ("amount", "lines"), "close_date": ("expected_close_date",)}
_CONTRACT_ATTRIBUTES = {
    "contract_type": ("type",),
    "currency": ("currency", "total_value", "not_to_exceed", "lines"),
    "start_date": ("effective_date",),
    "end_date": ("expiration_date",),
    "purchase_order": ("purchase_order_number",),
    "opportunities": ("project_codes",),
}


@dataclass(frozen=True, kw_only=True)
class SubQuery:
    """A sub-query of a row: the attribute that holds its result, and the type of its batches."""

    attribute: str
    select: Select
    page_type: type[QueryPage[Any]]


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[RowT, RecordT]):
    """One kind of record: its object, its row type and the pure function that maps a row to the record.

    `map_row` returns None if the row is not of this kind, and raises SourceError(CONTRACT_MISMATCH) for a value of the
    wrong type. `attributes_by_column` lists, per attribute of the row, the record attributes that need it, unless it is
    only the one of the same name.
    """

    object_name: str
    record_type: type[Record]
    row_type: type[RowT]
    map_row: Callable[[RowT], RecordT | None]
    mapper: RecordMapper[RecordT]
    sub_queries: Sequence[SubQuery] = ()
    attributes_by_column: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def map_rows(self, rows: Iterable[RowT]) -> list[RecordT]:
        """Return the records of the rows; rows that cannot be read are reported and left out."""
        return self.mapper.map_rows(rows, self.map_row)

    @property
    def page_type(self) -> type[QueryPage[RowT]]:
        """The type of one batch of rows."""
        return build_page_type(self.row_type)

    @property
    def external_id_field(self) -> str | None:
        """The external id field, if the mapping file names one."""
        (name,) = (each.encode_name for each in msgspec.structs.fields(self.row_type) if each.name == "external_id")
        return None if name == "external_id" else name

    def build_query(self, *conditions: Condition, order_by: Sequence[str] = ()) -> Select:
        """Return the query for the rows that meet all conditions, with all columns."""
        return Select(
            columns=list_columns(self.row_type),
            source=self.object_name,
            where=conditions,
            order_by=order_by,
            children=[each.select for each in self.sub_queries],
        )

    def build_projected_query(self, *conditions: Condition) -> Select:
        """Return the query for the rows that meet all conditions, with only the columns that the request needs."""
        omitted = {each.name for each in msgspec.structs.fields(self.row_type) if not self._is_needed(each)}
        return Select(
            columns=list_columns(self.row_type, omitted),
            source=self.object_name,
            where=conditions,
            children=[each.select for each in self.sub_queries if each.attribute not in omitted],
        )

    def _is_needed(self, column: msgspec.structs.FieldInfo) -> bool:
        """Return whether to select a column: always if the row requires it or it holds an external id."""
        if column.required or column.name in _ALWAYS_SELECTED:
            return True
        return is_needed(self.record_type, *self.attributes_by_column.get(column.name, (column.name,)))


@dataclass(frozen=True, kw_only=True)
class Kinds:
    """All record kinds of one connection."""

    account: Kind[AccountRow, CrmAccount]
    opportunity: Kind[OpportunityRow, CrmOpportunity]
    contract: Kind[ContractRow, CrmContract]
    contact: Kind[ContactRow, CrmContact]

    def get(self, record: type[Record]) -> Kind[Any, Any]:
        """Return the kind of a record class; raise KeyError for a class that is not a CRM record."""
        kinds: dict[type[Record], Kind[Any, Any]] = {
            CrmAccount: self.account,
            CrmOpportunity: self.opportunity,
            CrmContract: self.contract,
            CrmContact: self.contact,
        }
        return kinds[record]


def build_kinds(mapping: SalesforceMapping, builder: RecordBuilder, lineage: Lineage) -> Kinds:
    """Return the kinds for a mapping file; raise ConfigurationError if it maps a field that is read anyway."""
    currency = {"currency": "CurrencyIsoCode"} if mapping.multi_currency else {}
    code = mapping.opportunity.project_code
    line = _bind_fields(LineRow, mapping.opportunity_line.list_mapped())
    opportunity_of_contract = _bind_fields(ContractOpportunityRow, {"project_code": code} if code else {})
    opportunity = _bind_fields(OpportunityRow, mapping.opportunity.list_mapped() | currency, {"lines": line})
    children: dict[str, type[msgspec.Struct]] = {"opportunities": opportunity_of_contract}
    lines = mapping.contract_lines
    relationship = {} if lines is None else {"lines": lines.relationship}
    if lines is not None:
        children["lines"] = _bind_fields(ContractLineRow, lines.fields.list_mapped())
    contract = _bind_fields(ContractRow, mapping.contract.list_mapped() | currency | relationship, children)
    return Kinds(
        account=Kind(
            object_name="Account",
            record_type=CrmAccount,
            row_type=_bind_fields(AccountRow, mapping.account.list_mapped() | currency),
            map_row=builder.map_account,
            mapper=RecordMapper(CrmAccount, "Account", lineage[CrmAccount]),
            attributes_by_column=_ACCOUNT_ATTRIBUTES,
        ),
        opportunity=Kind(
            object_name="Opportunity",
            record_type=CrmOpportunity,
            row_type=opportunity,
            map_row=builder.map_opportunity,
            mapper=RecordMapper(CrmOpportunity, "Opportunity", lineage[CrmOpportunity]),
            sub_queries=(_build_sub_query("lines", opportunity, line),),
            attributes_by_column=_OPPORTUNITY_ATTRIBUTES,
        ),
        contract=Kind(
            object_name="Contract",
            record_type=CrmContract,
            row_type=contract,
            map_row=builder.map_contract,
            mapper=RecordMapper(CrmContract, "Contract", lineage[CrmContract]),
            sub_queries=tuple(_build_sub_query(name, contract, row) for name, row in children.items()),
            attributes_by_column=_CONTRACT_ATTRIBUTES,
        ),
        contact=Kind(
            object_name="Contact",
            record_type=CrmContact,
            row_type=_bind_fields(ContactRow, mapping.contact.list_mapped()),
            map_row=builder.map_contact,
            mapper=RecordMapper(CrmContact, "Contact", lineage[CrmContact]),
        ),
    )


def _build_sub_query(attribute: str, parent: type[Row], row: type[msgspec.Struct]) -> SubQuery:
    """Return the sub-query of a row, oldest child first."""
    (relationship,) = (each.encode_name for each in msgspec.structs.fields(parent) if each.name == attribute)
    select = Select(columns=list_columns(row), source=relationship, order_by=("CreatedDate", "Id"))
    return SubQuery(attribute=attribute, select=select, page_type=build_page_type(row))


def _bind_fields(
    row: type[AnyRowT], names: Mapping[str, str], children: Mapping[str, type[msgspec.Struct]] | None = None
) -> type[AnyRowT]:
    selected = {each.encode_name for each in msgspec.structs.fields(row)}
    conflicts = sorted(selected & set(names.values()))
    if conflicts:
        raise ConfigurationError([f"Salesforce mapping: {', '.join(conflicts)} is already read for another attribute."])
    return bind_fields(row, names, children)
