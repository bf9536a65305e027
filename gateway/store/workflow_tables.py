"""The tables of workflow runs. They are the only truth about a run; the durable queue only starts its segments."""

from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, text

from gateway.store.tables import METADATA, Instant

_LIVE = text("completed_at IS NULL")


def _reference_run(**options: Any) -> Column[Any]:
    return Column("run_id", String(64), ForeignKey("workflow_run.id", ondelete="CASCADE"), **options)


workflow_run = Table(
    "workflow_run",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("subject", String(255), nullable=False),
    Column("revision", String(255), nullable=False),
    Column("status", String(32), nullable=False),
    Column("input", Text, nullable=False),
    Column("principal", Text, nullable=False),
    Column("waived", Text, nullable=False),
    Column("plan_hash", String(64)),
    Column("plan_confirmed", Integer, nullable=False),
    Column("legal_entity", String(64), nullable=False),
    Column("region", String(16), nullable=False),
    Column("segment", Integer, nullable=False),
    Column("claim", Integer, nullable=False),
    Column("crashes", Integer, nullable=False),
    Column("error", String(64)),
    Column("parent_id", String(64), index=True),
    Column("due_at", Instant, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("completed_at", Instant),
    Index("ix_workflow_run_live", "status", "updated_at", sqlite_where=_LIVE, postgresql_where=_LIVE),
    Index("ix_workflow_run_subject", "tenant", "kind", "subject"),
)
"""One run. `segment` and `claim` are the fence: only the segment with both may commit for the run."""

workflow_step = Table(
    "workflow_step",
    METADATA,
    _reference_run(primary_key=True),
    Column("step", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("status", String(32), nullable=False),
    Column("child_id", String(64)),
    Column("started_at", Instant, nullable=False),
    Column("completed_at", Instant),
)
"""A begun step. `child_id` is the run that the step waits for."""

workflow_write = Table(
    "workflow_write",
    METADATA,
    Column("base", String(160), primary_key=True),
    Column("generation", Integer, primary_key=True),
    _reference_run(nullable=False, index=True),
    Column("step", String(72), nullable=False),
    Column("item", String(255), nullable=False),
    Column("role", String(16), nullable=False),
    Column("command", Text, nullable=False),
    Column("status", String(32), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("allowed_attempts", Integer, nullable=False),
    Column("sent_at", Instant),
    Column("next_at", Instant),
    Column("external_id", String(255)),
    Column("outcome", Text),
    Column("completed_at", Instant),
)
"""The write log: each write is committed here before it is sent."""

workflow_exception = Table(
    "workflow_exception",
    METADATA,
    Column("id", String(96), primary_key=True),
    _reference_run(nullable=False, index=True),
    Column("step", String(64), nullable=False),
    Column("pause", String(32), nullable=False),
    Column("check_code", String(64), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("about", String(255), nullable=False),
    Column("message", Text, nullable=False),
    Column("team", String(64), nullable=False),
    Column("remedy", Text, nullable=False),
    Column("status", String(32), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("resolved_by", String(255)),
    Column("action", String(32)),
    Index("ix_workflow_exception_fingerprint", "fingerprint", "status"),
)
"""What a run waits for a person to resolve."""

workflow_approval = Table(
    "workflow_approval",
    METADATA,
    Column("id", String(160), primary_key=True),
    _reference_run(nullable=False, index=True),
    Column("step", String(64), nullable=False),
    Column("approver", String(64), nullable=False),
    Column("amount", Text),
    Column("started_by", String(255), nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("decision", String(16)),
    Column("decided_by", String(255)),
    Column("decided_at", Instant),
)
"""A decision that a run waits for; `started_by` may not decide."""

workflow_dead_letter = Table(
    "workflow_dead_letter",
    METADATA,
    _reference_run(primary_key=True),
    Column("step", String(64), primary_key=True),
    Column("item", String(255), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("failed_at", Instant, nullable=False),
)
"""An item that a system refused while the run went on."""

workflow_journal = Table(
    "workflow_journal",
    METADATA,
    Column("offset", Integer, primary_key=True, autoincrement=True),
    _reference_run(nullable=False),
    Column("at", Instant, nullable=False),
    Column("entry", String(32), nullable=False),
    Column("step", String(72), nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_workflow_journal_run", "run_id", "offset"),
)
"""Everything that happened to a run, in commit order within the run: progress streams and KPIs read it."""

outbox = Table(
    "outbox",
    METADATA,
    Column("offset", Integer, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("type", String(128), nullable=False),
    Column("run_id", String(64), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("occurred_at", Instant, nullable=False),
)
"""Events of succeeded steps, written in the step's transaction."""

idempotency_key = Table(
    "idempotency_key",
    METADATA,
    Column("tenant", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("payload_hash", String(64), nullable=False),
    Column("run_id", String(64), nullable=False),
    Column("used_at", Instant, nullable=False),
)
"""The first use of each idempotency key."""
