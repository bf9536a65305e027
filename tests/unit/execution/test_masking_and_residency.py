"""Classified values: masked for who sees them only masked, kept in their region, and never fetched for nothing."""

import msgspec
import pytest

from gateway.canonical.roles import DataClass, MaskMode, Noun
from gateway.errors import ForbiddenError
from gateway.execution.masking import mask_value
from tests import invented
from tests.invented import PSA
from tests.world import World, ask, errors, id_of, meal_id, native, small

PERSONAL = frozenset({DataClass.PERSONAL})


@pytest.mark.parametrize(
    ("value", "mode", "shown"),
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
def test_masks(value, mode, shown):
    assert mask_value(value, mode, b"key") == shown


def test_a_hash_is_twelve_hex_digits_stable_under_one_key_and_different_under_another():
    first = mask_value("Ann", MaskMode.HASH, b"key")
    assert len(first) == 12
    assert int(first, 16) >= 0
    assert mask_value("Ann", MaskMode.HASH, b"key") == first
    assert mask_value("Ann", MaskMode.HASH, b"other") != first
    assert mask_value("Bob", MaskMode.HASH, b"key") != first


def test_deny_is_an_error():
    with pytest.raises(ForbiddenError):
        mask_value("Ann", MaskMode.DENY, b"key")


async def test_a_caller_who_sees_a_class_only_masked_gets_the_masks_on_every_path():
    world = small()
    document = """query ($id: ID!) { shops { nodes { name mail limit { amount } } } node(id: $id) { ... on Customer { mail } }
      pets(first: 1) { nodes { badge { secret } keepers { name } } } }"""
    ident = id_of(world, Noun.CUSTOMER, "SHOP-1")
    given = await ask(world, document, {"id": ident}, masked=PERSONAL | {DataClass.FINANCIAL_RESTRICTED})
    assert given.errors == []
    assert given.data["shops"]["nodes"] == [{"name": "Paws", "mail": "a•••@paws.example", "limit": None}]
    assert given.data["node"] == {"mail": "a•••@paws.example"}
    assert len(given.data["pets"]["nodes"][0]["badge"]["secret"]) == 12
    assert given.data["pets"]["nodes"][0]["keepers"] == [{"name": "•••"}]


async def test_a_value_bound_to_its_region_is_blocked_for_a_caller_of_another():
    world = small()
    given = await ask(world, "{ shops { nodes { name mail } } }", regions=frozenset({"US"}))
    assert given.data == {"shops": {"nodes": [{"name": "Paws", "mail": None}]}}
    assert errors(given) == [("shops.nodes.0.mail", "RESIDENCY_BLOCKED")]
    inside = await ask(world, "{ shops { nodes { mail } } }", regions=frozenset({"EU"}))
    assert inside.data == {"shops": {"nodes": [{"mail": "ann@paws.example"}]}}


async def test_a_blocked_record_is_not_even_fetched():
    world = small()
    await ask(world, "{ pets(first: 1) { nodes { keepers { name } } } }", regions=frozenset({"US"}))
    assert world.called("hcm_keepers") == 0


@pytest.mark.parametrize("meal", ["m1", "m4"])
async def test_a_leaf_lies_in_the_region_of_its_person_else_of_its_owner(meal):
    world = small()
    world.put(invented.PsaMeal(native=native(PSA, "m4"), pet_id="p1", note="note m4"))
    document = "query ($id: ID!) { node(id: $id) { ... on Meal { note } } }"
    outside = await ask(world, document, {"id": meal_id(meal)}, regions=frozenset({"US"}))
    assert outside.data == {"node": {"note": None}}
    assert errors(outside) == [("node.note", "RESIDENCY_BLOCKED")]
    inside = await ask(world, document, {"id": meal_id(meal)}, regions=frozenset({"EU"}))
    assert inside.data == {"node": {"note": f"note {meal}"}}


async def test_a_leaf_on_a_page_is_bound_like_one_by_id():
    world = small()
    document = "{ pets(first: 1) { nodes { meals(first: 1) { nodes { grams note } } } } }"
    given = await ask(world, document, regions=frozenset({"US"}))
    assert given.data["pets"]["nodes"][0]["meals"] == {"nodes": [{"grams": "10.5", "note": None}]}
    assert errors(given) == [("pets.nodes.0.meals.nodes.0.note", "RESIDENCY_BLOCKED")]


async def test_a_borrowed_value_lies_in_the_region_of_the_lender():
    world = small()
    move_card(world, "KIM", "US")
    document = "{ pets(first: 1) { nodes { meals(first: 1) { nodes { wage { amount } } } } } }"
    american = await ask(world, document, regions=frozenset({"US"}))
    assert american.data["pets"]["nodes"][0]["meals"] == {"nodes": [{"wage": {"amount": "20.50"}}]}
    world.calls.clear()
    european = await ask(world, document, regions=frozenset({"EU"}))
    assert errors(european) == [("pets.nodes.0.meals.nodes.0.wage", "RESIDENCY_BLOCKED")]
    assert world.called("hcm_keepers") == 0


async def test_where_the_region_is_not_known_a_bound_value_stays():
    world = small()
    move_card(world, "SHOP-1", None)
    given = await ask(world, "{ shops { nodes { name mail } } }", regions=frozenset({"EU", "US"}))
    assert given.data == {"shops": {"nodes": [{"name": "Paws", "mail": None}]}}
    assert errors(given) == [("shops.nodes.0.mail", "RESIDENCY_BLOCKED")]
    everywhere = await ask(world, "{ shops { nodes { mail } } }", regions=None)
    assert everywhere.data == {"shops": {"nodes": [{"mail": "ann@paws.example"}]}}


def move_card(world: World, code: str, region: str | None) -> None:
    """Let a card lie in another region."""
    card = next(card for card in world.cards.values() if card.code == code)
    world.cards[card.id] = msgspec.structs.replace(card, region=region)
