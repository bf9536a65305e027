"""In-memory cards and records of the example domain, with systems that can be slow or fail, and a call counter."""

import asyncio
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Protocol
from uuid import UUID, uuid5

from graphql import GraphQLSchema, parse, validate

from gateway.canonical.fault import FaultCode
from gateway.canonical.native import NativeId
from gateway.canonical.page import Page
from gateway.canonical.records.base import Record
from gateway.canonical.records.card import Card, Link
from gateway.canonical.roles import DataClass, Noun, SystemRole
from gateway.canonical.states import MappingDomain
from gateway.canonical.values import Money
from gateway.errors import BadInputError, SourceError
from gateway.execution.global_ids import IdCodec
from gateway.execution.request import Caller, RequestState
from gateway.execution.response import execute_document
from gateway.execution.view import View
from gateway.loaders.declaration import Loader
from gateway.loaders.runtime import LoaderRuntime
from gateway.ports.lineage import Lineage
from tests import invented
from tests.invented import CRM, ERP, GATEWAY, HCM, PSA

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SPACE = UUID("5b0c0000-0000-4000-8000-000000000000")
CONNECTIONS = {CRM: "sales", PSA: "work", ERP: "books", HCM: "people"}
EVERYTHING = frozenset(
    {
        "shops:read",
        "shops.finance:read",
        "pets:read",
        "pets.price:read",
        "meals:read",
        "keepers:read",
        "keepers.wage:read",
        "badges:read",
    }
)
SCHEMA: GraphQLSchema = invented.SCHEMA._schema
RECORD_LOADERS: Mapping[str, tuple[SystemRole, type[Record]]] = {
    "crm_shops": (CRM, invented.CrmShop),
    "erp_shops": (ERP, invented.ErpShop),
    "psa_pets": (PSA, invented.PsaPet),
    "erp_pets": (ERP, invented.ErpPet),
    "hcm_keepers": (HCM, invented.HcmKeeper),
    "psa_meals": (PSA, invented.PsaMeal),
    "erp_meals": (ERP, invented.ErpMeal),
}


def card_id(noun: Noun, code: str) -> UUID:
    """Return the canonical id under which the world knows a thing."""
    return uuid5(SPACE, f"{noun}/{code}")


def euro(amount: str) -> Money:
    """Return an amount in EUR."""
    return Money(Decimal(amount), "EUR")


class Response(Protocol):
    """A `GraphQLResponse` whose data tests read without a check for None."""

    @property
    def data(self) -> Any: ...
    @property
    def errors(self) -> list[dict[str, Any]]: ...
    @property
    def extensions(self) -> dict[str, Any]: ...
    @property
    def waves(self) -> int: ...
    @property
    def calls(self) -> Counter[str]: ...


