"""Resolvers of the project's composed fields."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from gateway.canonical.fault import Fault
from gateway.canonical.native import NativeId
from gateway.canonical.records.psa import PsaProject
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import MappingDomain, ProjectStatus, Rag
from gateway.errors import MappingMissingError, SourceUnavailableError
from gateway.execution.facets import get_facet
from gateway.execution.request import RequestState
from gateway.execution.view import MissingKeys, ValueWithErrors, View


class SystemStatusData(msgspec.Struct, frozen=True, kw_only=True):
    """The raw status in one system and its canonical status."""

    system: Role
    raw_status: str
    canonical: ProjectStatus | None
    last_synced_at: datetime | None


class HealthData(msgspec.Struct, frozen=True, kw_only=True):
    """The health of a project by its canonical code."""

    overall: Rag
    note: str | None


class ExpenseKey(NamedTuple):
    """The ids of a project in the two systems that may hold its expenses."""

    psa: NativeId | None
    erp: NativeId | None


def resolve_health(project: PsaProject, request: RequestState) -> HealthData | None:
    """Return the health from the PSA. Raise MappingMissingError if its code has no mapping."""
    if project.health is None:
        return None
    connection, raw = project.native.connection, project.health.overall
    code = request.code_mapping.map_code(MappingDomain.PROJECT_HEALTH, connection, raw)
    if code is None:
        raise MappingMissingError(MappingDomain.PROJECT_HEALTH, connection, raw)
    return HealthData(overall=Rag(code), note=project.health.note)


def resolve_status_by_system(view: View, request: RequestState) -> list[SystemStatusData] | ValueWithErrors:
    """Return the status in each system that holds the project; an error names each system that did not answer."""
    statuses = list(_collect_statuses(view, request))
    facets = (get_facet(view, role, request) for role in (Role.PSA, Role.ERP))
    errors = [SourceUnavailableError(facet) for facet in facets if isinstance(facet, Fault)]
    return ValueWithErrors(statuses, errors) if errors else statuses


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
