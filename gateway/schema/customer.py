"""The customer: an account in the CRM, a client in the PSA and a customer in the ERP."""

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
from gateway.schema import customer_fields as fields
from gateway.schema.addresses import Actor, Address
from gateway.schema.canonical_entity import CanonicalEntity, get_canonical_id
from gateway.schema.contact import Contact
from gateway.schema.dimension import DimensionAssignment
from gateway.schema.dimension_fields import declare_dimensions
from gateway.schema.enums import CustomerStatus, TaxProfileStatus, TaxTreatment
from gateway.schema.filters import ContractFilter, InvoiceFilter, OpportunityFilter, ProjectFilter
from gateway.schema.hierarchy import CustomerHierarchy, resolve_hierarchy
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
from gateway.schema.ordering import ProjectOrder

if TYPE_CHECKING:
    from gateway.schema.contract import Contract
    from gateway.schema.invoice import Invoice
    from gateway.schema.opportunity import Opportunity
    from gateway.schema.project import Project

FINANCE = [["customers.finance:read"]]
RESTRICTED = Sensitive(DataClass.FINANCIAL_RESTRICTED)


@strawberry.type
class PaymentTerms:
    """Terms of payment of invoices."""

    code: str
    """Code of the terms in the ERP."""
    net_days: int
    """Days from the issue date to the due date."""
    discount_percent: Decimal | None
    """Early-payment discount, in percent."""
    discount_days: int | None
    """Days within which the discount applies."""


@strawberry.type
class TaxProfile:
    """Taxation of a customer."""

    status: TaxProfileStatus
    """Whether the profile is complete and valid for invoicing."""
    tax_id: str | None = sensitive_field(
        Sensitive(DataClass.FINANCIAL_RESTRICTED, MaskMode.PARTIAL), scopes=[["customers.tax:read"]]
    )
    """Tax identification number."""
    treatment: TaxTreatment | None
    """Tax treatment of the customer."""
    jurisdictions: list[TaxJurisdiction]
    """Jurisdictions in which the customer is taxed."""
    exempt_until: date | None
    """Last day of the tax exemption, included; null if there is none."""
    reverse_charge: bool
    """Whether the customer accounts for the tax (reverse charge)."""


@strawberry.type
class AgingBucket:
    """Open amounts that are a number of days past due."""

    label: str
    """Label of the bucket, e.g. 31-60."""
    from_days: int
    """Lowest number of days past due, included."""
    to_days: int | None
    """Highest number of days past due, included; null if open-ended."""
    amount: Money
    """Open amount in the bucket."""
    invoice_count: int
    """Number of open invoices and credit memos in the bucket."""


