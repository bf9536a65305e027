"""A system that is slow, dead or broken costs its own fields and nothing else; nobody sees its words."""

import asyncio
import logging

import msgspec
import pytest

from gateway.canonical.fault import Fault, FaultCode
from gateway.canonical.native import NativeId
from gateway.canonical.roles import Noun
from gateway.ports.lineage import Absent, Supplied
from tests import invented
from tests.invented import ERP, PSA
from tests.world import CONNECTIONS, ask, errors, native, small


async def test_a_dead_system_of_record_is_replaced_by_its_fallback():
    world = small()
    world.dead = {"psa_pets": FaultCode.UNAVAILABLE}
    given = await ask(world, "{ pets { nodes { name } } }")
    assert [pet["name"] for pet in given.data["pets"]["nodes"]] == ["Rex (books)", "Tom (books)"]
    assert given.errors == []


async def test_the_card_is_the_last_to_know_a_name():
    world = small()
    world.dead = {"psa_pets": FaultCode.UNAVAILABLE, "erp_pets": FaultCode.TIMEOUT}
    given = await ask(world, "{ pets { nodes { name } } }")
    assert [pet["name"] for pet in given.data["pets"]["nodes"]] == ["Rex (card)", "Tom (card)"]


async def test_a_value_whose_only_source_is_dead_is_null_with_an_error_that_names_the_first_fault():
    world = small()
    world.dead = {"psa_pets": FaultCode.RATE_LIMITED, "erp_pets": FaultCode.TIMEOUT}
    given = await ask(world, "{ pets(first: 1) { nodes { id mood born } } }")
    assert given.data["pets"]["nodes"][0]["mood"] is None
    assert errors(given) == [
        ("pets.nodes.0.born", "SOURCE_UNAVAILABLE"),
        ("pets.nodes.0.mood", "SOURCE_UNAVAILABLE"),
    ]
    assert given.errors[0]["extensions"] == {
        "code": "SOURCE_UNAVAILABLE",
        "system": "PSA",
        "fault": "RATE_LIMITED",
        "retryAfter": None,
        "correlationId": "corr-1",
    }
    assert "secret" not in str(given)


async def test_a_fault_before_a_source_that_knows_of_no_value_is_an_error_and_not_silence():
    world = small()
    world.dead = {"psa_pets": FaultCode.UNAVAILABLE}
    world.put(invented.ErpPet(native=native(ERP, "j1")))
    given = await ask(world, "{ pets(first: 1) { nodes { mood } } }")
    assert errors(given) == [("pets.nodes.0.mood", "SOURCE_UNAVAILABLE")]


async def test_one_faulty_key_costs_one_row():
    world = small()
    world.faulty = {("erp_pets", "j1"): FaultCode.CONTRACT_MISMATCH}
    given = await ask(world, "{ pets { nodes { price { amount } } } }")
    assert given.data["pets"]["nodes"] == [{"price": None}, {"price": {"amount": "80.50"}}]
    assert errors(given) == [("pets.nodes.0.price", "SOURCE_UNAVAILABLE")]


async def test_a_dead_page_is_null_with_an_error_and_its_siblings_stay():
    world = small()
    world.dead = {"psa_meals_by_pet": FaultCode.CIRCUIT_OPEN}
    given = await ask(world, "{ pets { nodes { name meals { nodes { id } } } } }")
    assert given.data["pets"]["nodes"] == [{"name": "Rex", "meals": None}, {"name": "Tom", "meals": None}]
    assert [code for _, code in errors(given)] == ["SOURCE_UNAVAILABLE"] * 2


async def test_a_page_that_some_could_not_contribute_to_says_who_is_missing():
    world = small()
    fault = Fault(
        system=ERP, code=FaultCode.TIMEOUT, message="The ERP did not answer in time.", correlation_id="corr-1"
    )
    world.page_faults = {"p1": (fault,)}
    document = "{ pets { nodes { meals { nodes { id } partial { missing faults { code message correlationId } } } } } }"
    given = await ask(world, document)
    whole, complete = (pet["meals"] for pet in given.data["pets"]["nodes"])
    assert whole["partial"] == {
        "missing": ["ERP"],
        "faults": [{"code": "TIMEOUT", "message": "The ERP did not answer in time.", "correlationId": "corr-1"}],
    }
    assert len(whole["nodes"]) == 2
    assert complete["partial"] is None
    assert given.errors == []


async def test_a_dead_crosswalk_is_an_error_at_the_reference():
    world = small()
    world.dead = {"cards_by_native": FaultCode.UNAVAILABLE}
    given = await ask(world, "{ pets(first: 1) { nodes { name shop { name } } } }")
    assert given.data["pets"]["nodes"] == [{"name": "Rex", "shop": None}]
    assert errors(given) == [("pets.nodes.0.shop", "SOURCE_UNAVAILABLE")]


