"""Row rules: a record that the caller may not see looks absent on every path, and nothing below it is loaded."""

import base64

import pytest

from gateway.canonical.roles import Noun
from tests.fixtures import example_domain
from tests.fixtures.example_domain import PSA
from tests.fixtures.example_systems import (
    build_native_id,
    build_systems,
    encode_card_id,
    encode_meal_id,
    execute,
    list_errors,
)


async def test_a_hidden_reference_is_null_without_an_error_and_its_record_is_not_read():
    systems = build_systems()
    systems.hidden = {"SHOP-1"}
    response = await execute(systems, "{ pets { nodes { name shop { name } owner { name } } } }")
    assert response.data["pets"]["nodes"] == [
        {"name": "Rex", "shop": None, "owner": None},
        {"name": "Tom", "shop": None, "owner": None},
    ]
    assert response.errors == []
    assert systems.count_calls("crm_shops") == 0


async def test_a_list_of_references_omits_hidden_ones():
    systems = build_systems()
    systems.hidden = {"KIM"}
    response = await execute(systems, "{ pets(first: 1) { nodes { keepers { name } } } }")
    assert response.data["pets"]["nodes"] == [{"keepers": []}]
    assert systems.count_calls("hcm_keepers") == 0


async def test_a_hidden_row_of_a_page_is_null_at_its_position():
    systems = build_systems()
    systems.hidden = {"PET-1"}
    response = await execute(systems, "{ pets { nodes { name price { amount } } } }")
    assert response.data["pets"]["nodes"] == [None, {"name": "Tom", "price": {"amount": "80.50"}}]
    assert sorted(systems.calls) == [("erp_pets", 1), ("psa_pets", 1), ("search_pets", 1)]


@pytest.mark.parametrize("way", ["id", "code", "external"])
async def test_a_hidden_record_looks_like_an_absent_one(way):
    systems = build_systems()
    systems.hidden = {"PET-1"}
    ref = {
        "id": encode_card_id(systems, Noun.PROJECT, "PET-1"),
        "code": "PET-1",
        "external": {"system": "PSA", "objectType": "", "externalId": "p1"},
    }
    response = await execute(systems, "query ($ref: EntityRef!) { pet(ref: $ref) { name } }", {"ref": {way: ref[way]}})
    assert response.data == {"pet": None}
    assert response.errors == []
    assert systems.count_calls("psa_pets") == 0


@pytest.mark.parametrize("way", ["id", "code", "external"])
async def test_a_record_is_found_by_each_kind_of_reference(way):
    systems = build_systems()
    ref = {
        "id": encode_card_id(systems, Noun.PROJECT, "PET-1"),
        "code": "PET-1",
        "external": {"system": "PSA", "objectType": "", "externalId": "p1"},
    }
    response = await execute(systems, "query ($ref: EntityRef!) { pet(ref: $ref) { name } }", {"ref": {way: ref[way]}})
    assert response.data == {"pet": {"name": "Rex"}}


async def test_a_leaf_by_id_has_the_row_rule_of_its_owner():
    systems = build_systems()
    document = "query ($id: ID!) { node(id: $id) { ... on Meal { grams cost { amount } } } }"
    seen = await execute(systems, document, {"id": encode_meal_id("m1")})
    assert seen.data == {"node": {"grams": "10.5", "cost": {"amount": "1.20"}}}
    systems.hidden = {"PET-1"}
    systems.calls.clear()
    hidden = await execute(systems, document, {"id": encode_meal_id("m1")})
    assert hidden.data == {"node": None}
    assert hidden.errors == []
    assert systems.count_calls("erp_meals") == 0


async def test_a_reference_between_leaves_checks_the_owner_of_its_target():
    systems = build_systems()
    systems.add_record(example_domain.PsaMeal(native=build_native_id(PSA, "m3"), pet_id="p2", before_id="m1"))
    document = "query ($id: ID!) { node(id: $id) { ... on Meal { before { grams } } } }"
    assert (await execute(systems, document, {"id": encode_meal_id("m3")})).data == {
        "node": {"before": {"grams": "10.5"}}
    }
    systems.hidden = {"PET-1"}
    response = await execute(systems, document, {"id": encode_meal_id("m3")})
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
    systems = build_systems()
    forged = base64.urlsafe_b64encode(text.encode()).decode()
    response = await execute(systems, "query ($id: ID!) { node(id: $id) { id } }", {"id": forged})
    assert response.data == {"node": None}
    assert response.errors == []
    assert systems.calls == []


async def test_a_sealed_id_cannot_be_forged():
    systems = build_systems()
    sealed = encode_meal_id("m1")
    text = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)).decode()
    assert '"m1"' in text
    forged = base64.urlsafe_b64encode(text.replace('"m1"', '"m3"').encode()).decode()
    response = await execute(systems, "query ($id: ID!) { node(id: $id) { id } }", {"id": forged})
    assert response.data == {"node": None}
    assert systems.calls == []


async def test_a_reference_by_an_id_of_another_noun_is_bad_input():
    systems = build_systems()
    ref = {"id": encode_card_id(systems, Noun.CUSTOMER, "SHOP-1")}
    response = await execute(systems, "query ($ref: EntityRef!) { pet(ref: $ref) { name } }", {"ref": ref})
    assert list_errors(response) == [("pet", "BAD_USER_INPUT")]
    assert systems.calls == []


async def test_more_than_a_hundred_ids_are_rejected():
    systems = build_systems()
    ids = [encode_meal_id("m1")] * 101
    response = await execute(systems, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids})
    assert list_errors(response) == [("nodes", "BAD_USER_INPUT")]
    assert systems.calls == []
