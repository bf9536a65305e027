"""The examples of the GraphiQL page are valid operations of the schema."""

from pathlib import Path

import pytest
from graphql import DocumentNode, OperationDefinitionNode, OperationType, build_schema, parse, validate

ROOT = Path(__file__).parents[3]
SCHEMA = build_schema((ROOT / "canonical_schema.graphql").read_text(encoding="utf-8"), assume_valid_sdl=True)
EXAMPLES = {path.stem: parse(path.read_text(encoding="utf-8")) for path in (ROOT / "web/examples").glob("*.graphql")}


def get_operation(document: DocumentNode) -> OperationDefinitionNode:
    [operation] = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return operation


def is_supported(document: DocumentNode) -> bool:
    """Return whether the schema has operations of this type."""
    return get_operation(document).operation is not OperationType.SUBSCRIPTION or SCHEMA.subscription_type is not None


@pytest.mark.parametrize("name", sorted(name for name, document in EXAMPLES.items() if is_supported(document)))
def test_an_example_is_valid(name: str) -> None:
    assert [error.message for error in validate(SCHEMA, EXAMPLES[name])] == []


def test_every_example_has_a_unique_name_for_its_tab() -> None:
    names = [operation.name.value for each in EXAMPLES.values() if (operation := get_operation(each)).name is not None]

    assert len(set(names)) == len(EXAMPLES) == 5