@strawberry.type
class AccountsReceivable:
    """Open items of a customer on a day, in one currency: invoices, credit memos, unapplied payments and journals."""

    as_of: date
    """Day of the statement."""
    total: Money
    """Total open amount, net of open credits and unapplied payments."""
    current: Money
    """Open amount that is not yet due."""
    buckets: list[AgingBucket]
    """Overdue amounts by days past due."""
    dso: Decimal | None
    """Days sales outstanding over the last 90 days; null if nothing was billed in them."""
    unapplied: Money
    """Payments that are not applied to an invoice yet, positive; the total is net of them."""


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
    rows=[Rows.TENANT, Rows.LEGAL_ENTITY, Rows.REGION, Rows.CUSTOMER],
    coded_by="customerNumber",
)
class Customer(CanonicalEntity):
    """A customer."""

    name: str = sourced(record=Role.CRM, fallback=[Role.ERP, Role.PSA, Role.GATEWAY], conflict=Policy.FIRST_AVAILABLE)
    """Name of the customer."""
    legal_name: str | None = sourced(record=Role.ERP, fallback=[Role.CRM])
    """Registered name of the company."""
    customer_number: str | None = sourced(
        record=Role.ERP, fallback=[Role.GATEWAY], of={Role.ERP: "number", Role.GATEWAY: "number"}
    )
    """Customer number in the ERP."""
    status: CustomerStatus | None = sourced(
        record=Role.ERP, fallback=[Role.CRM], maps=MappingDomain.CUSTOMER_STATUS, into=CustomerStatus
    )
    """Status of the customer."""
    industry: str | None = sourced(record=Role.CRM)
    """Industry, as named in the CRM."""
    segment: str | None = sourced(record=Role.CRM)
    """Market segment, as named in the CRM."""
    account_owner: Actor | None = sourced(record=Role.CRM, of=fields.resolve_account_owner)
    """Person who owns the account in the CRM."""
    primary_legal_entity: LegalEntity | None = reference(
        "LegalEntity", record=Role.ERP, of="legal_entity", by="code", maps=MappingDomain.LEGAL_ENTITY
    )
    """Primary selling entity."""
    selling_entities: list[LegalEntity] | None = reference(
        "LegalEntity",
        record=Role.ERP,
        of="selling_entities",
        by="code",
        maps=MappingDomain.LEGAL_ENTITY,
        many=True,
        conflict=Policy.MERGE,
    )
    """All legal entities that sell to the customer."""
    default_currency: CurrencyCode | None = sourced(record=Role.ERP, fallback=[Role.CRM])
    """Default currency for invoices."""
    payment_terms: PaymentTerms | None = sourced(record=Role.ERP)
    """Payment terms agreed with the customer."""
    credit_limit: Money | None = sourced(record=Role.ERP, scopes=FINANCE, sensitive=RESTRICTED)
    """Credit limit."""
    credit_hold: bool | None = sourced(record=Role.ERP, scopes=FINANCE)
    """Whether the ERP blocks new business because of credit."""
    tax_profile: TaxProfile | None = derived(
        fields.resolve_tax_profile, needs=[Role.ERP], record=Role.ERP, origins={ErpCustomer: "tax_profile"}
    )
    """Taxation of the customer, and whether it is complete enough for invoicing."""
    billing_address: Address | None = sourced(record=Role.ERP, fallback=[Role.CRM])
    """Address for invoices."""
    shipping_address: Address | None = sourced(record=Role.ERP, fallback=[Role.CRM])
    """Address for deliveries."""
    dimensions: list[DimensionAssignment] | None = declare_dimensions(Role.ERP, target=DimensionTarget.CUSTOMER)
    """Financial dimensions of the customer, including required ones that are missing."""

    hierarchy: CustomerHierarchy | None = derived(resolve_hierarchy, record=Role.CRM, conflict=Policy.MANUAL)
    """Position among parent and child companies, from the CRM."""

    @related("crm_contacts_by_account", record=Role.CRM, conflict=Policy.MERGE, origins={CrmContact: None})
    def contacts(self, first: int | None = 25, after: str | None = UNSET) -> Connection[Contact] | None:
        """Contacts at the customer."""

    @related("opportunities_of_customer", record=Role.CRM, key=get_canonical_id, scopes=[["opportunities:read"]])
    def opportunities(
        self, filter: OpportunityFilter | None = UNSET, first: int | None = 25, after: str | None = UNSET
    ) -> Connection[Annotated[Opportunity, strawberry.lazy("gateway.schema.opportunity")]] | None:
        """Opportunities with the customer."""

    @related(
        "contracts_of_customer", record=Role.CRM, fallback=[Role.ERP], key=get_canonical_id, scopes=[["contracts:read"]]
    )
    def contracts(
        self, filter: ContractFilter | None = UNSET, first: int | None = 25, after: str | None = UNSET
    ) -> Connection[Annotated[Contract, strawberry.lazy("gateway.schema.contract")]] | None:
        """Contracts with the customer."""

    @related("projects_of_customer", record=Role.PSA, key=get_canonical_id)
    def projects(
        self,
        filter: ProjectFilter | None = UNSET,
        first: int | None = 25,
        after: str | None = UNSET,
        order_by: ProjectOrder | None = UNSET,
    ) -> Connection[Annotated[Project, strawberry.lazy("gateway.schema.project")]] | None:
        """Projects for the customer."""

    @related("invoices_of_customer", record=Role.ERP, key=get_canonical_id, scopes=[["invoices:read"]])
    def invoices(
        self, filter: InvoiceFilter | None = UNSET, first: int | None = 25, after: str | None = UNSET
    ) -> Connection[Annotated[Invoice, strawberry.lazy("gateway.schema.invoice")]] | None:
        """Invoices to the customer."""

    @related(
        "erp_receivables",
        record=Role.ERP,
        scopes=FINANCE,
        shape="value",
        transform=fields.resolve_receivables,
        origins={ErpReceivables: "items"},
    )
    def accounts_receivable(
        self, as_of: date | None = UNSET, currency: CurrencyCode | None = UNSET
    ) -> AccountsReceivable | None:
        """Open invoices of the customer by age."""
