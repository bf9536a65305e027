"""Differential test: planned and lazy execution of the same document in the same systems give the same response."""

import asyncio
import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest
import strawberry
from graphql import GraphQLObjectType, GraphQLSchema, parse, validate
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis.errors import NoSuchExample

from gateway.execution.declarations import Registry, Sourced
from gateway.execution.response import GraphQLResponse, execute_document
from gateway.schema import roots
from gateway.schema.kernel import CONFIG, bind
from gateway.schema.kernel.binder import build_resolver
from tests.fixtures import example_domain
from tests.fixtures.example_domain import ERP, PSA
from tests.fixtures.example_systems import SCHEMA, build_request
from tests.fuzz.cases import FuzzCase, draw_case

pytestmark = pytest.mark.filterwarnings(
    # graphql-core does not await siblings of a nulled field in lazy execution; planned execution creates no coroutines
    "ignore:coroutine .* was never awaited:RuntimeWarning",
    "ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning",
)
QUIET = settings(
    deadline=None,
    max_examples=120,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes; only the long test shrinks
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
LONG = settings(QUIET, max_examples=10_000, phases=list(Phase))
READS = {
    "keepers:read": {"hcm_keepers"},
    "meals:read": {"psa_meals", "psa_meals_by_pet", "psa_snacks_by_pet", "erp_meals"},
    "pets:read": {"search_pets", "pets_of_shop"},
    "shops:read": {"search_shops", "crm_shops", "erp_shops"},
}
"""Loaders whose data requires one scope."""


async def execute_case(case: FuzzCase, schema: GraphQLSchema, registry: Registry, *, lazy: bool) -> GraphQLResponse:
    systems = copy.deepcopy(case.systems)
    request = build_request(systems, lazy=lazy, **case.caller)
    request.registry = registry
    request.denied_requirements = registry.find_denied(request.caller.scopes)
    return await execute_document(schema, parse(case.document), request, case.variables)


def execute_both(
    case: FuzzCase, schema: GraphQLSchema = SCHEMA, registry: Registry = example_domain.REGISTRY
) -> tuple[GraphQLResponse, GraphQLResponse]:
    """Execute by plan with the given schema, and lazily with the correct one."""

    async def run() -> tuple[GraphQLResponse, GraphQLResponse]:
        planned = await execute_case(case, schema, registry, lazy=False)
        return planned, await execute_case(case, SCHEMA, example_domain.REGISTRY, lazy=True)

    return asyncio.run(run())


def normalise_errors(response: GraphQLResponse) -> set[tuple[Any, ...]]:
    """Return the errors independently of timing: all errors below a nulled path count as one at that path."""
    return {_locate_error(response.data, error) for error in response.errors}


def _locate_error(data: Any, error: Mapping[str, Any]) -> tuple[Any, ...]:
    path = tuple(error.get("path") or ())
    for depth, step in enumerate(path):
        if data is None:
            return path[:depth]
        data = data[step]
    return (*path, error["extensions"]["code"])


def is_same(one: GraphQLResponse, other: GraphQLResponse) -> bool:
    """Compare the data with the order of its keys, and the normalised errors."""
    if json.dumps(one.data) != json.dumps(other.data):
        return False
    if one.extensions.get("suppressedErrors") or other.extensions.get("suppressedErrors"):
        return True  # which groups are listed depends on the order of the errors
    return normalise_errors(one) == normalise_errors(other)


@QUIET
@given(draw_case())
def test_planned_and_lazy_execution_give_the_same_response(case):
    assert validate(SCHEMA, parse(case.document)) == []
    planned, lazy = execute_both(case)
    assert json.dumps(planned.data) == json.dumps(lazy.data)
    assert is_same(planned, lazy), (planned.errors, lazy.errors)
    assert "INTERNAL" not in {error["extensions"]["code"] for error in planned.errors}


@pytest.mark.long
@pytest.mark.timeout(1800)
@LONG
@given(draw_case())
def test_planned_and_lazy_execution_agree_in_ten_thousand_cases(case):
    planned, lazy = execute_both(case)
    assert json.dumps(planned.data) == json.dumps(lazy.data)
    assert is_same(planned, lazy), (planned.errors, lazy.errors)


@QUIET
@given(draw_case())
def test_a_plan_loads_no_key_twice_and_no_denied_data(case):
    systems = copy.deepcopy(case.systems)
    seen: list[Any] = []

    class Watched:
        def __init__(self, loads: Any) -> None:
            self.loads = loads

        async def load(self, wanted: Any) -> Any:
            seen.extend(wanted)
            return await self.loads.load(wanted)

    async def run() -> None:
        request = build_request(systems, **case.caller)
        request.record_loader = Watched(request.record_loader)
        await execute_document(SCHEMA, parse(case.document), request, case.variables)

    asyncio.run(run())
    assert len(seen) == len(set(seen))
    called = {name for name, _, _ in seen}
    for scope, loaders in READS.items():
        if scope not in case.caller["scopes"]:
            assert not called & loaders


def plant_declaration(type_name: str, name: str, **changes: Any) -> tuple[GraphQLSchema, Registry]:
    """Build the example schema with one wrong declaration."""
    schema = strawberry.federation.Schema(
        query=example_domain.Query, types=[example_domain.Meal, example_domain.Resource], config=CONFIG
    )
    registry = bind(schema, example_domain.LOADERS, roots.resolve_entities)
    declaration = replace(registry.fields[type_name, name], **changes)
    registry.fields[type_name, name] = declaration
    declared = schema._schema.type_map[type_name]
    assert isinstance(declared, GraphQLObjectType)
    declared.fields[name].resolve = build_resolver(type_name, name, declaration, registry)
    return schema._schema, registry


@pytest.mark.parametrize(
    ("type_name", "name", "changes", "selection"),
    [
        ("Project", "status", {"roles": (ERP, PSA)}, "seen: pets { nodes { status } }"),
        ("Project", "status", {"roles": (PSA,)}, "seen: pets { nodes { status } }"),
        ("Customer", "mail", {"sensitive": None}, "seen: shops { nodes { mail } }"),
        ("Meal", "grams", {"roles": (PSA,)}, "seen: pets { nodes { meals { nodes { grams } } } }"),
    ],
)
def test_a_planted_wrong_declaration_is_detected(type_name, name, changes, selection):
    assert isinstance(example_domain.REGISTRY.fields[type_name, name], Sourced)
    schema, registry = plant_declaration(type_name, name, **changes)
    try:
        example = find(
            draw_case(selection),
            lambda case: not is_same(*execute_both(case, schema, registry)),
            settings=settings(QUIET, max_examples=2_000, phases=[Phase.generate], database=None),
            random=Random(7),  # noqa: S311 -- the same search every time, not a secret
        )
    except NoSuchExample:
        pytest.fail("the comparison does not detect the wrong declaration")
    assert not is_same(*execute_both(example, schema, registry))
    assert is_same(*execute_both(example))
