"""A system that is slow, down or faulty affects only its own fields; its messages are not shown to callers."""

import asyncio
import logging
from typing import Any

import msgspec
import pytest

from gateway.canonical.fault import Fault, FaultCode
from gateway.canonical.native import NativeId
from gateway.canonical.roles import Noun
from gateway.ports.lineage import Supplied, Unsupported
from tests.fixtures import example_domain
from tests.fixtures.example_domain import ERP, PSA
from tests.fixtures.example_systems import CONNECTIONS, build_native_id, build_systems, execute, list_errors


async def test_the_fallback_supplies_the_value_if_the_system_of_record_is_down():
    systems = build_systems()
    systems.failures = {"psa_pets": FaultCode.UNAVAILABLE}
    response = await execute(systems, "{ pets { nodes { name } } }")
    assert [pet["name"] for pet in response.data["pets"]["nodes"]] == ["Rex (books)", "Tom (books)"]
    assert response.errors == []


async def test_the_card_is_the_last_fallback_of_a_name():
    systems = build_systems()
    systems.failures = {"psa_pets": FaultCode.UNAVAILABLE, "erp_pets": FaultCode.TIMEOUT}
    response = await execute(systems, "{ pets { nodes { name } } }")
    assert [pet["name"] for pet in response.data["pets"]["nodes"]] == ["Rex (card)", "Tom (card)"]


async def test_a_value_whose_sources_are_down_is_null_with_the_first_fault_as_error():
    systems = build_systems()
    systems.failures = {"psa_pets": FaultCode.RATE_LIMITED, "erp_pets": FaultCode.TIMEOUT}
    response = await execute(systems, "{ pets(first: 1) { nodes { id status born } } }")
    assert response.data["pets"]["nodes"][0]["status"] is None
    assert list_errors(response) == [
        ("pets.nodes.0.born", "SOURCE_UNAVAILABLE"),
        ("pets.nodes.0.status", "SOURCE_UNAVAILABLE"),
    ]
    assert response.errors[0]["extensions"] == {
        "code": "SOURCE_UNAVAILABLE",
        "system": "PSA",
        "fault": "RATE_LIMITED",
        "retryAfter": None,
        "correlationId": "corr-1",
    }
    assert "secret" not in str(response)


async def test_a_fault_is_reported_if_the_fallback_has_no_value():
    systems = build_systems()
    systems.failures = {"psa_pets": FaultCode.UNAVAILABLE}
    systems.add_record(example_domain.ErpPet(native=build_native_id(ERP, "j1")))
    response = await execute(systems, "{ pets(first: 1) { nodes { status } } }")
    assert list_errors(response) == [("pets.nodes.0.status", "SOURCE_UNAVAILABLE")]


async def test_one_faulty_key_nulls_one_row():
    systems = build_systems()
    systems.record_faults = {("erp_pets", "j1"): FaultCode.CONTRACT_MISMATCH}
    response = await execute(systems, "{ pets { nodes { price { amount } } } }")
    assert response.data["pets"]["nodes"] == [{"price": None}, {"price": {"amount": "80.50"}}]
    assert list_errors(response) == [("pets.nodes.0.price", "SOURCE_UNAVAILABLE")]


async def test_a_failed_page_is_null_with_an_error_and_its_siblings_remain():
    systems = build_systems()
    systems.failures = {"psa_meals_by_pet": FaultCode.CIRCUIT_OPEN}
    response = await execute(systems, "{ pets { nodes { name meals { nodes { id } } } } }")
    assert response.data["pets"]["nodes"] == [{"name": "Rex", "meals": None}, {"name": "Tom", "meals": None}]
    assert [code for _, code in list_errors(response)] == ["SOURCE_UNAVAILABLE"] * 2


