"""Change feeds lose no change, return the oldest change first, and resume where they stopped."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.base import Record
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
from gateway.ports.base import Changes, RecordT
from gateway.ports.erp import ErpPort
from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures.unwrapping import unwrap

OpenPort = Callable[..., ErpPort]


class Clock:
    """The account's clock, which the test moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


async def read_feed(erp: ErpPort, kind: type[RecordT], watermark: str | None = None) -> list[Changes[RecordT]]:
    return [page async for page in erp.list_changes(kind, watermark)]


def list_ids(pages: Sequence[Changes[RecordT]]) -> list[str]:
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
async def test_the_first_run_returns_every_record_and_the_next_none(erp, kind: type[Record], expected: list[str]):
    assert kind in erp.feeds
    first = await read_feed(erp, kind)
    assert list_ids(first) == expected
    assert first[0].total == len(expected)
    assert list_ids(await read_feed(erp, kind, first[-1].watermark)) == []


async def test_a_run_costs_one_call_each_for_the_clock_the_ids_and_the_records(erp, account):
    await read_feed(erp, ErpInvoice)
    assert await account.count_calls() == {"serverTime": 1, "suiteql": 2}


async def test_a_run_without_changes_costs_one_call_and_keeps_the_watermark(erp, account):
    for kind in erp.feeds:
        watermark = (await read_feed(erp, kind))[-1].watermark
        await account.reset()
        (page,) = await read_feed(erp, kind, watermark)
        assert (kind, page.rows, page.present, page.watermark) == (kind, (), None, watermark)
        assert (kind, await account.count_calls()) == (kind, {"suiteql": 1})


async def test_a_deleted_record_is_missing_from_the_next_read_of_all_ids(account, open_port: OpenPort):
    """Neither REST nor SuiteQL reports deletions."""
    erp = open_port(account, full_read_hours=0)
    first = await read_feed(erp, ErpCustomer)
    assert [page.present for page in first] == [None]
    assert (await account.request_record("DELETE", "customer/104")).status_code == 204
    await account.reset()

    (page,) = await read_feed(erp, ErpCustomer, first[-1].watermark)

    assert set(list_ids(first)) - set(unwrap(page.present)) == {"104"}
    assert await account.count_calls() == {"suiteql": 2}


async def test_all_ids_are_read_only_when_the_full_read_is_due(account, open_port: OpenPort):
    erp = open_port(account, full_read_hours=1)
    watermark = (await read_feed(erp, ErpCustomer))[-1].watermark
    await account.request_record("DELETE", "customer/104")

    (page,) = await read_feed(erp, ErpCustomer, watermark)

    assert page.present is None


async def test_a_full_read_takes_a_thousand_ids_per_call(open_account, open_port: OpenPort, many):
    account = await open_account(many)
    erp = open_port(account, full_read_hours=0)
    watermark = (await read_feed(erp, ErpCustomer))[-1].watermark
    await account.reset()

    (page,) = await read_feed(erp, ErpCustomer, watermark)

    assert page.present == tuple(str(id_) for id_ in range(101, 2251))
    assert await account.count_calls() == {"suiteql": 1 + 3}


async def test_a_record_type_without_a_feed_costs_no_call(erp, account, open_port: OpenPort):
    assert await read_feed(erp, ErpInvoiceLine) == []
    bare = open_port(account, mapping={})
    assert ErpContract not in bare.feeds
    assert await read_feed(bare, ErpContract) == []
    assert await account.count_calls() == {}


async def test_the_next_run_returns_a_changed_record(erp, account):
    watermark = (await read_feed(erp, ErpCustomer))[-1].watermark
    assert (await account.request_record("PATCH", "customer/104", {"companyName": "Cobalt Power"})).status_code == 204
    (page,) = await read_feed(erp, ErpCustomer, watermark)
    assert [record.name for record in page.rows] == ["Cobalt Power"]


async def test_a_transaction_that_commits_late_is_read_within_the_overlap(open_account, open_port: OpenPort):
    clock = Clock(datetime(2026, 11, 20, 12, tzinfo=UTC))
    account = await open_account(now=clock)
    erp = open_port(account)
    watermark = (await read_feed(erp, ErpCustomer))[-1].watermark
    clock.at -= timedelta(minutes=14)
    await account.request_record("PATCH", "customer/104", {"companyName": "Late"})
    clock.at += timedelta(minutes=20)
    assert list_ids(await read_feed(erp, ErpCustomer, watermark)) == ["104"]


