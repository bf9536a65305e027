"""Fields with their own resolver: their declared scopes are enforced, and the nouns that they return load lazily."""

from typing import Any

import pytest
import strawberry
from graphql import parse

from gateway.canonical.fault import FaultCode
from gateway.execution.facets import resolve_card
from gateway.execution.request import RequestState, build_code_card_key
from gateway.execution.response import execute_document
from gateway.execution.view import MissingKeys, View
from gateway.schema import roots
from gateway.schema.kernel import CONFIG, bind
from tests.fixtures import example_domain
from tests.fixtures.example_systems import build_request, build_systems, list_errors

RAN: list[str] = []


async def find_pet(request: RequestState, code: str) -> View | None:
    """Find a pet as a mutation does after its write."""
    key = build_code_card_key("Project", code)
    request.add_results(await request.record_loader.load([key]), request.now)
    found = resolve_card(request, key)
    return None if isinstance(found, MissingKeys) else found


@strawberry.type
class Renamed:
    """The payload of a mutation."""

    replayed: bool
    pet: example_domain.Project | None


@strawberry.type
class Mutation:
    """Mutations."""

    @strawberry.federation.mutation(requires_scopes=[["pets:write"]])
    async def rename(self, info: strawberry.Info, code: str) -> Renamed | None:
        """Rename a pet."""
        RAN.append(code)
        return Renamed(replayed=False, pet=await find_pet(info.context, code))  # type: ignore[arg-type] # a view stands for the noun


SCHEMA = strawberry.federation.Schema(
    query=example_domain.Query, mutation=Mutation, types=[example_domain.Meal, example_domain.Resource], config=CONFIG
)
REGISTRY = bind(SCHEMA, example_domain.LOADERS, roots.resolve_entities)
DOCUMENT = 'mutation { rename(code: "PET-1") { replayed pet { name price { amount } shop { name } } } }'


async def run_mutation(systems: Any, **caller: Any) -> Any:
    RAN.clear()
    request = build_request(systems, **caller)
    request.registry = REGISTRY
    request.denied_requirements = REGISTRY.find_denied(request.caller.scopes)
    return await execute_document(SCHEMA._schema, parse(DOCUMENT), request)


async def test_the_payload_of_a_mutation_is_loaded_lazily():
    systems = build_systems()
    response = await run_mutation(systems, scopes={"pets:write", "pets:read", "shops:read"})
    assert response.errors == []
    assert response.data == {
        "rename": {"replayed": False, "pet": {"name": "Rex", "price": {"amount": "100.00"}, "shop": {"name": "Paws"}}}
    }
    assert RAN == ["PET-1"]


async def test_a_mutation_without_its_declared_scope_is_not_executed():
    systems = build_systems()
    response = await run_mutation(systems, scopes={"pets:read", "shops:read"})
    assert response.data == {"rename": None}
    assert list_errors(response) == [("rename", "FORBIDDEN")]
    assert response.errors[0]["extensions"]["requiredScopes"] == [["pets:write"]]
    assert RAN == []
    assert systems.calls == []


async def test_the_payload_requires_the_scopes_of_its_nouns():
    systems = build_systems()
    response = await run_mutation(systems, scopes={"pets:write", "shops:read"})
    assert response.data == {"rename": {"replayed": False, "pet": None}}
    assert list_errors(response) == [("rename.pet", "FORBIDDEN")]


@pytest.mark.parametrize("dead", ["psa_pets", "erp_pets"])
async def test_an_unavailable_system_affects_a_payload_like_a_query(dead):
    systems = build_systems()
    systems.failures = {dead: FaultCode.UNAVAILABLE}
    response = await run_mutation(systems, scopes={"pets:write", "pets:read", "shops:read"})
    assert response.data["rename"]["pet"]["name"] == ("Rex (books)" if dead == "psa_pets" else "Rex")
    assert response.data["rename"]["replayed"] is False
