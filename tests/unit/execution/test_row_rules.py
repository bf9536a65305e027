"""Row rules: what the caller may not see looks like absence on every path, and nothing below it is loaded."""

import base64

import pytest

from gateway.canonical.roles import Noun
from tests import invented
from tests.invented import PSA
from tests.world import ask, errors, id_of, meal_id, native, small


async def test_an_invisible_reference_is_null_without_an_error_and_its_record_is_not_read():
    world = small()
    world.hidden = {"SHOP-1"}
    given = await ask(world, "{ pets { nodes { name shop { name } owner { name } } } }")
    assert given.data["pets"]["nodes"] == [
        {"name": "Rex", "shop": None, "owner": None},
        {"name": "Tom", "shop": None, "owner": None},
    ]
    assert given.errors == []
    assert world.called("crm_shops") == 0


async def test_a_list_of_references_leaves_the_invisible_out():
    world = small()
    world.hidden = {"KIM"}
    given = await ask(world, "{ pets(first: 1) { nodes { keepers { name } } } }")
    assert given.data["pets"]["nodes"] == [{"keepers": []}]
    assert world.called("hcm_keepers") == 0


async def test_a_row_of_a_page_that_is_invisible_is_null_at_its_place():
    world = small()
    world.hidden = {"PET-1"}
    given = await ask(world, "{ pets { nodes { name price { amount } } } }")
    assert given.data["pets"]["nodes"] == [None, {"name": "Tom", "price": {"amount": "80.50"}}]
    assert sorted(world.calls) == [("erp_pets", 1), ("psa_pets", 1), ("search_pets", 1)]


@pytest.mark.parametrize("way", ["id", "code", "external"])
async def test_a_reference_to_an_invisible_record_looks_like_absence(way):
    world = small()
    world.hidden = {"PET-1"}
    ref = {
        "id": id_of(world, Noun.PROJECT, "PET-1"),
        "code": "PET-1",
        "external": {"system": "PSA", "objectType": "", "externalId": "p1"},
    }
    given = await ask(world, "query ($ref: EntityRef!) { pet(ref: $ref) { name } }", {"ref": {way: ref[way]}})
    assert given.data == {"pet": None}
    assert given.errors == []
    assert world.called("psa_pets") == 0


@pytest.mark.parametrize("way", ["id", "code", "external"])
async def test_every_way_to_name_a_record_finds_it(way):
    world = small()
    ref = {
        "id": id_of(world, Noun.PROJECT, "PET-1"),
        "code": "PET-1",
        "external": {"system": "PSA", "objectType": "", "externalId": "p1"},
    }
    given = await ask(world, "query ($ref: EntityRef!) { pet(ref: $ref) { name } }", {"ref": {way: ref[way]}})
    assert given.data == {"pet": {"name": "Rex"}}


async def test_a_leaf_by_id_shares_its_owners_row_rule():
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


async def test_a_reference_from_leaf_to_leaf_checks_the_owner_of_the_one_it_leads_to():
    world = small()
    world.put(invented.PsaMeal(native=native(PSA, "m3"), pet_id="p2", before_id="m1"))
    document = "query ($id: ID!) { node(id: $id) { ... on Meal { before { grams } } } }"
    assert (await ask(world, document, {"id": meal_id("m3")})).data == {"node": {"before": {"grams": "10.5"}}}
    world.hidden = {"PET-1"}
    given = await ask(world, document, {"id": meal_id("m3")})
    assert given.data == {"node": {"before": None}}
    assert given.errors == []


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
async def test_an_id_that_this_deployment_did_not_issue_is_like_absence(text):
    world = small()
    forged = base64.urlsafe_b64encode(text.encode()).decode()
    given = await ask(world, "query ($id: ID!) { node(id: $id) { id } }", {"id": forged})
    assert given.data == {"node": None}
    assert given.errors == []
    assert world.calls == []


async def test_a_sealed_id_cannot_be_changed_to_name_another_record():
    world = small()
    sealed = meal_id("m1")
    text = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)).decode()
    assert '"m1"' in text
    forged = base64.urlsafe_b64encode(text.replace('"m1"', '"m3"').encode()).decode()
    given = await ask(world, "query ($id: ID!) { node(id: $id) { id } }", {"id": forged})
    assert given.data == {"node": None}
    assert world.calls == []


async def test_a_reference_by_an_id_of_another_noun_is_bad_input():
    world = small()
    ref = {"id": id_of(world, Noun.CUSTOMER, "SHOP-1")}
    given = await ask(world, "query ($ref: EntityRef!) { pet(ref: $ref) { name } }", {"ref": ref})
    assert errors(given) == [("pet", "BAD_USER_INPUT")]
    assert world.calls == []


async def test_more_than_a_hundred_ids_are_refused():
    world = small()
    ids = [meal_id("m1")] * 101
    given = await ask(world, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids})
    assert errors(given) == [("nodes", "BAD_USER_INPUT")]
    assert world.calls == []
