"""The table of calls is true: adapters make these calls and no others, and every check that it claims has happened."""

import pytest

from tests.clients.calls import CALLS, named
from tests.clients.judges import JUDGES
from tests.clients.ports import exercised, promised
from tests.contract.systems import PLAYED, Played

# Tryton's adapter talks to the vendor's own server, which is a better judge than any table.
TWINS = [played for played in PLAYED if played.manifest.vendor != "tryton"]


@pytest.mark.parametrize("played", TWINS, ids=str)
async def test_an_adapter_makes_the_calls_of_the_table_and_no_others(played: Played) -> None:
    run = await exercised(played)

    found, unlisted = named(played.manifest.vendor, run.arrived)
    assert promised(played.role) - run.methods == set()
    assert unlisted == set()
    assert {row for row in CALLS if row.vendor == played.manifest.vendor} - found == set()


@pytest.mark.parametrize("judge", JUDGES)
async def test_a_judge_has_answered_for_every_call_that_names_it(judged, judge: str) -> None:
    vendor, _, name = judge.partition("/")

    found, _ = named(vendor, (await judged(judge)).arrived)

    claimed = {row for row in CALLS if row.vendor == vendor and name in row.checked_by}
    assert claimed
    assert claimed - found == set()


def test_the_table_names_known_judges_and_says_what_nobody_has_checked() -> None:
    assert {f"{row.vendor}/{judge}" for row in CALLS for judge in row.checked_by} == JUDGES.keys()
    assert [str(row) for row in CALLS if not row.checked_by and not row.unchecked] == []
    assert len({str(row) for row in CALLS}) == len(CALLS)
    assert {row.vendor for row in CALLS} == {played.manifest.vendor for played in TWINS}
