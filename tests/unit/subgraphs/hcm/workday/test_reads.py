"""Reads of many workers: exact calls and values, and no loss when rows change between pages."""

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
from gateway.ports.projection import limit_attributes
from subgraphs.hcm.workday.twin.store import build_wid
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.small import FIRM
from tests.unit.subgraphs.hcm.workday.conftest import Open, load_sandbox_mapping

ALICE, DEV = build_wid("worker", "W-1001"), build_wid("worker", "W-1004")
NOVEMBER = DateRange(date(2026, 11, 1), date(2026, 11, 30))


def build_large_firm(count: int) -> Firm:
    """Return the firm with `count` copies of its first worker."""
    (first, *_) = FIRM.workers
    return replace(FIRM, workers=tuple(replace(first, number=f"W-{number}", manager=None) for number in range(count)))


def list_ids(firm: Firm) -> list[str]:
    return [build_wid("worker", worker.number) for worker in firm.workers]


async def test_a_worker_is_mapped_with_all_attributes(opened: Open) -> None:
    tenant = await opened()

    worker = (await tenant.port.get_workers([DEV]))[DEV]

    assert (worker.worker_number, worker.name, worker.email) == ("W-1004", "Dev Patel", "dev.patel@meridian.example")
    assert (worker.type, worker.employment_status, worker.job_level) == ("Employee", "Active", "Director")
    assert (worker.legal_entity, worker.cost_center) == ("Meridian Advisory Ltd", "CC-200")
    assert (worker.manager_id, worker.time_zone) == (ALICE, "Europe/London")
    assert (worker.hire_date, worker.termination_date) == (date(2016, 9, 5), None)
    assert worker.standard_weekly_hours == Decimal("37.5")
    assert worker.cost_rate == Money(Decimal("80.00"), "GBP")
    assert worker.skills == (
        HcmSkill(code="CLD", name="Cloud architecture", category="Engineering", level="Advanced"),
        HcmSkill(code="DAT", name="Data modelling", category="Engineering", level="Advanced"),
    )


@pytest.mark.parametrize("count", [1, 10, 200])
async def test_the_number_of_calls_does_not_grow_with_the_workers(opened: Open, count: int) -> None:
    firm = build_large_firm(250)
    tenant = await opened(firm)

    records = await tenant.port.get_workers(list_ids(firm)[:count])

    assert len(records) == count
    assert await tenant.count_calls() == {"data": 1, "Worker_Skills": 1}


async def test_every_two_hundred_workers_cost_the_same_calls(opened: Open) -> None:
    firm = build_large_firm(250)
    tenant = await opened(firm)

    records = await tenant.port.get_workers(list_ids(firm))

    assert len(records) == 250
    assert await tenant.count_calls() == {"data": 2, "Worker_Skills": 2}


async def test_without_a_skills_report_skills_are_unknown_and_cost_no_call(opened: Open) -> None:
    mapping = {name: value for name, value in load_sandbox_mapping().items() if name != "skills"}
    tenant = await opened(mapping=mapping)

    worker = (await tenant.port.get_workers([ALICE]))[ALICE]

    assert worker.skills is None
    assert await tenant.count_calls() == {"data": 1}


async def test_absences_of_all_workers_cost_one_call(opened: Open) -> None:
    tenant = await opened()

    records = await tenant.port.list_absences_by_worker(list_ids(FIRM), NOVEMBER)

    assert [(day.day, day.hours, day.holiday, day.approved) for day in records[ALICE]] == [
        (date(2026, 11, 26), Decimal(8), True, True),
        (date(2026, 11, 27), Decimal(8), False, True),
    ]
    assert records.keys() == {build_wid("worker", worker.number) for worker in FIRM.workers if worker.absences}
    assert await tenant.count_calls() == {"Days_Away": 1}


async def test_terminated_workers_are_read_only_if_the_source_filter_includes_them(opened: Open) -> None:
    terminated = replace(FIRM.workers[1], termination_date=date(2026, 6, 30))
    firm = replace(FIRM, workers=(FIRM.workers[0], terminated))
    all_workers = await opened(firm)
    active = await opened(firm, mapping={**load_sandbox_mapping(), "filter": "allActiveWorkers"})

    worker = (await all_workers.port.get_workers(list_ids(firm)))[build_wid("worker", terminated.number)]

    assert (worker.employment_status, worker.termination_date) == ("Terminated", date(2026, 6, 30))
    assert (await active.port.get_workers(list_ids(firm))).keys() == {ALICE}