async def test_a_partial_page_names_the_missing_systems():
    systems = build_systems()
    fault = Fault(
        system=ERP, code=FaultCode.TIMEOUT, message="The ERP did not answer in time.", correlation_id="corr-1"
    )
    systems.page_faults = {"p1": (fault,)}
    document = "{ pets { nodes { meals { nodes { id } partial { missing faults { code message correlationId } } } } } }"
    response = await execute(systems, document)
    whole, complete = (pet["meals"] for pet in response.data["pets"]["nodes"])
    assert whole["partial"] == {
        "missing": ["ERP"],
        "faults": [{"code": "TIMEOUT", "message": "The ERP did not answer in time.", "correlationId": "corr-1"}],
    }
    assert len(whole["nodes"]) == 2
    assert complete["partial"] is None
    assert response.errors == []


async def test_an_unavailable_crosswalk_is_an_error_at_the_reference():
    systems = build_systems()
    systems.failures = {"cards_by_native": FaultCode.UNAVAILABLE}
    response = await execute(systems, "{ pets(first: 1) { nodes { name shop { name } } } }")
    assert response.data["pets"]["nodes"] == [{"name": "Rex", "shop": None}]
    assert list_errors(response) == [("pets.nodes.0.shop", "SOURCE_UNAVAILABLE")]


async def test_the_response_comes_at_the_deadline_with_the_loaded_values():
    systems = build_systems()
    systems.delays = {"erp_pets": 30}
    started = asyncio.get_running_loop().time()
    response = await execute(systems, "{ pets { nodes { name price { amount } } } }", seconds=0.2)
    assert asyncio.get_running_loop().time() - started < 5
    assert response.data["pets"]["nodes"] == [{"name": "Rex", "price": None}, {"name": "Tom", "price": None}]
    assert [error["extensions"]["fault"] for error in response.errors] == ["TIMEOUT", "TIMEOUT"]
    assert len(asyncio.all_tasks()) == 1


async def test_a_hanging_system_does_not_delay_the_later_waves_of_others():
    systems = build_systems()
    systems.delays = {"erp_pets": 30}
    document = "{ pets(first: 1) { nodes { price { amount } keepers { name employer { name mail } } } } }"
    response = await execute(systems, document, seconds=3)
    assert response.data["pets"]["nodes"] == [
        {"price": None, "keepers": [{"name": "Kim", "employer": {"name": "Paws", "mail": "ann@paws.example"}}]}
    ]
    assert list_errors(response) == [("pets.nodes.0.price", "SOURCE_UNAVAILABLE")]
    assert len(asyncio.all_tasks()) == 1


async def test_a_hanging_connection_does_not_delay_another_of_the_same_role():
    systems = build_systems()
    systems.connections = (*systems.connections, "books-2")
    tom = next(card for card in systems.cards.values() if card.code == "PET-2")
    moved = msgspec.structs.replace(tom.links[1], native=NativeId("books-2", "", "j2"))
    systems.cards[tom.id] = msgspec.structs.replace(tom, links=(tom.links[0], moved))
    systems.delays = {"books-2": 30}
    document = '{ pets { nodes { price { amount converted(to: "USD") { amount } } } } }'
    response = await execute(systems, document, seconds=3)
    assert response.data["pets"]["nodes"] == [
        {"price": {"amount": "100.00", "converted": {"amount": "200.00"}}},
        {"price": None},
    ]
    assert list_errors(response) == [("pets.nodes.1.price", "SOURCE_UNAVAILABLE")]


async def test_cancelling_a_request_cancels_its_calls():
    systems = build_systems()
    systems.delays = {"erp_pets": 30, "search_pets": 0.01}
    asking = asyncio.create_task(execute(systems, "{ pets { nodes { price { amount } } } }"))
    while not systems.count_calls("erp_pets"):  # noqa: ASYNC110 -- the systems count calls and signal none
        await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert len(asyncio.all_tasks()) == 1


