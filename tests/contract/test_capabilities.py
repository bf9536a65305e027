"""What a port declares can be relied on before the first call. No system is needed."""

from datetime import timedelta

import msgspec
import pytest

from gateway.net.call_counter import count_calls
from tests.contract.reads import BY_ID, CHILDREN, OTHER_RECORDS, WHERE
from tests.contract.systems import Declared, open_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_port_names_its_connection_role_and_vendor(declared: Declared) -> None:
    port, connection = declared.port, declared.connection
    assert (port.connection, port.role, port.vendor) == (connection.name, declared.role, declared.manifest.vendor)
    assert (connection.role, connection.vendor) == (declared.role, declared.manifest.vendor)
    assert port.api_version


async def test_batches_and_caps_allow_at_least_one(declared: Declared) -> None:
    capabilities = declared.port.capabilities
    names = ("read_batch", "parent_batch", "page_cap", "concurrency")
    assert {name: getattr(capabilities, name) for name in names if getattr(capabilities, name) < 1} == {}
    assert capabilities.daily_quota is None or capabilities.daily_quota >= 1
    assert capabilities.consistency_delay > timedelta()


async def test_filters_name_attributes_of_their_relations_conditions(declared: Declared) -> None:
    known = {
        relation: {field.name for field in msgspec.structs.fields(where)}
        for relation, where in WHERE[declared.role].items()
    }
    filters = declared.port.capabilities.filters
    assert filters.keys() - known.keys() == set()
    assert {relation: names - known[relation] for relation, names in filters.items()} == {
        relation: set() for relation in filters
    }


async def test_feeds_are_supported_record_kinds_of_the_role_each_once(declared: Declared) -> None:
    feeds = list(declared.port.feeds)
    assert feeds
    assert len(feeds) == len(set(feeds))
    assert set(feeds) - BY_ID[declared.role].keys() == set()
    assert [kind for kind in feeds if not declared.supports(kind)] == []


async def test_connecting_makes_no_call(declared: Declared) -> None:
    with count_calls() as calls:
        async with open_port(declared.manifest, declared.connection) as port:
            assert port.capabilities == declared.port.capabilities
            assert port.lineage == declared.port.lineage
    assert (calls, calls.token_requests) == ({}, {})


async def test_the_port_has_every_method_that_these_tests_name(declared: Declared) -> None:
    """Otherwise a renamed method would no longer be tested."""
    methods = [*BY_ID[declared.role].values(), *(read.method for read in CHILDREN[declared.role])]
    assert [name for name in methods if not callable(getattr(declared.port, name, None))] == []
    assert BY_ID[declared.role].keys() & OTHER_RECORDS[declared.role] == set()
