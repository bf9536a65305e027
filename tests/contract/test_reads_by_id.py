"""Reads by native id: what is asked for comes back under the id that was asked, in as few calls as the vendor's batch allows."""

import pytest

from gateway.net.ledger import counting
from tests.contract.reads import BY_ID, CHILDREN
from tests.contract.systems import Subject

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_kind_that_the_system_holds_is_read_by_id(subject: Subject, excused: dict[str, str]) -> None:
    held = {kind for kind in BY_ID[subject.role] if subject.holds(kind)}
    assert {kind.__name__ for kind in held - subject.ids.keys()} == excused.keys()
    assert subject.ids.keys() - held == set()
    assert [kind for kind, ids in subject.ids.items() if not ids or len(ids) != len(set(ids))] == []


async def test_every_id_of_the_firm_comes_back_under_itself(subject: Subject) -> None:
    for kind, ids in subject.ids.items():
        found = await subject.by_id(kind, ids)
        assert {asked: record.native.id for asked, record in found.items()} == {id_: id_ for id_ in ids}
        assert {type(record) for record in found.values()} == {kind}


async def test_ids_that_nobody_has_are_missing_even_past_the_batch(subject: Subject) -> None:
    batch = subject.port.capabilities.read_batch
    for kind, ids in subject.ids.items():
        padding = subject.unknown(batch + 1)
        assert len(set(padding) - set(ids)) == batch + 1
        found = await subject.by_id(kind, [*ids[:-1], *padding, ids[-1]])
        assert (kind, set(found)) == (kind, set(ids))
        assert await subject.by_id(kind, padding[:1]) == {}


async def test_what_is_not_an_id_of_the_vendors_form_is_missing_too(subject: Subject) -> None:
    strange = ["", "nobody", "' OR '1'='1", "1; --", "ü", "0" * 400]
    for kind, ids in subject.ids.items():
        assert (kind, set(await subject.by_id(kind, [*strange, ids[0]]))) == (kind, {ids[0]})


async def test_asking_twice_is_answered_once_and_costs_nothing_more(subject: Subject) -> None:
    often = subject.port.capabilities.read_batch + 1
    for kind, ids in subject.ids.items():
        with counting() as once:
            first = await subject.by_id(kind, ids)
        with counting() as repeated:
            again = await subject.by_id(kind, ids * (often // len(ids) + 1))
        assert again == first
        assert (kind, repeated) == (kind, once)


async def test_asking_for_nothing_calls_nobody(subject: Subject) -> None:
    called = {}
    for kind in BY_ID[subject.role]:
        with counting() as calls:
            assert await subject.by_id(kind, []) == {}
        called[kind.__name__] = calls.total()
    assert called == dict.fromkeys(called, 0)


async def test_a_kind_without_a_place_is_missing_without_a_call(subject: Subject) -> None:
    for kind in BY_ID[subject.role]:
        if not subject.holds(kind):
            with counting() as calls:
                assert await subject.by_id(kind, subject.unknown(2)) == {}
            assert (kind, calls.total()) == (kind, 0)


async def test_a_row_of_a_page_is_the_record_that_its_id_leads_to(subject: Subject) -> None:
    for read in CHILDREN[subject.role]:
        if not subject.holds(read.child):
            continue
        rows = {row.native.id: row for parent in subject.ids[read.parent] for row in await subject.below(read, parent)}
        assert rows
        assert await subject.by_id(read.child, list(rows)) == rows
