"""Fetching by plan: one call per loader and wave, for any number of parents, aliases or fragments."""

import asyncio

import pytest
from graphql import parse

from gateway.canonical.roles import Noun
from gateway.execution.response import execute_document
from tests.fixtures import example_domain
from tests.fixtures.example_domain import ERP, PSA
from tests.fixtures.example_systems import (
    SCHEMA,
    ExampleSystems,
    build_native_id,
    build_request,
    build_systems,
    encode_card_id,
    encode_meal_id,
    execute,
)

VIEW = """{ pets(first: 100) { nodes { name price { amount } shop { name } keepers { name employer { name } }
  meals { nodes { cost { amount } keeper { name } } } } } }"""


def build_kennel(pets: int) -> ExampleSystems:
    """Build systems with many pets, each with one meal."""
    systems = build_systems()
    systems.records[example_domain.PsaMeal] = {}
    for place in range(1, pets + 1):
        systems.add_record(
            example_domain.PsaPet(native=build_native_id(PSA, f"p{place}"), name=f"Pet {place}", shop_id="s1")
        )
        systems.add_record(example_domain.ErpPet(native=build_native_id(ERP, f"j{place}")))
        systems.add_record(
            example_domain.PsaMeal(native=build_native_id(PSA, f"m{place}"), pet_id=f"p{place}", keeper_id="u1")
        )
        if place > 2:
            pet = systems.cards[next(key for key, card in systems.cards.items() if card.code == "PET-1")]
            links = {PSA: f"p{place}", ERP: f"j{place}"}
            systems.add_card(
                Noun.PROJECT, f"PET-{place}", links, customer_id=pet.customer_id, member_ids=pet.member_ids
            )
    if pets == 1:
        systems.cards = {key: card for key, card in systems.cards.items() if card.code != "PET-2"}
    return systems


@pytest.mark.parametrize("pets", [1, 10, 50])
async def test_the_number_of_calls_does_not_depend_on_the_number_of_parents(pets):
    systems = build_kennel(pets)
    response = await execute(systems, VIEW)
    assert response.errors == []
    assert len(response.data["pets"]["nodes"]) == pets
    assert sorted(name for name, _ in systems.calls) == [
        "cards_by_code",
        "cards_by_id",
        "cards_by_native",
        "crm_shops",
        "erp_meals",
        "erp_pets",
        "hcm_keepers",
        "psa_meals_by_pet",
        "psa_pets",
        "search_pets",
    ]


async def test_chunks_respect_the_batch_limit_of_the_port():
    systems = build_kennel(50)
    systems.batch = 20
    await execute(systems, "{ pets(first: 100) { nodes { name } } }")
    assert [(name, keys) for name, keys in systems.calls if name == "psa_pets"] == [
        ("psa_pets", 20),
        ("psa_pets", 20),
        ("psa_pets", 10),
    ]


async def test_aliases_and_fragments_of_the_same_record_need_one_call():
    systems = build_systems()
    response = await execute(
        systems,
        """query { a: pets { nodes { ...pet } }
          b: pets(after: null) { nodes { n: name ... on Project { name } ...pet } } }
        fragment pet on Project { name shop { name } }""",
    )
    assert response.data["b"]["nodes"][0] == {"n": "Rex", "name": "Rex", "shop": {"name": "Paws"}}
    assert sorted(name for name, _ in systems.calls) == ["cards_by_native", "crm_shops", "psa_pets", "search_pets"]


async def test_different_arguments_load_different_pages_of_a_relation():
    systems = build_systems()
    response = await execute(
        systems, "{ pets { nodes { a: meals(first: 1) { nodes { id } } b: meals(first: 2) { nodes { id } } } } }"
    )
    assert [len(response.data["pets"]["nodes"][0][alias]["nodes"]) for alias in "ab"] == [1, 2]
    assert systems.count_calls("psa_meals_by_pet") == 2


async def test_the_rows_of_a_page_are_stored_as_facets_of_their_nouns():
    systems = build_systems()
    response = await execute(systems, "{ pets { nodes { meals { nodes { grams note } } snacks { note } } } }")
    assert response.data["pets"]["nodes"][0]["snacks"][1] == {"note": "note m2"}
    assert systems.count_calls("psa_meals") == 0


@pytest.mark.parametrize(("wanted", "calls"), [(True, 1), (False, 0)])
async def test_skipped_fields_are_not_loaded(wanted, calls):
    systems = build_systems()
    document = "query ($wanted: Boolean!) { pets { nodes { id price @include(if: $wanted) { amount } } } }"
    await execute(systems, document, {"wanted": wanted})
    assert systems.count_calls("erp_pets") == calls


async def test_a_mixed_list_of_ids_is_resolved_by_runtime_type():
    systems = build_systems()
    ids = [
        encode_card_id(systems, Noun.PROJECT, "PET-1"),
        encode_card_id(systems, Noun.CUSTOMER, "SHOP-1"),
        encode_meal_id("m3"),
    ]
    document = """query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id
      ... on Project { name } ... on Customer { mail } ... on Meal { grams } } }"""
    response = await execute(systems, document, {"ids": ids})
    assert response.errors == []
    assert [node["__typename"] for node in response.data["nodes"]] == ["Project", "Customer", "Meal"]
    assert [node["id"] for node in response.data["nodes"]] == ids
    assert [response.data["nodes"][place][name] for place, name in enumerate(["name", "mail", "grams"])] == [
        "Rex",
        "ann@paws.example",
        "7",
    ]
    assert sorted(systems.calls) == [
        ("cards_by_id", 2),
        ("cards_by_native", 1),
        ("crm_shops", 1),
        ("psa_meals", 1),
        ("psa_pets", 1),
    ]