@pytest.mark.parametrize(
    ("termination_date", "status", "expected"),
    [
        (date(2021, 12, 31), "Active", None),
        (date(2022, 1, 10), "Terminated", date(2022, 1, 10)),
        (date(2026, 12, 31), "Active", date(2026, 12, 31)),
    ],
)
async def test_a_rehired_worker_has_no_termination_date(
    opened: Open, termination_date: date, status: str, expected: date | None
) -> None:
    """Hired on 10 January 2022; the tenant still returns the last day of the previous employment."""
    rehired = replace(FIRM.workers[2], termination_date=termination_date)
    tenant = await opened(replace(FIRM, workers=(FIRM.workers[0], rehired)))

    worker = (await tenant.port.get_workers(list_ids(FIRM)))[build_wid("worker", rehired.number)]

    assert (worker.hire_date, worker.termination_date) == (date(2022, 1, 10), expected)
    assert worker.employment_status == status


async def test_a_feed_reads_on_by_the_updated_column(opened: Open) -> None:
    """The watermark is the service's time less 15 minutes; the last change of a worker was on 1 January, 07:00 UTC."""
    now = datetime(2026, 1, 1, 7, 10, tzinfo=UTC)
    tenant = await opened(now=lambda: now)

    first = [page async for page in tenant.port.list_changes(HcmWorker, None)]
    await tenant.reset()
    (second,) = [page async for page in tenant.port.list_changes(HcmWorker, first[-1].watermark)]

    assert [row.worker_number for page in first for row in page.rows] == [worker.number for worker in FIRM.workers]
    assert '"since":"2026-01-01T06:55:00Z"' in first[-1].watermark
    assert [row.worker_number for row in second.rows] == ["W-1008"]
    assert await tenant.count_calls() == {"data": 1, "Worker_Skills": 1}


async def test_an_idle_feed_costs_one_call_and_has_no_rows(opened: Open) -> None:
    tenant = await opened()
    first = [page async for page in tenant.port.list_changes(HcmWorker, None)]
    await tenant.reset()

    (second,) = [page async for page in tenant.port.list_changes(HcmWorker, first[-1].watermark)]

    assert (second.rows, second.present) == ((), None)
    assert await tenant.count_calls() == {"data": 1}


@pytest.mark.parametrize("has_column", [True, False])
async def test_a_removed_worker_is_absent_from_the_full_read(opened: Open, *, has_column: bool) -> None:
    """A rescinded hire removes the worker from the tenant."""
    mapping = load_sandbox_mapping()
    if not has_column:
        del mapping["workers"]["updated"]
    options = {"full_read_hours": 0}
    tenant = await opened(mapping=mapping, options=options)
    smaller = await opened(replace(FIRM, workers=FIRM.workers[:-1]), mapping=mapping, options=options)

    (first,) = [page async for page in tenant.port.list_changes(HcmWorker, None)]
    (second,) = [page async for page in smaller.port.list_changes(HcmWorker, first.watermark)]

    assert first.present is not None
    assert second.present is not None
    assert set(first.present) - set(second.present) == {build_wid("worker", FIRM.workers[-1].number)}


async def test_without_an_updated_column_a_change_delivers_all_workers(opened: Open) -> None:
    mapping = load_sandbox_mapping()
    del mapping["workers"]["updated"]
    tenant = await opened(mapping=mapping)
    promoted = replace(FIRM, workers=(replace(FIRM.workers[0], job_title="Chair"), *FIRM.workers[1:]))
    changed = await opened(promoted, mapping=mapping)

    (first,) = [page async for page in tenant.port.list_changes(HcmWorker, None)]
    await tenant.reset()
    (second,) = [page async for page in tenant.port.list_changes(HcmWorker, first.watermark)]
    (third,) = [page async for page in changed.port.list_changes(HcmWorker, first.watermark)]

    assert (len(first.rows), second.rows, second.watermark) == (8, (), first.watermark)
    assert await tenant.count_calls() == {"data": 1}
    assert len(third.rows) == 8
    assert third.watermark != first.watermark


