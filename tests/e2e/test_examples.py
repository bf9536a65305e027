"""The queries that GraphiQL comes with answer over the demo firm: nothing is forbidden to one who may see everything, and nothing is empty."""

from pathlib import Path
from typing import Any

import pytest

from gateway.settings import FIRST_SCOPES
from tests.fixtures.firm import RunningFirm

FOLDER = Path(__file__).parents[2] / "web" / "examples"


@pytest.mark.parametrize(
    ("example", "root"),
    [
        ("1-unified-project", "project"),
        ("2-customer", "customers"),
        ("3-people", "resources"),
        ("4-partial-failure", "projects"),
    ],
)
async def test_an_example_answers_without_an_error(twin_firm: RunningFirm, example: str, root: str) -> None:
    answer = await twin_firm.ask((FOLDER / f"{example}.graphql").read_text(encoding="utf-8"))

    assert not answer.errors
    assert answer.data is not None
    assert answer.data[root].get("nodes", answer.data[root])


async def test_the_first_example_is_refused_two_fields_by_what_a_first_sign_in_asks_for(twin_firm: RunningFirm) -> None:
    document = (FOLDER / "1-unified-project.graphql").read_text(encoding="utf-8")

    answer = await twin_firm.ask(document, scopes=frozenset(FIRST_SCOPES))

    refused: dict[str, Any] = {".".join(error["path"]): error["extensions"] for error in answer.errors or ()}
    assert refused == {
        "project.customer.accountsReceivable": {"code": "FORBIDDEN", "requiredScopes": [["customers.finance:read"]]},
        "project.contract.totalValue": {"code": "FORBIDDEN", "requiredScopes": [["contracts.value:read"]]},
    }
