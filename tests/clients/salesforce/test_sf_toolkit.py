"""sf-toolkit works with the twin: it lists the versions, uses the newest, and sends its secret in a header."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.clients.client_runs import RunVerifier


@pytest.fixture
async def findings(run_verifier: RunVerifier) -> Mapping[str, Any]:
    return (await run_verifier("salesforce/sf-toolkit")).findings


async def test_it_lists_the_api_versions_with_their_release_names(findings):
    versions = findings["versions"]

    assert len(versions) == 19
    assert versions[0] == [50.0, "Winter '21", "/services/data/v50.0"]
    assert versions[-3:] == [
        [66.0, "Spring '26", "/services/data/v66.0"],
        [67.0, "Summer '26", "/services/data/v67.0"],
        [68.0, "Winter '27", "/services/data/v68.0"],
    ]


async def test_it_reads_all_batches_of_a_query_in_the_newest_version(findings):
    assert findings["newest"] == "/services/data/v68.0"
    assert findings["all"] == [f"C-200{number}" for number in range(1, 9)]


async def test_it_reads_the_description_of_an_object_and_the_usage_header(findings):
    assert findings["described"] == ["Customer_Number__c"]
    assert findings["usage"] == [4, 100_000]


async def test_a_wrong_secret_in_the_header_is_rejected(findings):
    assert findings["wrong secret"] == ["invalid_client", "invalid client credentials"]
