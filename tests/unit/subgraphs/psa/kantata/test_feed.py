"""Feeds yield changes and deletions, with and without subscribed events; an idle feed costs one call."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.base import Record
from gateway.canonical.records.psa import PsaClient, PsaProject, PsaUser
from gateway.errors import SourceError
from gateway.ports.base import Changes
from subgraphs.sandbox.firm.small import FIRM
from tests.unit.subgraphs.psa.kantata.conftest import Account, Open

KINDS = (PsaClient, PsaUser, PsaProject)
RESOURCES = tuple(zip(KINDS, ("workspace_groups", "users", "workspaces"), strict=True))
EVENTS = {"options": {"events": True}}
FULL_READ = {"options": {"full_read_hours": 0}}


class Clock:
    """The clock of the account and of the adapter."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


async def read_feed(account: Account, kind: type[Record], watermark: str | None = None) -> list[Changes[Any]]:
    return [page async for page in account.port.list_changes(kind, watermark)]


def list_ids(pages: Sequence[Changes[Any]]) -> list[str]:
    return [row.native.id for page in pages for row in page.rows]


@pytest.mark.parametrize("case", [{}, EVENTS])
@pytest.mark.parametrize("kind", KINDS)
async def test_an_idle_feed_costs_one_call_and_yields_nothing(
    opened: Open, kind: type[Record], case: dict[str, Any]
) -> None:
    account = await opened(**case)
    first = await read_feed(account, kind)
    await account.reset()

    (second,) = await read_feed(account, kind, first[-1].watermark)

    assert (second.rows, second.deleted, second.present) == ((), (), None)
    assert sum((await account.count_calls()).values()) == 1


async def test_an_idle_feed_of_many_users_costs_one_call_with_events(opened: Open) -> None:
    crowd = tuple(replace(FIRM.workers[0], number=f"X-{number}", email=f"{number}@x.example") for number in range(402))
    account = await opened(replace(FIRM, workers=(*FIRM.workers, *crowd)), **EVENTS)
    first = await read_feed(account, PsaUser)
    assert await account.count_calls() == {"users": 3}
    await account.reset()

    await read_feed(account, PsaUser, first[-1].watermark)

    assert await account.count_calls() == {"subscribed_events": 1}


@pytest.mark.parametrize("case", [{}, EVENTS])
async def test_a_change_is_yielded_until_the_overlap_has_passed(opened: Open, case: dict[str, Any]) -> None:
    clock = Clock()
    account = await opened(now=clock, **case)
    watermark = (await read_feed(account, PsaProject))[-1].watermark
    clock.at += timedelta(minutes=1)
    account.life.update("workspaces", "3", {"title": "Renamed"})

    (second,) = await read_feed(account, PsaProject, watermark)
    clock.at += timedelta(minutes=12)
    (third,) = await read_feed(account, PsaProject, second.watermark)
    (fourth,) = await read_feed(account, PsaProject, third.watermark)

    assert [row.name for row in second.rows] == ["Renamed"]
    assert list_ids([third]) == ["3"]
    assert list_ids([fourth]) == []


async def test_a_time_with_the_accounts_offset_is_converted_to_utc(opened: Open) -> None:
    account = await opened(now=lambda: datetime(2026, 11, 20, 12, tzinfo=UTC))
    account.life.update("workspaces", "3", {"title": "Renamed"})

    sent = (await account.get("workspaces/3.json")).json()["workspaces"]["3"]["updated_at"]
    project = (await account.port.get_projects(["3"]))["3"]

    assert (sent, project.modified_at) == ("2026-11-20T05:00:00-07:00", datetime(2026, 11, 20, 12, tzinfo=UTC))


async def test_a_change_that_commits_late_is_caught_by_the_overlap(opened: Open) -> None:
    clock = Clock()
    account = await opened(now=clock)
    watermark = (await read_feed(account, PsaClient))[-1].watermark
    clock.at -= timedelta(minutes=9)
    account.life.update("workspace_groups", "2", {"name": "Late"})
    clock.at += timedelta(minutes=20)

    assert list_ids(await read_feed(account, PsaClient, watermark)) == ["2"]


async def test_changes_later_than_the_date_header_are_not_lost(opened: Open) -> None:
    account = await opened(now=lambda: datetime(2025, 11, 20, tzinfo=UTC))
    first = await read_feed(account, PsaClient)

    second = await read_feed(account, PsaClient, first[-1].watermark)

    # The overlap of ten minutes before the last change is read again; clients change a minute apart.
    assert list_ids(second) == list_ids(first)


