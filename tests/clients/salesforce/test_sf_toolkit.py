"""sf-toolkit finds an org: told no version it asks which there are and takes the newest, and its secret comes in a header of its own."""

from collections.abc import Mapping
from typing import Any

import pytest


@pytest.fixture
async def told(run_verifier) -> Mapping[str, Any]:
    return (await run_verifier("salesforce/sf-toolkit")).findings


async def test_it_lists_the_api_versions_with_their_release_names(told):
    offered = told["versions"]

    assert len(offered) == 19
    assert offered[0] == [50.0, "Winter '21", "/services/data/v50.0"]
    assert offered[-3:] == [
        [66.0, "Spring '26", "/services/data/v66.0"],
        [67.0, "Summer '26", "/services/data/v67.0"],
        [68.0, "Winter '27", "/services/data/v68.0"],
    ]


async def test_it_reads_all_batches_of_a_query_in_the_newest_version(told):
    assert told["newest"] == "/services/data/v68.0"
    assert told["all"] == [f"C-200{number}" for number in range(1, 9)]


async def test_it_reads_the_description_of_an_object_and_the_usage_header(told):
    assert told["described"] == ["Customer_Number__c"]
    assert told["usage"] == [4, 100_000]


async def test_a_wrong_secret_in_the_header_is_rejected(told):
    assert told["wrong secret"] == ["invalid_client", "invalid client credentials"]