async def test_an_exception_in_a_loader_is_logged_and_masked(caplog):
    systems = build_systems()
    systems.crashing = {"erp_pets"}
    with caplog.at_level(logging.ERROR):
        response = await execute(systems, "{ pets(first: 1) { nodes { name price { amount } } } }")
    assert response.data["pets"]["nodes"] == [{"name": "Rex", "price": None}]
    assert response.errors[0]["extensions"]["fault"] == "UNKNOWN"
    assert "secret" not in str(response)
    assert [record.exc_info[0] for record in caplog.records] == [ZeroDivisionError]


async def test_an_unmapped_code_is_null_with_an_error_that_names_it():
    systems = build_systems()
    systems.add_record(example_domain.PsaPet(native=build_native_id(PSA, "p1"), name="Rex", status="archived"))
    response = await execute(systems, "{ pets(first: 1) { nodes { name status } } }")
    assert response.data["pets"]["nodes"] == [{"name": "Rex", "status": None}]
    assert response.errors[0]["extensions"] == {
        "code": "MAPPING_MISSING",
        "domain": "PROJECT_STATUS",
        "connection": "work",
        "sourceCode": "archived",
    }


async def test_an_invalid_argument_is_bad_input_at_its_field():
    systems = build_systems()
    response = await execute(systems, "{ pets(first: 1) { nodes { name meals(first: 0) { nodes { id } } } } }")
    assert response.data["pets"]["nodes"] == [{"name": "Rex", "meals": None}]
    assert response.errors[0]["extensions"] == {"code": "BAD_USER_INPUT", "field": "first"}


async def test_an_unexpected_exception_is_masked_with_the_incident_id_of_the_log(caplog):
    systems = build_systems()
    wrong: Any = "not money at all"
    systems.add_record(example_domain.ErpPet(native=build_native_id(ERP, "j1"), price=wrong))
    with caplog.at_level(logging.ERROR):
        response = await execute(systems, "{ pets(first: 1) { nodes { name price { amount } } } }")
    [error] = response.errors
    assert error["message"] == "Internal error."
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["incidentId"] == caplog.records[0].incident_id
    assert "not money" not in str(response)


async def test_a_value_rejected_by_its_scalar_is_masked(caplog):
    systems = build_systems()
    wrong: Any = "a secret weight"
    systems.add_record(example_domain.PsaMeal(native=build_native_id(PSA, "m1"), pet_id="p1", grams=wrong))
    with caplog.at_level(logging.ERROR):
        response = await execute(systems, "{ pets(first: 1) { nodes { meals(first: 1) { nodes { grams } } } } }")
    assert response.data["pets"]["nodes"][0]["meals"] == {"nodes": [{"grams": None}]}
    assert [error["extensions"]["code"] for error in response.errors] == ["INTERNAL"]
    assert "secret weight" not in str(response)


async def test_a_missing_non_null_value_is_an_error_at_its_path_and_nulls_its_parent():
    systems = build_systems()
    systems.add_record(example_domain.PsaPet(native=build_native_id(PSA, "p1")))
    systems.add_record(example_domain.ErpPet(native=build_native_id(ERP, "j1")))
    systems.add_card(Noun.PROJECT, "PET-1", {PSA: "p1", ERP: "j1"})
    response = await execute(systems, "{ pets(first: 1) { nodes { id name } } }")
    assert response.data == {"pets": {"nodes": [None]}}
    assert list_errors(response) == [("pets.nodes.0.name", "MISSING_VALUE")]


async def test_an_unsupported_field_is_reported_once_and_only_if_selected():
    systems = build_systems()
    for pet in ("p1", "p2"):
        systems.add_record(example_domain.PsaPet(native=build_native_id(PSA, pet), name=pet))
    systems.lineage = {
        CONNECTIONS[PSA]: {
            example_domain.PsaPet: {"born": Unsupported("pets have no birthday here"), "name": Supplied("pet", "name")}
        }
    }
    response = await execute(systems, "{ pets { nodes { name born } } }")
    assert [pet["born"] for pet in response.data["pets"]["nodes"]] == [None, None]
    assert response.extensions == {
        "unsupportedFields": [{"field": "Project.born", "system": "PSA", "reason": "pets have no birthday here"}]
    }
    assert (await execute(systems, "{ pets { nodes { name } } }")).extensions == {}