async def test_a_watermark_of_the_other_kind_is_rejected(opened: Open) -> None:
    mapping = load_sandbox_mapping()
    del mapping["workers"]["updated"]
    tenant = await opened(mapping=mapping)

    with pytest.raises(SourceError) as error:
        [page async for page in tenant.port.list_changes(HcmWorker, "2026-01-01T00:00:00+00:00")]

    assert error.value.code is FaultCode.CONTRACT_MISMATCH
    assert await tenant.count_calls() == {}


@pytest.mark.parametrize(("change", "calls"), [("deleted", 4), ("inserted", 4), ("touched", 2)])
async def test_changes_between_two_pages_lose_and_duplicate_no_row(opened: Open, change: str, calls: int) -> None:
    """A removed row moves the others up; a row inserted before them is found only by reading from the start again."""
    mapping = {name: value for name, value in load_sandbox_mapping().items() if name != "skills"}
    tenant = await opened(build_large_firm(1010), mapping=mapping)
    await tenant.send_control("rows-changed", object="allWorkers", change=change, path="data", skip=1)

    pages = [page async for page in tenant.port.list_changes(HcmWorker, None)]

    ids = [row.native.id for page in pages for row in page.rows]
    assert len(ids) == len(set(ids)) == 1010 + (change == "inserted")
    assert await tenant.count_calls() == {"data": calls}


async def test_rows_that_keep_changing_are_unavailable(opened: Open) -> None:
    tenant = await opened(build_large_firm(1010))
    await tenant.send_control("rows-changed", object="allWorkers", change="deleted", path="data", times=None)

    with pytest.raises(SourceError) as error:
        [page async for page in tenant.port.list_changes(HcmWorker, None)]

    assert (error.value.code, error.value.retryable) == (FaultCode.UNAVAILABLE, True)
    assert await tenant.count_calls() == {"data": 8}


async def test_contingent_workers_are_found_by_their_own_number(opened: Open) -> None:
    hired = next(worker for worker in FIRM.workers if worker.type == "CONTRACTOR")
    tenant = await opened()

    read = (await tenant.port.get_workers([build_wid("worker", hired.number)]))[build_wid("worker", hired.number)]
    (found,) = await tenant.port.find_by_reference(HcmWorker, hired.number)

    assert not isinstance(read, SourceError)
    assert (read.worker_number, read.references) == (hired.number, (("contingentWorkerID", hired.number),))
    assert found == read


def record_bodies(bodies: list[str]) -> Callable[[ASGIApp], ASGIApp]:
    """Return a wrapper of an application that appends every request body to `bodies`."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def call(scope: Scope, receive: Receive, send: Send) -> None:
            async def record() -> Message:
                message = await receive()
                bodies.append(message.get("body", b"").decode())
                return message

            await app(scope, record, send)

        return call

    return wrap


async def test_unneeded_columns_of_a_worker_are_not_selected(opened: Open) -> None:
    bodies: list[str] = []
    tenant = await opened(wrapped=record_bodies(bodies))

    with limit_attributes({HcmWorker: frozenset({"name", "standard_weekly_hours"})}):
        alice = (await tenant.port.get_workers([ALICE]))[ALICE]

    assert (alice.name, alice.worker_number, alice.standard_weekly_hours) == ("Alice Hartmann", "W-1001", Decimal(40))
    assert (alice.email, alice.cost_rate, alice.manager_id, alice.skills) == (None, None, None, ())
    (statement,) = [body for body in bodies if "SELECT" in body]
    assert [
        column for column in ("primaryWorkEmail", "cf_hourlyCost", "businessTitle", "hireDate") if column in statement
    ] == []
    assert await tenant.count_calls() == {"data": 1}


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])
async def test_every_statement_has_the_current_date_of_the_tenants_time_zone(opened: Open, zone: str) -> None:
    """The tenant already holds future-dated changes.

    The zones are 26 hours apart, so at any time one of them has another date than UTC.
    """
    bodies: list[str] = []
    tenant = await opened(wrapped=record_bodies(bodies), zone=zone)
    before = datetime.now(ZoneInfo(zone)).date()
    await tenant.port.get_workers([ALICE])
    after = datetime.now(ZoneInfo(zone)).date()

    (statement,) = [body for body in bodies if "SELECT" in body]
    assert any(f"effectiveAsOfDate = '{day}'" in statement for day in (before, after))