@dataclass
class World:
    """The data and the failures of the systems.

    `dead` loaders fail, `broken` ones raise an unexpected exception, `slow` loaders or connections sleep (seconds).
    """

    cards: dict[UUID, Card] = field(default_factory=dict)
    records: dict[type[Record], dict[str, Record]] = field(default_factory=dict)
    dead: dict[str, FaultCode] = field(default_factory=dict)
    faulty: dict[tuple[str, str], FaultCode] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    slow: dict[str, float] = field(default_factory=dict)
    batch: int = 100
    connections: tuple[str, ...] = tuple(CONNECTIONS.values())
    codes: dict[str, str] = field(default_factory=lambda: {"calm": "CALM", "wild": "WILD", "E1": "SHOP-1"})
    lineage: dict[str, Lineage] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    page_faults: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    calls: list[tuple[str, int]] = field(default_factory=list)

    def canonical(self, domain: MappingDomain, connection: str, raw: str) -> str | None:
        return self.codes.get(raw)

    @property
    def ports(self) -> Mapping[str, Any]:
        return {connection: SimpleNamespace(batch=self.batch) for connection in self.connections}

    def put(self, record: Record) -> Record:
        self.records.setdefault(type(record), {})[record.native.id] = record
        return record

    def card(self, noun: Noun, code: str, links: Mapping[SystemRole, str], **facts: Any) -> Card:
        linked = tuple(
            Link(role=role, native=NativeId(CONNECTIONS[role], "", native), status="LINKED", linked_by="MANUAL")
            for role, native in links.items()
        )
        made = Card(id=card_id(noun, code), noun=noun, links=linked, code=code, synced_at=NOW, **facts)
        self.cards[made.id] = made
        return made

    def called(self, name: str) -> int:
        """Count the calls of one loader."""
        return sum(called == name for called, _ in self.calls)

    def loaders(self) -> dict[str, Loader]:
        """Declare every loader of the invented firm over this world."""
        made = [self._records(name, role, kind) for name, (role, kind) in RECORD_LOADERS.items()]
        made += [
            self._loader("cards_by_id", GATEWAY, lambda key, _: self.cards.get(key)),
            self._loader("cards_by_native", GATEWAY, lambda key, _: self._native(*key)),
            self._loader("cards_by_code", GATEWAY, lambda key, _: self.cards.get(card_id(Noun(key[0]), key[1]))),
            self._loader("cards_by_external", GATEWAY, lambda key, _: self._external(*key)),
            self._loader("search_pets", GATEWAY, lambda _, args: self._cards(Noun.PROJECT, args)),
            self._loader("search_shops", GATEWAY, lambda _, args: self._cards(Noun.CUSTOMER, args)),
            self._loader("pets_of_shop", GATEWAY, lambda key, args: self._cards(Noun.PROJECT, args, shop=key)),
            self._loader("psa_meals_by_pet", PSA, self._meals),
            self._loader("psa_snacks_by_pet", PSA, lambda key, _: self._meals(key, {"first": 2}).rows),
            self._loader("rates", ERP, lambda key, _: self._rate(*key)),
        ]
        return {loader.name: loader for loader in made}

    def _records(self, name: str, role: SystemRole, kind: type[Record]) -> Loader:
        made = self._loader(name, role, lambda key, _: self.records.get(kind, {}).get(key.id))
        return replace(made, batch=_get_batch)

    def _loader(self, name: str, role: SystemRole, find: Callable[[Any, Mapping[str, Any]], Any]) -> Loader:
        async def call(_sources: Any, keys: Sequence[Any], args: Mapping[str, Any], /) -> Mapping[Hashable, Any]:
            self.calls.append((name, len(keys)))
            await asyncio.sleep(self.slow.get(name, self.slow.get(getattr(keys[0], "connection", ""), 0)))
            if name in self.dead:
                raise SourceError(self.dead[name], "the vendor's own words: secret")
            if name in self.broken:
                raise ZeroDivisionError("secret detail")
            return {key: self._one(name, key, find(key, args)) for key in keys}

        return Loader(name=name, system=role, call=call)

    def _one(self, name: str, key: Any, found: Any) -> Any:
        fault = self.faulty.get((name, key.id)) if isinstance(key, NativeId) else None
        return SourceError(fault, "secret") if fault else found

    def _native(self, noun: str, connection: str, native_id: str) -> Card | None:
        return next(
            (
                card
                for card in self.cards.values()
                if card.noun.value == noun
                and any(link.native.connection == connection and link.native.id == native_id for link in card.links)
            ),
            None,
        )

    def _external(self, noun: str, system: str, _object_type: str, external_id: str) -> Card | None:
        return self._native(noun, CONNECTIONS[SystemRole(system)], external_id)

    def _cards(self, noun: Noun, args: Mapping[str, Any], shop: UUID | None = None) -> Page[Card]:
        rows = [card for card in self.cards.values() if card.noun is noun and shop in {None, card.customer_id}]
        return page(sorted(rows, key=lambda card: card.code or ""), args, [card.code or "" for card in rows])

    def _meals(self, pet: NativeId, args: Mapping[str, Any]) -> Page[Any]:
        if args.get("first") == 0:
            raise BadInputError("first must be between 1 and 100.", field="first")
        meals = self.records.get(invented.PsaMeal, {}).values()
        rows = [meal for meal in meals if isinstance(meal, invented.PsaMeal) and meal.pet_id == pet.id]
        rows.sort(key=lambda meal: meal.native.id)
        return page(rows, args, [meal.native.id for meal in rows], self.page_faults.get(pet.id, ()))

    @staticmethod
    def _rate(source: str, target: str) -> invented.Quote | None:
        return invented.Quote(target, Decimal(2)) if (source, target) == ("EUR", "USD") else None

    def visible(self, card: Card) -> bool:
        return card.code not in self.hidden


def _get_batch(port: Any) -> int:
    return int(port.batch)


def page(rows: Sequence[Any], args: Mapping[str, Any], _: Any, faults: tuple[Any, ...] = ()) -> Page[Any]:
    """Cut a slice: the cursor is the place of the row."""
    start = int(args.get("after") or 0)
    first = args.get("first", 10)
    taken = tuple(rows[start : start + first])
    cursors = tuple(str(start + place + 1) for place in range(len(taken)))
    return Page(
        rows=taken,
        cursors=cursors,
        has_next=start + first < len(rows),
        has_previous=start > 0,
        total=len(rows),
        faults=faults,
    )


