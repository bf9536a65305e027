"""Starts runs: one transaction for the idempotency key, the run and its first segment."""

from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from gateway.canonical.workflows import RunStatus
from gateway.store.workflow_tables import idempotency_key, workflow_run
from gateway.workflows.declaration import Workflow
from gateway.workflows.journal import record_entry
from gateway.workflows.keys import build_run_id, digest
from gateway.workflows.plan import build_plan
from gateway.workflows.plan_types import Plan
from gateway.workflows.principal import Principal
from gateway.workflows.services import RunServices


class Started(msgspec.Struct, frozen=True):
    """The run, and whether it existed before this call."""

    run_id: str
    replayed: bool


class PlanChanged(msgspec.Struct, frozen=True):
    """The records have changed since the expected plan; `plan` is the present one. Nothing was written."""

    plan: Plan


class GateRefused(msgspec.Struct, frozen=True):
    """The gate does not hold and the caller asked to refuse rather than pause. Nothing was written."""

    plan: Plan


class IdempotencyKeyReused(msgspec.Struct, frozen=True):
    """The key was used for another payload; `run_id` is that run. Nothing was written."""

    run_id: str


StartResult = Started | PlanChanged | GateRefused | IdempotencyKeyReused


async def plan_run(services: RunServices, tenant: str, flow: Workflow[Any, Any], run_input: Any) -> Plan:
    """Return what a run would do. It only reads."""
    systems = services.connect(tenant)
    return build_plan(flow, await flow.load(systems.reader, run_input), systems.capabilities)


async def start_run(
    services: RunServices,
    tenant: str,
    flow: Workflow[Any, Any],
    run_input: Any,
    principal: Principal,
    key: str,
    *,
    expected_plan_hash: str | None = None,
    refuse_at_gate: bool = False,
) -> StartResult:
    """Start a run, or return the run that this key or the same business act already has.

    `key` is not empty. The first segment compares the plan again, before the gates.
    """
    payload_hash = digest([flow.kind, run_input])
    known: StartResult | None = await services.transactions.read(
        lambda connection: _find_key(connection, tenant, key, payload_hash)
    )
    if known is not None:
        return known
    if expected_plan_hash is not None or refuse_at_gate:
        plan = await plan_run(services, tenant, flow, run_input)
        if expected_plan_hash is not None and plan.hash != expected_plan_hash:
            return PlanChanged(plan)
        if refuse_at_gate and not plan.executable:
            return GateRefused(plan)
    run_id = build_run_id(tenant, flow.kind, flow.subject(run_input), flow.revision(run_input))

    def work(connection: Connection) -> Started:
        now = services.clock.now()
        row = {"tenant": tenant, "key": key, "payload_hash": payload_hash, "run_id": run_id, "used_at": now}
        connection.execute(insert(idempotency_key).values(**row))
        if connection.execute(select(workflow_run.c.id).where(workflow_run.c.id == run_id)).first() is not None:
            return Started(run_id, replayed=True)
        insert_run(connection, services, tenant, flow, run_input, principal, plan_hash=expected_plan_hash)
        return Started(run_id, replayed=False)

    try:
        return await services.transactions.write(work)
    except IntegrityError:  # another request with the key, or for the same act, committed first
        first = await services.transactions.read(lambda connection: _find_key(connection, tenant, key, payload_hash))
        return await services.transactions.write(work) if first is None else first


def insert_run(
    connection: Connection,
    services: RunServices,
    tenant: str,
    flow: Workflow[Any, Any],
    run_input: Any,
    principal: Principal,
    *,
    plan_hash: str | None = None,
    parent_id: str | None = None,
) -> str:
    """Insert a run and queue its first segment in the caller's transaction; return the run's id."""
    now = services.clock.now()
    subject, revision = flow.subject(run_input), flow.revision(run_input)
    run_id = build_run_id(tenant, flow.kind, subject, revision)
    row = {
        "id": run_id,
        "tenant": tenant,
        "kind": flow.kind,
        "version": flow.version,
        "subject": subject,
        "revision": revision,
        "status": RunStatus.QUEUED,
        "input": msgspec.json.encode(run_input).decode(),
        "principal": msgspec.json.encode(principal).decode(),
        "waived": "[]",
        "plan_hash": plan_hash,
        "plan_confirmed": 0,
        "legal_entity": "",
        "region": "",
        "segment": 1,
        "claim": 0,
        "crashes": 0,
        "parent_id": parent_id,
        "due_at": now + flow.target,
        "started_at": now,
        "updated_at": now,
    }
    connection.execute(insert(workflow_run).values(**row))
    record_entry(connection, run_id, now, "queued", kind=flow.kind)
    services.queue.enqueue(connection, run_id, 1)
    return run_id


def _find_key(
    connection: Connection, tenant: str, key: str, payload_hash: str
) -> Started | IdempotencyKeyReused | None:
    query = select(idempotency_key.c.payload_hash, idempotency_key.c.run_id).where(
        idempotency_key.c.tenant == tenant, idempotency_key.c.key == key
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Started(row.run_id, replayed=True) if row.payload_hash == payload_hash else IdempotencyKeyReused(row.run_id)
