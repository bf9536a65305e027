"""Records, types and schema of an example domain for the tests of the kernel: shops, their pets, and keepers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar

import msgspec
import strawberry

from gateway.canonical.native import NativeId
from gateway.canonical.records.base import Record
from gateway.canonical.records.card import Card
from gateway.canonical.roles import ConflictPolicy, DataClass, MaskMode, SystemRole
from gateway.canonical.roles import RowScopeKey as Rows
from gateway.canonical.states import MappingDomain
from gateway.canonical.values import Money as MoneyValue
from gateway.execution.facets import get_facet as slot
from gateway.execution.request import RequestState
from gateway.execution.view import View
from gateway.schema import roots
from gateway.schema.filters import EntityRef
from gateway.schema.kernel import (
    CONFIG,
    UNSET,
    Connection,
    CurrencyCode,
    EmailAddress,
    Node,
    Sensitive,
    bind,
    borrowed,
    derived,
    derived_by,
    facet,
    noun,
    owned_by,
    reference,
    related,
    sensitive_field,
    sourced,
)

CRM, PSA, ERP, HCM, GATEWAY = SystemRole.CRM, SystemRole.PSA, SystemRole.ERP, SystemRole.HCM, SystemRole.GATEWAY


class CrmShop(Record, frozen=True, kw_only=True):
    role: ClassVar[SystemRole] = CRM
    name: str | None = None
    mail: str | None = None
    mood: str | None = None


class ErpShop(Record, frozen=True, kw_only=True):
    role: ClassVar[SystemRole] = ERP
    name: str | None = None
    limit: MoneyValue | None = None
    entity: str | None = None
    mood: str | None = None


class PsaPet(Record, frozen=True, kw_only=True):
    role: ClassVar[SystemRole] = PSA
    name: str | None = None
    shop_id: str | None = None
    keeper_id: str | None = None
    mood: str | None = None
    born: date | None = None


class ErpPet(Record, frozen=True, kw_only=True):
    role: ClassVar[SystemRole] = ERP
    name: str | None = None
    price: MoneyValue | None = None
    mood: str | None = None


class HcmKeeper(Record, frozen=True, kw_only=True):
    role: ClassVar[SystemRole] = HCM
    name: str | None = None
    wage: MoneyValue | None = None
    entity: str | None = None


class PsaMeal(Record, frozen=True, kw_only=True):
    role: ClassVar[SystemRole] = PSA
    pet_id: str
    keeper_id: str | None = None
    grams: Decimal | None = None
    note: str | None = None
    before_id: str | None = None


class ErpMeal(Record, frozen=True, kw_only=True):
    role: ClassVar[SystemRole] = ERP
    cost: MoneyValue | None = None
    grams: Decimal | None = None


@strawberry.enum
class Mood(StrEnum):
    """How a pet or a shop feels."""

    CALM = "CALM"
    WILD = "WILD"


class Quote(msgspec.Struct, frozen=True):
    """A rate, as the exchange loader answers it."""

    target: str
    rate: Decimal


def _converted(rate: Quote | None, money: MoneyValue, _request: RequestState, _args: Any) -> MoneyValue | None:
    return MoneyValue(money.amount * rate.rate, rate.target) if rate else None


@strawberry.type
class Money:
    """An exact amount."""

    amount: Decimal
    currency: CurrencyCode

    @related(
        "rates",
        record=ERP,
        key=lambda money, _request, args: (money.currency, args["to"]),
        shape="value",
        transform=_converted,
    )
    def converted(self, to: CurrencyCode) -> Annotated[Money, strawberry.lazy("tests.invented")] | None:
        """In another currency."""


@strawberry.type
class Badge:
    """A value object with a classified attribute and a reference of its own."""

    text: str
    mood: Mood | None
    secret: str | None = sensitive_field(Sensitive(DataClass.PERSONAL, MaskMode.HASH), scopes=[["badges:read"]])
    keeper: Annotated[Keeper, strawberry.lazy("tests.invented")] | None = reference("Resource", of="keeper")


class BadgeFacts(msgspec.Struct, frozen=True):
    """What stands behind a badge."""

    text: str
    mood: str | None
    secret: str | None
    keeper: NativeId | None


def _badge(view: View, request: RequestState) -> BadgeFacts | None:
    pet = slot(view, PSA, request)
    if not isinstance(pet, PsaPet):
        return None
    keeper = NativeId(pet.native.connection, "", pet.keeper_id) if pet.keeper_id else None
    return BadgeFacts(f"badge of {pet.name}", pet.mood and pet.mood.upper(), pet.name, keeper)


def _systems(view: View, request: RequestState) -> list[str]:
    """Name the systems that this request read for the noun."""
    roles = (role for role in view.noun.facets if role is not GATEWAY)
    return [role.value for role in roles if isinstance(slot(view, role, request), Record)]


def _greeting(view: View, _request: RequestState, times: int = 1) -> str:
    return "hello " * times + (view.card.name or "") if view.card else ""


def _posting(view: View, request: RequestState) -> Any:
    meal = slot(view, PSA, request)
    return NativeId("books", "", f"m-{meal.native.id}") if isinstance(meal, PsaMeal) else meal


@noun(
    anchor=CRM,
    facets={
        CRM: facet(CrmShop, loader="crm_shops"),
        ERP: facet(ErpShop, loader="erp_shops"),
        GATEWAY: facet(Card, loader="cards_by_id"),
    },
    scopes=[["shops:read"]],
    rows=[Rows.TENANT, Rows.LEGAL_ENTITY],
)
class Customer(Node):
    """A shop; it takes the name of a noun that has cards."""

    name: str = sourced(record=CRM, fallback=[ERP, GATEWAY], conflict=ConflictPolicy.MANUAL)
    mail: EmailAddress | None = sourced(
        record=CRM, sensitive=Sensitive(DataClass.PERSONAL, MaskMode.PARTIAL, residency_bound=True)
    )
    limit: Money | None = sourced(
        record=ERP, scopes=[["shops.finance:read"]], sensitive=Sensitive(DataClass.FINANCIAL_RESTRICTED)
    )
    mood: Mood | None = sourced(record=CRM, fallback=[ERP], maps=MappingDomain.CUSTOMER_STATUS, into=Mood)
    systems: list[str] = derived(_systems)

    @related("pets_of_shop", record=PSA, key=lambda view, _request, _args: view.key)
    def pets(
        self, first: int | None = 10, after: str | None = UNSET
    ) -> Connection[Annotated[Project, strawberry.lazy("tests.invented")]] | None:
        """Pets of the shop, from the card index."""


@noun(
    anchor=HCM,
    facets={HCM: facet(HcmKeeper, loader="hcm_keepers"), GATEWAY: facet(Card, loader="cards_by_id")},
    scopes=[["keepers:read"]],
    rows=[Rows.TENANT],
)
class Resource(Node):
    """A keeper."""

    name: str | None = sourced(
        record=HCM, sensitive=Sensitive(DataClass.PERSONAL, MaskMode.REDACT, residency_bound=True)
    )
    employer: Annotated[Customer, strawberry.lazy("tests.invented")] | None = reference(
        "Customer", record=HCM, of="entity", by="code", maps=MappingDomain.LEGAL_ENTITY
    )


Keeper = Resource


@noun(
    anchor=PSA,
    keys=["id", "code"],
    facets={
        PSA: facet(PsaPet, loader="psa_pets"),
        ERP: facet(ErpPet, loader="erp_pets"),
        GATEWAY: facet(Card, loader="cards_by_id"),
    },
    scopes=[["pets:read"]],
    rows=[Rows.TENANT, Rows.LEGAL_ENTITY],
)
class Project(Node):
    """A pet; it takes the name of a noun that has cards."""

    name: str = sourced(record=PSA, fallback=[ERP, GATEWAY])
    born: date | None = sourced(record=PSA)
    mood: Mood | None = sourced(record=PSA, fallback=[ERP], maps=MappingDomain.PROJECT_STATUS, into=Mood)
    price: Money | None = sourced(record=ERP)
    guarded_price: Money | None = sourced(record=ERP, of="price", scopes=[["pets.price:read"]])
    shop: Customer | None = reference("Customer", record=PSA, of="shop_id")
    owner: Customer | None = reference("Customer", record=GATEWAY, of="customer_id")
    keepers: list[Resource] | None = reference("Resource", record=GATEWAY, of="member_ids", many=True)
    badge: Badge | None = derived(_badge, needs=[PSA])
    systems: list[str] = derived(_systems)

    @derived_by(_greeting)
    def greeting(self, times: int | None = 1) -> str:  # type: ignore[empty-body] # a stub
        """Say hello."""

    @related("psa_meals_by_pet", record=PSA, scopes=[["meals:read"]])
    def meals(
        self, first: int | None = 10, after: str | None = UNSET
    ) -> Connection[Annotated[Meal, strawberry.lazy("tests.invented")]] | None:
        """What the pet ate."""

    @related("psa_snacks_by_pet", record=PSA, shape="list")
    def snacks(self) -> list[Annotated[Meal, strawberry.lazy("tests.invented")]] | None:
        """What the pet ate between meals."""


@noun(
    anchor=PSA,
    facets={
        PSA: facet(PsaMeal, loader="psa_meals"),
        ERP: facet(ErpMeal, loader="erp_meals", key=_posting),
        HCM: borrowed("keeper", HcmKeeper),
    },
    scopes=[["meals:read"]],
    owner=owned_by("Project", "pet_id"),
)
class Meal(Node):
    """A meal: a leaf, owned by its pet."""

    pet: Project | None = reference("Project", record=PSA, of="pet_id")
    keeper: Resource | None = reference("Resource", record=PSA, of="keeper_id")
    before: Annotated[Meal, strawberry.lazy("tests.invented")] | None = reference("Meal", record=PSA, of="before_id")
    grams: Decimal | None = sourced(record=PSA, fallback=[ERP])
    note: str | None = sourced(record=PSA, sensitive=Sensitive(DataClass.PERSONAL, residency_bound=True))
    cost: Money | None = sourced(record=ERP)
    wage: Money | None = sourced(
        record=HCM,
        scopes=[["keepers.wage:read"]],
        sensitive=Sensitive(DataClass.FINANCIAL_RESTRICTED, residency_bound=True),
    )


@strawberry.type
class Query:
    """What can be asked of the invented firm."""

    @derived_by(roots.resolve_node, authenticated=True)
    def node(self, id: strawberry.ID) -> Node | None:  # noqa: A002 -- the argument of the relay specification
        """Any record by its global id."""

    @derived_by(roots.resolve_nodes, authenticated=True)
    def nodes(self, ids: list[strawberry.ID]) -> list[Node | None] | None:
        """Several records by their global ids."""

    @derived_by(roots.build_reference_resolver("Project"))
    def pet(self, ref: EntityRef) -> Project | None:
        """One pet."""

    @derived_by(roots.build_reference_resolver("Customer"))
    def shop(self, ref: EntityRef) -> Customer | None:
        """One shop."""

    @related("search_pets", record=GATEWAY)
    def pets(self, first: int | None = 10, after: str | None = UNSET) -> Connection[Project] | None:
        """Every pet."""

    @related("search_shops", record=GATEWAY)
    def shops(self, first: int | None = 10) -> Connection[Customer] | None:
        """Every shop."""


LOADERS = (
    "cards_by_id",
    "cards_by_native",
    "cards_by_code",
    "cards_by_external",
    "search_pets",
    "search_shops",
    "pets_of_shop",
    "crm_shops",
    "erp_shops",
    "psa_pets",
    "erp_pets",
    "hcm_keepers",
    "psa_meals",
    "erp_meals",
    "psa_meals_by_pet",
    "psa_snacks_by_pet",
    "rates",
)

SCHEMA = strawberry.federation.Schema(query=Query, types=[Meal, Resource], config=CONFIG)
REGISTRY = bind(SCHEMA, LOADERS, roots.resolve_entities)
