"""Unsupported attributes are empty in every record, and supplied ones are filled somewhere."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from gateway.canonical.records.base import Record
from gateway.ports.lineage import Supplied, Unsupported
from tests.contract.exemptions import Exemptions
from tests.contract.reads import BY_ID
from tests.contract.systems import SystemUnderTest

pytestmark = pytest.mark.asyncio(loop_scope="session")

Records = Mapping[type[Record], list[Any]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def records(subject: SystemUnderTest) -> AsyncIterator[Records]:
    """Every known record that the port gives, in every way that it gives it."""
    yield await subject.read_all_records()


def is_empty(record: Record, attribute: str) -> bool:
    """Return whether an attribute has its default value."""
    value = getattr(record, attribute)
    (field,) = (each for each in msgspec.structs.fields(record) if each.name == attribute)
    return value in (None, "", ()) or (not field.required and value == field.default)


async def test_every_supported_kind_has_a_record_and_no_other_kind_has(
    subject: SystemUnderTest, records: Records, exemptions: Exemptions
) -> None:
    missing = {kind.__name__ for kind, found in records.items() if subject.supports(kind) and not found}
    exemptions.require_exactly(missing, "needs a record of the kind")
    assert {kind.__name__ for kind, found in records.items() if not subject.supports(kind) and found} == set()


async def test_unsupported_attributes_are_empty_in_every_record(subject: SystemUnderTest, records: Records) -> None:
    filled = {
        f"{kind.__name__}.{name}"
        for kind, origins in subject.port.lineage.items()
        for name, origin in origins.items()
        if isinstance(origin, Unsupported) and not all(is_empty(record, name) for record in records[kind])
    }
    assert filled == set()


async def test_what_is_supplied_is_filled_somewhere(
    subject: SystemUnderTest, records: Records, exemptions: Exemptions
) -> None:
    never = {
        f"{kind.__name__}.{name}"
        for kind, origins in subject.port.lineage.items()
        for name, origin in origins.items()
        if isinstance(origin, Supplied) and all(is_empty(record, name) for record in records[kind])
    }
    exemptions.require_exactly(never, "needs a record with the attribute")


async def test_every_record_names_its_connection_and_a_declared_object_type(
    subject: SystemUnderTest, records: Records, exemptions: Exemptions
) -> None:
    connection, known = subject.running.connection.name, set(subject.manifest.object_types)
    found = [record for each in records.values() for record in each]
    assert {record.native.connection for record in found} <= {connection}
    exemptions.require_exactly(
        {record.native.object_type for record in found} - known, "is named by the mapping file and not by the manifest"
    )
    assert [record for record in found if not record.native.id] == []


async def test_two_records_never_share_a_native_id(records: Records) -> None:
    """A record may come in two ways, and is then the same."""
    for found in (records[kind] for kind in records if kind in BY_ID[kind.role]):
        by_id: dict[str, Any] = {}
        for record in found:
            assert by_id.setdefault(record.native.id, record) == record


async def test_instants_are_aware_and_in_utc(subject: SystemUnderTest, records: Records) -> None:
    stamps = [record.modified_at for each in records.values() for record in each if record.modified_at is not None]
    assert stamps or subject.live
    assert {stamp.utcoffset() for stamp in stamps} <= {timedelta()}


async def test_urls_for_people_are_http_urls(records: Records) -> None:
    urls = [record.url for each in records.values() for record in each if record.url is not None]
    assert [url for url in urls if not url.startswith(("http://", "https://"))] == []
