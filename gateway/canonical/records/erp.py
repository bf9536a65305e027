"""Records of the ERP: legal entities, dimensions, customers, jobs, postings, invoices, payments, rates."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

import msgspec

from gateway.canonical.records.base import DimensionTag, Record
from gateway.canonical.roles import SystemRole
from gateway.canonical.values import Address, Money


class ErpRecord(Record, frozen=True, kw_only=True):
    """Any record of the ERP."""

    role: ClassVar[SystemRole] = SystemRole.ERP


class ErpTaxRegistration(msgspec.Struct, frozen=True, kw_only=True):
    """A registration of a legal entity or customer with a tax authority. `number` is FINANCIAL_RESTRICTED."""

    jurisdiction: str
    country: str
    number: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class ErpPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """An accounting period of a legal entity; both dates included."""

    name: str
    start_date: date
    end_date: date
    status: str
    closed_at: datetime | None = None


class ErpLegalEntity(ErpRecord, frozen=True, kw_only=True):
    """A company of the group. `code` is its raw code; `region` is one of the data regions."""

    code: str
    name: str
    country: str
    functional_currency: str
    time_zone: str | None = None
    parent_id: str | None = None
    region: str | None = None
    tax_registrations: tuple[ErpTaxRegistration, ...] = ()
    fiscal_year_start_month: int | None = None
    periods: tuple[ErpPeriod, ...] | None = None


class ErpDimensionValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value of a financial dimension."""

    native_id: str
    code: str
    name: str
    active: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    legal_entities: tuple[str, ...] | None = None


class ErpDimension(ErpRecord, frozen=True, kw_only=True):
    """A dimension with all of its values. `required_on` holds `DimensionTarget` names."""

    code: str
    name: str
    kind: str
    required_on: tuple[str, ...] = ()
    values: tuple[ErpDimensionValue, ...] = ()


class ErpPaymentTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Payment terms: when an invoice is due."""

    code: str
    net_days: int
    discount_percent: Decimal | None = None
    discount_days: int | None = None


class ErpTaxProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's tax data.

    `tax_id` is FINANCIAL_RESTRICTED. `complete` is the ERP's own assessment of the master record.
    """

    complete: bool
    tax_id: str | None = None
    treatment: str | None = None
    jurisdictions: tuple[tuple[str, str], ...] = ()
    exempt_until: date | None = None
    reverse_charge: bool = False


class ErpCustomer(ErpRecord, frozen=True, kw_only=True):
    """A customer in the ERP. `legal_entity` is the primary selling entity, `selling_entities` are all of them."""

    name: str
    legal_name: str | None = None
    number: str | None = None
    parent_id: str | None = None
    status: str | None = None
    default_currency: str | None = None
    legal_entity: str | None = None
    selling_entities: tuple[str, ...] = ()
    payment_terms: ErpPaymentTerms | None = None
    credit_limit: Money | None = None
    credit_hold: bool | None = None
    tax_profile: ErpTaxProfile | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    dimensions: tuple[DimensionTag, ...] | None = None


class ErpContract(ErpRecord, frozen=True, kw_only=True):
    """A contract in the ERP."""

    number: str
    type: str | None = None
    status: str | None = None
    customer_id: str | None = None
    legal_entity: str | None = None
    currency: str | None = None
    total_value: Money | None = None
    purchase_order_number: str | None = None


class ErpJob(ErpRecord, frozen=True, kw_only=True):
    """A project in the ERP."""

    code: str | None = None
    name: str | None = None
    status: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    customer_id: str | None = None
    legal_entity: str | None = None
    service_line: str | None = None
    currency: str | None = None
    dimensions: tuple[DimensionTag, ...] | None = None


class ErpEmployee(ErpRecord, frozen=True, kw_only=True):
    """A person in the ERP. PERSONAL. `cost_rate` is per hour."""

    worker_number: str | None = None
    email: str | None = None
    legal_entity: str | None = None
    cost_center: str | None = None
    cost_rate: Money | None = None


class ErpTimePosting(ErpRecord, frozen=True, kw_only=True):
    """The billing status of a time entry in the ERP; `entry_reference` is the id of the PSA entry."""

    entry_reference: str
    hours: Decimal | None = None
    billing: str | None = None
    bill_rate: Money | None = None
    bill_amount: Money | None = None
    cost_amount: Money | None = None
    period: ErpPeriod | None = None
    invoice_id: str | None = None
    invoice_line_id: str | None = None
    dimensions: tuple[DimensionTag, ...] | None = None


