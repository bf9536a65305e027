"""Fields of the subscription root: authorised before their events start, planned separately for every event."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import strawberry
from graphql import parse

from gateway.errors import DeclarationError
from gateway.execution.event_stream import create_event_stream
from gateway.execution.facets import resolve_card
from gateway.execution.request import RequestState, build_code_card_key
from gateway.execution.response import GraphQLResponse, execute_document
from gateway.execution.view import MissingKeys, View
from gateway.schema import roots
from gateway.schema.kernel import CONFIG, UNSET, bind, derived_by, streamed
from tests.fixtures import example_domain
from tests.fixtures.example_systems import ExampleSystems, build_request, build_systems, list_errors

STARTED: list[str] = []


async def _list_codes(_request: RequestState, first: str = "PET-1") -> AsyncGenerator[Any, None]:
    STARTED.append(first)
    yield first
    yield "PET-2"


def _resolve_pet(code: str, request: RequestState, **_args: Any) -> View | MissingKeys | None:
    return resolve_card(request, build_code_card_key("Project", code))


@strawberry.type
class Subscription:
    """Subscriptions."""

    @streamed(_resolve_pet, events=_list_codes, scopes=[["pets:read"]])
    def pet_changed(self, first: str | None = UNSET) -> example_domain.Project | None:
        """Pets, as they change."""


SCHEMA = strawberry.federation.Schema(
    query=example_domain.Query,
    subscription=Subscription,
    types=[example_domain.Meal, example_domain.Resource],
    config=CONFIG,
)
REGISTRY = bind(SCHEMA, example_domain.LOADERS, roots.resolve_entities)
DOCUMENT = parse("subscription($first: String) { petChanged(first: $first) { name price { amount } shop { name } } }")


def create_request(systems: ExampleSystems, **caller: Any) -> RequestState:
    request = build_request(systems, **caller)
    request.registry = REGISTRY
    request.denied_requirements = REGISTRY.find_denied(request.caller.scopes)
    return request


async def open_stream(systems: ExampleSystems, variables: dict[str, Any] | None = None, **caller: Any) -> Any:
    STARTED.clear()
    return await create_event_stream(SCHEMA._schema, DOCUMENT, create_request(systems, **caller), variables)


async def test_each_event_is_executed_with_its_own_plan() -> None:
    systems = build_systems()

    answers = [
        await execute_document(SCHEMA._schema, DOCUMENT, create_request(systems), root=event)
        async for event in await open_stream(systems)
    ]

    assert [each.data for each in answers] == [
        {"petChanged": {"name": "Rex", "price": {"amount": "100.00"}, "shop": {"name": "Paws"}}},
        {"petChanged": {"name": "Tom", "price": {"amount": "80.50"}, "shop": {"name": "Paws"}}},
    ]
    assert [each.errors for each in answers] == [[], []]
    assert [each.waves for each in answers] == [4, 4]
    assert systems.count_calls("psa_pets") == 2


async def test_arguments_of_events_are_normalised_like_those_of_loaders() -> None:
    first = [event async for event in await open_stream(build_systems(), {"first": "PET-2"})]
    absent = [event async for event in await open_stream(build_systems(), {"first": None})]

    assert (first, absent) == (["PET-2", "PET-2"], ["PET-1", "PET-2"])


async def test_without_its_scope_the_event_stream_is_not_started() -> None:
    systems = build_systems()

    failure = await open_stream(systems, scopes={"shops:read"})

    assert isinstance(failure, GraphQLResponse)
    assert failure.data is None
    assert list_errors(failure) == [("petChanged", "FORBIDDEN")]
    assert failure.errors[0]["extensions"]["requiredScopes"] == [["pets:read"]]
    assert STARTED == []
    assert systems.calls == []


async def test_selected_fields_are_authorised_in_every_event() -> None:
    scopes = {"pets:read"}
    systems = build_systems()

    async for event in await open_stream(systems, scopes=scopes):
        response = await execute_document(SCHEMA._schema, DOCUMENT, create_request(systems, scopes=scopes), root=event)

        assert response.data is not None
        assert response.data["petChanged"]["shop"] is None
        assert list_errors(response) == [("petChanged.shop", "FORBIDDEN")]


async def test_invalid_variables_are_rejected_before_any_event() -> None:
    failure = await open_stream(build_systems(), {"first": ["PET-1", 2]})

    assert isinstance(failure, GraphQLResponse)
    assert [each["extensions"]["code"] for each in failure.errors] == ["BAD_USER_INPUT"]
    assert STARTED == []


def _stub(self: Any) -> example_domain.Project | None:
    """A pet."""


@pytest.mark.parametrize(
    ("_case", "roots_of", "where"),
    [
        (
            "a stream under Query",
            {"query": streamed(_resolve_pet, events=_list_codes, scopes=[["pets:read"]])},
            "Query.pet",
        ),
        (
            "a derived field under Subscription",
            {
                "query": derived_by(_resolve_pet, scopes=[["pets:read"]]),
                "subscription": derived_by(_resolve_pet, scopes=[["a"]]),
            },
            "Subscription.pet",
        ),
    ],
)
def test_streamed_fields_are_allowed_under_subscription_only(_case: str, roots_of: dict[str, Any], where: str) -> None:
    built: dict[str, Any] = {
        name: strawberry.type(type(name.capitalize(), (), {"pet": declare(_stub)}))
        for name, declare in roots_of.items()
    }
    schema = strawberry.federation.Schema(**built, types=[example_domain.Meal, example_domain.Resource], config=CONFIG)

    with pytest.raises(DeclarationError, match=f"{where}: streamed fields are allowed under Subscription only"):
        bind(schema, example_domain.LOADERS)