async def test_a_user_feed_without_events_yields_all_users_if_one_has_changed(opened: Open) -> None:
    account = await opened()
    (first,) = await read_feed(account, PsaUser)
    account.life.update("users", "2", {"full_name": "Somebody Else"})

    (second,) = await read_feed(account, PsaUser, first.watermark)

    assert len(second.rows) == len(FIRM.workers)
    assert second.rows[1].name == "Somebody Else"
    assert set(second.present or ()) == set(list_ids([first]))


@pytest.mark.parametrize(("kind", "resource"), RESOURCES)
async def test_a_deletion_is_found_by_its_event(opened: Open, kind: type[Record], resource: str) -> None:
    account = await opened(**EVENTS)
    watermark = (await read_feed(account, kind))[-1].watermark
    account.life.delete(resource, "4")
    account.life.repeat_event()

    (page,) = await read_feed(account, kind, watermark)

    assert (page.rows, page.deleted) == ((), ("4",))


@pytest.mark.parametrize(("kind", "resource"), RESOURCES)
async def test_without_events_a_deletion_is_found_by_a_full_read(
    opened: Open, kind: type[Record], resource: str
) -> None:
    account = await opened(**FULL_READ)
    first = await read_feed(account, kind)
    account.life.delete(resource, "4")

    (page,) = await read_feed(account, kind, first[-1].watermark)

    assert set(first[-1].present or ()) - set(page.present or ()) == {"4"}


async def test_a_full_read_runs_only_when_due(opened: Open) -> None:
    account = await opened(options={"full_read_hours": 1})
    first = await read_feed(account, PsaProject)
    account.life.delete("workspaces", "4")

    (page,) = await read_feed(account, PsaProject, first[-1].watermark)

    assert (page.rows, page.deleted, page.present) == ((), (), None)


async def test_a_watermark_older_than_the_events_causes_a_full_read(opened: Open) -> None:
    clock = Clock()
    account = await opened(now=clock, **EVENTS)
    watermark = (await read_feed(account, PsaUser))[-1].watermark
    account.life.delete("users", "4")
    clock.at += timedelta(days=9)

    (page,) = await read_feed(account, PsaUser, watermark)

    assert len(page.rows) == len(FIRM.workers) - 1
    assert page.present == tuple(list_ids([page]))


async def test_an_account_keeps_an_event_for_nine_days(opened: Open) -> None:
    clock = Clock()
    account = await opened(now=clock)
    account.life.delete("users", "4")

    async def count_events() -> int:
        return int((await account.get("subscribed_events.json")).json()["count"])

    clock.at += timedelta(days=8, hours=23)
    before = await count_events()
    clock.at += timedelta(hours=1)

    assert (before, await count_events()) == (1, 0)


async def test_switching_events_on_or_off_reads_everything_again(opened: Open) -> None:
    plain, eventful = await opened(), await opened(**EVENTS)
    by_digest = (await read_feed(plain, PsaUser))[-1].watermark
    by_events = (await read_feed(eventful, PsaUser))[-1].watermark

    assert len(list_ids(await read_feed(eventful, PsaUser, by_digest))) == len(FIRM.workers)
    assert len(list_ids(await read_feed(plain, PsaUser, by_events))) == len(FIRM.workers)


async def test_an_account_without_the_add_on_denies_permission(opened: Open) -> None:
    account = await opened(events=False, **EVENTS)
    watermark = (await read_feed(account, PsaUser))[-1].watermark

    with pytest.raises(SourceError) as raised:
        await read_feed(account, PsaUser, watermark)

    assert raised.value.code is FaultCode.PERMISSION_DENIED
    broken = [finding.subject for finding in await account.port.check() if not finding.ok]
    assert broken == ["subscribed_events"]


async def test_users_without_a_project_are_read_too(opened: Open) -> None:
    """Kantata lists only participants of projects, unless all users of the account are requested."""
    account = await opened(replace(FIRM, projects=()))

    hidden = (await account.get("users.json")).json()
    pages = await read_feed(account, PsaUser)

    assert hidden["count"] == 0
    assert len(list_ids(pages)) == len(FIRM.workers)


async def test_groups_other_than_companies_are_not_read(opened: Open) -> None:
    account = await opened()
    account.life.update("workspace_groups", "2", {"company": False})

    assert "2" not in list_ids(await read_feed(account, PsaClient))
