"""Opportunities."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from gateway.canonical.records.card import Card
from gateway.canonical.records.crm import CrmOpportunity
from gateway.canonical.roles import RowScopeKey as Rows
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import MappingDomain
from gateway.execution.global_ids import IdCodec
from gateway.schema.canonical_entity import CanonicalEntity
from gateway.schema.customer import Customer
from gateway.schema.dimension import ServiceLine
from gateway.schema.dimension_fields import declare_service_line, resolve_line_service_line
from gateway.schema.enums import ContractType, OpportunityStage
from gateway.schema.kernel import derived, facet, noun, reference, sourced
from gateway.schema.legal_entity import LegalEntity
from gateway.schema.money import Money

if TYPE_CHECKING:
    from gateway.schema.contract import Contract
    from gateway.schema.project import Project


@strawberry.type
class OpportunityLine:
    """A line of an opportunity."""

    id: strawberry.ID = derived(
        lambda line, _request: IdCodec.encode_parts("OpportunityLine", line.native_id), description="Opaque id."
    )
    description: str
    """What is offered."""
    role: str | None = derived(lambda line, _request: line.role_name, description="Role to be staffed.")
    quantity: Decimal | None
    """Quantity, in units."""
    unit: str | None
    """Unit of the quantity, e.g. HOUR or DAY."""
    unit_price: Money | None
    """Price per unit."""
    total: Money | None
    """Amount of the line."""
    service_line: ServiceLine | None = derived(resolve_line_service_line, description="Service line of the work.")
    start_date: date | None
    """First day of the line's term."""
    end_date: date | None
    """Last day of the line's term, included."""


@noun(
    anchor=Role.CRM,
    keys=["id"],
    facets={
        Role.CRM: facet(CrmOpportunity, loader="crm_opportunities"),
        Role.GATEWAY: facet(Card, loader="cards_by_id"),
    },
    scopes=[["opportunities:read"]],
    rows=[Rows.TENANT, Rows.LEGAL_ENTITY, Rows.REGION, Rows.CUSTOMER],
    coded_by="externalReferences",
)
class Opportunity(CanonicalEntity):
    """A sales opportunity."""

    name: str = sourced(record=Role.CRM, fallback=[Role.GATEWAY])
    """Name of the opportunity."""
    customer: Customer | None = reference("Customer", record=Role.CRM, of="account_id")
    """Customer of the opportunity."""
    stage: OpportunityStage | None = sourced(
        record=Role.CRM, maps=MappingDomain.OPPORTUNITY_STAGE, into=OpportunityStage
    )
    """Sales stage."""
    probability: Decimal | None = sourced(record=Role.CRM)
    """Probability of closing, 0 to 1."""
    amount: Money | None = sourced(record=Role.CRM)
    """Expected value."""
    expected_close_date: date | None = sourced(record=Role.CRM)
    """Day on which the deal is expected to close."""
    closed_at: datetime | None = sourced(record=Role.CRM)
    """When the deal was won or lost (UTC); null while it is open."""
    service_line: ServiceLine | None = declare_service_line(Role.CRM)
    """Service line of the work."""
    contract_type: ContractType | None = sourced(record=Role.CRM, maps=MappingDomain.CONTRACT_TYPE, into=ContractType)
    """Planned type of the contract."""
    delivery_legal_entity: LegalEntity | None = reference(
        "LegalEntity", record=Role.CRM, of="legal_entity", by="code", maps=MappingDomain.LEGAL_ENTITY
    )
    """Legal entity that will deliver the work."""
    quote_number: str | None = sourced(record=Role.CRM)
    """Number of the quote."""
    lines: list[OpportunityLine] | None = sourced(record=Role.CRM)
    """Lines of the opportunity."""
    contract: Annotated[Contract, strawberry.lazy("gateway.schema.contract")] | None = reference(
        "Contract", record=Role.GATEWAY, of="contract_id"
    )
    """Contract that resulted."""
    project: Annotated[Project, strawberry.lazy("gateway.schema.project")] | None = reference(
        "Project", record=Role.GATEWAY, of=lambda card, _request: card.project_ids[0] if card.project_ids else None
    )
    """First project that resulted."""
