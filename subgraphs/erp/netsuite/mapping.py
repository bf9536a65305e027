"""Pure functions that map NetSuite rows to master data records; `billing_mapping.py` maps billing.

Amounts arrive without trailing zeros and are padded to the currency's minor units. Codes stay raw.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TypeVar
from zoneinfo import ZoneInfo

from gateway.canonical.native import NativeId
from gateway.canonical.records.base import DimensionTag
from gateway.canonical.records.erp import (
    ErpContract,
    ErpCustomer,
    ErpDimension,
    ErpDimensionValue,
    ErpEmployee,
    ErpJob,
    ErpLegalEntity,
    ErpPaymentTerms,
    ErpPeriod,
    ErpTaxProfile,
    ErpTaxRegistration,
)
from gateway.canonical.states import DimensionKind, PeriodStatus
from gateway.canonical.values import Address
from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.mapping_file import Company, DimensionOwner, DimensionSource, NetSuiteMapping
from subgraphs.kit.dates import parse_optional_instant
from subgraphs.kit.money import build_optional_money
from subgraphs.kit.record_mapping import note_unreadable

RowT = TypeVar("RowT", bound=wire.Row)

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_CREDIT_HOLD = {"ON": True, "OFF": False}


@dataclass(frozen=True, kw_only=True)
class AccountContext:
    """The facts of one account that mapping its rows needs.

    `zone` is the account's time zone, `application` the address of its web application, or None if unknown.
    """

    connection: str
    zone: ZoneInfo
    mapping_file: NetSuiteMapping
    application: str | None = None

    def build_native_id(self, object_type: str, id_: str) -> NativeId:
        """Build the native id of a record; `object_type` is the SuiteQL table."""
        return NativeId(self.connection, object_type, id_)

    def build_url(self, page: str, id_: str) -> str | None:
        """Build the address of a record's page in the web application, or None if that is unknown."""
        return f"{self.application}/app/{page}?id={id_}" if self.application else None

    def parse_instant(self, text: str | None) -> datetime | None:
        """Parse a local datetime of the account's zone into UTC; raise SourceError(CONTRACT_MISMATCH) if malformed."""
        return parse_optional_instant(text, self.zone)

    def build_tags(self, row: wire.DimensionedRow, owner: DimensionOwner) -> tuple[DimensionTag, ...] | None:
        """Build a record's dimension tags, or return None if the mapping file maps no dimension of this record type."""
        if not any(getattr(dimension, owner) for dimension in self.mapping_file.dimensions):
            return None
        values = (
            (dimension, self.get_dimension_value(row, position))
            for position, dimension in enumerate(self.mapping_file.dimensions)
        )
        return tuple(DimensionTag(dimension.code, value) for dimension, value in values if value is not None)

    def find_tag(self, row: wire.DimensionedRow, kind: DimensionKind) -> str | None:
        """Return the value code of the first dimension of a kind, or None."""
        kinds = [position for position, dimension in enumerate(self.mapping_file.dimensions) if dimension.kind == kind]
        return self.get_dimension_value(row, kinds[0]) if kinds else None

    @staticmethod
    def get_dimension_value(row: wire.DimensionedRow, position: int) -> str | None:
        """Return the value code of the dimension at a position of the mapping file."""
        value: str | None = getattr(row, f"dimension_{position}")
        return value


def group_rows(rows: Iterable[RowT], key: str = "id") -> Iterator[tuple[str, list[RowT]]]:
    """Group adjacent rows with the same key into (key, rows)."""
    for value, group in groupby(rows, lambda row: str(getattr(row, key))):
        yield value, list(group)


def build_references(field: str, value: str | None) -> tuple[tuple[str, str], ...]:
    """Build the references of a record: none if the field has no value."""
    return ((field, value),) if value else ()


def map_period(row: wire.PeriodRow, account: AccountContext) -> ErpPeriod:
    """Map an accounting period; a period that is locked but not closed is SOFT_CLOSED."""
    return ErpPeriod(
        name=row.name,
        start_date=row.start_date,
        end_date=row.end_date,
        status=classify_period_status(closed=row.closed, locked=row.locked, ar_locked=row.ar_locked),
        closed_at=account.parse_instant(row.closed_on),
    )


