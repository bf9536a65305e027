"""Resolvers of the customer's composed fields."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.canonical.fault import Fault
from gateway.canonical.records.base import PersonName
from gateway.canonical.records.crm import CrmAccount
from gateway.canonical.records.erp import ErpReceivables
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import MappingDomain, TaxTreatment
from gateway.errors import MappingMissingError, build_source_error
from gateway.execution.document_dates import date_amounts
from gateway.execution.facets import get_facet, get_loaded
from gateway.execution.request import RequestState
from gateway.execution.view import MissingKeys, View
from gateway.insight import tax
from gateway.insight.receivables import (
    AccountsReceivable,
    choose_statement_currency,
    compute_receivables,
    list_required_rates,
)
from gateway.loaders.arguments import NO_ARGS
from gateway.schema.addresses import ActorKind


class ActorData(msgspec.Struct, frozen=True, kw_only=True):
    """A person, service account, workflow or system that acts."""

    id: str
    display_name: str
    kind: ActorKind
    email: str | None = None


def resolve_account_owner(account: CrmAccount, _request: RequestState) -> ActorData | None:
    """Return the person who owns the account in the CRM."""
    owner = account.owner
    return None if owner is None else _build_actor(account, owner)


def _build_actor(account: CrmAccount, owner: PersonName) -> ActorData:
    return ActorData(
        id=f"{account.native.connection}:{owner.id}", display_name=owner.name, kind=ActorKind.USER, email=owner.email
    )


def resolve_tax_profile(view: View, request: RequestState) -> tax.TaxProfile | MissingKeys | None:
    """Return the tax profile from the ERP. Raise MappingMissingError if the tax treatment has no mapping."""
    record = get_facet(view, Role.ERP, request)
    if record is None or isinstance(record, MissingKeys):
        return record
    if isinstance(record, Fault):
        raise build_source_error(record)
    source = record.tax_profile
    treatment = None
    if source is not None and source.treatment is not None:
        connection = record.native.connection
        code = request.code_mapping.map_code(MappingDomain.TAX_TREATMENT, connection, source.treatment)
        if code is None:
            raise MappingMissingError(MappingDomain.TAX_TREATMENT, connection, source.treatment)
        treatment = TaxTreatment(code)
    today = request.days.get_today(view.card.legal_entity if view.card else None)
    return tax.build_profile(record, treatment, today)


def resolve_receivables(
    receivables: ErpReceivables | None, view: View, request: RequestState, args: dict[str, Any]
) -> AccountsReceivable | MissingKeys | None:
    """Return the open receivables in the requested currency, else in the one that the open items share.

    Raise SourceUnavailableError if an exchange rate cannot be read.
    """
    if receivables is None:
        return None
    customer = get_facet(view, Role.ERP, request)
    if isinstance(customer, MissingKeys):
        return customer
    default = getattr(customer, "default_currency", None)
    group = request.group_currency
    currency = args.get("currency") or choose_statement_currency(receivables, default, group)
    rates = {}
    for key in list_required_rates(receivables, currency, group):
        rate = get_loaded(request, ("exchange_rates", NO_ARGS, key))
        if isinstance(rate, MissingKeys):
            return rate
        if isinstance(rate, Fault):
            raise build_source_error(rate)
        if rate is not None:
            rates[key] = rate.rate
    stated: AccountsReceivable | None = date_amounts(
        compute_receivables(receivables, currency, group, rates), receivables.as_of
    )
    return stated
