"""The query root."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from gateway.canonical.roles import SystemRole as Role
from gateway.schema import roots
from gateway.schema.contract import Contract
from gateway.schema.customer import Customer
from gateway.schema.dimension import FinancialDimension
from gateway.schema.enums import DimensionKind, ExchangeRateType, SystemRole
from gateway.schema.filters import (
    ContractFilter,
    CustomerFilter,
    EntityRef,
    InvoiceFilter,
    OpportunityFilter,
    ProjectFilter,
    ResourceFilter,
)
from gateway.schema.invoice import Invoice
from gateway.schema.kernel import UNSET, Connection, CurrencyCode, Node, derived_by, related
from gateway.schema.legal_entity import LegalEntity
from gateway.schema.money import ExchangeRate
from gateway.schema.opportunity import Opportunity
from gateway.schema.ordering import CustomerOrder, InvoiceOrder, ProjectOrder, ResourceOrder
from gateway.schema.project import Project
from gateway.schema.resource import Resource
from gateway.schema.system import SourceSystem
from gateway.schema.viewer import Viewer

INDEX = Role.GATEWAY


@strawberry.type
class Query:
    """Queries."""

    @derived_by(roots.resolve_node, authenticated=True)
    def node(self, id: strawberry.ID) -> Node | None:
        """A record by its global id; null if it does not exist or the caller may not see it."""

    @derived_by(roots.resolve_nodes, authenticated=True)
    def nodes(self, ids: list[strawberry.ID]) -> list[Node | None] | None:
        """Records by their global ids, in the order of the ids; at most 100."""

    @derived_by(roots.resolve_viewer, authenticated=True)
    def viewer(self) -> Viewer | None:
        """The caller and the rights that the access token grants."""

    @derived_by(roots.build_reference_resolver("Customer"), scopes=[["customers:read"]])
    def customer(self, ref: EntityRef) -> Customer | None:
        """A customer; null if it does not exist or the caller may not see it."""

    @related("customers", record=INDEX, scopes=[["customers:read"]])
    def customers(
        self,
        filter: CustomerFilter | None = UNSET,
        order_by: CustomerOrder | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[Customer] | None:
        """Customers that the caller may see, listed from the card index."""

    @derived_by(roots.build_reference_resolver("Opportunity"), scopes=[["opportunities:read"]])
    def opportunity(self, ref: EntityRef) -> Opportunity | None:
        """An opportunity; null if it does not exist or the caller may not see it."""

    @related("opportunities", record=INDEX, scopes=[["opportunities:read"]])
    def opportunities(
        self, filter: OpportunityFilter | None = UNSET, first: int | None = UNSET, after: str | None = UNSET
    ) -> Connection[Opportunity] | None:
        """Opportunities that the caller may see, listed from the card index."""

    @derived_by(roots.build_reference_resolver("Contract"), scopes=[["contracts:read"]])
    def contract(self, ref: EntityRef) -> Contract | None:
        """A contract; null if it does not exist or the caller may not see it."""

    @related("contracts", record=INDEX, scopes=[["contracts:read"]])
    def contracts(
        self, filter: ContractFilter | None = UNSET, first: int | None = UNSET, after: str | None = UNSET
    ) -> Connection[Contract] | None:
        """Contracts that the caller may see, listed from the card index."""

    @derived_by(roots.build_reference_resolver("Project"), scopes=[["projects:read"]])
    def project(self, ref: EntityRef) -> Project | None:
        """A project; null if it does not exist or the caller may not see it."""

    @related("projects", record=INDEX, scopes=[["projects:read"]])
    def projects(
        self,
        filter: ProjectFilter | None = UNSET,
        order_by: ProjectOrder | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[Project] | None:
        """Projects that the caller may see, listed from the card index."""

    @derived_by(roots.build_reference_resolver("Resource"), scopes=[["resources:read"]])
    def resource(self, ref: EntityRef) -> Resource | None:
        """A person; null if the person does not exist or the caller may not see them."""

    @related("resources", record=INDEX, scopes=[["resources:read"]])
    def resources(
        self,
        filter: ResourceFilter | None = UNSET,
        order_by: ResourceOrder | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[Resource] | None:
        """People that the caller may see, listed from the card index."""

    @derived_by(roots.build_reference_resolver("Invoice"), scopes=[["invoices:read"]])
    def invoice(self, ref: EntityRef) -> Invoice | None:
        """An invoice; null if it does not exist or the caller may not see it."""

    @related("invoices", record=INDEX, scopes=[["invoices:read"]])
    def invoices(
        self,
        filter: InvoiceFilter | None = UNSET,
        order_by: InvoiceOrder | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
    ) -> Connection[Invoice] | None:
        """Invoices that the caller may see, listed from the card index."""

    @related("legal_entities", record=INDEX, shape="list")
    def legal_entities(self) -> list[LegalEntity] | None:
        """Legal entities of the group that the caller may see."""

    @derived_by(roots.resolve_financial_dimensions, authenticated=True)
    def financial_dimensions(self, kind: DimensionKind | None = UNSET) -> list[FinancialDimension] | None:
        """Financial dimensions of the ERP."""

    @derived_by(roots.resolve_exchange_rates, authenticated=True)
    def exchange_rates(
        self,
        from_: Annotated[CurrencyCode, strawberry.argument(name="from")],
        to: list[CurrencyCode],
        on: date,
        rate_type: ExchangeRateType | None = ExchangeRateType.CORPORATE,
    ) -> list[ExchangeRate] | None:
        """Exchange rates on a day, for at most 100 target currencies; a target without a rate is left out."""

    @derived_by(roots.resolve_systems, scopes=[["systems:read"]])
    def systems(self, role: SystemRole | None = UNSET) -> list[SourceSystem] | None:
        """The configured connections and their health."""