def classify_period_status(*, closed: wire.Flag | None, locked: wire.Flag | None, ar_locked: wire.Flag | None) -> str:
    """Derive a period's status from its flags."""
    if closed == "T":
        return PeriodStatus.CLOSED.value
    return (PeriodStatus.SOFT_CLOSED if "T" in (locked, ar_locked) else PeriodStatus.OPEN).value


def map_legal_entity(
    rows: Sequence[wire.SubsidiaryRow], periods: tuple[ErpPeriod, ...] | None, account: AccountContext
) -> ErpLegalEntity:
    """Map a subsidiary; its code is the LEGAL_ENTITY code mapped to its id, else its external id, else its id."""
    head = rows[0]
    month = head.fiscal_month
    return ErpLegalEntity(
        native=account.build_native_id("subsidiary", head.id),
        modified_at=account.parse_instant(head.modified),
        url=account.build_url("common/otherlists/subsidiarytype.nl", head.id),
        references=build_references("externalid", head.reference),
        code=account.mapping_file.map_code("LEGAL_ENTITY", head.id) or head.reference or head.id,
        name=head.name,
        country=head.country,
        functional_currency=head.currency,
        time_zone=head.time_zone,
        parent_id=head.parent,
        region=head.region,
        tax_registrations=tuple(_map_registration(row) for row in rows if row.registration_number is not None),
        fiscal_year_start_month=_MONTHS.index(month) + 1 if month in _MONTHS else None,
        periods=periods,
    )


def require_periods(periods: tuple[ErpPeriod, ...] | None) -> tuple[ErpPeriod, ...] | None:
    """Return the fiscal calendar; one that could not be read is an unreadable attribute of the legal entity."""
    if periods is None:
        note_unreadable("periods", "accountingperiod", "startdate")
    return periods


def map_company(company: Company, periods: tuple[ErpPeriod, ...] | None, account: AccountContext) -> ErpLegalEntity:
    """Map the one legal entity of an account without OneWorld from the mapping file."""
    return ErpLegalEntity(
        native=account.build_native_id("company", company.code),
        references=build_references("code", company.code),
        code=account.mapping_file.map_code("LEGAL_ENTITY", company.code) or company.code,
        name=company.name,
        country=company.country,
        functional_currency=company.currency,
        time_zone=company.time_zone,
        region=company.region,
        tax_registrations=(),
        fiscal_year_start_month=company.fiscal_year_start_month,
        periods=periods,
    )


def _map_registration(row: wire.SubsidiaryRow) -> ErpTaxRegistration:
    return ErpTaxRegistration(
        jurisdiction=row.registration_nexus or row.registration_country or row.country,
        country=row.registration_country or row.country,
        number=row.registration_number,
        valid_from=row.registration_from,
        valid_to=row.registration_to,
    )


def map_dimension(source: DimensionSource, rows: Iterable[wire.DimensionRow], account: AccountContext) -> ErpDimension:
    """Map a dimension; the id of a value stands in for a missing code."""
    return ErpDimension(
        native=account.build_native_id("dimension", source.source),
        code=source.code,
        name=source.name,
        kind=source.kind,
        required_on=source.required_on,
        values=tuple(
            ErpDimensionValue(
                native_id=row.id,
                code=row.code or row.id,
                name=row.name,
                active=row.inactive == "F",
                valid_from=row.valid_from,
                valid_to=row.valid_to,
            )
            for row in rows
        ),
    )


def map_customer(rows: Sequence[wire.CustomerRow], account: AccountContext) -> ErpCustomer:
    """Map a customer from one row per selling subsidiary; the raw status is `inactive` or the entity status id."""
    head = rows[0]
    primary = next((row.subsidiary for row in rows if row.is_primary == "T"), None)
    return ErpCustomer(
        native=account.build_native_id("customer", head.id),
        modified_at=account.parse_instant(head.modified),
        display_number=head.record_number,
        url=account.build_url("common/entity/custjob.nl", head.id),
        references=build_references(account.mapping_file.customer.reference, head.reference),
        name=head.company_name or head.alt_name or head.record_number or head.id,
        legal_name=head.legal_name,
        number=head.record_number,
        parent_id=head.parent,
        status="inactive" if head.inactive == "T" else head.status,
        default_currency=head.currency,
        legal_entity=primary,
        selling_entities=tuple(dict.fromkeys(row.subsidiary for row in rows if row.subsidiary is not None)),
        payment_terms=_map_terms(head),
        credit_limit=build_optional_money(head.credit_limit, head.currency),
        credit_hold=_CREDIT_HOLD.get(head.credit_hold or ""),
        tax_profile=_map_tax_profile(rows, account),
        billing_address=_map_address(head, "billing"),
        shipping_address=_map_address(head, "shipping"),
        dimensions=account.build_tags(head, "on_customer"),
    )


