"""Legal entities of the group."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import strawberry

from gateway.canonical.records.card import Card
from gateway.canonical.records.erp import ErpLegalEntity
from gateway.canonical.roles import DataClass, MaskMode
from gateway.canonical.roles import RowScopeKey as Rows
from gateway.canonical.roles import SystemRole as Role
from gateway.insight import tax
from gateway.schema.canonical_entity import CanonicalEntity
from gateway.schema.enums import DataRegion, PeriodStatus, TaxType
from gateway.schema.kernel import CountryCode, CurrencyCode, Sensitive, facet, noun, reference, sensitive_field, sourced


@strawberry.type
class TaxJurisdiction:
    """A jurisdiction that levies taxes."""

    code: str
    """Code of the jurisdiction in the ERP."""
    name: str
    """Name of the jurisdiction; its code if the ERP has no name."""
    country: CountryCode
    """Country of the jurisdiction."""
    tax_types: list[TaxType]
    """Taxes that it levies."""


@strawberry.type
class TaxRegistration:
    """A registration of a legal entity at a tax authority."""

    jurisdiction: TaxJurisdiction
    """Jurisdiction of the registration."""
    number: str | None = sensitive_field(Sensitive(DataClass.FINANCIAL_RESTRICTED, MaskMode.PARTIAL))
    """Registration number."""
    valid_from: date | None
    """First day of validity; null if unlimited."""
    valid_to: date | None
    """Last day of validity, included; null if unlimited."""


@strawberry.type
class FiscalPeriod:
    """An accounting period, in the calendar of the legal entity."""

    name: str
    """Name of the period in the ERP."""
    start_date: date
    """First day."""
    end_date: date
    """Last day, included."""
    status: PeriodStatus
    """Whether the ERP accepts postings in the period."""
    closed_at: datetime | None
    """When the period was closed (UTC); null if it is not closed."""


@noun(
    anchor=Role.ERP,
    keys=["id"],
    facets={
        Role.ERP: facet(ErpLegalEntity, loader="erp_legal_entities"),
        Role.GATEWAY: facet(Card, loader="cards_by_id"),
    },
    authenticated=True,
    rows=[Rows.TENANT, Rows.LEGAL_ENTITY],
    coded_by="code",
)
class LegalEntity(CanonicalEntity):
    """A company of the group, which keeps its own books."""

    code: str = sourced(record=Role.ERP, fallback=[Role.GATEWAY])
    """Canonical code of the legal entity."""
    name: str = sourced(record=Role.ERP, fallback=[Role.GATEWAY])
    """Name of the legal entity."""
    country: CountryCode = sourced(record=Role.ERP)
    """Country in which it is registered."""
    functional_currency: CurrencyCode = sourced(record=Role.ERP)
    """Currency in which it keeps its books."""
    parent: Annotated[LegalEntity, strawberry.lazy("gateway.schema.legal_entity")] | None = reference(
        "LegalEntity", record=Role.ERP, of="parent_id"
    )
    """Parent company in the group."""
    tax_registrations: list[TaxRegistration] | None = sourced(
        record=Role.ERP, of=lambda record, _request: [tax.build_registration(row) for row in record.tax_registrations]
    )
    """Registrations at tax authorities."""
    data_region: DataRegion | None = sourced(record=Role.ERP, of="region", into=DataRegion)
    """Region in which its data must stay."""
    open_periods: list[FiscalPeriod] | None = sourced(
        record=Role.ERP,
        of=lambda record, _request: (
            None if record.periods is None else [period for period in record.periods if period.status == "OPEN"]
        ),
    )
    """Accounting periods that accept postings; null if the ERP does not give its periods."""
