"""The operations that GraphiQL comes with are operations of the contract."""

from pathlib import Path

import pytest
from graphql import DocumentNode, OperationDefinitionNode, OperationType, build_schema, parse, validate

ROOT = Path(__file__).parents[3]
CONTRACT = build_schema((ROOT / "canonical_schema.graphql").read_text(encoding="utf-8"), assume_valid_sdl=True)
EXAMPLES = {path.stem: parse(path.read_text(encoding="utf-8")) for path in (ROOT / "web/examples").glob("*.graphql")}


def operation(document: DocumentNode) -> OperationDefinitionNode:
    [found] = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return found


def offered(document: DocumentNode) -> bool:
    """Whether the contract has operations of this kind at all."""
    return operation(document).operation is not OperationType.SUBSCRIPTION or CONTRACT.subscription_type is not None


@pytest.mark.parametrize("name", sorted(name for name, document in EXAMPLES.items() if offered(document)))
def test_an_example_is_valid(name: str) -> None:
    assert [error.message for error in validate(CONTRACT, EXAMPLES[name])] == []


def test_every_example_has_a_name_of_its_own_for_its_tab() -> None:
    names = [found.name.value for each in EXAMPLES.values() if (found := operation(each)).name is not None]

    assert len(set(names)) == len(EXAMPLES) == 5