async def test_a_change_before_the_overlap_is_not_read_again(open_account, open_port: OpenPort):
    clock = Clock(datetime(2026, 11, 20, 12, tzinfo=UTC))
    account = await open_account(now=clock)
    erp = open_port(account)
    await account.request_record("PATCH", "customer/104", {"companyName": "Early"})
    clock.at += timedelta(minutes=16)
    watermark = (await read_feed(erp, ErpCustomer))[-1].watermark
    assert list_ids(await read_feed(erp, ErpCustomer, watermark)) == []


async def test_the_watermark_follows_the_accounts_clock(open_account, open_port: OpenPort):
    """The account's clock is a year ahead; a run by this machine's clock would return everything again."""
    account = await open_account(now=Clock(datetime(2027, 11, 20, 12, tzinfo=UTC)))
    erp = open_port(account)
    watermark = (await read_feed(erp, ErpCustomer))[-1].watermark
    assert "2027-11-20T11:44:5" in watermark or "2027-11-20T11:45:00" in watermark
    assert list_ids(await read_feed(erp, ErpCustomer, watermark)) == []


@pytest.fixture
def many():
    extra = tuple(replace(FIRM.customers[0], number=f"X-{n}", contacts=()) for n in range(2142))
    return replace(FIRM, customers=FIRM.customers + extra, invoices=())


async def test_a_long_feed_is_paged_oldest_first(open_account, open_port: OpenPort, many):
    account = await open_account(many)
    pages = await read_feed(open_port(account), ErpCustomer)
    assert list_ids(pages) == [str(id_) for id_ in range(101, 2251)]
    assert [len(page.rows) for page in pages] == [100] * 21 + [50]
    assert await account.count_calls() == {"serverTime": 1, "suiteql": 3 + 22}


async def test_an_interrupted_run_resumes_after_its_last_page(open_account, open_port: OpenPort, many):
    account = await open_account(many)
    erp = open_port(account)
    watermark, seen = None, []
    async for page in erp.list_changes(ErpCustomer, None):
        seen += [record.native.id for record in page.rows]
        watermark = page.watermark
        if len(seen) == 1300:
            break
    await account.request_record("PATCH", "customer/150", {"companyName": "Changed meanwhile"})
    rest = await read_feed(erp, ErpCustomer, watermark)
    assert list_ids(rest) == [str(id_) for id_ in range(1401, 2251)] + ["150"]
    assert "Changed meanwhile" in {record.name for page in rest for record in page.rows}


async def test_rows_that_change_during_a_run_are_not_lost(open_account, open_port: OpenPort, many):
    account = await open_account(many)
    erp = open_port(account)
    returned: list[str] = []
    async for page in erp.list_changes(ErpCustomer, None):
        returned += [record.native.id for record in page.rows]
        if len(returned) == 100:
            await account.request_record("PATCH", "customer/110", {"companyName": "Read already"})
            await account.request_record("PATCH", "customer/2000", {"companyName": "Still to come"})
    assert set(returned) == {str(id_) for id_ in range(101, 2251)}


async def test_no_change_in_the_repeated_hour_of_daylight_saving_time_is_lost(open_account, open_port: OpenPort):
    """01:30 of 7 November 2027 in New York is both 05:30 and 06:30 UTC; the seeded rows are a year older."""
    clock = Clock(datetime(2027, 11, 7, 5, 0, tzinfo=UTC))
    account = await open_account(now=clock)
    erp = open_port(account, overlap_minutes=0)
    watermark = (await read_feed(erp, ErpCustomer))[-1].watermark
    for id_ in range(101, 109):
        clock.at += timedelta(minutes=17)
        await account.request_record("PATCH", f"customer/{id_}", {"companyName": f"At {clock.at:%H:%M}"})
        pages = await read_feed(erp, ErpCustomer, watermark)
        watermark = pages[-1].watermark
        assert str(id_) in list_ids(pages), f"lost at {clock.at:%H:%M} UTC"


async def test_a_foreign_watermark_is_a_contract_mismatch(erp):
    with pytest.raises(SourceError) as raised:
        await read_feed(erp, ErpCustomer, "2026-11-20")
    assert raised.value.code is FaultCode.CONTRACT_MISMATCH
