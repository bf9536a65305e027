"""Scopes: a denied field is an error at its path, by concrete type and on every path, and is never loaded."""

import pytest

from gateway.canonical.roles import Noun
from tests.fixtures.example_systems import (
    ALL_SCOPES,
    build_systems,
    encode_card_id,
    encode_meal_id,
    execute,
    list_errors,
)


async def test_a_denied_field_is_null_with_the_required_scopes_and_makes_no_call():
    systems = build_systems()
    response = await execute(
        systems, "{ pets(first: 1) { nodes { name guardedPrice { amount } } } }", scopes={"pets:read"}
    )
    assert response.data == {"pets": {"nodes": [{"name": "Rex", "guardedPrice": None}]}}
    assert response.errors[0]["extensions"] == {"code": "FORBIDDEN", "requiredScopes": [["pets.price:read"]]}
    assert response.errors[0]["path"] == ["pets", "nodes", 0, "guardedPrice"]
    assert systems.count_calls("erp_pets") == 0


async def test_a_field_requires_the_scopes_of_the_noun_it_returns():
    systems = build_systems()
    response = await execute(
        systems, "{ pets { nodes { shop { name } meals { nodes { id } } } } }", scopes={"pets:read"}
    )
    assert response.data["pets"]["nodes"] == [{"shop": None, "meals": None}] * 2
    assert [error["extensions"]["requiredScopes"] for error in response.errors[:2]] == [
        [["shops:read"]],
        [["meals:read"]],
    ]
    assert sorted(name for name, _ in systems.calls) == ["search_pets"]


async def test_a_denied_root_makes_no_call():
    systems = build_systems()
    response = await execute(systems, "{ pets { nodes { id } } shops { nodes { id } } }", scopes={"shops:read"})
    assert response.data["pets"] is None
    assert len(response.data["shops"]["nodes"]) == 1
    assert systems.calls == [("search_shops", 1)]


@pytest.mark.parametrize(
    "document",
    [
        "query ($id: ID!) { node(id: $id) { id } }",
        "query ($id: ID!) { node(id: $id) { __typename } }",
        "query ($id: ID!) { node(id: $id) { ... on Project { price { amount } } } }",
        "query ($id: ID!) { node(id: $id) { ...any } } fragment any on Node { id }",
    ],
)
async def test_node_checks_the_scopes_of_the_type_in_the_id_before_loading(document):
    systems = build_systems()
    response = await execute(
        systems, document, {"id": encode_card_id(systems, Noun.PROJECT, "PET-1")}, scopes=ALL_SCOPES - {"pets:read"}
    )
    assert response.data == {"node": None}
    assert list_errors(response) == [("node", "FORBIDDEN")]
    assert systems.calls == []


async def test_in_a_list_of_nodes_only_the_forbidden_one_is_null():
    systems = build_systems()
    ids = [
        encode_card_id(systems, Noun.PROJECT, "PET-1"),
        encode_card_id(systems, Noun.CUSTOMER, "SHOP-1"),
        encode_meal_id("m1"),
    ]
    response = await execute(
        systems, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids}, scopes={"shops:read", "meals:read"}
    )
    assert response.data == {"nodes": [None, {"id": ids[1]}, {"id": ids[2]}]}
    assert list_errors(response) == [("nodes.0", "FORBIDDEN")]


async def test_federation_representations_require_the_same_scopes():
    systems = build_systems()
    representations = [
        {"__typename": "Project", "code": "PET-1"},
        {"__typename": "Customer", "id": encode_card_id(systems, Noun.CUSTOMER, "SHOP-1")},
    ]
    document = (
        "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Project { name } ... on Customer { name } } }"
    )
    response = await execute(systems, document, {"r": representations}, scopes={"shops:read"})
    assert response.data == {"_entities": [None, {"name": "Paws"}]}
    assert list_errors(response) == [("_entities.0", "FORBIDDEN")]
    assert systems.count_calls("cards_by_code") == 0


async def test_a_representation_is_not_modified_and_resolves_twice_to_the_same():
    systems = build_systems()
    representations = {"__typename": "Project", "code": "PET-1"}
    entities = "_entities(representations: $r) { ... on Project { name } }"
    document = f"query ($r: [_Any!]!) {{ a: {entities} b: {entities} }}"
    response = await execute(systems, document, {"r": [representations]})
    assert response.data == {"a": [{"name": "Rex"}], "b": [{"name": "Rex"}]}
    assert representations == {"__typename": "Project", "code": "PET-1"}


async def test_a_classified_attribute_of_a_value_object_requires_its_own_scope():
    systems = build_systems()
    response = await execute(systems, "{ pets(first: 1) { nodes { badge { text secret } } } }", scopes={"pets:read"})
    assert response.data["pets"]["nodes"] == [{"badge": {"text": "badge of Rex", "secret": None}}]
    assert list_errors(response) == [("pets.nodes.0.badge.secret", "FORBIDDEN")]


async def test_a_borrowed_field_requires_its_own_scope_and_that_of_the_lender():
    systems = build_systems()
    document = "{ pets(first: 1) { nodes { meals(first: 1) { nodes { wage { amount } } } } } }"
    without_wage = await execute(systems, document, scopes=ALL_SCOPES - {"keepers.wage:read"})
    without_keeper = await execute(systems, document, scopes=ALL_SCOPES - {"keepers:read"})
    path = "pets.nodes.0.meals.nodes.0.wage"
    assert list_errors(without_wage) == list_errors(without_keeper) == [(path, "FORBIDDEN")]
    assert systems.count_calls("hcm_keepers") == systems.count_calls("cards_by_native") == 0


async def test_all_of_fifty_denied_fields_are_reported():
    systems = build_systems()
    aliases = " ".join(f"a{number}: guardedPrice {{ amount }}" for number in range(50))
    response = await execute(systems, f"{{ pets(first: 1) {{ nodes {{ {aliases} }} }} }}", scopes={"pets:read"})
    assert [error["extensions"]["code"] for error in response.errors] == ["FORBIDDEN"] * 50
