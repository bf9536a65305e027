"""A value that cannot be read costs its own attribute, at worst its own record; every other row is unchanged."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.fault import FaultCode
from gateway.canonical.native import NativeId
from gateway.canonical.records.base import UnreadableValue
from gateway.canonical.records.psa import PsaTask
from gateway.errors import SourceError
from gateway.ports.unreadable import UnreadableRecord, collect_unreadable
from subgraphs.kit.dates import parse_day, parse_leading_day
from subgraphs.kit.decoding import convert_rows, decode_rows
from subgraphs.kit.numbers import parse_number
from subgraphs.kit.origins import build_origins
from subgraphs.kit.record_mapping import RecordMapper, parse_value
from subgraphs.kit.rows import WireRow

RowT = TypeVar("RowT")


class Page(msgspec.Struct, Generic[RowT], frozen=True, rename="camel"):
    """A vendor's envelope."""

    items: tuple[RowT, ...]
    next_page: str | None = None


class Row(WireRow, frozen=True, kw_only=True):
    """A vendor's row. Without `phase_id` the task would be another one."""

    essential: ClassVar[frozenset[str]] = frozenset({"phase_id"})
    affects: ClassVar[Mapping[str, Sequence[str]]] = {"extras": ("actual_hours",)}
    keys: ClassVar[Mapping[str, str]] = {"workspace_id": "project_id"}

    id: str
    workspace_id: str
    title: str
    begin: str | None = None
    due: str
    hours: Decimal | None = None
    base: int = 60
    phase_id: str | None = None
    extras: Mapping[str, Any] = {}


ORIGINS = build_origins(
    PsaTask,
    "tasks",
    {},
    project_id="workspace_id",
    name="title",
    start_date="begin",
    end_date="due",
    estimated_hours=("hours", "per base"),
    actual_hours="extras.spent",
)
MAPPER = RecordMapper(PsaTask, "tasks", ORIGINS)
FIRST = {"id": "1", "workspace_id": "7", "title": "Design", "begin": "2026-01-05", "due": "2026-02-01", "hours": 120}
EXTRA = {**FIRST, "id": "2", "phase_id": "p", "extras": {"spent": "12.5"}}


def build_task(row: Row) -> PsaTask:
    """Map a row."""
    return PsaTask(
        native=NativeId("psa", "tasks", row.id),
        project_id=row.workspace_id,
        name=row.title,
        start_date=parse_leading_day(row.begin),
        end_date=parse_day(row.due),
        estimated_hours=None if row.hours is None else row.hours / row.base,
        actual_hours=parse_value(parse_number, row.extras.get("spent"), "actual_hours", "tasks", "spent"),
    )


def read(*rows: Any) -> tuple[list[PsaTask], list[UnreadableRecord]]:
    """Decode and map a page of rows."""
    body = msgspec.json.encode({"items": rows, "nextPage": "2"})
    with collect_unreadable() as lost:
        page = decode_rows(body, Page[Row], "tasks", "items")
        records = MAPPER.map_rows(page.items, build_task)
    assert page.next_page == "2"
    return records, list(lost)


def test_readable_rows_are_decoded_as_a_whole_page() -> None:
    records, lost = read(FIRST, EXTRA)

    assert [(each.estimated_hours, each.actual_hours, each.unreadable) for each in records] == [
        (Decimal(2), None, ()),
        (Decimal(2), Decimal("12.5"), ()),
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("changed", "attribute", "field"),
    [
        ({"begin": 5}, "start_date", "begin"),
        ({"begin": "soon"}, "start_date", "begin"),
        ({"hours": []}, "estimated_hours", "hours"),
        ({"hours": 1e30}, "estimated_hours", "hours"),
        ({"base": 0}, "estimated_hours", "hours"),
        ({"extras": 5}, "actual_hours", "extras"),
        ({"extras": {"spent": "1e999"}}, "actual_hours", "spent"),
    ],
)
def test_an_optional_value_costs_its_own_attribute(changed: dict[str, Any], attribute: str, field: str) -> None:
    (first, second, third), lost = read(FIRST, {**EXTRA, **changed}, {**FIRST, "id": "3"})
    (whole,), _ = read(EXTRA)

    assert (first.native.id, third.native.id, lost) == ("1", "3", [])
    assert second.unreadable == (UnreadableValue(attribute, "tasks", field),)
    assert second == msgspec.structs.replace(whole, **{attribute: None}, unreadable=second.unreadable)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": 5}, "title"),
        ({"due": "soon"}, "due"),
        ({"due": ""}, "due"),
        ({"base": "sixty"}, "base"),
        ({"phase_id": 5}, "phase_id"),
    ],
)
def test_a_mandatory_value_or_one_whose_default_means_something_costs_its_record(
    changed: dict[str, Any], field: str
) -> None:
    records, lost = read(FIRST, {**EXTRA, **changed}, {**FIRST, "id": "3"})

    assert [each.native.id for each in records] == ["1", "3"]
    assert [(each.object, each.id, each.field, each.keys["project_id"]) for each in lost] == [
        ("tasks", "2", field, "7")
    ]


