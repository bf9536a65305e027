"""What a system has no place for is never invented, and what it says it supplies is really there."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from gateway.canonical.records.base import Record
from gateway.ports.lineage import Absent, Supplied, require_complete
from tests.contract.reads import BY_ID, OTHERWISE
from tests.contract.systems import Subject

pytestmark = pytest.mark.asyncio(loop_scope="session")

Firm = Mapping[type[Record], list[Any]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def firm(subject: Subject) -> AsyncIterator[Firm]:
    """Every record of the firm that the port gives, in every way that it gives it."""
    yield await subject.everything()


def says_nothing(record: Record, attribute: str) -> bool:
    """Tell whether an attribute is as it is when nobody has filled it."""
    value = getattr(record, attribute)
    (field,) = (each for each in msgspec.structs.fields(record) if each.name == attribute)
    return value in (None, "", ()) or (not field.required and value == field.default)


async def test_every_attribute_of_every_kind_is_supplied_or_absent(subject: Subject) -> None:
    lineage = subject.port.lineage
    require_complete(lineage)
    assert lineage.keys() == BY_ID[subject.role].keys() | OTHERWISE[subject.role]
    words = [
        origin.reason if isinstance(origin, Absent) else origin.field and origin.object
        for origins in lineage.values()
        for origin in origins.values()
    ]
    assert all(word.strip() for word in words)


async def test_every_kind_that_the_system_holds_is_in_the_firm(subject: Subject, firm: Firm) -> None:
    assert {kind.__name__ for kind, records in firm.items() if subject.holds(kind) and not records} == set()
    assert {kind.__name__ for kind, records in firm.items() if not subject.holds(kind) and records} == set()


async def test_what_is_absent_is_empty_in_every_record(subject: Subject, firm: Firm) -> None:
    filled = {
        f"{kind.__name__}.{name}"
        for kind, origins in subject.port.lineage.items()
        for name, origin in origins.items()
        if isinstance(origin, Absent) and not all(says_nothing(record, name) for record in firm[kind])
    }
    assert filled == set()


async def test_what_is_supplied_is_filled_somewhere(subject: Subject, firm: Firm, excused: dict[str, str]) -> None:
    never = {
        f"{kind.__name__}.{name}"
        for kind, origins in subject.port.lineage.items()
        for name, origin in origins.items()
        if isinstance(origin, Supplied) and all(says_nothing(record, name) for record in firm[kind])
    }
    assert never == excused.keys()


async def test_every_record_says_where_it_is_from(subject: Subject, firm: Firm, excused: dict[str, str]) -> None:
    connection, known = subject.running.connection.name, set(subject.manifest.object_types)
    records = [record for records in firm.values() for record in records]
    assert {record.native.connection for record in records} == {connection}
    assert {record.native.object_type for record in records} - known == excused.keys()
    assert [record for record in records if not record.native.id] == []


async def test_two_things_never_have_one_native_id(firm: Firm) -> None:
    """One record may come in two ways, and is then the same."""
    for records in (firm[kind] for kind in firm if kind in BY_ID[kind.role]):
        by_id: dict[str, Any] = {}
        for record in records:
            assert by_id.setdefault(record.native.id, record) == record


async def test_instants_are_aware_and_in_utc(firm: Firm) -> None:
    stamps = [record.modified_at for records in firm.values() for record in records if record.modified_at is not None]
    assert stamps
    assert {stamp.utcoffset() for stamp in stamps} == {timedelta()}


async def test_addresses_for_people_are_on_the_web(firm: Firm) -> None:
    urls = [record.url for records in firm.values() for record in records if record.url is not None]
    assert [url for url in urls if not url.startswith(("http://", "https://"))] == []
