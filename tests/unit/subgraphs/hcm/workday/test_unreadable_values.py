"""What a column holds that its attribute cannot: it costs that attribute of that worker, and nothing else."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.values import DateRange, Money
from gateway.errors import SourceError
from gateway.ports.unreadable import collect_unreadable
from subgraphs.hcm.workday.twin.store import build_wid
from subgraphs.sandbox.firm.small import FIRM
from tests.unit.subgraphs.hcm.workday.conftest import Open, load_sandbox_mapping
from tests.unit.subgraphs.hcm.workday.test_reads import ALICE, NOVEMBER

IDS = [build_wid("worker", worker.number) for worker in FIRM.workers]
DIRECTORS = {build_wid("worker", worker.number) for worker in FIRM.workers if worker.job_level == "Director"}


def map_workers(**columns: str | None) -> dict[str, Any]:
    """Return the sandbox's mapping file with other columns of workers."""
    mapping = load_sandbox_mapping()
    mapping["workers"] = {key: value for key, value in {**mapping["workers"], **columns}.items() if value is not None}
    return mapping


def replace_values(path: str, values: dict[str, Any]) -> Callable[[ASGIApp], ASGIApp]:
    """Return a wrapper of an application that replaces values in the first row of every answer of an endpoint."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def call(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not scope["path"].endswith(path):
                await app(scope, receive, send)
                return
            messages: list[Message] = []

            async def keep(message: Message) -> None:
                messages.append(message)

            await app(scope, receive, keep)
            start, *parts = messages
            content = msgspec.json.decode(b"".join(part.get("body", b"") for part in parts))
            rows = content.get("data", content.get("Report_Entry"))
            if rows:
                rows[0] = rows[0] | values
            encoded = msgspec.json.encode(content)
            headers = [each for each in start["headers"] if each[0] != b"content-length"]
            await send({**start, "headers": [*headers, (b"content-length", str(len(encoded)).encode())]})
            await send({"type": "http.response.body", "body": encoded})

        return call

    return wrap


async def test_a_currency_column_supplies_amount_and_currency(opened: Open) -> None:
    worker = {"id": "a1", "descriptor": "M. Ito"}
    changed = {"manager": worker, "cf_hourlyCost": {"value": "103.57", "currency": "USD"}}
    tenant = await opened(wrapped=replace_values("/data", changed))

    records = await tenant.port.get_workers(IDS)

    (first,) = [each for each in records.values() if each.manager_id == "a1"]
    assert first.cost_rate == Money(Decimal("103.57"), "USD")
    assert first.unreadable == ()


async def test_a_numeric_column_is_in_the_mapped_currency(opened: Open) -> None:
    mapping = map_workers(cost_amount="cf_hourlyCostNumber", cost_currency="cf_hourlyCostCurrency")
    tenant = await opened(mapping=mapping)

    worker = (await tenant.port.get_workers([build_wid("worker", "W-1004")]))[build_wid("worker", "W-1004")]

    assert worker.cost_rate == Money(Decimal("80.00"), "GBP")
    assert [finding for finding in await tenant.port.check() if not finding.ok] == []


async def test_a_number_without_a_currency_is_unreadable_and_found_by_the_check(opened: Open) -> None:
    tenant = await opened(mapping=map_workers(cost_amount="cf_hourlyCostNumber"))

    records = await tenant.port.get_workers(IDS)

    assert {each.cost_rate for each in records.values()} == {None}
    assert {value.field for each in records.values() for value in each.unreadable} == {"cf_hourlyCostNumber"}
    (finding,) = [finding for finding in await tenant.port.check() if not finding.ok]
    assert finding.subject == "column cf_hourlyCostNumber"
    assert finding.message == "Mapped to cost_amount, which needs the type Currency, but its type is Numeric."


async def test_several_instances_cost_the_attribute_of_that_worker_only(opened: Open) -> None:
    tenant = await opened(mapping=map_workers(practice="cf_practices"))

    records = await tenant.port.get_workers(IDS)

    assert records.keys() == set(IDS)
    assert {each for each, worker in records.items() if worker.practice is None} == DIRECTORS
    for identifier in DIRECTORS:
        (value,) = records[identifier].unreadable
        assert (value.attribute, value.object, value.field) == ("practice", "worker", "cf_practices")
    assert records[ALICE].practice == FIRM.workers[0].practice
    (finding,) = [finding for finding in await tenant.port.check() if not finding.ok]
    assert finding.message == (
        "Mapped to practice, which needs the type Single instance or Text, but its type is Multi-instance."
    )


@pytest.mark.parametrize("wrong", [True, 7, [1, 2], {"x": 1}, [{"id": "a"}, {"id": "b"}]])
@pytest.mark.parametrize(
    ("column", "attribute"),
    [
        ("employeeID", "worker_number"),
        ("fullName", "name"),
        ("primaryWorkEmail", "email"),
        ("manager", "manager_id"),
        ("company", "legal_entity"),
        ("hireDate", "hire_date"),
        ("lastFunctionallyUpdated", "modified_at"),
    ],
)
async def test_a_wrong_type_costs_its_attribute(opened: Open, column: str, attribute: str, wrong: object) -> None:
    tenant = await opened(wrapped=replace_values("/data", {column: wrong}))

    records = await tenant.port.get_workers(IDS)
    feed = [row for page in [each async for each in tenant.port.list_changes(HcmWorker, None)] for row in page.rows]

    assert records.keys() == {row.native.id for row in feed} == set(IDS)
    (damaged,) = [each for each in records.values() if each.unreadable]
    assert getattr(damaged, attribute) is None
    assert attribute in {value.attribute for value in damaged.unreadable}
    assert {value.field for value in damaged.unreadable} == {column}


@pytest.mark.parametrize("wrong", ["not a number", "1E+30", True, [], {"value": "x", "currency": "USD"}])
async def test_a_wrong_number_costs_its_attribute(opened: Open, wrong: object) -> None:
    tenant = await opened(wrapped=replace_values("/data", {"cf_hourlyCost": wrong, "scheduledWeeklyHours": wrong}))

    records = await tenant.port.get_workers(IDS)

    assert records.keys() == set(IDS)
    missing = [each for each in records.values() if each.cost_rate is None and each.standard_weekly_hours is None]
    assert len(missing) == 1


async def test_a_row_without_an_id_is_reported_and_the_others_are_read(opened: Open) -> None:
    tenant = await opened(wrapped=replace_values("/data", {"workdayID": {"x": 1}}))

    with collect_unreadable() as lost:
        records = await tenant.port.get_workers(IDS)

    assert len(records) == len(IDS) - 1
    assert [(each.object, each.field) for each in lost] == [("worker", "workdayID")]


async def test_an_unreadable_skill_costs_the_skills_of_its_worker(opened: Open) -> None:
    tenant = await opened(wrapped=replace_values("/Worker_Skills", {"proficiency": 3}))

    records = await tenant.port.get_workers(IDS)

    assert records.keys() == set(IDS)
    assert [value.attribute for each in records.values() for value in each.unreadable] == ["skills"]


async def test_an_absence_without_hours_is_reported_under_its_worker(opened: Open) -> None:
    tenant = await opened(wrapped=replace_values("/Days_Away", {"hours": "a day"}))
    complete = await opened()

    with collect_unreadable() as lost:
        some = await tenant.port.list_absences_by_worker(IDS, NOVEMBER)

    every = await complete.port.list_absences_by_worker(IDS, NOVEMBER)
    assert sum(map(len, some.values())) == sum(map(len, every.values())) - 1
    ((report,)) = lost
    assert (report.object, report.field, report.keys) == ("timeOffEntry", "hours", {"worker_id": ALICE})


async def test_without_a_collector_a_lost_row_is_an_error(opened: Open) -> None:
    tenant = await opened(wrapped=replace_values("/Days_Away", {"hours": "a day"}))
    within: DateRange = NOVEMBER

    with pytest.raises(SourceError):
        await tenant.port.list_absences_by_worker(IDS, within)
