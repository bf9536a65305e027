"""The mapping file of a NetSuite connection: the fields and codes that differ between accounts.

Tables and fields that all accounts have are in `statements.py`. An attribute whose field the file omits is unsupported,
and the lineage gives that as the reason.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

FieldName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
ReferencePattern = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]*\{id\}[A-Za-z0-9_-]*$", max_length=60)]


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the file; unknown keys are refused."""


class LegalEntityFields(Section, frozen=True, kw_only=True):
    """Fields of `subsidiary`: `region` holds a data region, `time_zone` an IANA time zone."""

    region: FieldName | None = None
    time_zone: FieldName | None = None


class CustomerFields(Section, frozen=True, kw_only=True):
    """Fields of `customer`: `reference` holds another system's id; `tax_complete` and `reverse_charge` are check boxes.

    `tax_registrations` is the table of the customers' tax registrations, with the columns `customer` and `nexus`.
    """

    reference: FieldName = "externalid"
    number: FieldName = "entityid"
    legal_name: FieldName | None = None
    tax_id: FieldName | None = "vatregnumber"
    tax_complete: FieldName | None = None
    tax_treatment: FieldName | None = None
    exempt_until: FieldName | None = None
    reverse_charge: FieldName | None = None
    tax_registrations: FieldName | None = None


class JobFields(Section, frozen=True, kw_only=True):
    """Fields of `job`; `code` is the firm's project code."""

    reference: FieldName = "externalid"
    code: FieldName = "entityid"


class EmployeeFields(Section, frozen=True, kw_only=True):
    """Fields of `employee`; `worker_number` is the firm's employee number."""

    reference: FieldName = "externalid"
    worker_number: FieldName = "externalid"


class InvoiceFields(Section, frozen=True, kw_only=True):
    """Fields of `transaction` on invoices and credit memos; `contract` points to the contract record."""

    reference: FieldName = "externalid"
    period_start: FieldName | None = None
    period_end: FieldName | None = None
    contract: FieldName | None = None


class InvoiceLineFields(Section, frozen=True, kw_only=True):
    """Fields of `transactionline` on invoices: the PSA's task id and the employee who did the work."""

    task: FieldName | None = None
    employee: FieldName | None = None


class TimeFields(Section, frozen=True, kw_only=True):
    """Fields of `timebill`. The dimensions of a time record are standard fields, which `DimensionSource.on_time` names.

    `pattern` builds the reference from the id of a PSA entry; `invoice_line` holds the unique key of the billing line.
    """

    reference: FieldName = "externalid"
    pattern: ReferencePattern = "PSA-{id}"
    invoice_line: FieldName | None = None


class ExpenseFields(Section, frozen=True, kw_only=True):
    """Fields of `transactionline` on expense reports, with the meanings of `TimeFields`."""

    reference: FieldName | None = None
    pattern: ReferencePattern = "PSA-{id}"
    invoice_line: FieldName | None = None


class ContractRecord(Section, frozen=True, kw_only=True):
    """The custom record type of contracts and its fields; `customer`, `subsidiary` and `currency` are references."""

    record: FieldName
    reference: FieldName = "externalid"
    number: FieldName = "name"
    type: FieldName | None = None
    status: FieldName | None = None
    customer: FieldName | None = None
    subsidiary: FieldName | None = None
    currency: FieldName | None = None
    total: FieldName | None = None
    purchase_order: FieldName | None = None


class DimensionSource(Section, frozen=True, kw_only=True):
    """One financial dimension: the table of its values, and the field of each record type that references a value.

    `source` is department, classification, location or the record of a custom segment; `value_code` is the field with
    the firm's code of a value. `required_on` lists DimensionTarget values: SuiteQL does not show which record types
    require the dimension.
    """

    code: str
    name: str
    kind: str
    source: FieldName
    value_code: FieldName = "externalid"
    valid_from: FieldName | None = None
    valid_to: FieldName | None = None
    required_on: tuple[str, ...] = ()
    on_customer: FieldName | None = None
    on_job: FieldName | None = None
    on_employee: FieldName | None = None
    on_line: FieldName | None = None
    on_time: FieldName | None = None


class Company(Section, frozen=True, kw_only=True):
    """The one legal entity of an account without OneWorld, which has no subsidiaries.

    `country` is an ISO 3166-1 code, `currency` the base currency; `time_zone` an IANA time zone, `region` a data
    region.
    """

    code: Annotated[str, Meta(min_length=1, max_length=60)]
    name: str
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
    fiscal_year_start_month: Annotated[int, Meta(ge=1, le=12)] = 1
    region: str | None = None
    time_zone: str | None = None


class Features(Section, frozen=True, kw_only=True):
    """Features that an account may lack: SuiteTax, and multiple currencies (only without OneWorld)."""

    suite_tax: bool = True
    multi_currency: bool = True


class NetSuiteMapping(Section, frozen=True, kw_only=True):
    """The whole file.

    `company` describes the legal entity of an account without OneWorld; with OneWorld it is omitted. `codes` maps
    NetSuite's raw codes to canonical codes by reference data domain, `reimbursement` maps expense states.
    `reverse_charge_codes` are the ids of the SuiteTax codes by which the customer accounts for the tax.
    """

    company: Company | None = None
    features: Features = Features()
    legal_entity: LegalEntityFields = LegalEntityFields()
    customer: CustomerFields = CustomerFields()
    job: JobFields = JobFields()
    employee: EmployeeFields = EmployeeFields()
    invoice: InvoiceFields = InvoiceFields()
    invoice_line: InvoiceLineFields = InvoiceLineFields()
    time: TimeFields = TimeFields()
    expense: ExpenseFields = ExpenseFields()
    contract: ContractRecord | None = None
    dimensions: Annotated[tuple[DimensionSource, ...], Meta(max_length=8)] = ()
    reimbursement: dict[str, str] = {}
    reverse_charge_codes: frozenset[str] = frozenset()
    codes: dict[str, dict[str, str]] = {}

    def __post_init__(self) -> None:
        if self.company is None and not self.features.multi_currency:
            raise ValueError("`features.multi_currency = false` needs the table `company`, which names the currency")

    def map_code(self, domain: str, raw: str) -> str | None:
        """Return the canonical code of a raw code in a domain, or None."""
        return self.codes.get(domain, {}).get(raw)


DimensionOwner = Literal["on_customer", "on_job", "on_employee", "on_line", "on_time"]
