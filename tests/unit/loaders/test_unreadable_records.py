"""A record that a system sent and nobody could read: its id gets a fault, its page a reason, a total no value."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.canonical.fault import Fault, FaultCode
from gateway.canonical.native import NativeId
from gateway.canonical.page import Page
from gateway.canonical.records.psa import PsaMilestone
from gateway.canonical.roles import SystemRole
from gateway.loaders.arguments import NO_ARGS
from gateway.loaders.declaration import ROW_ID, Loader
from gateway.loaders.runtime import LoaderRuntime
from gateway.ports.unreadable import UnreadableRecord, report_unreadable

LOST = UnreadableRecord(object="stories", id="7", field="title", keys={"project_id": "1"})
FAULT = Fault(
    system=SystemRole.PSA,
    code=FaultCode.CONTRACT_MISMATCH,
    message="The PSA sent a record that cannot be read: stories 7, title.",
    correlation_id="corr-9",
    connection="psa",
    object="stories",
    id="7",
    field="title",
)


def build_milestone(id_: str) -> PsaMilestone:
    return PsaMilestone(native=NativeId("psa", "stories", id_), project_id="1", name=f"Milestone {id_}")


async def load(row_key: str | None, found: Mapping[str, Any], *lost: UnreadableRecord) -> dict[str, Any]:
    """Load ids 1, 2 and 7 by a loader that finds some values and loses some records."""

    async def call(_sources: Any, keys: Sequence[Any], _args: Mapping[str, Any], /) -> Mapping[Any, Any]:
        for each in lost:
            report_unreadable(each)
        return {key: found.get(key.id) for key in keys}

    loader = Loader(name="rows", system=SystemRole.PSA, call=call, row_key=row_key)
    runtime = LoaderRuntime({"rows": loader}, SimpleNamespace(ports={"psa": SimpleNamespace()}), "corr-9")
    keys = [NativeId("psa", "", id_) for id_ in ("1", "2", "7")]
    answer = await runtime.load([("rows", NO_ARGS, key) for key in keys])
    return {key.id: answer["rows", NO_ARGS, key] for key in keys}


async def test_only_the_id_of_the_lost_record_gets_a_fault() -> None:
    found = {"1": build_milestone("1"), "2": None}

    assert await load(ROW_ID, found, LOST) == {**found, "7": FAULT}


async def test_a_lost_record_without_a_readable_id_may_be_any_that_is_missing() -> None:
    answer = await load(ROW_ID, {"1": build_milestone("1")}, UnreadableRecord(object="stories", id=None))

    assert answer["1"] == build_milestone("1")
    assert {answer[id_].message for id_ in ("2", "7")} == {
        "The PSA sent a record that cannot be read: stories without a readable id."
    }


async def test_a_page_keeps_its_rows_and_names_the_lost_record_of_its_parent_only() -> None:
    page: Page[Any] = Page(rows=(build_milestone("5"),), cursors=("c",))

    answer = await load("project_id", {"1": page, "2": page}, LOST, LOST)

    assert (answer["1"].rows, answer["1"].faults) == (page.rows, (FAULT,))
    assert answer["2"] == page


async def test_a_lost_record_of_an_unknown_parent_is_named_in_every_page() -> None:
    page: Page[Any] = Page(rows=(), cursors=())

    answer = await load("user_id", {"1": page, "2": page, "7": page}, LOST)

    assert [each.faults for each in answer.values()] == [(FAULT,)] * 3


@pytest.mark.parametrize("total", [("a", "list"), 12, None])
async def test_a_total_that_may_lack_a_record_is_no_total_of_the_rest(total: Any) -> None:
    assert await load(None, {"1": total, "2": total, "7": total}, LOST) == {"1": FAULT, "2": FAULT, "7": FAULT}
