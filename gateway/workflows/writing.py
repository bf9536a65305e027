"""Performs the writes of a step going forward."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, insert

from gateway.canonical.workflows import REPEATABLE_WRITES, DeadLetterStatus, StepStatus, WriteStatus
from gateway.ports.commands import Command
from gateway.ports.write_port import PendingWrite
from gateway.store.workflow_tables import workflow_write
from gateway.workflows.context import RunContext
from gateway.workflows.dead_letters import bury_item
from gateway.workflows.failures import build_write_failure
from gateway.workflows.keys import build_write_key
from gateway.workflows.rows import WriteRow, load_writes
from gateway.workflows.step_delivery import StepDelivery, build_write_row
from gateway.workflows.steps import Write
from gateway.workflows.waits import pause

_SHOWN_FAILURES = 5
_KEYS_PER_QUERY = 500


async def perform_write(context: RunContext, position: int, step: Write[Any, Any]) -> bool:
    """Perform the step; return False if the segment has ended because the run pauses or waits."""
    writes = context.find_open_writes(step)
    if writes is None:
        writes = await _begin(context, position, step)
    if not writes:
        await context.commit(lambda connection: context.succeed(connection, position, step))
        return True
    context.reach(f"before_intent:{step.key}")
    delivery = StepDelivery(context, position, step, step.key)
    if not await delivery.run(writes):
        return False
    blocking = [*delivery.exhausted, *(() if step.per_item else delivery.refused)]
    if not blocking:
        return True
    if step.best_effort:
        await _skip(context, position, step)
        return True
    await pause(
        context,
        [build_write_failure(step, write, outcome, context.flow.team) for write, outcome in blocking[:_SHOWN_FAILURES]],
    )
    return False


async def _begin(context: RunContext, position: int, step: Write[Any, Any]) -> list[PendingWrite]:
    """Return the step's writes with their keys. Those of a batch are committed at once, with their payloads."""
    commands = step.build_commands(context.snapshot, context.results)
    writes, foreign = await _assign_keys(context, step, commands)
    if not step.per_item:
        return writes
    rows = [build_write_row(context, step.key, write, WriteStatus.PENDING) for write in writes]

    def work(connection: Connection) -> None:
        context.set_status(connection, position, step, StepStatus.RUNNING)
        if rows:
            connection.execute(insert(workflow_write), [msgspec.structs.asdict(row) for row in rows])
        for item, run_id in foreign:
            bury_item(connection, context, step, item, f"The run {run_id} carries the item.", DeadLetterStatus.FOREIGN)
        context.record(connection, "started", step.key, items=len(rows))

    await context.commit(work)
    context.keep_writes(rows)
    return writes


async def _assign_keys(
    context: RunContext, step: Write[Any, Any], commands: Mapping[str, Command]
) -> tuple[list[PendingWrite], list[tuple[str, str]]]:
    """Return the writes to make, and the items that another run carries with that run's id.

    A write whose former generation was undone or refused gets the next generation, thus another key.
    """
    run_id, tenant = context.row.id, context.row.tenant
    bases = {build_write_key(run_id, tenant, step.key, item, across_runs=step.across_runs): item for item in commands}
    latest = await _load_latest(context, list(bases))
    writes: list[PendingWrite] = []
    foreign: list[tuple[str, str]] = []
    for base, item in bases.items():
        known = latest.get(base)
        if known is None or known.status in REPEATABLE_WRITES:
            generation = 0 if known is None else known.generation + 1
            writes.append(PendingWrite(base, generation, item, commands[item]))
        elif known.run_id != run_id:
            foreign.append((item, known.run_id))
    return writes, foreign


async def _load_latest(context: RunContext, bases: list[str]) -> dict[str, WriteRow]:
    def load(connection: Connection) -> dict[str, WriteRow]:
        found: dict[str, WriteRow] = {}
        for start in range(0, len(bases), _KEYS_PER_QUERY):
            condition = workflow_write.c.base.in_(bases[start : start + _KEYS_PER_QUERY])
            found.update((row.base, row) for row in load_writes(connection, condition))
        return found

    return await context.services.transactions.read(load)


async def _skip(context: RunContext, position: int, step: Write[Any, Any]) -> None:
    def work(connection: Connection) -> None:
        context.set_status(connection, position, step, StepStatus.SKIPPED)
        context.record(connection, "skipped", step.key)

    await context.commit(work)
