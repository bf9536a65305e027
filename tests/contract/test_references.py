"""A reference that another system gave finds the one record that carries it."""

from collections.abc import Mapping

import pytest

from gateway.canonical.records.base import Record
from gateway.net.call_counter import count_calls
from tests.contract.systems import SystemUnderTest
from tests.contract.untested import NotTestedError

HOSTILE = (
    *("", " ", "%", "' OR '1'='1", "\\", "\\'", '"', "a\nb", "a\0b", "\u2028", "\U0001f4b6"),
    *("x" * 256, "x" * 5_000, "'" * 20_000),
)
"""Values that break out of query text, cannot be encoded, or are longer than any field or URL."""

pytestmark = pytest.mark.asyncio(loop_scope="session")


def list_references(subject: SystemUnderTest) -> Mapping[type[Record], tuple[str, str]]:
    """Return one known reference per kind, with the id of its record; there is at least one."""
    if subject.live and not subject.running.references:
        raise NotTestedError("needs a record that carries a reference of another system")
    assert subject.running.references
    return subject.running.references


async def test_a_reference_finds_its_one_record(subject: SystemUnderTest) -> None:
    for kind, (reference, id_) in list_references(subject).items():
        found = await subject.port.find_by_reference(kind, reference)
        assert [(type(record), record.native.id) for record in found] == [(kind, id_)]
        if kind in subject.ids:
            assert {id_: found[0]} == await subject.read_by_id(kind, [id_])


async def test_a_found_record_shows_its_reference(subject: SystemUnderTest) -> None:
    for kind, (reference, _) in list_references(subject).items():
        (record,) = await subject.port.find_by_reference(kind, reference)
        assert (kind, reference) in {(kind, value) for _, value in record.references}


async def test_an_unknown_reference_finds_nothing(subject: SystemUnderTest) -> None:
    for kind, (reference, _) in list_references(subject).items():
        for unknown in (f"{reference}-X", reference[:-1], "ünknown", *HOSTILE):
            assert (kind, unknown, [*await subject.port.find_by_reference(kind, unknown)]) == (kind, unknown, [])


async def test_every_search_by_reference_calls_the_system(subject: SystemUnderTest) -> None:
    """A record may have appeared since the last search: no answer is cached."""
    for kind, (reference, _) in list_references(subject).items():
        for _ in range(2):
            with count_calls() as calls:
                await subject.port.find_by_reference(kind, reference)
            assert (kind, calls.total() > 0) == (kind, True)