async def test_the_answer_comes_at_the_deadline_with_what_was_there():
    world = small()
    world.slow = {"erp_pets": 30}
    started = asyncio.get_running_loop().time()
    given = await ask(world, "{ pets { nodes { name price { amount } } } }", seconds=0.2)
    assert asyncio.get_running_loop().time() - started < 5
    assert given.data["pets"]["nodes"] == [{"name": "Rex", "price": None}, {"name": "Tom", "price": None}]
    assert [error["extensions"]["fault"] for error in given.errors] == ["TIMEOUT", "TIMEOUT"]
    assert len(asyncio.all_tasks()) == 1


async def test_a_system_that_hangs_does_not_keep_the_others_from_their_later_waves():
    world = small()
    world.slow = {"erp_pets": 30}
    document = "{ pets(first: 1) { nodes { price { amount } keepers { name employer { name mail } } } } }"
    given = await ask(world, document, seconds=3)
    assert given.data["pets"]["nodes"] == [
        {"price": None, "keepers": [{"name": "Kim", "employer": {"name": "Paws", "mail": "ann@paws.example"}}]}
    ]
    assert errors(given) == [("pets.nodes.0.price", "SOURCE_UNAVAILABLE")]
    assert len(asyncio.all_tasks()) == 1


async def test_one_hanging_connection_does_not_keep_back_another_of_the_same_role():
    world = small()
    world.connections = (*world.connections, "books-2")
    tom = next(card for card in world.cards.values() if card.code == "PET-2")
    moved = msgspec.structs.replace(tom.links[1], native=NativeId("books-2", "", "j2"))
    world.cards[tom.id] = msgspec.structs.replace(tom, links=(tom.links[0], moved))
    world.slow = {"books-2": 30}
    document = '{ pets { nodes { price { amount converted(to: "USD") { amount } } } } }'
    given = await ask(world, document, seconds=3)
    assert given.data["pets"]["nodes"] == [
        {"price": {"amount": "100.00", "converted": {"amount": "200.00"}}},
        {"price": None},
    ]
    assert errors(given) == [("pets.nodes.1.price", "SOURCE_UNAVAILABLE")]


async def test_a_request_that_is_given_up_takes_its_calls_with_it():
    world = small()
    world.slow = {"erp_pets": 30, "search_pets": 0.01}
    asking = asyncio.create_task(ask(world, "{ pets { nodes { price { amount } } } }"))
    while not world.called("erp_pets"):  # noqa: ASYNC110 -- the world counts its calls and signals none
        await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert len(asyncio.all_tasks()) == 1


async def test_a_loader_with_a_bug_is_logged_and_masked(caplog):
    world = small()
    world.broken = {"erp_pets"}
    with caplog.at_level(logging.ERROR):
        given = await ask(world, "{ pets(first: 1) { nodes { name price { amount } } } }")
    assert given.data["pets"]["nodes"] == [{"name": "Rex", "price": None}]
    assert given.errors[0]["extensions"]["fault"] == "UNKNOWN"
    assert "secret" not in str(given)
    assert [record.exc_info[0] for record in caplog.records] == [ZeroDivisionError]


async def test_a_code_that_nobody_has_mapped_is_named_and_null():
    world = small()
    world.put(invented.PsaPet(native=native(PSA, "p1"), name="Rex", mood="feral"))
    given = await ask(world, "{ pets(first: 1) { nodes { name mood } } }")
    assert given.data["pets"]["nodes"] == [{"name": "Rex", "mood": None}]
    assert given.errors[0]["extensions"] == {
        "code": "MAPPING_MISSING",
        "domain": "PROJECT_STATUS",
        "connection": "work",
        "sourceCode": "feral",
    }


async def test_a_refused_argument_is_bad_input_at_its_field():
    world = small()
    given = await ask(world, "{ pets(first: 1) { nodes { name meals(first: 0) { nodes { id } } } } }")
    assert given.data["pets"]["nodes"] == [{"name": "Rex", "meals": None}]
    assert given.errors[0]["extensions"] == {"code": "BAD_USER_INPUT", "field": "first"}


async def test_an_unexpected_exception_is_masked_under_an_incident_that_the_log_knows(caplog):
    world = small()
    world.put(invented.ErpPet(native=native(ERP, "j1"), price="not money at all"))
    with caplog.at_level(logging.ERROR):
        given = await ask(world, "{ pets(first: 1) { nodes { name price { amount } } } }")
    [error] = given.errors
    assert error["message"] == "Internal error."
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["incidentId"] == caplog.records[0].incident_id
    assert "not money" not in str(given)


async def test_a_value_that_a_scalar_or_enum_refuses_is_masked_and_not_quoted(caplog):
    world = small()
    world.put(invented.PsaMeal(native=native(PSA, "m1"), pet_id="p1", grams="a secret weight"))
    with caplog.at_level(logging.ERROR):
        given = await ask(world, "{ pets(first: 1) { nodes { meals(first: 1) { nodes { grams } } } } }")
    assert given.data["pets"]["nodes"][0]["meals"] == {"nodes": [{"grams": None}]}
    assert [error["extensions"]["code"] for error in given.errors] == ["INTERNAL"]
    assert "secret weight" not in str(given)


