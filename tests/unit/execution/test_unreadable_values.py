"""An unreadable value is null with a reason, unless a fallback has it; it is never its default."""

import msgspec
import pytest

from gateway.canonical.records.base import Record, UnreadableValue
from tests.fixtures.example_domain import PsaMeal, PsaPet
from tests.fixtures.example_systems import ExampleSystems, build_systems, execute, list_errors


def spoil(systems: ExampleSystems, kind: type[Record], native_id: str, attribute: str, field: str) -> None:
    """Let one attribute of a record be unreadable; it holds None, as an adapter leaves it."""
    record = systems.records[kind][native_id]
    value = UnreadableValue(attribute, "animals", field)
    systems.add_record(msgspec.structs.replace(record, **{attribute: None}, unreadable=(value,)))


@pytest.fixture
def systems() -> ExampleSystems:
    return build_systems()


async def test_a_value_with_one_source_is_null_with_the_object_and_field(systems: ExampleSystems) -> None:
    spoil(systems, PsaPet, "p1", "born", "birth_day")

    response = await execute(systems, "{ pets { nodes { name born } } }")

    first, second = response.data["pets"]["nodes"]
    assert (first, second["born"] is None) == ({"name": "Rex", "born": None}, False)
    (error,) = response.errors
    assert error["path"] == ["pets", "nodes", 0, "born"]
    assert error["message"] == "The PSA sent a value that cannot be read: animals, birth_day."
    assert error["extensions"] == {
        "code": "CONTRACT_MISMATCH",
        "system": "PSA",
        "connection": "work",
        "object": "animals",
        "field": "birth_day",
        "correlationId": "corr-1",
    }


async def test_a_fallback_answers_in_place_of_an_unreadable_value(systems: ExampleSystems) -> None:
    spoil(systems, PsaPet, "p1", "name", "call_name")

    response = await execute(systems, "{ pets(first: 1) { nodes { name } } }")

    assert response.data["pets"]["nodes"] == [{"name": "Rex (books)"}]
    assert response.errors == []


async def test_a_reference_by_an_unreadable_key_is_null_with_the_reason(systems: ExampleSystems) -> None:
    spoil(systems, PsaPet, "p1", "shop_id", "shop")

    response = await execute(systems, "{ pets(first: 1) { nodes { shop { id } } } }")

    assert response.data["pets"]["nodes"] == [{"shop": None}]
    assert list_errors(response) == [("pets.nodes.0.shop", "CONTRACT_MISMATCH")]


async def test_a_value_computed_from_an_unreadable_one_is_null_with_the_reason(systems: ExampleSystems) -> None:
    """The badge is computed from the name: it is never that of a pet without a name."""
    spoil(systems, PsaPet, "p1", "name", "call_name")

    response = await execute(systems, "{ pets(first: 1) { nodes { badge { text } } } }")

    assert response.data["pets"]["nodes"] == [{"badge": None}]
    assert list_errors(response) == [("pets.nodes.0.badge", "CONTRACT_MISMATCH")]


async def test_a_row_of_a_child_page_keeps_its_other_values(systems: ExampleSystems) -> None:
    spoil(systems, PsaMeal, "m1", "keeper_id", "fed_by")

    response = await execute(systems, "{ pets(first: 1) { nodes { meals { nodes { grams keeper { id } } } } } }")

    first, second = response.data["pets"]["nodes"][0]["meals"]["nodes"]
    assert (first, second["keeper"] is None) == ({"grams": "10.5", "keeper": None}, False)
    assert list_errors(response) == [("pets.nodes.0.meals.nodes.0.keeper", "CONTRACT_MISMATCH")]
