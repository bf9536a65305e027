"""Reads by native id: each record comes back under its own id, in as few calls as the vendor's batch allows."""

import pytest

from gateway.net.call_counter import count_calls
from tests.contract.exemptions import Exemptions
from tests.contract.reads import BY_ID
from tests.contract.systems import SystemUnderTest

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_supported_kind_is_read_by_id(subject: SystemUnderTest, exemptions: Exemptions) -> None:
    supported = {kind for kind in BY_ID[subject.role] if subject.supports(kind)}
    exemptions.require_exactly({kind.__name__ for kind in supported - subject.ids.keys()}, "needs an id of the kind")
    assert subject.ids.keys() - supported == set()
    assert [kind for kind, ids in subject.ids.items() if not ids or len(ids) != len(set(ids))] == []


async def test_every_record_comes_back_under_its_own_id(subject: SystemUnderTest) -> None:
    for kind, ids in subject.ids.items():
        found = await subject.read_by_id(kind, ids)
        assert {id_: record.native.id for id_, record in found.items()} == {id_: id_ for id_ in ids}
        assert {type(record) for record in found.values()} == {kind}


async def test_unknown_ids_are_missing_even_past_the_batch(subject: SystemUnderTest) -> None:
    batch = subject.port.capabilities.read_batch
    for kind, ids in subject.ids.items():
        padding = subject.make_unknown_ids(batch + 1, kind)
        assert len(set(padding) - set(ids)) == batch + 1
        found = await subject.read_by_id(kind, [*ids[:-1], *padding, ids[-1]])
        assert (kind, set(found)) == (kind, set(ids))
        assert await subject.read_by_id(kind, padding[:1]) == {}


async def test_ids_that_do_not_have_the_vendors_form_are_missing_too(subject: SystemUnderTest) -> None:
    strange = ["", "nobody", "' OR '1'='1", "1; --", "ü", "0" * 400]
    for kind, ids in subject.ids.items():
        assert (kind, set(await subject.read_by_id(kind, [*strange, ids[0]]))) == (kind, {ids[0]})


async def test_a_repeated_id_costs_no_further_call(subject: SystemUnderTest) -> None:
    often = subject.port.capabilities.read_batch + 1
    for kind, ids in subject.ids.items():
        with count_calls() as once:
            first = await subject.read_by_id(kind, ids)
        with count_calls() as repeated:
            again = await subject.read_by_id(kind, ids * (often // len(ids) + 1))
        assert again == first
        assert (kind, repeated) == (kind, once)


async def test_reading_no_id_makes_no_call(subject: SystemUnderTest) -> None:
    counts = {}
    for kind in BY_ID[subject.role]:
        with count_calls() as calls:
            assert await subject.read_by_id(kind, []) == {}
        counts[kind.__name__] = calls.total()
    assert counts == dict.fromkeys(counts, 0)


async def test_an_unsupported_kind_is_missing_without_a_call(subject: SystemUnderTest) -> None:
    for kind in BY_ID[subject.role]:
        if not subject.supports(kind):
            with count_calls() as calls:
                assert await subject.read_by_id(kind, subject.make_unknown_ids(2)) == {}
            assert (kind, calls.total()) == (kind, 0)


async def test_a_row_of_a_page_equals_the_record_read_by_its_id(subject: SystemUnderTest) -> None:
    for read in subject.child_reads:
        rows = {
            row.native.id: row
            for parent in subject.ids[read.parent]
            for row in await subject.read_children(read, parent)
        }
        assert rows
        assert await subject.read_by_id(read.child, list(rows)) == rows
