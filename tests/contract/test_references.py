"""A reference that another system gave leads to the one record that carries it."""

import pytest

from gateway.net.ledger import counting
from tests.contract.systems import Subject

HOSTILE = (
    *("", " ", "%", "' OR '1'='1", "\\", "\\'", '"', "a\nb", "a\0b", "\u2028", "\U0001f4b6"),
    *("x" * 256, "x" * 5_000, "'" * 20_000),
)
"""What breaks out of query text, cannot be encoded, or is longer than any field or address."""

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_reference_leads_to_its_one_record(subject: Subject) -> None:
    assert subject.running.references
    for kind, (reference, id_) in subject.running.references.items():
        found = await subject.port.find_by_reference(kind, reference)
        assert [(type(record), record.native.id) for record in found] == [(kind, id_)]
        if kind in subject.ids:
            assert {id_: found[0]} == await subject.by_id(kind, [id_])


async def test_the_record_shows_the_reference_that_it_was_found_by(subject: Subject) -> None:
    for kind, (reference, _) in subject.running.references.items():
        (record,) = await subject.port.find_by_reference(kind, reference)
        assert (kind, reference) in {(kind, value) for _, value in record.references}


async def test_a_reference_that_nobody_carries_leads_nowhere(subject: Subject) -> None:
    for kind, (reference, _) in subject.running.references.items():
        for unknown in (f"{reference}-X", reference[:-1], "ünknown", *HOSTILE):
            assert (kind, unknown, [*await subject.port.find_by_reference(kind, unknown)]) == (kind, unknown, [])


async def test_finding_by_reference_asks_the_system_anew(subject: Subject) -> None:
    """A record that was not there a moment ago may be there now: no answer is remembered."""
    for kind, (reference, _) in subject.running.references.items():
        for _ in range(2):
            with counting() as calls:
                await subject.port.find_by_reference(kind, reference)
            assert (kind, calls.total() > 0) == (kind, True)
