"""What a run does, from its start to its end, with systems that answer."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from gateway.canonical.roles import SystemRole
from gateway.canonical.workflows import DeadLetterStatus, ExceptionStatus, RunStatus
from gateway.ports.write_port import RepeatMode
from gateway.store.workflow_tables import (
    outbox,
    workflow_approval,
    workflow_dead_letter,
    workflow_exception,
    workflow_run,
)
from gateway.workflows.actions import (
    ActionRefused,
    RefusalCode,
    ResolutionAction,
    compensate,
    decide_approval,
    replay_run,
    resolve_exceptions,
)
from gateway.workflows.start import GateRefused, IdempotencyKeyReused, PlanChanged, Started, plan_run, start_run
from tests.fixtures.example_workflow import (
    ExampleDeal,
    ExampleInput,
    declare_billing_workflow,
    declare_closing_workflow,
    declare_deal_workflow,
)
from tests.fixtures.workflow_rig import OTHER, STARTER, WorkflowRig, create_tables

DEAL = declare_deal_workflow()
BILLING = declare_billing_workflow()
CLOSING = declare_closing_workflow(BILLING)


def _build_random() -> Random:
    return Random(1)  # noqa: S311 -- the same run every time, not a secret


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[WorkflowRig]:
    rig = WorkflowRig(await create_tables(tmp_path), [DEAL, BILLING, CLOSING], _build_random())
    yield rig
    await rig.aclose()


async def test_a_won_deal_becomes_a_project_with_each_effect_once(rig: WorkflowRig) -> None:
    run_id = await rig.start(DEAL, "D1")
    await rig.drain()

    assert await rig.get_status(run_id) is RunStatus.COMPLETED
    assert set(rig.count_effects().values()) == {1}
    assert len(rig.count_effects()) == 6
    events = await rig.select(select(outbox.c.type).order_by(outbox.c.offset))
    assert [row.type for row in events] == [
        "psgraph.opportunity.closed_won.v1",
        "psgraph.project.created.v1",
        "psgraph.project.billing_established.v1",
        "psgraph.project.linked.v1",
        "psgraph.resource_demand.requested.v1",
        "psgraph.project.activated.v1",
    ]


async def test_a_plan_writes_nothing_and_a_changed_plan_starts_nothing(rig: WorkflowRig) -> None:
    plan = await plan_run(rig.services, "acme", DEAL, ExampleInput("D1"))
    rig.reader.deals["D1"] = ExampleDeal("D1", amount=Decimal("2000.00"))

    result = await rig.start(DEAL, "D1", expected_plan_hash=plan.hash)

    assert isinstance(result, PlanChanged)
    assert result.plan.hash != plan.hash
    assert await rig.select(select(workflow_run.c.id)) == []
    assert rig.count_calls() == 0


async def test_a_run_with_the_expected_plan_starts_and_is_cancelled_if_the_records_change_before_it_runs(
    rig: WorkflowRig,
) -> None:
    plan = await plan_run(rig.services, "acme", DEAL, ExampleInput("D1"))
    run_id = await rig.start(DEAL, "D1", expected_plan_hash=plan.hash)
    rig.reader.deals["D1"] = ExampleDeal("D1", amount=Decimal("2000.00"))
    await rig.drain()

    assert await rig.get_status(run_id) is RunStatus.CANCELLED
    assert rig.count_calls() == 0


async def test_a_caller_who_refuses_gates_gets_the_plan_and_no_run(rig: WorkflowRig) -> None:
    rig.reader.deals["D1"] = ExampleDeal("D1", cost_centre=None)

    result = await rig.start(DEAL, "D1", refuse_at_gate=True)

    assert isinstance(result, GateRefused)
    assert [failure.check for failure in result.plan.failures] == ["FINANCIAL_DIMENSIONS"]
    assert await rig.select(select(workflow_run.c.id)) == []


async def test_a_paused_run_has_written_nothing_and_one_correction_resumes_every_run_with_the_cause(
    rig: WorkflowRig,
) -> None:
    deals = [f"D{number}" for number in range(5)]
    for deal in deals:
        rig.reader.deals[deal] = ExampleDeal(deal, cost_centre=None, practice="LX")
    runs = [await rig.start(DEAL, deal) for deal in deals]
    await rig.drain()

    assert [await rig.get_status(run) for run in runs] == [RunStatus.PAUSED] * 5
    assert rig.count_calls() == 0
    fingerprints = {row.fingerprint for run in runs for row in await rig.list_exceptions(run)}
    assert len(fingerprints) == 1

    rig.reader.deals.clear()
    resumed = await resolve_exceptions(rig.services, fingerprints.pop(), OTHER)
    await rig.drain()

    assert sorted(resumed) == sorted(runs)
    assert [await rig.get_status(run) for run in runs] == [RunStatus.COMPLETED] * 5


async def test_a_waived_check_is_not_asked_again_in_that_run(rig: WorkflowRig) -> None:
    rig.reader.deals["D1"] = ExampleDeal("D1", cost_centre=None)
    run_id = await rig.start(DEAL, "D1")
    await rig.drain()
    (exception,) = await rig.list_exceptions(run_id)

    await resolve_exceptions(rig.services, exception.fingerprint, OTHER, ResolutionAction.WAIVE)
    await rig.drain()

    assert await rig.get_status(run_id) is RunStatus.COMPLETED


async def test_one_key_is_one_request(rig: WorkflowRig) -> None:
    first = await start_run(rig.services, "acme", DEAL, ExampleInput("D1"), STARTER, "key")
    again = await start_run(rig.services, "acme", DEAL, ExampleInput("D1"), STARTER, "key")
    other = await start_run(rig.services, "acme", DEAL, ExampleInput("D2"), STARTER, "key")

    assert isinstance(first, Started)
    assert again == Started(first.run_id, replayed=True)
    assert other == IdempotencyKeyReused(first.run_id)
    assert len(await rig.select(select(workflow_run.c.id))) == 1


async def test_the_same_act_under_another_key_is_the_same_run(rig: WorkflowRig) -> None:
    first = await rig.start(DEAL, "D1", "key-1")
    again = await start_run(rig.services, "acme", DEAL, ExampleInput("D1"), STARTER, "key-2")

    assert again == Started(first, replayed=True)


async def test_a_refused_write_pauses_and_is_repeated_under_a_new_key(rig: WorkflowRig) -> None:
    rig.systems[SystemRole.ERP].refused["ExampleCreateJob"] = "is not valid"
    run_id = await rig.start(DEAL, "D1")
    await rig.drain()

    (exception,) = await rig.list_exceptions(run_id)
    assert exception.check_code == "WRITE_REFUSED"
    assert exception.message == "The ERP refused the job: status: is not valid"
    assert await rig.get_status(run_id) is RunStatus.PAUSED

    rig.systems[SystemRole.ERP].refused.clear()
    await resolve_exceptions(rig.services, exception.fingerprint, OTHER)
    await rig.drain()

    assert await rig.get_status(run_id) is RunStatus.COMPLETED
    assert f"psg-{run_id}-create_job-1" in rig.count_effects()


async def test_a_refused_item_becomes_a_dead_letter_and_the_run_goes_on(rig: WorkflowRig) -> None:
    rig.systems[SystemRole.HCM].refused["ExampleRequestRole"] = "is not known"
    run_id = await rig.start(DEAL, "D1")
    await rig.drain()

    assert await rig.get_status(run_id) is RunStatus.COMPLETED_WITH_WARNINGS
    letters = await rig.select(select(workflow_dead_letter.c.item, workflow_dead_letter.c.status))
    assert sorted(letters) == [("Architect", DeadLetterStatus.OPEN), ("Engineer", DeadLetterStatus.OPEN)]


async def test_a_compensated_run_undoes_its_steps_newest_first_and_a_replay_does_them_under_new_keys(
    rig: WorkflowRig,
) -> None:
    rig.systems[SystemRole.PSA].refused["ExampleActivateProject"] = "is not allowed"
    run_id = await rig.start(DEAL, "D1")
    await rig.drain()
    rig.systems[SystemRole.PSA].refused.clear()

    assert await compensate(rig.services, run_id, OTHER) is None
    await rig.drain()

    assert await rig.get_status(run_id) is RunStatus.COMPENSATED
    assert await rig.list_entries(run_id, "undone") == ["request_roles", "link_deal", "create_job", "create_project"]
    refused = await replay_run(rig.services, run_id, "create_job", "name corrected", OTHER)
    assert isinstance(refused, ActionRefused)
    assert refused.code is RefusalCode.NOT_REPLAYABLE

    assert await replay_run(rig.services, run_id, "create_project", "name corrected", OTHER) is None
    await rig.drain()

    assert await rig.get_status(run_id) is RunStatus.COMPLETED
    keys = sorted(key for key in rig.count_effects() if "create_project" in key and "undo" not in key)
    assert keys == [f"psg-{run_id}-create_project", f"psg-{run_id}-create_project-1"]


@pytest.mark.parametrize("mode", list(RepeatMode))
async def test_a_replay_of_a_completed_run_confirms_what_exists(tmp_path: Path, mode: RepeatMode) -> None:
    modes = dict.fromkeys((SystemRole.CRM, SystemRole.PSA, SystemRole.ERP, SystemRole.HCM), mode)
    rig = WorkflowRig(await create_tables(tmp_path), [DEAL], _build_random(), modes=modes)
    run_id = await rig.start(DEAL, "D1")
    await rig.drain()
    rig.clock.moment += rig.systems[SystemRole.PSA].capability.settle
    before = rig.count_effects()

    await replay_run(rig.services, run_id, "create_job", "the ERP was restored from a backup", OTHER)
    await rig.drain()

    assert await rig.get_status(run_id) is RunStatus.COMPLETED
    assert rig.count_effects() == before
    await rig.aclose()


async def test_an_approval_is_decided_once_and_never_by_the_starter(rig: WorkflowRig) -> None:
    run_id = await rig.start(BILLING, "D1")
    await rig.runner.run(*rig.queue.pop())
    assert await rig.get_status(run_id) is RunStatus.PAUSED
    ((approval,),) = await rig.select(select(workflow_approval.c.id))

    own = await decide_approval(rig.services, approval, STARTER, approve=True)
    approved = await decide_approval(rig.services, approval, OTHER, approve=True)
    again = await decide_approval(rig.services, approval, OTHER, approve=False)
    await rig.drain()

    assert isinstance(own, ActionRefused)
    assert own.code is RefusalCode.SELF_APPROVAL
    assert approved is None
    assert isinstance(again, ActionRefused)
    assert again.code is RefusalCode.ALREADY_DECIDED
    assert await rig.get_status(run_id) is RunStatus.COMPLETED


async def test_an_approval_that_nobody_decides_escalates_and_can_still_be_decided(rig: WorkflowRig) -> None:
    run_id = await rig.start(BILLING, "D1")
    await rig.drain()

    assert await rig.get_status(run_id) is RunStatus.PAUSED
    (exception,) = await rig.list_exceptions(run_id)
    assert exception.status == ExceptionStatus.ESCALATED

    ((approval,),) = await rig.select(select(workflow_approval.c.id))
    await decide_approval(rig.services, approval, OTHER, approve=True)
    await rig.drain()
    assert await rig.get_status(run_id) is RunStatus.COMPLETED


async def test_a_rejected_approval_compensates_the_run(rig: WorkflowRig) -> None:
    run_id = await rig.start(BILLING, "D1")
    await rig.runner.run(*rig.queue.pop())
    ((approval,),) = await rig.select(select(workflow_approval.c.id))

    await decide_approval(rig.services, approval, OTHER, approve=False)
    await rig.drain()

    assert await rig.get_status(run_id) is RunStatus.COMPENSATED
    assert not any("issue_invoice" in key for key in rig.count_effects())


async def test_an_item_is_written_by_one_run_only(rig: WorkflowRig) -> None:
    first = await rig.start(BILLING, "D1")
    await rig.runner.run(*rig.queue.pop())
    second = await start_run(rig.services, "acme", BILLING, ExampleInput("D1", "2"), STARTER, "key-2")
    await rig.drain()

    assert isinstance(second, Started)
    letters = await rig.select(
        select(workflow_dead_letter.c.item, workflow_dead_letter.c.status, workflow_dead_letter.c.reason).where(
            workflow_dead_letter.c.run_id == second.run_id
        )
    )
    assert sorted(letters) == [
        (f"D1-{number}", DeadLetterStatus.FOREIGN, f"The run {first} carries the item.") for number in range(3)
    ]


async def test_a_closing_run_waits_for_the_run_that_bills_the_rest(rig: WorkflowRig) -> None:
    run_id = await rig.start(CLOSING, "D1")
    await rig.drain()
    assert await rig.get_status(run_id) is RunStatus.WAITING
    assert await rig.sweep() == 0

    ((approval,),) = await rig.select(select(workflow_approval.c.id))
    await decide_approval(rig.services, approval, OTHER, approve=True)
    await rig.drain()

    assert await rig.get_status(run_id) is RunStatus.COMPLETED


async def test_a_child_that_does_not_complete_pauses_its_parent(rig: WorkflowRig) -> None:
    run_id = await rig.start(CLOSING, "D1")
    await rig.drain()
    ((approval,),) = await rig.select(select(workflow_approval.c.id))
    await decide_approval(rig.services, approval, OTHER, approve=False)
    await rig.drain()

    assert await rig.get_status(run_id) is RunStatus.PAUSED
    assert [row.check_code for row in await rig.list_exceptions(run_id)] == ["CHILD_NOT_COMPLETED"]


async def test_a_create_without_an_answer_is_searched_for_after_the_settle_time_and_not_sent_again(
    tmp_path: Path,
) -> None:
    modes = {SystemRole.PSA: RepeatMode.LOOKUP}
    rig = WorkflowRig(await create_tables(tmp_path), [DEAL], _build_random(), modes=modes)
    psa = rig.systems[SystemRole.PSA]
    psa.answer_last.add("ExampleCreateProject")
    run_id = await rig.start(DEAL, "D1")
    began = rig.clock.now()
    await rig.drain()

    assert await rig.get_status(run_id) is RunStatus.COMPLETED
    assert psa.sent[f"psg-{run_id}-create_project"] == 1
    assert rig.clock.now() - began >= psa.capability.settle
    await rig.aclose()


async def test_a_system_that_never_answers_pauses_the_run_after_five_attempts(rig: WorkflowRig) -> None:
    rig.systems[SystemRole.PSA].faults = 4.0
    run_id = await rig.start(DEAL, "D1")
    await rig.drain()

    (exception,) = await rig.list_exceptions(run_id)
    assert exception.check_code == "WRITE_UNCONFIRMED"
    assert rig.systems[SystemRole.PSA].calls == 5

    rig.systems[SystemRole.PSA].faults = 0.0
    await resolve_exceptions(rig.services, exception.fingerprint, OTHER)
    await rig.drain()
    assert await rig.get_status(run_id) is RunStatus.COMPLETED
    assert set(rig.count_effects().values()) == {1}


async def test_a_throttled_repetition_keeps_the_doubt_about_the_first_attempt(rig: WorkflowRig) -> None:
    psa = rig.systems[SystemRole.PSA]
    psa.answer_last.add("ExampleCreateProject")
    psa.throttled_calls.update({2, 3, 4, 5})
    run_id = await rig.start(DEAL, "D1")
    await rig.drain()
    assert await rig.get_status(run_id) is RunStatus.PAUSED

    await compensate(rig.services, run_id, OTHER)
    await rig.drain()

    assert await rig.get_status(run_id) is RunStatus.COMPENSATED
    assert sorted(rig.count_effects()) == [
        f"psg-{run_id}-create_project",
        f"psg-{run_id}-create_project-undo",
    ]


async def test_the_sweep_gives_a_run_that_lost_its_segment_a_new_one(rig: WorkflowRig) -> None:
    run_id = await rig.start(DEAL, "D1")
    rig.queue.segments.clear()

    assert await rig.sweep() == 1
    await rig.drain()

    assert await rig.get_status(run_id) is RunStatus.COMPLETED


async def test_a_stale_segment_does_nothing(rig: WorkflowRig) -> None:
    run_id = await rig.start(DEAL, "D1")
    await rig.drain()
    calls = rig.count_calls()

    await rig.runner.run(run_id, 1)

    assert rig.count_calls() == calls


async def test_an_exception_belongs_to_the_team_of_its_check(rig: WorkflowRig) -> None:
    rig.reader.deals["D1"] = ExampleDeal("D1", won=False, cost_centre=None)
    run_id = await rig.start(DEAL, "D1")
    await rig.drain()

    query = select(workflow_exception.c.check_code, workflow_exception.c.team, workflow_exception.c.remedy)
    rows = await rig.select(query.where(workflow_exception.c.run_id == run_id))
    assert sorted(rows) == [
        ("DEAL_WON", "sales-ops", "Close the deal as won."),
        ("FINANCIAL_DIMENSIONS", "finance-ops", "Give the practice a value."),
    ]