def test_several_values_of_one_row_are_named_one_by_one() -> None:
    (record,), lost = read({**EXTRA, "begin": "x", "hours": {}, "extras": {"spent": "y"}})

    assert lost == []
    assert {(each.attribute, each.field) for each in record.unreadable} == {
        ("start_date", "begin"),
        ("estimated_hours", "hours"),
        ("actual_hours", "spent"),
    }


def test_an_empty_text_where_a_day_or_a_number_is_meant_is_no_value_and_no_error() -> None:
    (record,), lost = read({**FIRST, "begin": "", "hours": ""})

    assert (record.start_date, record.estimated_hours, record.unreadable, lost) == (None, None, (), [])


def test_a_row_that_is_no_object_is_reported_without_an_id() -> None:
    records, lost = read(FIRST, 5, None, [])

    assert [each.native.id for each in records] == ["1"]
    assert [(each.object, each.id) for each in lost] == [("tasks", None)] * 3


def test_a_row_that_becomes_no_record_without_an_unreadable_value_is_reported() -> None:
    """Without its phase, a row might be no task at all: it must not vanish."""
    with collect_unreadable() as lost:
        rows = convert_rows([{**FIRST, "begin": []}], Row, "tasks")
        records = MAPPER.map_rows(rows, lambda row: None if row.begin is None else build_task(row))

    assert records == []
    assert [(each.id, each.field) for each in lost] == [("1", "begin")]


def test_a_lost_row_is_an_error_if_nobody_collects() -> None:
    with pytest.raises(SourceError) as raised:
        convert_rows([{**FIRST, "title": 5}], Row, "tasks")

    assert raised.value.code is FaultCode.CONTRACT_MISMATCH


def test_faults_of_the_system_are_no_unreadable_values() -> None:
    def fail(_row: Row) -> PsaTask:
        raise SourceError(FaultCode.RATE_LIMITED, "429")

    with collect_unreadable(), pytest.raises(SourceError) as raised:
        MAPPER.map_rows(convert_rows([FIRST], Row, "tasks"), fail)

    assert raised.value.code is FaultCode.RATE_LIMITED


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
ODD = JSON | st.sampled_from(["1E+30", "1e999", "NaN", "-0.0", "2026-02-30", "9999-99-99"])


@given(st.dictionaries(st.sampled_from([*EXTRA, "base"]), ODD, min_size=1))
def test_whatever_a_row_holds_the_others_are_unchanged_and_it_is_right_marked_or_reported(
    changed: dict[str, Any],
) -> None:
    """Of two hundred spoilt rows, none may raise, hide another row or hide itself."""
    spoilt = {**EXTRA, **changed}

    records, lost = read(FIRST, spoilt, {**FIRST, "id": "3"})

    own = records[1:-1]
    assert (records[0], records[-1]) == (read(FIRST)[0][0], read({**FIRST, "id": "3"})[0][0])
    assert len(own) + len(lost) == 1
    for record in own:
        unread = {each.attribute for each in record.unreadable}
        assert isinstance(record.start_date, date) or "start_date" in unread or spoilt["begin"] in {None, ""}
        assert "estimated_hours" not in unread or record.estimated_hours is None
        assert record.estimated_hours is None or abs(record.estimated_hours) < 10**18
