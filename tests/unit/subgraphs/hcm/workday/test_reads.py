"""Reads are of many workers at once: exact calls, exact values, and nothing lost when rows change underneath."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.hcm import HcmSkill, HcmWorker
from gateway.canonical.values import DateRange, Money
from gateway.errors import SourceError
from gateway.ports.projection import needing
from subgraphs.hcm.workday.twin.store import wid
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.small import FIRM
from tests.unit.subgraphs.hcm.workday.conftest import Open, sandbox_mapping

ALICE, DEV = wid("worker", "W-1001"), wid("worker", "W-1004")
NOVEMBER = DateRange(date(2026, 11, 1), date(2026, 11, 30))


def crowd(count: int) -> Firm:
    """Return the firm with many workers like the first."""
    (first, *_) = FIRM.workers
    return replace(FIRM, workers=tuple(replace(first, number=f"W-{number}", manager=None) for number in range(count)))


def ids_of(firm: Firm) -> list[str]:
    return [wid("worker", worker.number) for worker in firm.workers]


async def test_a_worker_is_told_whole(opened: Open) -> None:
    tenant = await opened()

    worker = (await tenant.port.workers([DEV]))[DEV]

    assert (worker.worker_number, worker.name, worker.email) == ("W-1004", "Dev Patel", "dev.patel@meridian.example")
    assert (worker.type, worker.employment_status, worker.job_level) == ("Employee", "Active", "Director")
    assert (worker.legal_entity, worker.cost_center) == ("Meridian Advisory Ltd", "CC-200")
    assert (worker.manager_id, worker.time_zone) == (ALICE, "Europe/London")
    assert (worker.hire_date, worker.termination_date) == (date(2016, 9, 5), None)
    assert worker.standard_weekly_hours == Decimal("37.5")
    assert worker.cost_rate == Money(Decimal("80.00"), "GBP")
    assert worker.skills == (
        HcmSkill(code="CLD", name="Cloud architecture", level="Advanced"),
        HcmSkill(code="DAT", name="Data modelling", level="Advanced"),
    )


@pytest.mark.parametrize(
    ("count", "calls"),
    [(1, {"data": 1, "Worker_Skills": 1}), (10, {"data": 1, "Worker_Skills": 1}), (200, {"data": 1, "Worker_Skills": 1})],
)  # fmt: skip
async def test_workers_cost_no_call_each(opened: Open, count: int, calls: dict[str, int]) -> None:
    firm = crowd(250)
    tenant = await opened(firm)

    found = await tenant.port.workers(ids_of(firm)[:count])

    assert len(found) == count
    assert await tenant.calls() == calls


async def test_the_next_two_hundred_cost_the_calls_of_the_first(opened: Open) -> None:
    firm = crowd(250)
    tenant = await opened(firm)

    found = await tenant.port.workers(ids_of(firm))

    assert len(found) == 250
    assert await tenant.calls() == {"data": 2, "Worker_Skills": 2}


async def test_without_a_report_of_skills_there_is_one_call_and_nothing_is_said_of_them(opened: Open) -> None:
    mapping = {name: value for name, value in sandbox_mapping().items() if name != "skills"}
    tenant = await opened(mapping=mapping)

    worker = (await tenant.port.workers([ALICE]))[ALICE]

    assert worker.skills is None
    assert await tenant.calls() == {"data": 1}


async def test_days_away_of_everybody_cost_one_call(opened: Open) -> None:
    tenant = await opened()

    found = await tenant.port.absences_by_worker(ids_of(FIRM), NOVEMBER)

    assert [(day.day, day.hours, day.holiday, day.approved) for day in found[ALICE]] == [
        (date(2026, 11, 26), Decimal(8), True, True),
        (date(2026, 11, 27), Decimal(8), False, True),
    ]
    assert found.keys() == {wid("worker", worker.number) for worker in FIRM.workers if worker.absences}
    assert await tenant.calls() == {"Days_Away": 1}


async def test_those_who_left_are_there_by_the_sources_filter_and_gone_without_it(opened: Open) -> None:
    left = replace(FIRM.workers[1], termination_date=date(2026, 6, 30))
    firm = replace(FIRM, workers=(FIRM.workers[0], left))
    everybody = await opened(firm)
    active = await opened(firm, mapping={**sandbox_mapping(), "filter": "allActiveWorkers"})

    gone = (await everybody.port.workers(ids_of(firm)))[wid("worker", left.number)]

    assert (gone.employment_status, gone.termination_date) == ("Terminated", date(2026, 6, 30))
    assert (await active.port.workers(ids_of(firm))).keys() == {ALICE}


@pytest.mark.parametrize(
    ("left", "status", "told"),
    [
        (date(2021, 12, 31), "Active", None),
        (date(2022, 1, 10), "Terminated", date(2022, 1, 10)),
        (date(2026, 12, 31), "Active", date(2026, 12, 31)),
    ],
)
async def test_who_was_hired_again_has_not_left(opened: Open, left: date, status: str, told: date | None) -> None:
    """Hired on 10 January 2022; the tenant still tells the last day of the employment before."""
    hired = replace(FIRM.workers[2], termination_date=left)
    tenant = await opened(replace(FIRM, workers=(FIRM.workers[0], hired)))

    worker = (await tenant.port.workers(ids_of(FIRM)))[wid("worker", hired.number)]

    assert (worker.hire_date, worker.termination_date) == (date(2022, 1, 10), told)
    assert worker.employment_status == status


async def test_a_feed_goes_on_by_the_column_of_changes(opened: Open) -> None:
    """The clock of the service decides, a quarter of an hour less; the worker who was changed last was so at 07:00 UTC of 1 January."""
    at = datetime(2026, 1, 1, 7, 10, tzinfo=UTC)
    tenant = await opened(now=lambda: at)

    first = [page async for page in tenant.port.changed_since(HcmWorker, None)]
    await tenant.reset()
    (second,) = [page async for page in tenant.port.changed_since(HcmWorker, first[-1].watermark)]

    assert [row.worker_number for page in first for row in page.rows] == [worker.number for worker in FIRM.workers]
    assert '"since":"2026-01-01T06:55:00Z"' in first[-1].watermark
    assert [row.worker_number for row in second.rows] == ["W-1008"]
    assert await tenant.calls() == {"data": 1, "Worker_Skills": 1}


async def test_an_idle_feed_costs_one_call_and_tells_nobody(opened: Open) -> None:
    tenant = await opened()
    first = [page async for page in tenant.port.changed_since(HcmWorker, None)]
    await tenant.reset()

    (second,) = [page async for page in tenant.port.changed_since(HcmWorker, first[-1].watermark)]

    assert (second.rows, second.present) == ((), None)
    assert await tenant.calls() == {"data": 1}


@pytest.mark.parametrize("stamped", [True, False])
async def test_who_is_gone_is_missing_when_everybody_is_looked_at(opened: Open, *, stamped: bool) -> None:
    """A hire that was rescinded leaves nothing behind."""
    mapping = sandbox_mapping()
    if not stamped:
        del mapping["workers"]["updated"]
    sweep = {"sweep_hours": 0}
    tenant = await opened(mapping=mapping, options=sweep)
    smaller = await opened(replace(FIRM, workers=FIRM.workers[:-1]), mapping=mapping, options=sweep)

    (first,) = [page async for page in tenant.port.changed_since(HcmWorker, None)]
    (second,) = [page async for page in smaller.port.changed_since(HcmWorker, first.watermark)]

    assert first.present is not None
    assert second.present is not None
    assert set(first.present) - set(second.present) == {wid("worker", FIRM.workers[-1].number)}


async def test_without_such_a_column_everybody_comes_again_only_when_anybody_changed(opened: Open) -> None:
    mapping = sandbox_mapping()
    del mapping["workers"]["updated"]
    tenant = await opened(mapping=mapping)
    promoted = replace(FIRM, workers=(replace(FIRM.workers[0], job_title="Chair"), *FIRM.workers[1:]))
    changed = await opened(promoted, mapping=mapping)

    (first,) = [page async for page in tenant.port.changed_since(HcmWorker, None)]
    await tenant.reset()
    (second,) = [page async for page in tenant.port.changed_since(HcmWorker, first.watermark)]
    (third,) = [page async for page in changed.port.changed_since(HcmWorker, first.watermark)]

    assert (len(first.rows), second.rows, second.watermark) == (8, (), first.watermark)
    assert await tenant.calls() == {"data": 1}
    assert len(third.rows) == 8
    assert third.watermark != first.watermark


async def test_a_watermark_of_the_other_kind_is_refused(opened: Open) -> None:
    mapping = sandbox_mapping()
    del mapping["workers"]["updated"]
    tenant = await opened(mapping=mapping)

    with pytest.raises(SourceError) as refused:
        [page async for page in tenant.port.changed_since(HcmWorker, "2026-01-01T00:00:00+00:00")]

    assert refused.value.code is FaultCode.CONTRACT_MISMATCH
    assert await tenant.calls() == {}


@pytest.mark.parametrize(("change", "calls"), [("deleted", 4), ("inserted", 4), ("touched", 2)])
async def test_workers_who_change_between_two_pages_cost_no_row_and_double_none(
    opened: Open, change: str, calls: int
) -> None:
    """One who leaves moves the others up; one who comes before them is only seen by reading from the start again."""
    mapping = {name: value for name, value in sandbox_mapping().items() if name != "skills"}
    tenant = await opened(crowd(1010), mapping=mapping)
    await tenant.control("rows-changed", object="allWorkers", change=change, path="data", skip=1)

    pages = [page async for page in tenant.port.changed_since(HcmWorker, None)]

    ids = [row.native.id for page in pages for row in page.rows]
    assert len(ids) == len(set(ids)) == 1010 + (change == "inserted")
    assert await tenant.calls() == {"data": calls}


async def test_rows_that_never_stand_still_are_told_as_unavailable(opened: Open) -> None:
    tenant = await opened(crowd(1010))
    await tenant.control("rows-changed", object="allWorkers", change="deleted", path="data", times=None)

    with pytest.raises(SourceError) as refused:
        [page async for page in tenant.port.changed_since(HcmWorker, None)]

    assert (refused.value.code, refused.value.retryable) == (FaultCode.UNAVAILABLE, True)
    assert await tenant.calls() == {"data": 8}


async def test_contingent_workers_are_read_and_found_by_their_own_number(opened: Open) -> None:
    hired = next(worker for worker in FIRM.workers if worker.type == "CONTRACTOR")
    tenant = await opened()

    read = (await tenant.port.workers([wid("worker", hired.number)]))[wid("worker", hired.number)]
    (found,) = await tenant.port.find_by_reference(HcmWorker, hired.number)

    assert not isinstance(read, SourceError)
    assert (read.worker_number, read.references) == (hired.number, (("contingentWorkerID", hired.number),))
    assert found == read


def hearing(seen: list[str]) -> Callable[[ASGIApp], ASGIApp]:
    """Note the bodies of requests."""

    def watching(app: ASGIApp) -> ASGIApp:
        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            async def heard() -> Message:
                message = await receive()
                seen.append(message.get("body", b"").decode())
                return message

            await app(scope, heard, send)

        return served

    return watching


async def test_what_a_request_does_not_need_of_a_worker_does_not_leave_the_tenant(opened: Open) -> None:
    seen: list[str] = []
    tenant = await opened(wrapped=hearing(seen))

    with needing({HcmWorker: frozenset({"name", "standard_weekly_hours"})}):
        alice = (await tenant.port.workers([ALICE]))[ALICE]

    assert (alice.name, alice.worker_number, alice.standard_weekly_hours) == ("Alice Hartmann", "W-1001", Decimal(40))
    assert (alice.email, alice.cost_rate, alice.manager_id, alice.skills) == (None, None, None, ())
    (statement,) = [body for body in seen if "SELECT" in body]
    assert [
        column for column in ("primaryWorkEmail", "cf_hourlyCost", "businessTitle", "hireDate") if column in statement
    ] == []
    assert await tenant.calls() == {"data": 1}


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])
async def test_every_statement_is_fixed_to_the_day_of_the_tenants_zone(opened: Open, zone: str) -> None:
    """Future-dated changes are in the tenant already. The zones are 26 hours apart: at any moment one of them has another day than UTC."""
    seen: list[str] = []
    tenant = await opened(wrapped=hearing(seen), zone=zone)
    before = datetime.now(ZoneInfo(zone)).date()
    await tenant.port.workers([ALICE])
    after = datetime.now(ZoneInfo(zone)).date()

    (statement,) = [body for body in seen if "SELECT" in body]
    assert any(f"effectiveAsOfDate = '{day}'" in statement for day in (before, after))