async def test_a_fallback_is_read_only_if_the_record_has_no_value():
    systems = build_systems()
    rex = systems.records[example_domain.PsaPet]["p1"]
    systems.add_record(example_domain.PsaPet(native=rex.native, name=None))
    response = await execute(systems, "{ pets { nodes { name } } }")
    assert [pet["name"] for pet in response.data["pets"]["nodes"]] == ["Rex (books)", "Tom"]
    assert [call for call in systems.calls if call[0] == "erp_pets"] == [("erp_pets", 1)]


async def test_a_derived_field_without_needs_sees_every_record_that_the_request_read():
    systems = build_systems()
    first = await execute(systems, "{ pets(first: 1) { nodes { systems price { amount } } } }")
    second = await execute(systems, "{ pets(first: 1) { nodes { systems name } } }")
    assert first.data["pets"]["nodes"][0]["systems"] == ["ERP"]
    assert second.data["pets"]["nodes"][0]["systems"] == ["PSA"]


async def test_introspection_alone_loads_nothing():
    systems = build_systems()
    response = await execute(systems, '{ __typename __schema { queryType { name } } __type(name: "Project") { name } }')
    assert response.data["__type"] == {"name": "Project"}
    assert systems.calls == []


async def test_bad_variables_load_nothing():
    systems = build_systems()
    response = await execute(
        systems, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } pets { nodes { name } } }", {"ids": None}
    )
    assert response.data is None
    assert [error["extensions"]["code"] for error in response.errors] == ["BAD_USER_INPUT"]
    assert systems.calls == []


async def test_a_borrowed_facet_is_read_once_from_the_lender():
    systems = build_systems()
    response = await execute(systems, "{ pets { nodes { meals { nodes { wage { amount } keeper { name } } } } } }")
    wages = [meal["wage"]["amount"] for pet in response.data["pets"]["nodes"] for meal in pet["meals"]["nodes"]]
    assert wages == ["20.50", "20.50", "20.50"]
    assert [call for call in systems.calls if call[0] in {"hcm_keepers", "cards_by_native"}] == [
        ("cards_by_native", 1),
        ("hcm_keepers", 1),
    ]


async def test_fields_of_a_value_object_are_planned():
    systems = build_systems()
    response = await execute(
        systems, '{ pets { nodes { price { converted(to: "USD") { amount currency } } badge { keeper { name } } } } }'
    )
    assert response.data["pets"]["nodes"][1] == {
        "price": {"converted": {"amount": "161.00", "currency": "USD"}},
        "badge": {"keeper": {"name": "Kim"}},
    }
    assert systems.count_calls("rates") == 1


async def test_a_page_gives_its_position_in_the_list():
    systems = build_systems()
    document = """{ pets(first: 1, after: "1") {
        totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { name } } } }"""
    response = await execute(systems, document)
    assert response.data["pets"] == {
        "totalCount": 2,
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": True, "startCursor": "2", "endCursor": "2"},
        "edges": [{"cursor": "2", "node": {"name": "Tom"}}],
    }


async def test_an_exception_in_a_declared_function_nulls_only_its_field():
    systems = build_systems()
    systems.records[example_domain.ErpPet]["j1"] = replace_price(systems)
    response = await execute(systems, '{ pets { nodes { name price { converted(to: "USD") { amount } } } } }')
    assert [pet["name"] for pet in response.data["pets"]["nodes"]] == ["Rex", "Tom"]
    assert response.data["pets"]["nodes"][0]["price"] == {"converted": None}
    assert response.data["pets"]["nodes"][1]["price"] == {"converted": {"amount": "161.00"}}
    assert [error["extensions"]["code"] for error in response.errors] == ["INTERNAL"]


def replace_price(systems: ExampleSystems) -> example_domain.ErpPet:
    """Build a record whose amount has an unexpected type."""
    record = systems.records[example_domain.ErpPet]["j1"]
    assert isinstance(record, example_domain.ErpPet)
    return example_domain.ErpPet(native=record.native, price=replace_amount(record.price))


def replace_amount(price):
    return type(price)(object(), price.currency)


async def test_fragments_that_double_at_each_level_are_resolved_once():
    systems = build_systems()
    levels = 18
    doubling = " ".join(
        f"fragment f{n} on Meal {{ before {{ ...f{n + 1} }} before {{ ...f{n + 1} }} }}" for n in range(levels)
    )
    document = (
        f"{{ pets {{ nodes {{ meals {{ nodes {{ ...f0 }} }} }} }} }} {doubling} fragment f{levels} on Meal {{ id }}"
    )
    systems.add_record(example_domain.PsaMeal(native=build_native_id(PSA, "m1"), pet_id="p1", before_id="m1"))
    request = build_request(systems)
    operation = parse(document)
    response = await asyncio.wait_for(execute_document(SCHEMA, operation, request), 10)
    assert response.errors == []
    assert systems.count_calls("psa_meals") == 0
