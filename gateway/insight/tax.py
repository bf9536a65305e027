"""Tax data: jurisdictions, registrations, and whether a customer's tax profile is complete enough for invoicing."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

from gateway.canonical.records.erp import ErpCustomer, ErpTax, ErpTaxRegistration
from gateway.canonical.states import TaxProfileStatus, TaxTreatment, TaxType
from gateway.canonical.values import Money


class TaxJurisdiction(msgspec.Struct, frozen=True, kw_only=True):
    """An area with its own tax authority."""

    code: str
    name: str
    country: str
    tax_types: tuple[TaxType, ...] = ()


class TaxRegistration(msgspec.Struct, frozen=True, kw_only=True):
    """A registration number at a tax authority."""

    jurisdiction: TaxJurisdiction
    number: str | None
    valid_from: date | None
    valid_to: date | None


class TaxProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's tax data and whether it is complete."""

    status: TaxProfileStatus
    tax_id: str | None
    treatment: TaxTreatment | None
    jurisdictions: tuple[TaxJurisdiction, ...]
    exempt_until: date | None
    reverse_charge: bool


class InvoiceTax(msgspec.Struct, frozen=True, kw_only=True):
    """Tax on an invoice or a line; `rate` is a fraction."""

    jurisdiction: TaxJurisdiction | None
    tax_type: TaxType
    rate: Decimal
    taxable: Money
    amount: Money
    reverse_charge: bool


def build_registration(row: ErpTaxRegistration) -> TaxRegistration:
    """Convert a registration of the ERP."""
    jurisdiction = TaxJurisdiction(code=row.jurisdiction, name=row.jurisdiction, country=row.country)
    return TaxRegistration(
        jurisdiction=jurisdiction, number=row.number, valid_from=row.valid_from, valid_to=row.valid_to
    )


def build_profile(customer: ErpCustomer, treatment: TaxTreatment | None, today: date) -> TaxProfile | None:
    """Return a customer's tax profile on a day; None if the ERP has none.

    EXPIRED: an exemption has ended. INCOMPLETE: the ERP marks the master record as incomplete. UNVERIFIED: complete,
    but without a tax number.
    """
    stored = customer.tax_profile
    if stored is None:
        return None
    if stored.exempt_until is not None and stored.exempt_until < today:
        status = TaxProfileStatus.EXPIRED
    elif not stored.complete:
        status = TaxProfileStatus.INCOMPLETE
    else:
        status = TaxProfileStatus.COMPLETE if stored.tax_id else TaxProfileStatus.UNVERIFIED
    return TaxProfile(
        status=status,
        tax_id=stored.tax_id,
        treatment=treatment,
        jurisdictions=tuple(
            TaxJurisdiction(code=code, name=code, country=country) for code, country in stored.jurisdictions
        ),
        exempt_until=stored.exempt_until,
        reverse_charge=stored.reverse_charge,
    )


def build_invoice_taxes(rows: Sequence[ErpTax], types: Sequence[TaxType]) -> tuple[InvoiceTax, ...]:
    """Combine the ERP's tax rows with their canonical types."""
    return tuple(
        InvoiceTax(
            jurisdiction=_build_jurisdiction(row, kind),
            tax_type=kind,
            rate=row.rate,
            taxable=row.taxable,
            amount=row.amount,
            reverse_charge=row.reverse_charge,
        )
        for row, kind in zip(rows, types, strict=True)
    )


def _build_jurisdiction(row: ErpTax, kind: TaxType) -> TaxJurisdiction | None:
    if row.jurisdiction is None or row.country is None:
        return None
    return TaxJurisdiction(code=row.jurisdiction, name=row.jurisdiction, country=row.country, tax_types=(kind,))
