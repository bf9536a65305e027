"""Resolvers of composed fields of leaves: time entries and expenses."""

from __future__ import annotations

import msgspec

from gateway.canonical.fault import Fault
from gateway.canonical.native import NativeId
from gateway.canonical.records.erp import ErpExpense
from gateway.canonical.records.psa import PsaExpense
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.values import Money
from gateway.errors import SourceUnavailableError
from gateway.execution.facets import get_facet
from gateway.execution.request import RequestState
from gateway.execution.source_values import explain_missing_record
from gateway.execution.view import MissingKeys, View
from gateway.loaders.time_entries import get_posting_reference
from gateway.schema.money import MoneySetData


def build_posting_key(view: View, request: RequestState) -> NativeId | MissingKeys | Fault | None:
    """Return the key of a PSA record's posting in the ERP: the reference in the PSA, else the record's own id."""
    record = get_facet(view, Role.PSA, request)
    if record is None or isinstance(record, (MissingKeys, Fault)):
        return record
    connections = request.connections.list_by_role(Role.ERP)
    if not connections:
        return None
    return NativeId(connections[0], "", get_posting_reference(record))


def build_expense_amount(record: PsaExpense | ErpExpense, _request: RequestState) -> MoneySetData:
    """Return the amount of an expense; its functional amount is the one that the ERP has posted."""
    if isinstance(record, ErpExpense):
        return MoneySetData(transaction=record.amount, functional=record.functional_amount)
    return MoneySetData(transaction=record.amount, functional=PostedExpense(record.native))


class PostedExpense(msgspec.Struct, frozen=True):
    """The functional amount of the posting of a PSA expense, read from the ERP when it is selected."""

    native: NativeId

    def resolve(self, request: RequestState) -> Money | MissingKeys | None:
        """Return the amount, None with a recorded reason, or MissingKeys; raise SourceUnavailableError."""
        view = View.from_leaf(request.registry.nouns["Expense"], self.native, Role.PSA)
        record = get_facet(view, Role.ERP, request)
        if isinstance(record, MissingKeys):
            return record
        if isinstance(record, Fault):
            raise SourceUnavailableError(record)
        if record is None:
            reasons = explain_missing_record(view, Role.ERP, "functional_amount", request)
            request.unsupported_fields |= {("Expense.amount.functional", role): each for role, each in reasons.items()}
            return None
        amount: Money | None = record.functional_amount
        return amount
