"""Resolvers of composed fields of leaves: time entries and expenses."""

from __future__ import annotations

from typing import Any

from gateway.canonical.fault import Fault
from gateway.canonical.native import NativeId
from gateway.canonical.records.erp import ErpExpense
from gateway.canonical.roles import SystemRole as Role
from gateway.execution.facets import get_facet
from gateway.execution.request import RequestState
from gateway.execution.view import MissingKeys, View
from gateway.loaders.time_entries import get_posting_reference
from gateway.schema.money import MoneySetData


def build_posting_key(view: View, request: RequestState) -> NativeId | MissingKeys | Fault | None:
    """Return the id of a time entry's posting in the ERP: the reference that the PSA holds, else the entry's own id."""
    record = get_facet(view, Role.PSA, request)
    if record is None or isinstance(record, (MissingKeys, Fault)):
        return record
    connections = request.connections.list_by_role(Role.ERP)
    if not connections:
        return None
    return NativeId(connections[0], "", get_posting_reference(record))


def build_expense_amount(record: Any, _request: RequestState) -> MoneySetData:
    """Return the amount of an expense."""
    functional = record.functional_amount if isinstance(record, ErpExpense) else None
    return MoneySetData(transaction=record.amount, functional=functional, on=record.incurred_on)
