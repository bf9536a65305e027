"""What a port says of itself can be relied on before the first call."""

from datetime import timedelta

import msgspec
import pytest

from gateway.net.ledger import counting
from tests.contract.reads import BY_ID, CHILDREN, OTHERWISE, WHERE
from tests.contract.systems import Subject, connected

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_port_says_who_it_is(subject: Subject) -> None:
    port, connection = subject.port, subject.running.connection
    assert (port.connection, port.role, port.vendor) == (connection.name, subject.role, subject.manifest.vendor)
    assert (connection.role, connection.vendor) == (subject.role, subject.manifest.vendor)
    assert port.api_version


async def test_batches_and_caps_allow_at_least_one(subject: Subject) -> None:
    said = subject.port.capabilities
    numbers = {name: getattr(said, name) for name in ("read_batch", "parent_batch", "page_cap", "concurrency")}
    assert {name: number for name, number in numbers.items() if number < 1} == {}
    assert said.daily_quota is None or said.daily_quota >= 1
    assert said.settle > timedelta()


async def test_filters_name_attributes_of_the_relations_own_conditions(subject: Subject) -> None:
    known = {
        relation: {field.name for field in msgspec.structs.fields(where)}
        for relation, where in WHERE[subject.role].items()
    }
    filters = subject.port.capabilities.filters
    assert filters.keys() - known.keys() == set()
    assert {relation: names - known[relation] for relation, names in filters.items()} == {
        relation: set() for relation in filters
    }


async def test_feeds_are_record_kinds_of_the_role_each_once(subject: Subject) -> None:
    feeds = list(subject.port.feeds)
    assert feeds
    assert len(feeds) == len(set(feeds))
    assert set(feeds) - BY_ID[subject.role].keys() == set()
    assert [kind for kind in feeds if not subject.holds(kind)] == []


async def test_connecting_and_asking_for_nothing_calls_nobody(subject: Subject) -> None:
    with counting() as calls:
        async with connected(subject.manifest, subject.running.connection) as port:
            assert port.capabilities == subject.port.capabilities
            assert port.lineage == subject.port.lineage
    assert (calls, calls.tokens) == ({}, {})


async def test_the_tables_of_these_tests_name_methods_that_the_port_has(subject: Subject) -> None:
    """Otherwise a renamed method would be looked at no more."""
    methods = [*BY_ID[subject.role].values(), *(read.method for read in CHILDREN[subject.role])]
    assert [name for name in methods if not callable(getattr(subject.port, name, None))] == []
    assert BY_ID[subject.role].keys() & OTHERWISE[subject.role] == set()
