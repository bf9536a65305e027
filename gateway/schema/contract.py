"""Contracts with customers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from gateway.canonical.records.card import Card
from gateway.canonical.records.crm import CrmContract
from gateway.canonical.records.erp import ErpContract
from gateway.canonical.roles import ConflictPolicy as Policy
from gateway.canonical.roles import DataClass
from gateway.canonical.roles import RowScopeKey as Rows
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import MappingDomain
from gateway.execution.global_ids import IdCodec
from gateway.schema.canonical_entity import CanonicalEntity, get_canonical_id
from gateway.schema.customer import Customer
from gateway.schema.enums import ContractStatus, ContractType
from gateway.schema.kernel import (
    UNSET,
    Connection,
    CurrencyCode,
    Sensitive,
    derived,
    facet,
    noun,
    reference,
    related,
    sourced,
)
from gateway.schema.legal_entity import LegalEntity
from gateway.schema.money import Money

if TYPE_CHECKING:
    from gateway.schema.project import Project

VALUE = [["contracts.value:read"]]


@strawberry.type
class ContractLine:
    """A priced line of a contract."""

    id: strawberry.ID = derived(
        lambda line, _request: IdCodec.encode_parts("ContractLine", line.native_id), description="Opaque id."
    )
    description: str
    """What is sold."""
    quantity: Decimal | None
    """Quantity, in the unit of the line."""
    rate: Money | None
    """Price per unit."""
    amount: Money | None
    """Amount of the line."""
    start_date: date | None
    """First day of the line's term."""
    end_date: date | None
    """Last day of the line's term, included."""


@noun(
    anchor=Role.CRM,
    keys=["id"],
    facets={
        Role.CRM: facet(CrmContract, loader="crm_contracts"),
        Role.ERP: facet(ErpContract, loader="erp_contracts"),
        Role.GATEWAY: facet(Card, loader="cards_by_id"),
    },
    scopes=[["contracts:read"]],
    rows=[Rows.TENANT, Rows.LEGAL_ENTITY, Rows.REGION, Rows.CUSTOMER],
    coded_by="number",
)
class Contract(CanonicalEntity):
    """A contract with a customer."""

    number: str = sourced(record=Role.CRM, fallback=[Role.ERP, Role.GATEWAY])
    """Contract number."""
    title: str | None = sourced(record=Role.CRM)
    """Title of the contract."""
    customer: Customer | None = reference("Customer", record=Role.GATEWAY, of="customer_id")
    """Customer that signed the contract."""
    type: ContractType | None = sourced(
        record=Role.CRM,
        fallback=[Role.ERP],
        conflict=Policy.MANUAL,
        maps=MappingDomain.CONTRACT_TYPE,
        into=ContractType,
    )
    """Commercial model of the contract."""
    status: ContractStatus | None = sourced(
        record=Role.CRM, fallback=[Role.ERP], maps=MappingDomain.CONTRACT_STATUS, into=ContractStatus
    )
    """Status of the contract."""
    legal_entity: LegalEntity | None = reference(
        "LegalEntity",
        record=Role.ERP,
        fallback=[Role.CRM],
        of="legal_entity",
        by="code",
        maps=MappingDomain.LEGAL_ENTITY,
    )
    """Legal entity that is the contracting party."""
    currency: CurrencyCode | None = sourced(record=Role.ERP, fallback=[Role.CRM], conflict=Policy.MANUAL)
    """Currency of the contract."""
    effective_date: date | None = sourced(record=Role.CRM)
    """First day of the term."""
    expiration_date: date | None = sourced(record=Role.CRM)
    """Last day of the term, included; null if open-ended or unknown."""
    total_value: Money | None = sourced(
        record=Role.CRM,
        fallback=[Role.ERP],
        conflict=Policy.MANUAL,
        scopes=VALUE,
        sensitive=Sensitive(DataClass.FINANCIAL_RESTRICTED),
    )
    """Total contract value."""
    not_to_exceed: Money | None = sourced(record=Role.CRM, scopes=VALUE)
    """Upper limit of billing under the contract; null if there is none."""
    lines: list[ContractLine] | None = sourced(record=Role.CRM, scopes=VALUE)
    """Priced lines of the contract."""
    purchase_order_number: str | None = sourced(record=Role.ERP, fallback=[Role.CRM])
    """The customer's purchase order number."""

    @related("projects_of_contract", record=Role.PSA, key=get_canonical_id)
    def projects(
        self, first: int | None = 25, after: str | None = UNSET
    ) -> Connection[Annotated[Project, strawberry.lazy("gateway.schema.project")]] | None:
        """Projects under the contract."""
