"""Create the tables of workflow runs: runs, steps, the write log, exceptions, approvals, journal and outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LIVE = sa.text("completed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "workflow_run",
        sa.Column("id", sa.String(64), nullable=False, primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("revision", sa.String(255), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("input", sa.Text(), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("waived", sa.Text(), nullable=False),
        sa.Column("plan_hash", sa.String(64), nullable=True),
        sa.Column("plan_confirmed", sa.Integer(), nullable=False),
        sa.Column("legal_entity", sa.String(64), nullable=False),
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("crashes", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(64), nullable=True),
        sa.Column("parent_id", sa.String(64), nullable=True),
        sa.Column("due_at", sa.String(32), nullable=False),
        sa.Column("started_at", sa.String(32), nullable=False),
        sa.Column("updated_at", sa.String(32), nullable=False),
        sa.Column("completed_at", sa.String(32), nullable=True),
    )
    op.create_index("ix_workflow_run_parent_id", "workflow_run", ["parent_id"])
    op.create_index(
        "ix_workflow_run_live", "workflow_run", ["status", "updated_at"], sqlite_where=LIVE, postgresql_where=LIVE
    )
    op.create_index("ix_workflow_run_subject", "workflow_run", ["tenant", "kind", "subject"])
    op.create_table(
        "workflow_step",
        sa.Column("run_id", sa.String(64), nullable=False, primary_key=True),
        sa.ForeignKeyConstraint(
            ["run_id"], ["workflow_run.id"], name="fk_workflow_step_run_id_workflow_run", ondelete="CASCADE"
        ),
        sa.Column("step", sa.String(64), nullable=False, primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("child_id", sa.String(64), nullable=True),
        sa.Column("started_at", sa.String(32), nullable=False),
        sa.Column("completed_at", sa.String(32), nullable=True),
    )
    op.create_table(
        "workflow_write",
        sa.Column("base", sa.String(160), nullable=False, primary_key=True),
        sa.Column("generation", sa.Integer(), nullable=False, primary_key=True),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["workflow_run.id"], name="fk_workflow_write_run_id_workflow_run", ondelete="CASCADE"
        ),
        sa.Column("step", sa.String(72), nullable=False),
        sa.Column("item", sa.String(255), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("allowed_attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.String(32), nullable=True),
        sa.Column("next_at", sa.String(32), nullable=True),
        sa.Column("external_id", sa.String(255), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("completed_at", sa.String(32), nullable=True),
    )
    op.create_index("ix_workflow_write_run_id", "workflow_write", ["run_id"])
    op.create_table(
        "workflow_exception",
        sa.Column("id", sa.String(96), nullable=False, primary_key=True),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["workflow_run.id"], name="fk_workflow_exception_run_id_workflow_run", ondelete="CASCADE"
        ),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("pause", sa.String(32), nullable=False),
        sa.Column("check_code", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("about", sa.String(255), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("opened_at", sa.String(32), nullable=False),
        sa.Column("resolved_at", sa.String(32), nullable=True),
        sa.Column("resolved_by", sa.String(255), nullable=True),
        sa.Column("action", sa.String(32), nullable=True),
    )
    op.create_index("ix_workflow_exception_run_id", "workflow_exception", ["run_id"])
    op.create_index("ix_workflow_exception_fingerprint", "workflow_exception", ["fingerprint", "status"])
    op.create_table(
        "workflow_approval",
        sa.Column("id", sa.String(160), nullable=False, primary_key=True),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["workflow_run.id"], name="fk_workflow_approval_run_id_workflow_run", ondelete="CASCADE"
        ),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("approver", sa.String(64), nullable=False),
        sa.Column("amount", sa.Text(), nullable=True),
        sa.Column("started_by", sa.String(255), nullable=False),
        sa.Column("requested_at", sa.String(32), nullable=False),
        sa.Column("due_at", sa.String(32), nullable=False),
        sa.Column("decision", sa.String(16), nullable=True),
        sa.Column("decided_by", sa.String(255), nullable=True),
        sa.Column("decided_at", sa.String(32), nullable=True),
    )
    op.create_index("ix_workflow_approval_run_id", "workflow_approval", ["run_id"])
    op.create_table(
        "workflow_dead_letter",
        sa.Column("run_id", sa.String(64), nullable=False, primary_key=True),
        sa.ForeignKeyConstraint(
            ["run_id"], ["workflow_run.id"], name="fk_workflow_dead_letter_run_id_workflow_run", ondelete="CASCADE"
        ),
        sa.Column("step", sa.String(64), nullable=False, primary_key=True),
        sa.Column("item", sa.String(255), nullable=False, primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("failed_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "workflow_journal",
        sa.Column("offset", sa.Integer(), nullable=False, primary_key=True, autoincrement=True),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["workflow_run.id"], name="fk_workflow_journal_run_id_workflow_run", ondelete="CASCADE"
        ),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("entry", sa.String(32), nullable=False),
        sa.Column("step", sa.String(72), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
    )
    op.create_index("ix_workflow_journal_run", "workflow_journal", ["run_id", "offset"])
    op.create_table(
        "outbox",
        sa.Column("offset", sa.Integer(), nullable=False, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(36), nullable=False),
        sa.UniqueConstraint("id", name="uq_outbox_id"),
        sa.Column("type", sa.String(128), nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("occurred_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("tenant", sa.String(64), nullable=False, primary_key=True),
        sa.Column("key", sa.String(255), nullable=False, primary_key=True),
        sa.Column("payload_hash", sa.String(64), nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("used_at", sa.String(32), nullable=False),
    )


def downgrade() -> None:
    for name in (
        "idempotency_key",
        "outbox",
        "workflow_journal",
        "workflow_dead_letter",
        "workflow_approval",
        "workflow_exception",
        "workflow_write",
        "workflow_step",
        "workflow_run",
    ):
        op.drop_table(name)
