"""The companies of the group."""

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
    """A place that levies tax."""

    code: str
    name: str
    country: CountryCode
    tax_types: list[TaxType]


@strawberry.type
class TaxRegistration:
    """A legal entity's number at a tax authority."""

    jurisdiction: TaxJurisdiction
    number: str | None = sensitive_field(Sensitive(DataClass.FINANCIAL_RESTRICTED, MaskMode.PARTIAL))
    valid_from: date | None
    valid_to: date | None


@strawberry.type
class FiscalPeriod:
    """An accounting period; both days included, in the legal entity's calendar."""

    name: str
    start_date: date
    end_date: date
    status: PeriodStatus
    closed_at: datetime | None


@noun(
    anchor=Role.ERP,
    keys=["id"],
    facets={
        Role.ERP: facet(ErpLegalEntity, loader="erp_legal_entities"),
        Role.GATEWAY: facet(Card, loader="cards_by_id"),
    },
    authenticated=True,
    rows=[Rows.TENANT, Rows.LEGAL_ENTITY],
)
class LegalEntity(CanonicalEntity):
    """A company of the group, with its own books and its own calendar."""

    code: str = sourced(record=Role.ERP, fallback=[Role.GATEWAY])
    name: str = sourced(record=Role.ERP, fallback=[Role.GATEWAY])
    country: CountryCode = sourced(record=Role.ERP)
    functional_currency: CurrencyCode = sourced(record=Role.ERP)
    parent: Annotated[LegalEntity, strawberry.lazy("gateway.schema.legal_entity")] | None = reference(
        "LegalEntity", record=Role.ERP, of="parent_id"
    )
    tax_registrations: list[TaxRegistration] | None = sourced(
        record=Role.ERP, of=lambda record, _request: [tax.registration(row) for row in record.tax_registrations]
    )
    data_region: DataRegion | None = sourced(record=Role.ERP, of="region", into=DataRegion)
    open_periods: list[FiscalPeriod] | None = sourced(
        record=Role.ERP,
        of=lambda record, _request: (
            None if record.periods is None else [period for period in record.periods if period.status == "OPEN"]
        ),
    )