class ErpExpense(ErpRecord, frozen=True, kw_only=True):
    """An expense in the ERP; `expense_reference` is the id of the PSA expense, if any."""

    expense_reference: str | None = None
    job_id: str | None = None
    employee_id: str | None = None
    category: str
    incurred_on: date
    amount: Money
    functional_amount: Money | None = None
    tax: Money | None = None
    billable: bool | None = None
    reimbursable: bool | None = None
    approval: str | None = None
    billing: str | None = None
    reimbursement: str | None = None
    dimensions: tuple[DimensionTag, ...] | None = None


class ErpTax(msgspec.Struct, frozen=True, kw_only=True):
    """Tax on an invoice or line; `rate` is a fraction, 0.2 for 20 %."""

    jurisdiction: str | None = None
    country: str | None = None
    tax_type: str
    rate: Decimal
    taxable: Money
    amount: Money
    reverse_charge: bool = False


class ErpInvoice(ErpRecord, frozen=True, kw_only=True):
    """An invoice without its lines.

    Amounts are in the invoice's currency; `functional_rate` converts them to the entity's currency.

    `balance` is the open amount; None means unknown, never zero. `line_amounts` are the net amounts of all lines in the
    document's order; None if the ERP does not give them with the invoice.
    """

    number: str
    kind: str | None = None
    status: str
    customer_id: str | None = None
    legal_entity: str | None
    job_ids: tuple[str, ...] = ()
    contract_number: str | None = None
    issue_date: date | None = None
    due_date: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    currency: str
    functional_currency: str | None = None
    functional_rate: Decimal | None = None
    subtotal: Money | None = None
    tax_total: Money | None = None
    total: Money
    balance: Money | None = None
    taxes: tuple[ErpTax, ...] = ()
    line_amounts: tuple[Decimal, ...] | None = None
    corrects_id: str | None = None
    purchase_order_number: str | None = None


class ErpInvoiceLine(ErpRecord, frozen=True, kw_only=True):
    """A line of an invoice; `issue_date` is the invoice's."""

    invoice_id: str
    issue_date: date | None = None
    sequence: int
    kind: str
    description: str
    job_id: str | None = None
    task_reference: str | None = None
    employee_id: str | None = None
    quantity: Decimal | None = None
    unit_rate: Money | None = None
    amount: Money
    functional_rate: Decimal | None = None
    functional_currency: str | None = None
    taxes: tuple[ErpTax, ...] = ()
    dimensions: tuple[DimensionTag, ...] | None = None


class ErpPayment(ErpRecord, frozen=True, kw_only=True):
    """A payment received; `applied` pairs native invoice ids with the amounts applied to them."""

    received_on: date
    amount: Money
    functional_rate: Decimal | None = None
    functional_currency: str | None = None
    applied: tuple[tuple[str, Money], ...] = ()
    reference: str | None = None
    method: str | None = None


class OpenItemKind(StrEnum):
    """What an open item is."""

    INVOICE = "INVOICE"
    CREDIT_MEMO = "CREDIT_MEMO"
    PAYMENT = "PAYMENT"
    JOURNAL = "JOURNAL"


class ErpOpenItem(msgspec.Struct, frozen=True, kw_only=True):
    """One open item of a customer: an unpaid invoice, an open credit, an unapplied payment or a journal line.

    Credits and payments are negative. `invoice_id` is the id of the document. `due_date` is the day from which the item
    ages; for an item without one it is its own day. `functional` is the open amount in the entity's currency.
    """

    kind: OpenItemKind = OpenItemKind.INVOICE

    invoice_id: str
    issue_date: date
    legal_entity: str | None
    due_date: date
    open_amount: Money
    functional: Money


class ErpReceivables(ErpRecord, frozen=True, kw_only=True):
    """A customer's open items on `as_of`, and the sums billed in the 90 days up to it, per functional currency.

    None means that the ERP cannot tell; an empty tuple means that there are none.
    """

    customer_id: str
    as_of: date
    items: tuple[ErpOpenItem, ...] | None = ()
    billed_90_days: tuple[Money, ...] | None = ()


class ErpExchangeRate(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of `source` is `rate` units of `target` from `effective_date` on."""

    source: str
    target: str
    rate: Decimal
    rate_type: str
    effective_date: date
