"""What a project's composed fields are made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from gateway.canonical.fault import Fault
from gateway.canonical.native import NativeId
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import MappingDomain, ProjectStatus
from gateway.execution.facets import facet
from gateway.execution.request import Request
from gateway.execution.view import MissingKeys, View


class SystemStatusData(msgspec.Struct, frozen=True, kw_only=True):
    """One system's word for the status, and what the firm calls it."""

    system: Role
    raw_status: str
    canonical: ProjectStatus | None
    last_synced_at: datetime | None


class ExpenseKey(NamedTuple):
    """A project in the two systems that may keep its expenses."""

    psa: NativeId | None
    erp: NativeId | None


def resolve_status_by_system(view: View, request: Request) -> list[SystemStatusData]:
    """What each system believes the status is; the unified status is `status`."""
    return list(_collect_statuses(view, request))


def _collect_statuses(view: View, request: Request) -> Iterator[SystemStatusData]:
    for role in (Role.PSA, Role.ERP):
        record = facet(view, role, request)
        if record is None or isinstance(record, (Fault, MissingKeys)) or record.status is None:
            continue
        word = request.codes.canonical(MappingDomain.PROJECT_STATUS, record.native.connection, record.status)
        link = next((link for link in view.card.links if link.role is role), None) if view.card else None
        yield SystemStatusData(
            system=role,
            raw_status=record.status,
            canonical=ProjectStatus(word) if word else None,
            last_synced_at=link.synced_at if link else None,
        )


def build_expense_key(view: View, _request: Request, _args: Any) -> ExpenseKey | None:
    """Key a project's expenses by where both systems know it."""
    if view.card is None:
        return None
    return ExpenseKey(view.card.link(Role.PSA), view.card.link(Role.ERP))
