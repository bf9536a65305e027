"""NetSuite's responses on the wire: SuiteQL envelopes and rows.

SuiteQL returns every value as a string under a lower-case key and omits null columns (NetSuite help,
section_157909186990); flags are "T" and "F". Row fields are the column aliases of `statements.py` and
`billing_statements.py`. Instants are text in the account's zone, days are ISO 8601 dates.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar, Generic, Literal, TypeVar

import msgspec

from subgraphs.erp.netsuite import dependencies
from subgraphs.kit.rows import WireRow

RowT = TypeVar("RowT", bound="Row")
Flag = Literal["T", "F"]


class Row(WireRow, frozen=True, kw_only=True):
    """One row of an answer, with the internal id of its record; unknown keys such as `links` are ignored.

    `shared` names columns that are equal in all rows of one record; it is empty if a record has one row.
    """

    affects: ClassVar[Mapping[str, Sequence[str]]] = dependencies.BASE
    shared: ClassVar[Sequence[str]] = ()

    id: str = ""


class SuiteQlPage(msgspec.Struct, Generic[RowT], frozen=True, rename="camel"):
    """One page of a SuiteQL answer."""

    items: tuple[RowT, ...]
    has_more: bool
    total_results: int | None = None


class DimensionedRow(Row, frozen=True, kw_only=True):
    """A row with the value codes of the mapping file's dimensions, by position."""

    dimension_0: str | None = None
    dimension_1: str | None = None
    dimension_2: str | None = None
    dimension_3: str | None = None
    dimension_4: str | None = None
    dimension_5: str | None = None
    dimension_6: str | None = None
    dimension_7: str | None = None


class IdRow(Row, frozen=True):
    """The id of one existing record."""

    id: str


class ChangeRow(Row, frozen=True, kw_only=True):
    """The id and modification time of one changed record."""

    id: str
    modified: str | None = None


class SubsidiaryRow(Row, frozen=True, kw_only=True):
    """One subsidiary and one of its tax registrations."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = dependencies.SUBSIDIARY
    shared: ClassVar[Sequence[str]] = ("name", "country", "currency", "modified")

    id: str
    name: str
    reference: str | None = None
    country: str
    currency: str
    parent: str | None = None
    fiscal_month: str | None = None
    region: str | None = None
    time_zone: str | None = None
    modified: str | None = None
    registration_nexus: str | None = None
    registration_country: str | None = None
    registration_number: str | None = None
    registration_from: date | None = None
    registration_to: date | None = None


class PeriodRow(Row, frozen=True, kw_only=True):
    """One month of the fiscal calendar."""

    essential: ClassVar[frozenset[str]] = frozenset({"closed_on"})

    id: str
    name: str
    start_date: date
    end_date: date
    closed: Flag
    locked: Flag
    ar_locked: Flag
    closed_on: str | None = None


class DimensionRow(Row, frozen=True, kw_only=True):
    """One department, class, location or custom segment value."""

    essential: ClassVar[frozenset[str]] = frozenset({"code", "valid_from", "valid_to"})

    id: str
    code: str | None = None
    name: str
    inactive: Flag = "F"
    valid_from: date | None = None
    valid_to: date | None = None


class CustomerRow(DimensionedRow, frozen=True, kw_only=True):
    """One customer and one of the subsidiaries that sell to it."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = dependencies.CUSTOMER
    shared: ClassVar[Sequence[str]] = ("company_name", "record_number", "reference", "modified")

    id: str
    company_name: str | None = None
    alt_name: str | None = None
    legal_name: str | None = None
    record_number: str | None = None
    reference: str | None = None
    parent: str | None = None
    status: str | None = None
    inactive: Flag | None = None
    currency: str | None = None
    subsidiary: str | None = None
    is_primary: Flag | None = None
    terms: str | None = None
    net_days: Decimal | None = None
    discount_percent: Decimal | None = None
    discount_days: Decimal | None = None
    credit_limit: Decimal | None = None
    credit_hold: str | None = None
    tax_id: str | None = None
    tax_complete: Flag | None = None
    tax_treatment: str | None = None
    exempt_until: date | None = None
    reverse_charge: Flag | None = None
    tax_nexus: str | None = None
    tax_country: str | None = None
    billing_line1: str | None = None
    billing_line2: str | None = None
    billing_city: str | None = None
    billing_state: str | None = None
    billing_zip: str | None = None
    billing_country: str | None = None
    shipping_line1: str | None = None
    shipping_line2: str | None = None
    shipping_city: str | None = None
    shipping_state: str | None = None
    shipping_zip: str | None = None
    shipping_country: str | None = None
    modified: str | None = None


class JobRow(DimensionedRow, frozen=True, kw_only=True):
    """One project."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = dependencies.JOB

    id: str
    code: str | None = None
    name: str | None = None
    reference: str | None = None
    customer: str | None = None
    status: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    subsidiary: str | None = None
    currency: str | None = None
    modified: str | None = None


class EmployeeRow(DimensionedRow, frozen=True, kw_only=True):
    """One employee."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = dependencies.EMPLOYEE
    fields: ClassVar[Mapping[str, str]] = dependencies.ALIASES

    id: str
    worker_number: str | None = None
    reference: str | None = None
    email: str | None = None
    subsidiary: str | None = None
    currency: str | None = None
    labor_cost: Decimal | None = None
    modified: str | None = None


