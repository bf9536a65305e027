"""Pages of whole lists lose and double no record, whatever the form of the vendor's ids."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.native import NativeId
from gateway.canonical.records.psa import PsaTimeEntry
from gateway.errors import BadInputError
from gateway.ports.base import PageRequest
from subgraphs.kit.identifiers import build_sort_key, is_whole_number
from subgraphs.kit.memory_paging import ChildOrder, paginate_in_memory
from subgraphs.kit.paging import encode_cursor
from tests.fixtures.unwrapping import unwrap

START = date(2026, 11, 1)
BY_ID = ChildOrder[PsaTimeEntry](parent_field="user_id")
BY_DAY = ChildOrder[PsaTimeEntry](parent_field="user_id", day_field="work_date")

whole_numbers = st.integers(0, 10**20).map(str)
padded_numbers = st.integers(0, 99).map(lambda number: f"{number:04}")
uuids = st.uuids().map(str)
revisions = st.tuples(st.integers(1, 30), st.integers(1, 30)).map(lambda pair: f"r{pair[0]}-{pair[1]}")
any_ids = st.one_of(whole_numbers, padded_numbers, uuids, revisions, st.text(min_size=1, max_size=5))
unique_ids = st.lists(any_ids, unique=True, max_size=30)


def build_entry(identifier: str, user: str = "u-1", day: int = 0) -> PsaTimeEntry:
    return PsaTimeEntry(
        native=NativeId("psa", "time", identifier),
        modified_at=None,
        project_id="9",
        user_id=user,
        work_date=START + timedelta(days=day),
        hours=Decimal(1),
    )


def read_all_pages(order: ChildOrder[PsaTimeEntry], records: list[PsaTimeEntry], user: str, size: int) -> list[str]:
    """Follow the cursors to the last page; return the ids in order."""
    ids: list[str] = []
    after = None
    while True:
        page = unwrap(paginate_in_memory(order, [user], records, PageRequest(size, after))[user])
        assert len(page.rows) <= size
        ids += [row.native.id for row in page.rows]
        if not page.has_next:
            return ids
        after = page.cursors[-1]


@given(unique_ids, st.integers(1, 5), st.data())
@pytest.mark.parametrize("order", [BY_ID, BY_DAY], ids=["by id", "by day"])
def test_the_pages_of_any_ids_lose_and_double_nothing(
    order: ChildOrder[PsaTimeEntry], ids: list[str], size: int, data: st.DataObject
) -> None:
    users = {identifier: data.draw(st.sampled_from(["u-1", str(UUID(int=7))])) for identifier in ids}
    records = [build_entry(identifier, users[identifier], data.draw(st.integers(0, 2))) for identifier in ids]

    for user in ("u-1", str(UUID(int=7))):
        own = [record for record in records if record.user_id == user]
        expected = [record.native.id for record in sorted(own, key=order.get_sort_key)]
        assert read_all_pages(order, records, user, size) == expected
        assert sorted(expected) == sorted(record.native.id for record in own)


@given(unique_ids)
def test_no_two_ids_have_the_same_sort_key(ids: list[str]) -> None:
    assert len({build_sort_key(each) for each in ids}) == len(ids)


def test_whole_numbers_are_ordered_by_value_and_before_all_other_ids() -> None:
    ids = ["r3-1", "10", "9", "a3f0b6f0-0000-4000-8000-000000000001", "100", "r10-1"]

    assert sorted(ids, key=build_sort_key) == [
        "9",
        "10",
        "100",
        "a3f0b6f0-0000-4000-8000-000000000001",
        "r10-1",
        "r3-1",
    ]


@pytest.mark.parametrize(
    ("order", "position"),
    [
        (BY_ID, ("2026-11-01", "7")),
        (BY_ID, ("",)),
        (BY_DAY, ("7",)),
        (BY_DAY, ("7", "2026-11-01")),
        (ChildOrder[PsaTimeEntry](parent_field="user_id", is_id=is_whole_number), ("r3-1",)),
    ],
)
def test_a_cursor_of_another_list_is_rejected(order: ChildOrder[PsaTimeEntry], position: tuple[str, ...]) -> None:
    with pytest.raises(BadInputError) as raised:
        paginate_in_memory(order, ["u-1"], [], PageRequest(5, encode_cursor(*position)))

    assert raised.value.field == "after"
