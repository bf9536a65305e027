"""The customer: sold to by the CRM's account, worked for by the PSA's client, billed by the ERP's customer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from gateway.canonical.records.card import Card
from gateway.canonical.records.crm import CrmAccount, CrmContact
from gateway.canonical.records.erp import ErpCustomer, ErpReceivables
from gateway.canonical.records.psa import PsaClient
from gateway.canonical.roles import ConflictPolicy as Policy
from gateway.canonical.roles import DataClass, MaskMode
from gateway.canonical.roles import RowScopeKey as Rows
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import DimensionTarget, MappingDomain
from gateway.schema import customer_facts as facts
from gateway.schema.addresses import Actor, Address
from gateway.schema.canonical_entity import CanonicalEntity, own_card
from gateway.schema.contact import Contact
from gateway.schema.dimension import DimensionAssignment
from gateway.schema.enums import CustomerStatus, TaxProfileStatus, TaxTreatment
from gateway.schema.filters import ContractFilter, InvoiceFilter, OpportunityFilter, ProjectFilter, ProjectOrder
from gateway.schema.hierarchy import CustomerHierarchy, place
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
    sensitive_field,
    sourced,
)
from gateway.schema.legal_entity import LegalEntity, TaxJurisdiction
from gateway.schema.money import Money
from gateway.schema.posting import dimensions

if TYPE_CHECKING:
    from gateway.schema.contract import Contract
    from gateway.schema.invoice import Invoice
    from gateway.schema.opportunity import Opportunity
    from gateway.schema.project import Project

FINANCE = [["customers.finance:read"]]
RESTRICTED = Sensitive(DataClass.FINANCIAL_RESTRICTED)


@strawberry.type
class PaymentTerms:
    """When an invoice falls due."""

    code: str
    net_days: int
    discount_percent: Decimal | None
    discount_days: int | None


@strawberry.type
class TaxProfile:
    """How a customer is taxed, and whether that is fit for invoicing."""

    status: TaxProfileStatus
    tax_id: str | None = sensitive_field(
        Sensitive(DataClass.FINANCIAL_RESTRICTED, MaskMode.PARTIAL), scopes=[["customers.tax:read"]]
    )
    treatment: TaxTreatment | None
    jurisdictions: list[TaxJurisdiction]
    exempt_until: date | None
    reverse_charge: bool
    withholding_rate: Decimal | None


@strawberry.type
class AgingBucket:
    """Open amounts by days past due, both bounds included."""

    label: str
    from_days: int
    to_days: int | None
    amount: Money
    invoice_count: int


@strawberry.type
class AccountsReceivable:
    """What the customer owes."""

    as_of: date
    total: Money
    current: Money
    buckets: list[AgingBucket]
    dso: Decimal | None = strawberry.field(description="Days sales outstanding, trailing 90 days.")
    disputed: Money | None


@noun(
    anchor=Role.CRM,
    keys=["id"],
    facets={
        Role.CRM: facet(CrmAccount, loader="crm_accounts"),
        Role.ERP: facet(ErpCustomer, loader="erp_customers"),
        Role.PSA: facet(PsaClient, loader="psa_clients"),
        Role.GATEWAY: facet(Card, loader="cards_by_id"),
    },
    scopes=[["customers:read"]],
    rows=[Rows.TENANT, Rows.LEGAL_ENTITY, Rows.REGION],
)
class Customer(CanonicalEntity):
    """A customer of the firm."""

    name: str = sourced(record=Role.CRM, fallback=[Role.ERP, Role.PSA, Role.GATEWAY], conflict=Policy.FIRST_AVAILABLE)
    legal_name: str | None = sourced(record=Role.ERP, fallback=[Role.CRM])
    customer_number: str | None = sourced(
        record=Role.ERP, fallback=[Role.GATEWAY], of={Role.ERP: "number", Role.GATEWAY: "number"}
    )
    status: CustomerStatus | None = sourced(
        record=Role.ERP, fallback=[Role.CRM], maps=MappingDomain.CUSTOMER_STATUS, into=CustomerStatus
    )
    industry: str | None = sourced(record=Role.CRM)
    segment: str | None = sourced(record=Role.CRM)
    account_owner: Actor | None = sourced(record=Role.CRM, of=facts.account_owner)
    primary_legal_entity: LegalEntity | None = reference(
        "LegalEntity", record=Role.ERP, of="legal_entity", by="code", maps=MappingDomain.LEGAL_ENTITY
    )
    selling_entities: list[LegalEntity] | None = reference(
        "LegalEntity",
        record=Role.ERP,
        of="selling_entities",
        by="code",
        maps=MappingDomain.LEGAL_ENTITY,
        many=True,
        conflict=Policy.MERGE,
    )
    default_currency: CurrencyCode | None = sourced(record=Role.ERP, fallback=[Role.CRM])
    payment_terms: PaymentTerms | None = sourced(record=Role.ERP)
    credit_limit: Money | None = sourced(record=Role.ERP, scopes=FINANCE, sensitive=RESTRICTED)
    credit_hold: bool | None = sourced(record=Role.ERP, scopes=FINANCE)
    tax_profile: TaxProfile | None = derived(
        facts.tax_profile, needs=[Role.ERP], record=Role.ERP, behind={ErpCustomer: "tax_profile"}
    )
    billing_address: Address | None = sourced(record=Role.ERP, fallback=[Role.CRM])
    shipping_address: Address | None = sourced(record=Role.ERP, fallback=[Role.CRM])
    dimensions: list[DimensionAssignment] | None = dimensions(Role.ERP, target=DimensionTarget.CUSTOMER)

    hierarchy: CustomerHierarchy | None = derived(place, record=Role.CRM, conflict=Policy.MANUAL)

    @related("crm_contacts_by_account", record=Role.CRM, conflict=Policy.MERGE, behind={CrmContact: None})
    def contacts(self, first: int | None = 25, after: str | None = UNSET) -> Connection[Contact] | None:
        """People at the customer."""

    @related("opportunities_of_customer", record=Role.CRM, key=own_card, scopes=[["opportunities:read"]])
    def opportunities(
        self, filter: OpportunityFilter | None = UNSET, first: int | None = 25, after: str | None = UNSET
    ) -> Connection[Annotated[Opportunity, strawberry.lazy("gateway.schema.opportunity")]] | None:
        """Deals with the customer."""

    @related("contracts_of_customer", record=Role.CRM, fallback=[Role.ERP], key=own_card, scopes=[["contracts:read"]])
    def contracts(
        self, filter: ContractFilter | None = UNSET, first: int | None = 25, after: str | None = UNSET
    ) -> Connection[Annotated[Contract, strawberry.lazy("gateway.schema.contract")]] | None:
        """Agreements with the customer."""

    @related("projects_of_customer", record=Role.PSA, key=own_card)
    def projects(
        self,
        filter: ProjectFilter | None = UNSET,
        first: int | None = 25,
        after: str | None = UNSET,
        order_by: ProjectOrder | None = UNSET,
    ) -> Connection[Annotated[Project, strawberry.lazy("gateway.schema.project")]] | None:
        """Work for the customer."""

    @related("invoices_of_customer", record=Role.ERP, key=own_card, scopes=[["invoices:read"]])
    def invoices(
        self, filter: InvoiceFilter | None = UNSET, first: int | None = 25, after: str | None = UNSET
    ) -> Connection[Annotated[Invoice, strawberry.lazy("gateway.schema.invoice")]] | None:
        """Invoices to the customer."""

    @related(
        "erp_receivables",
        record=Role.ERP,
        scopes=FINANCE,
        shape="value",
        give=facts.receivable,
        behind={ErpReceivables: "items"},
    )
    def accounts_receivable(
        self, as_of: date | None = UNSET, currency: CurrencyCode | None = UNSET
    ) -> AccountsReceivable | None:
        """What the customer owes on a day (today when not given)."""
