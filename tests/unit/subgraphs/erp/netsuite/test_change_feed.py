"""Change feeds lose nothing, tell the oldest change first, and start again where they stopped."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.erp import (
    ErpContract,
    ErpCustomer,
    ErpEmployee,
    ErpInvoice,
    ErpInvoiceLine,
    ErpJob,
    ErpLegalEntity,
)
from gateway.errors import SourceError
from gateway.ports.base import Changes
from gateway.ports.erp import ErpPort
from subgraphs.sandbox.firm.small import FIRM

Ported = Callable[..., ErpPort]


class Clock:
    """The account's clock, which the test moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


async def followed(erp: ErpPort, kind: type, watermark: str | None = None) -> list[Changes]:
    return [page async for page in erp.changed_since(kind, watermark)]


def ids(pages: list[Changes]) -> list[str]:
    return [record.native.id for page in pages for record in page.rows]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (ErpLegalEntity, ["1", "2", "3"]),
        (ErpCustomer, [str(id_) for id_ in range(101, 109)]),
        (ErpEmployee, [str(id_) for id_ in range(109, 117)]),
        (ErpContract, [str(id_) for id_ in range(401, 410)]),
        (ErpJob, [str(id_) for id_ in range(117, 126)]),
        (ErpInvoice, ["1001", "1003", "1004", "1005", "1007", "1008", "1010", "1012", "1014"]),
    ],
)
async def test_a_first_run_tells_everything_and_the_next_nothing(erp, kind: type, expected: list[str]):
    assert kind in erp.feeds
    first = await followed(erp, kind)
    assert ids(first) == expected
    assert first[0].total == len(expected)
    assert ids(await followed(erp, kind, first[-1].watermark)) == []


async def test_a_run_costs_the_clock_the_ids_and_the_records(erp, account):
    await followed(erp, ErpInvoice)
    assert await account.count_calls() == {"serverTime": 1, "suiteql": 2}


async def test_an_idle_run_costs_one_call_and_leaves_the_watermark_alone(erp, account):
    for kind in erp.feeds:
        watermark = (await followed(erp, kind))[-1].watermark
        await account.reset()
        (page,) = await followed(erp, kind, watermark)
        assert (kind, page.rows, page.present, page.watermark) == (kind, (), None, watermark)
        assert (kind, await account.count_calls()) == (kind, {"suiteql": 1})


async def test_what_was_deleted_is_missing_when_all_ids_are_looked_at(account, ported: Ported):
    """Neither REST nor SuiteQL tells deletions."""
    erp = ported(account, sweep_hours=0)
    first = await followed(erp, ErpCustomer)
    assert [page.present for page in first] == [None]
    assert (await account.request_record("DELETE", "customer/104")).status_code == 204
    await account.reset()

    (page,) = await followed(erp, ErpCustomer, first[-1].watermark)

    assert set(ids(first)) - set(page.present) == {"104"}
    assert await account.count_calls() == {"suiteql": 2}


async def test_ids_are_looked_at_only_when_it_is_due(account, ported: Ported):
    erp = ported(account, sweep_hours=1)
    watermark = (await followed(erp, ErpCustomer))[-1].watermark
    await account.request_record("DELETE", "customer/104")

    (page,) = await followed(erp, ErpCustomer, watermark)

    assert page.present is None


async def test_very_many_ids_are_looked_at_a_thousand_a_call(opened, ported: Ported, many):
    account = await opened(many)
    erp = ported(account, sweep_hours=0)
    watermark = (await followed(erp, ErpCustomer))[-1].watermark
    await account.reset()

    (page,) = await followed(erp, ErpCustomer, watermark)

    assert page.present == tuple(str(id_) for id_ in range(101, 2251))
    assert await account.count_calls() == {"suiteql": 1 + 3}


async def test_a_kind_without_a_feed_costs_nothing(erp, account, ported: Ported):
    assert await followed(erp, ErpInvoiceLine) == []
    bare = ported(account, mapping={})
    assert ErpContract not in bare.feeds
    assert await followed(bare, ErpContract) == []
    assert await account.count_calls() == {}


async def test_a_change_is_told_by_the_next_run(erp, account):
    watermark = (await followed(erp, ErpCustomer))[-1].watermark
    assert (await account.request_record("PATCH", "customer/104", {"companyName": "Cobalt Power"})).status_code == 204
    (page,) = await followed(erp, ErpCustomer, watermark)
    assert [record.name for record in page.rows] == ["Cobalt Power"]