def _map_terms(row: wire.CustomerRow) -> ErpPaymentTerms | None:
    if row.terms is None or row.net_days is None:
        return None
    return ErpPaymentTerms(
        code=row.terms,
        net_days=int(row.net_days),
        discount_percent=row.discount_percent,
        discount_days=None if row.discount_days is None else int(row.discount_days),
    )


def _map_tax_profile(rows: Sequence[wire.CustomerRow], account: AccountContext) -> ErpTaxProfile | None:
    if account.mapping_file.customer.tax_complete is None:
        return None
    head = rows[0]
    places = ((row.tax_nexus, row.tax_country) for row in rows)
    return ErpTaxProfile(
        complete=head.tax_complete == "T",
        tax_id=head.tax_id,
        treatment=head.tax_treatment,
        jurisdictions=tuple(dict.fromkeys((nexus, country) for nexus, country in places if nexus and country)),
        exempt_until=head.exempt_until,
        reverse_charge=head.reverse_charge == "T",
    )


def _map_address(row: wire.CustomerRow, prefix: str) -> Address | None:
    country: str | None = getattr(row, f"{prefix}_country")
    if country is None:
        return None
    return Address(
        line1=getattr(row, f"{prefix}_line1"),
        line2=getattr(row, f"{prefix}_line2"),
        city=getattr(row, f"{prefix}_city"),
        region=getattr(row, f"{prefix}_state"),
        postal_code=getattr(row, f"{prefix}_zip"),
        country=country,
    )


def map_job(row: wire.JobRow, account: AccountContext) -> ErpJob:
    """Map a project; the raw status is the id of its project status."""
    return ErpJob(
        native=account.build_native_id("job", row.id),
        modified_at=account.parse_instant(row.modified),
        display_number=row.code,
        url=account.build_url("common/entity/custjob.nl", row.id),
        references=build_references(account.mapping_file.job.reference, row.reference),
        code=row.code,
        name=row.name,
        status=row.status,
        start_date=row.start_date,
        end_date=row.end_date,
        customer_id=row.customer,
        legal_entity=row.subsidiary,
        service_line=account.find_tag(row, DimensionKind.SERVICE_LINE),
        currency=row.currency,
        dimensions=account.build_tags(row, "on_job"),
    )


def map_employee(row: wire.EmployeeRow, account: AccountContext) -> ErpEmployee:
    """Map an employee."""
    return ErpEmployee(
        native=account.build_native_id("employee", row.id),
        modified_at=account.parse_instant(row.modified),
        display_number=row.worker_number,
        url=account.build_url("common/entity/employee.nl", row.id),
        references=build_references(account.mapping_file.employee.reference, row.reference),
        worker_number=row.worker_number,
        email=row.email,
        legal_entity=row.subsidiary,
        cost_center=account.find_tag(row, DimensionKind.COST_CENTER),
        cost_rate=build_optional_money(row.labor_cost, row.currency),
    )


def map_contract(row: wire.ContractRow, account: AccountContext) -> ErpContract:
    """Map a contract from the custom record that the mapping file names."""
    fields = account.mapping_file.contract
    record = fields.record if fields else "contract"
    return ErpContract(
        native=account.build_native_id(record, row.id),
        modified_at=account.parse_instant(row.modified),
        display_number=row.record_number,
        references=build_references(fields.reference if fields else "externalid", row.reference),
        number=row.record_number,
        type=row.type,
        status=row.status,
        customer_id=row.customer,
        legal_entity=row.subsidiary,
        currency=row.currency,
        total_value=build_optional_money(row.total, row.currency),
        purchase_order_number=row.purchase_order,
    )
