"""What a customer's composed fields are made of."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.canonical.fault import Fault
from gateway.canonical.records.base import PersonName
from gateway.canonical.records.crm import CrmAccount
from gateway.canonical.records.erp import ErpReceivables
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import MappingDomain, TaxTreatment
from gateway.errors import MappingMissingError, SourceUnavailableError
from gateway.execution.facets import facet, get_loaded
from gateway.execution.request import Request
from gateway.execution.view import MissingKeys, View
from gateway.insight import tax
from gateway.insight.receivables import AccountsReceivable, accounts_receivable, rates_needed, statement_currency
from gateway.loaders.arguments import NO_ARGS
from gateway.schema.addresses import ActorKind


class ActorData(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who acts."""

    id: str
    display_name: str
    kind: ActorKind
    email: str | None = None


def resolve_account_owner(account: CrmAccount, _request: Request) -> ActorData | None:
    """Show who owns the account in the CRM."""
    owner = account.owner
    return None if owner is None else _build_actor(account, owner)


def _build_actor(account: CrmAccount, owner: PersonName) -> ActorData:
    return ActorData(
        id=f"{account.native.connection}:{owner.id}", display_name=owner.name, kind=ActorKind.USER, email=owner.email
    )


def resolve_tax_profile(view: View, request: Request) -> tax.TaxProfile | MissingKeys | None:
    """How the customer is taxed, and whether that is fit for invoicing."""
    record = facet(view, Role.ERP, request)
    if record is None or isinstance(record, MissingKeys):
        return record
    if isinstance(record, Fault):
        raise SourceUnavailableError(record)
    held = record.tax_profile
    treatment = None
    if held is not None and held.treatment is not None:
        connection = record.native.connection
        word = request.codes.canonical(MappingDomain.TAX_TREATMENT, connection, held.treatment)
        if word is None:
            raise MappingMissingError(MappingDomain.TAX_TREATMENT, connection, held.treatment)
        treatment = TaxTreatment(word)
    return tax.profile(record, treatment, request.today)


def resolve_receivables(
    receivables: ErpReceivables | None, view: View, request: Request, args: dict[str, Any]
) -> AccountsReceivable | MissingKeys | None:
    """State what the customer owes in the wished currency, or in the one that its open items share."""
    if receivables is None:
        return None
    customer = facet(view, Role.ERP, request)
    if isinstance(customer, MissingKeys):
        return customer
    default = getattr(customer, "default_currency", None)
    group = request.group_currency
    currency = args.get("currency") or statement_currency(receivables, default, group)
    rates = {}
    for key in rates_needed(receivables, currency, group):
        rate = get_loaded(request, ("exchange_rates", NO_ARGS, key))
        if isinstance(rate, MissingKeys):
            return rate
        if isinstance(rate, Fault):
            raise SourceUnavailableError(rate)
        if rate is not None:
            rates[key] = rate.rate
    return accounts_receivable(receivables, currency, group, rates)