async def test_a_transaction_that_commits_late_is_caught_by_the_overlap(opened, ported: Ported):
    clock = Clock(datetime(2026, 11, 20, 12, tzinfo=UTC))
    account = await opened(now=clock)
    erp = ported(account)
    watermark = (await followed(erp, ErpCustomer))[-1].watermark
    clock.at -= timedelta(minutes=14)
    await account.request_record("PATCH", "customer/104", {"companyName": "Late"})
    clock.at += timedelta(minutes=20)
    assert ids(await followed(erp, ErpCustomer, watermark)) == ["104"]


async def test_the_overlap_has_an_end(opened, ported: Ported):
    clock = Clock(datetime(2026, 11, 20, 12, tzinfo=UTC))
    account = await opened(now=clock)
    erp = ported(account)
    await account.request_record("PATCH", "customer/104", {"companyName": "Early"})
    clock.at += timedelta(minutes=16)
    watermark = (await followed(erp, ErpCustomer))[-1].watermark
    assert ids(await followed(erp, ErpCustomer, watermark)) == []


async def test_our_own_clock_does_not_matter(opened, ported: Ported):
    """The account lives a year ahead; a run that trusted this machine's clock would tell everything again."""
    account = await opened(now=Clock(datetime(2027, 11, 20, 12, tzinfo=UTC)))
    erp = ported(account)
    watermark = (await followed(erp, ErpCustomer))[-1].watermark
    assert "2027-11-20T11:44:5" in watermark or "2027-11-20T11:45:00" in watermark
    assert ids(await followed(erp, ErpCustomer, watermark)) == []


@pytest.fixture
def many():
    extra = tuple(replace(FIRM.customers[0], number=f"X-{n}", contacts=()) for n in range(2142))
    return replace(FIRM, customers=FIRM.customers + extra, invoices=())


async def test_a_long_feed_comes_in_pages_oldest_first(opened, ported: Ported, many):
    account = await opened(many)
    pages = await followed(ported(account), ErpCustomer)
    assert ids(pages) == [str(id_) for id_ in range(101, 2251)]
    assert [len(page.rows) for page in pages] == [100] * 21 + [50]
    assert await account.count_calls() == {"serverTime": 1, "suiteql": 3 + 22}


async def test_a_run_that_dies_goes_on_from_its_last_page(opened, ported: Ported, many):
    account = await opened(many)
    erp = ported(account)
    watermark, seen = None, []
    async for page in erp.changed_since(ErpCustomer, None):
        seen += [record.native.id for record in page.rows]
        watermark = page.watermark
        if len(seen) == 1300:
            break
    await account.request_record("PATCH", "customer/150", {"companyName": "Changed meanwhile"})
    rest = await followed(erp, ErpCustomer, watermark)
    assert ids(rest) == [str(id_) for id_ in range(1401, 2251)] + ["150"]
    assert "Changed meanwhile" in {record.name for page in rest for record in page.rows}


async def test_rows_that_change_while_a_run_is_reading_are_not_lost(opened, ported: Ported, many):
    account = await opened(many)
    erp = ported(account)
    found: list[str] = []
    async for page in erp.changed_since(ErpCustomer, None):
        found += [record.native.id for record in page.rows]
        if len(found) == 100:
            await account.request_record("PATCH", "customer/110", {"companyName": "Read already"})
            await account.request_record("PATCH", "customer/2000", {"companyName": "Still to come"})
    assert set(found) == {str(id_) for id_ in range(101, 2251)}


async def test_the_hour_that_the_accounts_zone_has_twice_loses_nothing(opened, ported: Ported):
    """In New York 01:30 of 7 November 2027 is 05:30 and again 06:30 UTC; what the account was filled with is of the year before."""
    clock = Clock(datetime(2027, 11, 7, 5, 0, tzinfo=UTC))
    account = await opened(now=clock)
    erp = ported(account, overlap_minutes=0)
    watermark = (await followed(erp, ErpCustomer))[-1].watermark
    for id_ in range(101, 109):
        clock.at += timedelta(minutes=17)
        await account.request_record("PATCH", f"customer/{id_}", {"companyName": f"At {clock.at:%H:%M}"})
        pages = await followed(erp, ErpCustomer, watermark)
        watermark = pages[-1].watermark
        assert str(id_) in ids(pages), f"lost at {clock.at:%H:%M} UTC"


async def test_a_watermark_of_another_adapter_is_refused(erp):
    with pytest.raises(SourceError) as raised:
        await followed(erp, ErpCustomer, "2026-11-20")
    assert raised.value.code is FaultCode.CONTRACT_MISMATCH
