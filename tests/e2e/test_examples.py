"""The example queries of GraphiQL return data over the demo firm, without an error for a caller with every scope."""

from pathlib import Path
from typing import Any

import pytest

from gateway.settings import FIRST_SCOPES
from tests.fixtures.faulty_proxy import NetworkFault
from tests.fixtures.firm import RunningFirm
from tests.fixtures.unwrapping import unwrap

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
async def test_an_example_returns_data_without_an_error(twin_firm: RunningFirm, example: str, root: str) -> None:
    answer = await twin_firm.execute((FOLDER / f"{example}.graphql").read_text(encoding="utf-8"))

    assert not answer.errors
    assert answer.data is not None
    assert answer.data[root].get("nodes", answer.data[root])


async def test_the_default_scopes_of_a_sign_in_refuse_two_fields_of_the_first_example(twin_firm: RunningFirm) -> None:
    document = (FOLDER / "1-unified-project.graphql").read_text(encoding="utf-8")

    answer = await twin_firm.execute(document, scopes=frozenset(FIRST_SCOPES))

    refused: dict[str, Any] = {".".join(error["path"]): error["extensions"] for error in answer.errors or ()}
    assert refused == {
        "project.customer.accountsReceivable": {"code": "FORBIDDEN", "requiredScopes": [["customers.finance:read"]]},
        "project.contract.totalValue": {"code": "FORBIDDEN", "requiredScopes": [["contracts.value:read"]]},
    }


async def test_the_fourth_example_lacks_only_invoices_while_the_erp_is_down(twin_firm: RunningFirm) -> None:
    document = (FOLDER / "4-partial-failure.graphql").read_text(encoding="utf-8")
    healthy = await twin_firm.execute(document)

    twin_firm.proxies["erp"].set_fault(NetworkFault.KILLED)
    degraded = await twin_firm.execute(document)

    assert {(error["extensions"]["code"], error["extensions"]["system"]) for error in degraded.errors or ()} == {
        ("SOURCE_UNAVAILABLE", "ERP")
    }
    for before, after in zip(
        unwrap(healthy.data)["projects"]["nodes"], unwrap(degraded.data)["projects"]["nodes"], strict=True
    ):
        assert set(after["invoices"]["nodes"]) == {None}
        assert {**after, "invoices": None, "freshness": None} == {**before, "invoices": None, "freshness": None}