async def test_a_null_that_one_system_supports_is_not_reported_as_unsupported():
    systems = build_systems()
    systems.add_record(example_domain.PsaPet(native=build_native_id(PSA, "p1"), name="Rex"))
    systems.add_record(example_domain.ErpPet(native=build_native_id(ERP, "j1")))
    systems.lineage = {
        CONNECTIONS[PSA]: {example_domain.PsaPet: {"status": Unsupported("no statuses here")}},
        CONNECTIONS[ERP]: {example_domain.ErpPet: {"status": Supplied("pet", "status")}},
    }
    response = await execute(systems, "{ pets(first: 1) { nodes { status } } }")
    assert response.data["pets"]["nodes"] == [{"status": None}]
    assert response.extensions == {}


async def test_an_enum_value_unknown_to_the_schema_is_masked():
    systems = build_systems()
    systems.add_record(example_domain.PsaPet(native=build_native_id(PSA, "p1"), name="Rex", status="archived"))
    response = await execute(systems, "{ pets(first: 1) { nodes { badge { text status } } } }")
    assert response.data["pets"]["nodes"] == [{"badge": {"text": "badge of Rex", "status": None}}]
    assert [error["extensions"]["code"] for error in response.errors] == ["INTERNAL"]
    assert "ARCHIVED" not in str(response)


async def test_at_most_ten_groups_of_errors_are_listed_and_the_others_counted():
    systems = build_systems()
    for pet in ("p1", "p2"):
        systems.add_record(example_domain.PsaPet(native=build_native_id(PSA, pet), name=pet, status="archived"))
    aliases = " ".join(f"m{number}: status" for number in range(12))
    response = await execute(systems, f"{{ pets {{ nodes {{ {aliases} }} }} }}")
    assert [code for _, code in list_errors(response)] == ["MAPPING_MISSING"] * 20
    assert {error["path"][-1] for error in response.errors} == {f"m{number}" for number in range(10)}
    assert response.extensions == {"suppressedErrors": 4}


async def test_errors_of_variables_are_at_most_ten_and_quote_only_part_of_the_input():
    systems = build_systems()
    wrong = [[f"{number}", "x" * 9000] for number in range(60)]
    response = await execute(systems, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": wrong})
    assert [code for _, code in list_errors(response)] == ["BAD_USER_INPUT"] * 10
    assert max(len(error["message"]) for error in response.errors) <= 305
    assert response.extensions["suppressedErrors"] >= 40
    assert systems.calls == []


async def test_an_unavailable_source_is_reported_at_every_affected_field():
    systems = build_systems()
    systems.failures = {"erp_pets": FaultCode.UNAVAILABLE}
    aliases = " ".join(f"p{number}: price {{ amount }}" for number in range(12))
    response = await execute(systems, f"{{ pets {{ nodes {{ {aliases} }} }} }}")
    assert [code for _, code in list_errors(response)] == ["SOURCE_UNAVAILABLE"] * 24
    assert response.extensions == {}


@pytest.mark.parametrize(
    "dead", ["search_pets", "psa_pets", "erp_pets", "crm_shops", "psa_meals_by_pet", "cards_by_native"]
)
async def test_a_response_is_given_whichever_system_is_down(dead):
    systems = build_systems()
    systems.failures = {dead: FaultCode.UNAVAILABLE}
    response = await execute(
        systems, "{ pets { nodes { id name price { amount } shop { mail } meals { nodes { grams } } } } }"
    )
    assert response.data is not None
    assert {code for _, code in list_errors(response)} == {"SOURCE_UNAVAILABLE"} or dead == "psa_pets"
