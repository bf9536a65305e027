"""Classified values: masked for callers with masked access, kept in their region, and not fetched if blocked."""

import msgspec
import pytest

from gateway.canonical.roles import DataClass, MaskMode, Noun
from gateway.errors import ForbiddenError
from gateway.execution.masking import mask_value
from tests.fixtures import example_domain
from tests.fixtures.example_domain import PSA
from tests.fixtures.example_systems import (
    ExampleSystems,
    build_native_id,
    build_systems,
    encode_card_id,
    encode_meal_id,
    execute,
    list_errors,
)

PERSONAL = frozenset({DataClass.PERSONAL})


@pytest.mark.parametrize(
    ("value", "mode", "expected"),
    [
        ("ann@paws.example", MaskMode.PARTIAL, "a•••@paws.example"),
        ("Ann Bell", MaskMode.PARTIAL, "A•••"),
        ("", MaskMode.PARTIAL, "•••"),
        ("Ann Bell", MaskMode.REDACT, "•••"),
        ("Ann Bell", MaskMode.NULLIFY, None),
        (42, MaskMode.PARTIAL, None),
        (42, MaskMode.HASH, None),
    ],
)
def test_a_value_is_masked_by_its_mode(value, mode, expected):
    assert mask_value(value, mode, b"key") == expected


def test_a_hash_has_twelve_hex_digits_and_depends_on_value_and_key():
    first = mask_value("Ann", MaskMode.HASH, b"key")
    assert len(first) == 12
    assert int(first, 16) >= 0
    assert mask_value("Ann", MaskMode.HASH, b"key") == first
    assert mask_value("Ann", MaskMode.HASH, b"other") != first
    assert mask_value("Bob", MaskMode.HASH, b"key") != first


def test_the_mode_deny_raises_forbidden():
    with pytest.raises(ForbiddenError):
        mask_value("Ann", MaskMode.DENY, b"key")


async def test_a_caller_with_masked_access_gets_masked_values_on_every_path():
    systems = build_systems()
    document = """query ($id: ID!) { shops { nodes { name mail limit { amount } } }
      node(id: $id) { ... on Customer { mail } }
      pets(first: 1) { nodes { badge { secret } keepers { name } } } }"""
    ident = encode_card_id(systems, Noun.CUSTOMER, "SHOP-1")
    response = await execute(systems, document, {"id": ident}, masked=PERSONAL | {DataClass.FINANCIAL_RESTRICTED})
    assert response.errors == []
    assert response.data["shops"]["nodes"] == [{"name": "Paws", "mail": "a•••@paws.example", "limit": None}]
    assert response.data["node"] == {"mail": "a•••@paws.example"}
    assert len(response.data["pets"]["nodes"][0]["badge"]["secret"]) == 12
    assert response.data["pets"]["nodes"][0]["keepers"] == [{"name": "•••"}]


async def test_a_region_bound_value_is_blocked_for_a_caller_of_another_region():
    systems = build_systems()
    response = await execute(systems, "{ shops { nodes { name mail } } }", regions=frozenset({"US"}))
    assert response.data == {"shops": {"nodes": [{"name": "Paws", "mail": None}]}}
    assert list_errors(response) == [("shops.nodes.0.mail", "RESIDENCY_BLOCKED")]
    inside = await execute(systems, "{ shops { nodes { mail } } }", regions=frozenset({"EU"}))
    assert inside.data == {"shops": {"nodes": [{"mail": "ann@paws.example"}]}}


async def test_a_blocked_record_is_not_fetched():
    systems = build_systems()
    await execute(systems, "{ pets(first: 1) { nodes { keepers { name } } } }", regions=frozenset({"US"}))
    assert systems.count_calls("hcm_keepers") == 0


@pytest.mark.parametrize("meal", ["m1", "m4"])
async def test_a_leaf_has_the_region_of_its_person_or_else_of_its_owner(meal):
    systems = build_systems()
    systems.add_record(example_domain.PsaMeal(native=build_native_id(PSA, "m4"), pet_id="p1", note="note m4"))
    document = "query ($id: ID!) { node(id: $id) { ... on Meal { note } } }"
    outside = await execute(systems, document, {"id": encode_meal_id(meal)}, regions=frozenset({"US"}))
    assert outside.data == {"node": {"note": None}}
    assert list_errors(outside) == [("node.note", "RESIDENCY_BLOCKED")]
    inside = await execute(systems, document, {"id": encode_meal_id(meal)}, regions=frozenset({"EU"}))
    assert inside.data == {"node": {"note": f"note {meal}"}}


async def test_a_leaf_on_a_page_is_blocked_like_one_read_by_id():
    systems = build_systems()
    document = "{ pets(first: 1) { nodes { meals(first: 1) { nodes { grams note } } } } }"
    response = await execute(systems, document, regions=frozenset({"US"}))
    assert response.data["pets"]["nodes"][0]["meals"] == {"nodes": [{"grams": "10.5", "note": None}]}
    assert list_errors(response) == [("pets.nodes.0.meals.nodes.0.note", "RESIDENCY_BLOCKED")]


async def test_a_borrowed_value_has_the_region_of_the_lender():
    systems = build_systems()
    move_card(systems, "KIM", "US")
    document = "{ pets(first: 1) { nodes { meals(first: 1) { nodes { wage { amount } } } } } }"
    american = await execute(systems, document, regions=frozenset({"US"}))
    assert american.data["pets"]["nodes"][0]["meals"] == {"nodes": [{"wage": {"amount": "20.50"}}]}
    systems.calls.clear()
    european = await execute(systems, document, regions=frozenset({"EU"}))
    assert list_errors(european) == [("pets.nodes.0.meals.nodes.0.wage", "RESIDENCY_BLOCKED")]
    assert systems.count_calls("hcm_keepers") == 0


async def test_a_region_bound_value_of_unknown_region_is_blocked():
    systems = build_systems()
    move_card(systems, "SHOP-1", None)
    response = await execute(systems, "{ shops { nodes { name mail } } }", regions=frozenset({"EU", "US"}))
    assert response.data == {"shops": {"nodes": [{"name": "Paws", "mail": None}]}}
    assert list_errors(response) == [("shops.nodes.0.mail", "RESIDENCY_BLOCKED")]
    everywhere = await execute(systems, "{ shops { nodes { mail } } }", regions=None)
    assert everywhere.data == {"shops": {"nodes": [{"mail": "ann@paws.example"}]}}


def move_card(systems: ExampleSystems, code: str, region: str | None) -> None:
    """Set the region of a card."""
    card = next(card for card in systems.cards.values() if card.code == code)
    systems.cards[card.id] = msgspec.structs.replace(card, region=region)