def native(role: SystemRole, native_id: str) -> NativeId:
    """Return the id of a record in the one connection of a role."""
    return NativeId(CONNECTIONS[role], "", native_id)


def small() -> World:
    """Return a world of one shop, two pets, a keeper and three meals: numbers that can be checked by eye."""
    world = World()
    world.put(invented.CrmShop(native=native(CRM, "a1"), name="Paws", mail="ann@paws.example", mood="calm"))
    world.put(invented.ErpShop(native=native(ERP, "c1"), name="Paws Ltd", limit=euro("500.00"), mood="wild"))
    shop = world.card(Noun.CUSTOMER, "SHOP-1", {CRM: "a1", ERP: "c1", PSA: "s1"}, name="Paws (card)", region="EU")
    world.put(invented.HcmKeeper(native=native(HCM, "w1"), name="Kim", wage=euro("20.50"), entity="E1"))
    keeper = world.card(Noun.RESOURCE, "KIM", {HCM: "w1", PSA: "u1"}, region="EU")
    for place, (name, price) in enumerate([("Rex", "100.00"), ("Tom", "80.50")], start=1):
        world.put(
            invented.PsaPet(
                native=native(PSA, f"p{place}"),
                name=name,
                shop_id="s1",
                keeper_id="u1",
                mood="calm",
                born=date(2020, 1, place),
            )
        )
        world.put(
            invented.ErpPet(native=native(ERP, f"j{place}"), name=f"{name} (books)", price=euro(price), mood="wild")
        )
        world.card(
            Noun.PROJECT,
            f"PET-{place}",
            {PSA: f"p{place}", ERP: f"j{place}"},
            name=f"{name} (card)",
            region="EU",
            customer_id=shop.id,
            member_ids=(keeper.id,),
        )
    for meal_id, pet, grams in [("m1", "p1", "10.5"), ("m2", "p1", None), ("m3", "p2", "7")]:
        world.put(
            invented.PsaMeal(
                native=native(PSA, meal_id),
                pet_id=pet,
                keeper_id="u1",
                grams=Decimal(grams) if grams else None,
                note=f"note {meal_id}",
                before_id="m1" if meal_id == "m2" else None,
            )
        )
        world.put(invented.ErpMeal(native=native(ERP, f"m-{meal_id}"), cost=euro("1.20"), grams=Decimal("9.9")))
    return world


def request_of(world: World, *, deadline: float | None = None, lazy: bool = False, **caller: Any) -> RequestState:
    """Return a request over a world; every scope and region unless said otherwise."""
    who = {"can_see": world.visible, **caller, "scopes": frozenset(caller.get("scopes", EVERYTHING))}
    runtime = LoaderRuntime(world.loaders(), world, "corr-1", deadline)
    return RequestState(
        registry=invented.REGISTRY,
        caller=Caller(**who),
        record_loader=runtime,
        code_mapping=world,
        id_codec=IdCodec(b"k" * 32),
        now=NOW,
        correlation_id="corr-1",
        group_currency="EUR",
        lineage=world.lineage,
        connections=world,
        lazy=lazy,
    )


async def ask(
    world: World, text: str, variables: Mapping[str, Any] | None = None, *, seconds: float | None = None, **caller: Any
) -> Response:
    """Answer a valid document over a world, within some seconds when told."""
    deadline = None if seconds is None else asyncio.get_running_loop().time() + seconds
    return await answer_of(request_of(world, deadline=deadline, **caller), text, variables)


async def answer_of(request: RequestState, text: str, variables: Mapping[str, Any] | None = None) -> Response:
    """Answer a valid document for a request."""
    document = parse(text)
    assert validate(SCHEMA, document) == []
    return await execute_document(SCHEMA, document, request, variables)


def id_of(world: World, noun: Noun, code: str) -> str:
    """Return the global id of a card."""
    fact = invented.REGISTRY.nouns[noun.value]
    return IdCodec(b"k" * 32).encode(View.from_card(fact, world.cards[card_id(noun, code)]))


def meal_id(native_id: str) -> str:
    """Return the global id of a meal, a leaf."""
    fact = invented.REGISTRY.nouns["Meal"]
    return IdCodec(b"k" * 32).encode(View.from_leaf(fact, native(PSA, native_id), PSA))


def errors(given: Response) -> list[tuple[str, str]]:
    """Return (dotted path, code) of every error, in order of path."""
    return sorted((".".join(map(str, error.get("path") or ())), error["extensions"]["code"]) for error in given.errors)


MASKED = frozenset({DataClass.PERSONAL, DataClass.FINANCIAL_RESTRICTED})
