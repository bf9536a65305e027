"""Feeds tell what changed and what is gone, with and without the account's events, and an idle one costs one call."""

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
SWEEP = {"options": {"sweep_hours": 0}}


class Clock:
    """The account's clock, which the test moves. It starts at the machine's time: feeds compare watermarks with both."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.at


async def followed(account: Account, kind: type[Record], watermark: str | None = None) -> list[Changes[Any]]:
    return [page async for page in account.port.changed_since(kind, watermark)]


def ids(pages: Sequence[Changes[Any]]) -> list[str]:
    return [row.native.id for page in pages for row in page.rows]


@pytest.mark.parametrize("case", [{}, EVENTS])
@pytest.mark.parametrize("kind", KINDS)
async def test_an_idle_feed_costs_one_call_and_tells_nothing(
    opened: Open, kind: type[Record], case: dict[str, Any]
) -> None:
    account = await opened(**case)
    first = await followed(account, kind)
    await account.reset()

    (second,) = await followed(account, kind, first[-1].watermark)

    assert (second.rows, second.deleted, second.present) == ((), (), None)
    assert sum((await account.calls()).values()) == 1


async def test_an_idle_feed_of_very_many_people_costs_one_call_where_the_account_tells_events(opened: Open) -> None:
    crowd = tuple(replace(FIRM.workers[0], number=f"X-{number}", email=f"{number}@x.example") for number in range(402))
    account = await opened(replace(FIRM, workers=(*FIRM.workers, *crowd)), **EVENTS)
    first = await followed(account, PsaUser)
    assert await account.calls() == {"users": 3}
    await account.reset()

    await followed(account, PsaUser, first[-1].watermark)

    assert await account.calls() == {"subscribed_events": 1}


@pytest.mark.parametrize("case", [{}, EVENTS])
async def test_a_change_is_told_by_the_next_run_and_no_longer_when_the_overlap_is_over(
    opened: Open, case: dict[str, Any]
) -> None:
    clock = Clock()
    account = await opened(now=clock, **case)
    watermark = (await followed(account, PsaProject))[-1].watermark
    clock.at += timedelta(minutes=1)
    account.life.update("workspaces", "3", {"title": "Renamed"})

    (second,) = await followed(account, PsaProject, watermark)
    clock.at += timedelta(minutes=12)
    (third,) = await followed(account, PsaProject, second.watermark)
    (fourth,) = await followed(account, PsaProject, third.watermark)

    assert [row.name for row in second.rows] == ["Renamed"]
    assert ids([third]) == ["3"]
    assert ids([fourth]) == []


async def test_a_stamp_with_the_accounts_offset_is_told_in_utc(opened: Open) -> None:
    account = await opened(now=lambda: datetime(2026, 11, 20, 12, tzinfo=UTC))
    account.life.update("workspaces", "3", {"title": "Renamed"})

    sent = (await account.get("workspaces/3.json")).json()["workspaces"]["3"]["updated_at"]
    project = (await account.port.projects(["3"]))["3"]

    assert (sent, project.modified_at) == ("2026-11-20T05:00:00-07:00", datetime(2026, 11, 20, 12, tzinfo=UTC))


async def test_a_change_that_commits_late_is_caught_by_the_overlap(opened: Open) -> None:
    clock = Clock()
    account = await opened(now=clock)
    watermark = (await followed(account, PsaClient))[-1].watermark
    clock.at -= timedelta(minutes=9)
    account.life.update("workspace_groups", "2", {"name": "Late"})
    clock.at += timedelta(minutes=20)

    assert ids(await followed(account, PsaClient, watermark)) == ["2"]


async def test_stamps_that_lie_ahead_of_the_time_that_answers_tell_are_not_lost(opened: Open) -> None:
    account = await opened(now=lambda: datetime(2025, 11, 20, tzinfo=UTC))
    first = await followed(account, PsaClient)

    second = await followed(account, PsaClient, first[-1].watermark)

    # Ten minutes before the last stamp are read again; clients were changed a minute after each other.
    assert ids(second) == ids(first)


async def test_a_feed_of_people_without_events_tells_everybody_when_one_is_different(opened: Open) -> None:
    account = await opened()
    (first,) = await followed(account, PsaUser)
    account.life.update("users", "2", {"full_name": "Somebody Else"})

    (second,) = await followed(account, PsaUser, first.watermark)

    assert len(second.rows) == len(FIRM.workers)
    assert second.rows[1].name == "Somebody Else"
    assert set(second.present or ()) == set(ids([first]))


@pytest.mark.parametrize(("kind", "resource"), RESOURCES)
async def test_what_was_deleted_is_told_by_the_event_that_remembers_it(
    opened: Open, kind: type[Record], resource: str
) -> None:
    account = await opened(**EVENTS)
    watermark = (await followed(account, kind))[-1].watermark
    account.life.delete(resource, "4")
    account.life.repeat_event()

    (page,) = await followed(account, kind, watermark)

    assert (page.rows, page.deleted) == ((), ("4",))


@pytest.mark.parametrize(("kind", "resource"), RESOURCES)
async def test_without_events_what_was_deleted_is_missing_when_everything_is_looked_at(
    opened: Open, kind: type[Record], resource: str
) -> None:
    account = await opened(**SWEEP)
    first = await followed(account, kind)
    account.life.delete(resource, "4")

    (page,) = await followed(account, kind, first[-1].watermark)

    assert set(first[-1].present or ()) - set(page.present or ()) == {"4"}


async def test_everything_is_looked_at_only_when_it_is_due(opened: Open) -> None:
    account = await opened(options={"sweep_hours": 1})
    first = await followed(account, PsaProject)
    account.life.delete("workspaces", "4")

    (page,) = await followed(account, PsaProject, first[-1].watermark)

    assert (page.rows, page.deleted, page.present) == ((), (), None)


async def test_events_that_are_no_longer_kept_are_made_up_for_by_looking_at_everything(opened: Open) -> None:
    clock = Clock()
    clock.at = datetime.now(UTC) - timedelta(days=9)
    account = await opened(now=clock, **EVENTS)
    watermark = (await followed(account, PsaUser))[-1].watermark
    account.life.delete("users", "4")

    (page,) = await followed(account, PsaUser, watermark)

    assert len(page.rows) == len(FIRM.workers) - 1
    assert page.present == tuple(ids([page]))


async def test_an_account_tells_an_event_for_nine_days(opened: Open) -> None:
    clock = Clock()
    account = await opened(now=clock)
    account.life.delete("users", "4")

    async def told() -> int:
        return int((await account.get("subscribed_events.json")).json()["count"])

    clock.at += timedelta(days=8, hours=23)
    before = await told()
    clock.at += timedelta(hours=1)

    assert (before, await told()) == (1, 0)


async def test_turning_the_events_on_or_off_reads_everything_again(opened: Open) -> None:
    plain, eventful = await opened(), await opened(**EVENTS)
    by_digest = (await followed(plain, PsaUser))[-1].watermark
    by_events = (await followed(eventful, PsaUser))[-1].watermark

    assert len(ids(await followed(eventful, PsaUser, by_digest))) == len(FIRM.workers)
    assert len(ids(await followed(plain, PsaUser, by_events))) == len(FIRM.workers)


async def test_an_account_without_the_add_on_says_so(opened: Open) -> None:
    account = await opened(events=False, **EVENTS)
    watermark = (await followed(account, PsaUser))[-1].watermark

    with pytest.raises(SourceError) as refused:
        await followed(account, PsaUser, watermark)

    assert refused.value.code is FaultCode.PERMISSION_DENIED
    broken = [finding.subject for finding in await account.port.check() if not finding.ok]
    assert broken == ["subscribed_events"]


async def test_people_without_a_project_are_read_all_the_same(opened: Open) -> None:
    """Kantata lists only who takes part in a project, unless the whole account is asked for."""
    account = await opened(replace(FIRM, projects=()))

    hidden = (await account.get("users.json")).json()
    told = await followed(account, PsaUser)

    assert hidden["count"] == 0
    assert len(ids(told)) == len(FIRM.workers)


async def test_groups_that_are_no_company_are_not_read(opened: Open) -> None:
    account = await opened()
    account.life.update("workspace_groups", "2", {"company": False})

    assert "2" not in ids(await followed(account, PsaClient))
