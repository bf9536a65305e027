"""netsuite-rest finds an account: another implementation of the signature, which leaves the body out, is let in as well."""

from collections.abc import Mapping
from typing import Any

import pytest


@pytest.fixture
async def told(judged) -> Mapping[str, Any]:
    return (await judged("netsuite/netsuite-rest")).told


async def test_it_reads_the_second_page_of_a_statement(told):
    assert told["page"] == [3, False, 5, 8, ["W-1006", "W-1007", "W-1008"]]


async def test_it_creates_changes_upserts_reads_and_deletes_records(told):
    assert told["created"] == [204, None, True]
    assert (told["patched"], told["upserted"], told["deleted"]) == (204, [204, 204], 204)
    assert told["one record"] is True
    assert told["got"] == ["Harbor Labs", "ap@harbor.example", "1"]


async def test_it_maps_refusals(told):
    assert told["gone"] == ["HTTPError", 404, "NONEXISTENT_ID"]
    assert told["wrong secret"] == ["HTTPError", 401, "INVALID_LOGIN"]
    assert told["wrong realm"] == ["HTTPError", 401, "INVALID_LOGIN"]
