"""The pages' documents are executed over the demo firm, and the answers in pages are the real ones."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from code_blocks import Block
from graphql import OperationDefinitionNode, parse

from tests.docs.pages import BLOCKS, format_location, select_blocks
from tests.fixtures.faulty_proxy import NetworkFault
from tests.fixtures.firm import RunningFirm, open_four_twins

WHOLE = [block for block in select_blocks("graphql") if not block.mark[0]]
PARTIAL = [(block, shown) for block, shown in pairwise(BLOCKS) if block.mark[0] == "partial"]
VARYING = ("locations", "correlationId")
"""Keys that differ per request or per line of the document, and that no page shows."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo_firm(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningFirm]:
    async with AsyncExitStack() as stack:
        yield await open_four_twins(stack, tmp_path_factory.mktemp("firm"))


def list_required_variables(block: Block) -> list[str]:
    """Return the names of a document's variables that have no default."""
    return [
        variable.variable.name.value
        for operation in parse(block.text).definitions
        if isinstance(operation, OperationDefinitionNode)
        for variable in operation.variable_definitions or ()
        if variable.default_value is None
    ]


def test_every_document_runs_without_variables() -> None:
    assert [format_location(block) for block in WHOLE if list_required_variables(block)] == []


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("block", WHOLE, ids=format_location)
async def test_a_document_returns_data_without_an_error(demo_firm: RunningFirm, block: Block) -> None:
    answer = await demo_firm.execute(block.text)

    assert answer.errors == []
    assert answer.data
    assert None not in answer.data.values()


@pytest.mark.parametrize(("block", "shown"), PARTIAL, ids=format_location)
async def test_a_partial_answer_equals_the_one_in_the_page(tmp_path: Path, block: Block, shown: Block) -> None:
    async with AsyncExitStack() as stack:
        firm = await open_four_twins(stack, tmp_path)
        firm.proxies[block.mark[1]].set_fault(NetworkFault.KILLED)

        answer = await firm.execute(block.text)

    assert shown.language == "json"
    assert {"errors": [remove_varying(each) for each in answer.errors], "data": answer.data} == json.loads(shown.text)


def remove_varying(error: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in error.items() if key not in VARYING}
    kept["extensions"] = {key: value for key, value in error["extensions"].items() if key not in VARYING}
    return kept
