"""What segments of runs work with: the store, the queue, the definitions, the systems and the clock."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection

from gateway.canonical.roles import SystemRole
from gateway.canonical.workflows import WorkflowKind
from gateway.errors import DeclarationError
from gateway.ports.write_port import WriteCapability, WritePort
from gateway.store.transactions import TransactionRunner
from gateway.workflows.clock import Clock, SystemClock
from gateway.workflows.declaration import Workflow
from gateway.workflows.failure_points import ReachPoint, ignore_point


class SegmentQueue(Protocol):
    """The durable queue of segments."""

    def enqueue(self, connection: Connection, run_id: str, segment: int, delay: timedelta = timedelta()) -> None:
        """Queue a segment in the caller's transaction; it starts after the commit and the delay."""


@dataclass(frozen=True)
class TenantSystems:
    """The connected systems of a tenant: `reader` is what definitions load snapshots with; it cannot write."""

    reader: Any
    ports: Mapping[SystemRole, WritePort]

    @property
    def capabilities(self) -> Mapping[SystemRole, WriteCapability]:
        """The capabilities by role."""
        return {role: port.write_capability for role, port in self.ports.items()}


class Definitions:
    """The registered versions of every workflow.

    A version stays registered for as long as a live run has written under it, since its compensations are in it.
    """

    def __init__(self, flows: Iterable[Workflow[Any, Any]]) -> None:
        self._flows: dict[tuple[WorkflowKind, int], Workflow[Any, Any]] = {}
        for flow in flows:
            if (flow.kind, flow.version) in self._flows:
                raise DeclarationError(f"{flow.kind}: version {flow.version} is declared twice")
            self._flows[flow.kind, flow.version] = flow

    def find(self, kind: WorkflowKind, version: int) -> Workflow[Any, Any] | None:
        """Return a version, None if it is not registered."""
        return self._flows.get((kind, version))

    def get_current(self, kind: WorkflowKind) -> Workflow[Any, Any]:
        """Return the newest version. Raises KeyError for a kind without one."""
        versions = [version for known, version in self._flows if known is kind]
        if not versions:
            raise KeyError(kind)
        return self._flows[kind, max(versions)]

    def list_current(self) -> list[Workflow[Any, Any]]:
        """Return the newest version of each kind."""
        return [self.get_current(kind) for kind in dict.fromkeys(kind for kind, _ in self._flows)]


class SystemLimits:
    """The limits that all runs of a process share per system: concurrent calls, and a pause after a refusal."""

    def __init__(self) -> None:
        self._slots: dict[tuple[str, SystemRole], asyncio.Semaphore] = {}
        self._not_before: dict[tuple[str, SystemRole], datetime] = {}

    @asynccontextmanager
    async def acquire(self, tenant: str, role: SystemRole, capability: WriteCapability) -> AsyncIterator[None]:
        """Wait for one of the system's concurrent calls."""
        slots = self._slots.setdefault((tenant, role), asyncio.Semaphore(capability.concurrency))
        async with slots:
            yield

    def hold_off(self, tenant: str, role: SystemRole, moments: Collection[datetime]) -> None:
        """Let no run call the system before the latest of these instants."""
        if moments:
            self._not_before[tenant, role] = max(moments)

    def get_not_before(self, tenant: str, role: SystemRole) -> datetime | None:
        """Return the instant before which the system takes no calls, None if it takes them."""
        return self._not_before.get((tenant, role))


@dataclass(frozen=True, kw_only=True)
class RunServices:
    """Everything that a segment needs."""

    transactions: TransactionRunner
    queue: SegmentQueue
    definitions: Definitions
    connect: Callable[[str], TenantSystems]
    clock: Clock = field(default_factory=SystemClock)
    limits: SystemLimits = field(default_factory=SystemLimits)
    reach_point: ReachPoint = ignore_point
