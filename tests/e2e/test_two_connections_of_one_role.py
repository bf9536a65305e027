"""Two accounts of one vendor number their records alike: a reference names one of them, or is refused."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures.firm import RunningFirm, open_two_psas
from tests.fixtures.unwrapping import unwrap

pytestmark = pytest.mark.asyncio(loop_scope="module")

EMEA = replace(
    FIRM,
    projects=tuple(
        replace(project, code=project.code.replace("PRJ", "EMEA"), contract=None, opportunity=None)
        for project in FIRM.projects
    ),
)
BY_EXTERNAL = "query P($ref: EntityRef!) { project(ref: $ref) { code externalReferences(system: PSA) { externalId } } }"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def firm(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningFirm]:
    """A gateway over two accounts of the PSA; no test changes it."""
    async with AsyncExitStack() as stack:
        yield await open_two_psas(stack, tmp_path_factory.mktemp("two"), FIRM, EMEA)


async def find_external(firm: RunningFirm, code: str) -> dict[str, Any]:
    """Return the external key of a project, without its connection."""
    query = "query P($code: String!) { project(ref: {code: $code}) { externalReferences(system: PSA) %s } }"
    answer = await firm.execute(query % "{ objectType externalId }", {"code": code})
    (reference,) = unwrap(answer.data)["project"]["externalReferences"]
    return {"system": "PSA", **reference}


async def test_an_id_that_both_accounts_have_is_refused_and_the_accounts_are_named(firm: RunningFirm) -> None:
    external = await find_external(firm, "PRJ-1001")
    assert external == await find_external(firm, "EMEA-1001")

    answer = await firm.execute(BY_EXTERNAL, {"ref": {"external": external}})

    assert answer.data == {"project": None}
    assert [error["extensions"] for error in answer.errors or ()] == [
        {"code": "AMBIGUOUS_REFERENCE", "field": "ref.external", "connections": ["psa", "psa-emea"]}
    ]


@pytest.mark.parametrize(("connection", "code"), [("psa", "PRJ-1001"), ("psa-emea", "EMEA-1001")])
async def test_the_connection_decides_which_record_an_id_names(firm: RunningFirm, connection: str, code: str) -> None:
    external = {**await find_external(firm, "PRJ-1001"), "connection": connection}

    answer = await firm.execute(BY_EXTERNAL, {"ref": {"external": external}})

    assert answer.errors == []
    assert unwrap(answer.data)["project"]["code"] == code


async def test_an_id_of_a_connection_that_does_not_have_it_names_nothing(firm: RunningFirm) -> None:
    external = {**await find_external(firm, "PRJ-1001"), "connection": "erp"}

    answer = await firm.execute(BY_EXTERNAL, {"ref": {"external": external}})

    assert answer.data == {"project": None}
    assert answer.errors == []


async def test_a_record_that_the_caller_may_not_see_makes_no_reference_ambiguous(firm: RunningFirm) -> None:
    """The error would otherwise tell that the other record exists."""
    external = await find_external(firm, "PRJ-1001")

    answer = await firm.execute(BY_EXTERNAL, {"ref": {"external": external}}, legal_entities=frozenset())

    assert answer.data == {"project": None}
    assert answer.errors == []