async def test_a_mandatory_value_that_nobody_has_is_an_error_at_its_place_and_nulls_its_parent():
    world = small()
    world.put(invented.PsaPet(native=native(PSA, "p1")))
    world.put(invented.ErpPet(native=native(ERP, "j1")))
    world.card(Noun.PROJECT, "PET-1", {PSA: "p1", ERP: "j1"})
    given = await ask(world, "{ pets(first: 1) { nodes { id name } } }")
    assert given.data == {"pets": {"nodes": [None]}}
    assert errors(given) == [("pets.nodes.0.name", "MISSING_VALUE")]


async def test_what_no_system_has_a_place_for_is_named_once_and_only_when_it_was_asked():
    world = small()
    for pet in ("p1", "p2"):
        world.put(invented.PsaPet(native=native(PSA, pet), name=pet))
    world.lineage = {
        CONNECTIONS[PSA]: {
            invented.PsaPet: {"born": Absent("pets have no birthday here"), "name": Supplied("pet", "name")}
        }
    }
    given = await ask(world, "{ pets { nodes { name born } } }")
    assert [pet["born"] for pet in given.data["pets"]["nodes"]] == [None, None]
    assert given.extensions == {
        "unsupportedFields": [{"field": "Project.born", "system": "PSA", "reason": "pets have no birthday here"}]
    }
    assert (await ask(world, "{ pets { nodes { name } } }")).extensions == {}


async def test_a_null_that_a_system_could_have_held_is_not_called_absent():
    world = small()
    world.put(invented.PsaPet(native=native(PSA, "p1"), name="Rex"))
    world.put(invented.ErpPet(native=native(ERP, "j1")))
    world.lineage = {
        CONNECTIONS[PSA]: {invented.PsaPet: {"mood": Absent("no moods here")}},
        CONNECTIONS[ERP]: {invented.ErpPet: {"mood": Supplied("pet", "mood")}},
    }
    given = await ask(world, "{ pets(first: 1) { nodes { mood } } }")
    assert given.data["pets"]["nodes"] == [{"mood": None}]
    assert given.extensions == {}


async def test_an_enum_value_that_the_schema_does_not_know_is_masked_and_not_quoted():
    world = small()
    world.put(invented.PsaPet(native=native(PSA, "p1"), name="Rex", mood="feral"))
    given = await ask(world, "{ pets(first: 1) { nodes { badge { text mood } } } }")
    assert given.data["pets"]["nodes"] == [{"badge": {"text": "badge of Rex", "mood": None}}]
    assert [error["extensions"]["code"] for error in given.errors] == ["INTERNAL"]
    assert "FERAL" not in str(given)


async def test_at_most_ten_groups_of_errors_are_listed_and_the_rest_is_counted():
    world = small()
    for pet in ("p1", "p2"):
        world.put(invented.PsaPet(native=native(PSA, pet), name=pet, mood="feral"))
    aliases = " ".join(f"m{number}: mood" for number in range(12))
    given = await ask(world, f"{{ pets {{ nodes {{ {aliases} }} }} }}")
    assert [code for _, code in errors(given)] == ["MAPPING_MISSING"] * 20
    assert {error["path"][-1] for error in given.errors} == {f"m{number}" for number in range(10)}
    assert given.extensions == {"suppressedErrors": 4}


async def test_what_is_wrong_with_the_variables_is_told_ten_times_at_most_and_quoted_in_part():
    world = small()
    wrong = [[f"{number}", "x" * 9000] for number in range(60)]
    given = await ask(world, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": wrong})
    assert [code for _, code in errors(given)] == ["BAD_USER_INPUT"] * 10
    assert max(len(error["message"]) for error in given.errors) <= 305
    assert given.extensions["suppressedErrors"] >= 40
    assert world.calls == []


async def test_a_source_that_is_down_is_told_at_every_field_that_it_costs():
    world = small()
    world.dead = {"erp_pets": FaultCode.UNAVAILABLE}
    aliases = " ".join(f"p{number}: price {{ amount }}" for number in range(12))
    given = await ask(world, f"{{ pets {{ nodes {{ {aliases} }} }} }}")
    assert [code for _, code in errors(given)] == ["SOURCE_UNAVAILABLE"] * 24
    assert given.extensions == {}


@pytest.mark.parametrize(
    "dead", ["search_pets", "psa_pets", "erp_pets", "crm_shops", "psa_meals_by_pet", "cards_by_native"]
)
async def test_every_system_down_in_turn_still_gives_an_answer(dead):
    world = small()
    world.dead = {dead: FaultCode.UNAVAILABLE}
    given = await ask(world, "{ pets { nodes { id name price { amount } shop { mail } meals { nodes { grams } } } } }")
    assert given.data is not None
    assert {code for _, code in errors(given)} == {"SOURCE_UNAVAILABLE"} or dead == "psa_pets"