class ContractRow(Row, frozen=True, kw_only=True):
    """One row of the custom record that holds contracts."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = dependencies.CONTRACT

    id: str
    record_number: str
    reference: str | None = None
    type: str | None = None
    status: str | None = None
    customer: str | None = None
    subsidiary: str | None = None
    currency: str | None = None
    total: Decimal | None = None
    purchase_order: str | None = None
    modified: str | None = None


class TaxedRow(DimensionedRow, frozen=True, kw_only=True):
    """A row of a transaction line with one of its SuiteTax details."""

    tax_type: str | None = None
    tax_nexus: str | None = None
    tax_country: str | None = None
    tax_rate: Decimal | None = None
    tax_basis: Decimal | None = None
    tax_amount: Decimal | None = None
    tax_code: str | None = None


class InvoiceRow(TaxedRow, frozen=True, kw_only=True):
    """One line of an invoice or credit memo, main and tax lines included, with the fields of the header."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = dependencies.INVOICE
    shared: ClassVar[Sequence[str]] = ("type", "record_number", "entity", "issued", "total", "modified")
    fields: ClassVar[Mapping[str, str]] = dependencies.ALIASES

    id: str
    type: str
    record_number: str | None = None
    reference: str | None = None
    status: str
    entity: str
    entity_customer: str | None = None
    entity_job: str | None = None
    issued: date
    due: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    currency: str
    rate: Decimal
    total: Decimal
    unpaid: Decimal | None = None
    unused: Decimal | None = None
    purchase_order: str | None = None
    contract: str | None = None
    modified: str | None = None
    line: str
    main: Flag
    tax_line: Flag
    line_amount: Decimal | None = None
    line_job: str | None = None
    subsidiary: str | None = None
    base_currency: str | None = None
    created_from: str | None = None


class InvoiceLineRow(TaxedRow, frozen=True, kw_only=True):
    """One item line and one of its tax details."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = dependencies.INVOICE_LINE
    keys: ClassVar[Mapping[str, str]] = {"invoice": "invoice_id"}
    shared: ClassVar[Sequence[str]] = ("invoice", "sequence")

    id: str
    invoice: str
    issued: date
    type: str
    sequence: Decimal
    kind: str | None = None
    description: str | None = None
    item_name: str | None = None
    job: str | None = None
    task: str | None = None
    employee: str | None = None
    quantity: Decimal | None = None
    unit_rate: Decimal | None = None
    amount: Decimal | None = None
    currency: str
    rate: Decimal
    base_currency: str | None = None
    modified: str | None = None


class PaymentRow(Row, frozen=True, kw_only=True):
    """One customer payment and one document that it is applied to."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = dependencies.PAYMENT
    shared: ClassVar[Sequence[str]] = ("record_number", "received", "total", "modified")

    id: str
    record_number: str | None = None
    reference: str | None = None
    received: date
    total: Decimal
    currency: str
    rate: Decimal
    base_currency: str | None = None
    method: str | None = None
    bank_reference: str | None = None
    modified: str | None = None
    document: str | None = None
    document_amount: Decimal | None = None


class ExpenseRow(TaxedRow, frozen=True, kw_only=True):
    """One line of an expense report and one of its tax details."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = dependencies.EXPENSE
    keys: ClassVar[Mapping[str, str]] = {"job": "job_id", "reference": "expense_reference"}
    shared: ClassVar[Sequence[str]] = ("report", "employee", "category", "incurred", "amount", "reference", "modified")

    id: str
    report: str | None = None
    status: str
    reference: str | None = None
    job: str | None = None
    employee: str
    category: str | None = None
    incurred: date
    amount: Decimal
    base_amount: Decimal | None = None
    currency: str
    base_currency: str | None = None
    billable: Flag | None = None
    not_reimbursable: Flag | None = None
    billed_type: str | None = None
    billed_status: str | None = None
    modified: str | None = None


class TimeRow(DimensionedRow, frozen=True, kw_only=True):
    """One time record with its period and, if the mapping file names the field, its billing line."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = dependencies.TIME
    keys: ClassVar[Mapping[str, str]] = {"reference": "entry_reference"}

    id: str
    reference: str
    hours: str | None = None
    billable: Flag | None = None
    rate: Decimal | None = None
    labor_cost: Decimal | None = None
    currency: str | None = None
    base_currency: str | None = None
    period_name: str | None = None
    period_start_date: date | None = None
    period_end_date: date | None = None
    period_closed: Flag | None = None
    period_locked: Flag | None = None
    period_ar_locked: Flag | None = None
    period_closed_on: str | None = None
    billed_line: str | None = None
    billed_invoice: str | None = None
    billed_type: str | None = None
    billed_status: str | None = None
    modified: str | None = None


class OpenItemRow(Row, frozen=True, kw_only=True):
    """One open item of a customer, and one later settlement of it; of a journal each line is an item."""

    essential: ClassVar[frozenset[str]] = frozenset(
        {"line", "due", "unpaid", "unused", "subsidiary", "base_currency", "settled_on", "settled_amount"}
    )
    keys: ClassVar[Mapping[str, str]] = {"customer": "customer_id"}

    id: str
    line: str | None = None
    type: str
    customer: str
    issued: date
    due: date | None = None
    total: Decimal
    unpaid: Decimal | None = None
    unused: Decimal | None = None
    currency: str
    rate: Decimal
    subsidiary: str | None = None
    base_currency: str | None = None
    settled_on: date | None = None
    settled_amount: Decimal | None = None


class RateRow(Row, frozen=True, kw_only=True):
    """One exchange rate: the price of a unit of `source` in `target`."""

    id: str
    source: str
    target: str
    rate: Decimal
    effective: date
