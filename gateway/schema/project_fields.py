"""Resolvers of the project's composed fields."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from gateway.canonical.fault import Fault
from gateway.canonical.native import NativeId
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import MappingDomain, ProjectStatus
from gateway.execution.facets import get_facet
from gateway.execution.request import RequestState
from gateway.execution.view import MissingKeys, View


class SystemStatusData(msgspec.Struct, frozen=True, kw_only=True):
    """The raw status in one system and its canonical status."""

    system: Role
    raw_status: str
    canonical: ProjectStatus | None
    last_synced_at: datetime | None


class ExpenseKey(NamedTuple):
    """The ids of a project in the two systems that may hold its expenses."""

    psa: NativeId | None
    erp: NativeId | None


def resolve_status_by_system(view: View, request: RequestState) -> list[SystemStatusData]:
    """Return the status in each system that holds the project and answered."""
    return list(_collect_statuses(view, request))


def _collect_statuses(view: View, request: RequestState) -> Iterator[SystemStatusData]:
    for role in (Role.PSA, Role.ERP):
        record = get_facet(view, role, request)
        if record is None or isinstance(record, (Fault, MissingKeys)) or record.status is None:
            continue
        code = request.code_mapping.map_code(MappingDomain.PROJECT_STATUS, record.native.connection, record.status)
        link = next((link for link in view.card.links if link.role is role), None) if view.card else None
        yield SystemStatusData(
            system=role,
            raw_status=record.status,
            canonical=ProjectStatus(code) if code else None,
            last_synced_at=link.synced_at if link else None,
        )


def build_expense_key(view: View, _request: RequestState, _args: Any) -> ExpenseKey | None:
    """Return the key of a project's expenses: its ids in both systems."""
    if view.card is None:
        return None
    return ExpenseKey(view.card.get_native_id(Role.PSA), view.card.get_native_id(Role.ERP))
