"""Row rules: a record that the caller may not see looks absent on every path, and nothing below it is loaded."""

import base64

import pytest

from gateway.canonical.roles import Noun
from tests import invented
from tests.invented import PSA
from tests.world import ask, errors, id_of, meal_id, native, small


async def test_a_hidden_reference_is_null_without_an_error_and_its_record_is_not_read():
    world = small()
    world.hidden = {"SHOP-1"}
    response = await ask(world, "{ pets { nodes { name shop { name } owner { name } } } }")
    assert response.data["pets"]["nodes"] == [
        {"name": "Rex", "shop": None, "owner": None},
        {"name": "Tom", "shop": None, "owner": None},
    ]
    assert response.errors == []
    assert world.called("crm_shops") == 0


async def test_a_list_of_references_omits_hidden_ones():
    world = small()
    world.hidden = {"KIM"}
    response = await ask(world, "{ pets(first: 1) { nodes { keepers { name } } } }")
    assert response.data["pets"]["nodes"] == [{"keepers": []}]
    assert world.called("hcm_keepers") == 0


async def test_a_hidden_row_of_a_page_is_null_at_its_position():
    world = small()
    world.hidden = {"PET-1"}
    response = await ask(world, "{ pets { nodes { name price { amount } } } }")
    assert response.data["pets"]["nodes"] == [None, {"name": "Tom", "price": {"amount": "80.50"}}]
    assert sorted(world.calls) == [("erp_pets", 1), ("psa_pets", 1), ("search_pets", 1)]


@pytest.mark.parametrize("way", ["id", "code", "external"])
async def test_a_hidden_record_looks_like_an_absent_one(way):
    world = small()
    world.hidden = {"PET-1"}
    ref = {
        "id": id_of(world, Noun.PROJECT, "PET-1"),
        "code": "PET-1",
        "external": {"system": "PSA", "objectType": "", "externalId": "p1"},
    }
    response = await ask(world, "query ($ref: EntityRef!) { pet(ref: $ref) { name } }", {"ref": {way: ref[way]}})
    assert response.data == {"pet": None}
    assert response.errors == []
    assert world.called("psa_pets") == 0


@pytest.mark.parametrize("way", ["id", "code", "external"])
async def test_a_record_is_found_by_each_kind_of_reference(way):
    world = small()
    ref = {
        "id": id_of(world, Noun.PROJECT, "PET-1"),
        "code": "PET-1",
        "external": {"system": "PSA", "objectType": "", "externalId": "p1"},
    }
    response = await ask(world, "query ($ref: EntityRef!) { pet(ref: $ref) { name } }", {"ref": {way: ref[way]}})
    assert response.data == {"pet": {"name": "Rex"}}


async def test_a_leaf_by_id_has_the_row_rule_of_its_owner():
    world = small()
    document = "query ($id: ID!) { node(id: $id) { ... on Meal { grams cost { amount } } } }"
    seen = await ask(world, document, {"id": meal_id("m1")})
    assert seen.data == {"node": {"grams": "10.5", "cost": {"amount": "1.20"}}}
    world.hidden = {"PET-1"}
    world.calls.clear()
    hidden = await ask(world, document, {"id": meal_id("m1")})
    assert hidden.data == {"node": None}
    assert hidden.errors == []
    assert world.called("erp_meals") == 0


async def test_a_reference_between_leaves_checks_the_owner_of_its_target():
    world = small()
    world.put(invented.PsaMeal(native=native(PSA, "m3"), pet_id="p2", before_id="m1"))
    document = "query ($id: ID!) { node(id: $id) { ... on Meal { before { grams } } } }"
    assert (await ask(world, document, {"id": meal_id("m3")})).data == {"node": {"before": {"grams": "10.5"}}}
    world.hidden = {"PET-1"}
    response = await ask(world, document, {"id": meal_id("m3")})
    assert response.data == {"node": {"before": None}}
    assert response.errors == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "%%%",
        "Project:",
        "Project:not-a-uuid",
        "Nothing:b9acce4e-63aa-514e-bdaf-306577db8670",
        "Meal:[]",
        'Meal:["PSA","work","","m1","00"]',
        'Meal:["PSA","work","","m1","é"]',
        'Meal:["PSA","work","","m1","\\ud800"]',
    ],
)
async def test_an_id_that_this_deployment_did_not_issue_finds_nothing(text):
    world = small()
    forged = base64.urlsafe_b64encode(text.encode()).decode()
    response = await ask(world, "query ($id: ID!) { node(id: $id) { id } }", {"id": forged})
    assert response.data == {"node": None}
    assert response.errors == []
    assert world.calls == []


async def test_a_sealed_id_cannot_be_forged():
    world = small()
    sealed = meal_id("m1")
    text = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)).decode()
    assert '"m1"' in text
    forged = base64.urlsafe_b64encode(text.replace('"m1"', '"m3"').encode()).decode()
    response = await ask(world, "query ($id: ID!) { node(id: $id) { id } }", {"id": forged})
    assert response.data == {"node": None}
    assert world.calls == []


async def test_a_reference_by_an_id_of_another_noun_is_bad_input():
    world = small()
    ref = {"id": id_of(world, Noun.CUSTOMER, "SHOP-1")}
    response = await ask(world, "query ($ref: EntityRef!) { pet(ref: $ref) { name } }", {"ref": ref})
    assert errors(response) == [("pet", "BAD_USER_INPUT")]
    assert world.calls == []


async def test_more_than_a_hundred_ids_are_rejected():
    world = small()
    ids = [meal_id("m1")] * 101
    response = await ask(world, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids})
    assert errors(response) == [("nodes", "BAD_USER_INPUT")]
    assert world.calls == []
