"""Scopes: what the caller may not see is an error at its place, by concrete type and on every path, and is never loaded."""

import pytest

from gateway.canonical.roles import Noun
from tests.world import EVERYTHING, ask, errors, id_of, meal_id, small


async def test_a_denied_field_is_null_with_the_scopes_that_would_be_enough_and_costs_no_call():
    world = small()
    given = await ask(world, "{ pets(first: 1) { nodes { name guardedPrice { amount } } } }", scopes={"pets:read"})
    assert given.data == {"pets": {"nodes": [{"name": "Rex", "guardedPrice": None}]}}
    assert given.errors[0]["extensions"] == {"code": "FORBIDDEN", "requiredScopes": [["pets.price:read"]]}
    assert given.errors[0]["path"] == ["pets", "nodes", 0, "guardedPrice"]
    assert world.called("erp_pets") == 0


async def test_a_field_needs_the_scopes_of_the_noun_it_leads_to():
    world = small()
    given = await ask(world, "{ pets { nodes { shop { name } meals { nodes { id } } } } }", scopes={"pets:read"})
    assert given.data["pets"]["nodes"] == [{"shop": None, "meals": None}] * 2
    assert [error["extensions"]["requiredScopes"] for error in given.errors[:2]] == [[["shops:read"]], [["meals:read"]]]
    assert sorted(name for name, _ in world.calls) == ["search_pets"]


async def test_a_denied_root_costs_no_call():
    world = small()
    given = await ask(world, "{ pets { nodes { id } } shops { nodes { id } } }", scopes={"shops:read"})
    assert given.data["pets"] is None
    assert len(given.data["shops"]["nodes"]) == 1
    assert world.calls == [("search_shops", 1)]


@pytest.mark.parametrize(
    "document",
    [
        "query ($id: ID!) { node(id: $id) { id } }",
        "query ($id: ID!) { node(id: $id) { __typename } }",
        "query ($id: ID!) { node(id: $id) { ... on Project { price { amount } } } }",
        "query ($id: ID!) { node(id: $id) { ...any } } fragment any on Node { id }",
    ],
)
async def test_node_is_decided_by_the_type_in_the_id_before_anything_is_loaded(document):
    world = small()
    given = await ask(world, document, {"id": id_of(world, Noun.PROJECT, "PET-1")}, scopes=EVERYTHING - {"pets:read"})
    assert given.data == {"node": None}
    assert errors(given) == [("node", "FORBIDDEN")]
    assert world.calls == []


async def test_in_a_list_of_nodes_only_the_forbidden_one_is_lost():
    world = small()
    ids = [id_of(world, Noun.PROJECT, "PET-1"), id_of(world, Noun.CUSTOMER, "SHOP-1"), meal_id("m1")]
    given = await ask(
        world, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids}, scopes={"shops:read", "meals:read"}
    )
    assert given.data == {"nodes": [None, {"id": ids[1]}, {"id": ids[2]}]}
    assert errors(given) == [("nodes.0", "FORBIDDEN")]


async def test_federation_representations_pass_the_same_gate():
    world = small()
    asked = [
        {"__typename": "Project", "code": "PET-1"},
        {"__typename": "Customer", "id": id_of(world, Noun.CUSTOMER, "SHOP-1")},
    ]
    document = (
        "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Project { name } ... on Customer { name } } }"
    )
    given = await ask(world, document, {"r": asked}, scopes={"shops:read"})
    assert given.data == {"_entities": [None, {"name": "Paws"}]}
    assert errors(given) == [("_entities.0", "FORBIDDEN")]
    assert world.called("cards_by_code") == 0


async def test_a_representation_is_not_changed_and_answers_twice_alike():
    world = small()
    asked = {"__typename": "Project", "code": "PET-1"}
    document = "query ($r: [_Any!]!) { a: _entities(representations: $r) { ... on Project { name } } b: _entities(representations: $r) { ... on Project { name } } }"
    given = await ask(world, document, {"r": [asked]})
    assert given.data == {"a": [{"name": "Rex"}], "b": [{"name": "Rex"}]}
    assert asked == {"__typename": "Project", "code": "PET-1"}


async def test_a_classified_attribute_of_a_value_object_has_its_own_scope():
    world = small()
    given = await ask(world, "{ pets(first: 1) { nodes { badge { text secret } } } }", scopes={"pets:read"})
    assert given.data["pets"]["nodes"] == [{"badge": {"text": "badge of Rex", "secret": None}}]
    assert errors(given) == [("pets.nodes.0.badge.secret", "FORBIDDEN")]


async def test_a_field_read_from_a_borrowed_record_needs_its_own_scope_and_the_lenders():
    world = small()
    document = "{ pets(first: 1) { nodes { meals(first: 1) { nodes { wage { amount } } } } } }"
    without_wage = await ask(world, document, scopes=EVERYTHING - {"keepers.wage:read"})
    without_keeper = await ask(world, document, scopes=EVERYTHING - {"keepers:read"})
    path = "pets.nodes.0.meals.nodes.0.wage"
    assert errors(without_wage) == errors(without_keeper) == [(path, "FORBIDDEN")]
    assert world.called("hcm_keepers") == world.called("cards_by_native") == 0


async def test_the_scopes_of_fifty_denied_fields_are_all_told():
    world = small()
    aliases = " ".join(f"a{number}: guardedPrice {{ amount }}" for number in range(50))
    given = await ask(world, f"{{ pets(first: 1) {{ nodes {{ {aliases} }} }} }}", scopes={"pets:read"})
    assert [error["extensions"]["code"] for error in given.errors] == ["FORBIDDEN"] * 50
