"""Random systems and random documents for the example domain."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type, is_leaf_type
from hypothesis import strategies as st

from gateway.canonical.fault import Fault, FaultCode
from gateway.canonical.roles import DataClass, Noun, SystemRole
from tests.fixtures import example_domain
from tests.fixtures.example_domain import CRM, ERP, HCM, PSA
from tests.fixtures.example_systems import (
    ALL_SCOPES,
    SCHEMA,
    ExampleSystems,
    build_native_id,
    encode_card_id,
    encode_meal_id,
    to_euros,
)

SYSTEMS = {
    CRM: ("crm_shops",),
    ERP: ("erp_shops", "erp_pets", "erp_meals", "rates"),
    HCM: ("hcm_keepers",),
    PSA: ("psa_pets", "psa_meals", "psa_meals_by_pet", "psa_snacks_by_pet"),
    SystemRole.GATEWAY: ("cards_by_native", "cards_by_code"),
}
ORDER_BOUND = frozenset({"systems"})
"""Fields that depend on what the request has read so far: without a plan their value is not determined."""

MAX_DEPTH = 6
ARGUMENTS = {
    "to": ['"USD"', '"GBP"'],
    "first": ["0", "1", "2", "3", "null"],
    "after": ['"1"', "null"],
    "times": ["1", "2", "null"],
}
Text = st.sampled_from([None, "Ann", "Bob", "Cid"])
RawStatus = st.sampled_from([None, "active", "closed", "archived"])
# A badge returns it unmapped, as an enum: "archived" would be an error of the test data.
KnownStatus = st.sampled_from([None, "active", "closed"])
Amount = st.sampled_from([None, to_euros("1.00"), to_euros("20.50")])


@dataclass(frozen=True)
class FuzzCase:
    """One document for the systems and one caller."""

    systems: ExampleSystems
    document: str
    variables: dict[str, Any]
    caller: dict[str, Any]

    def __repr__(self) -> str:
        return f"Case({self.document!r}, {self.variables}, {self.caller}, {self.systems})"


@st.composite
def example_systems(draw: st.DrawFn) -> ExampleSystems:
    """Draw systems with missing records, unknown codes, broken links, hidden rows and failing keys and systems."""
    systems = ExampleSystems()
    shops = [_add_shop(draw, systems, number) for number in range(draw(st.integers(0, 2)))]
    keepers = [_add_keeper(draw, systems, number) for number in range(draw(st.integers(0, 2)))]
    for number in range(draw(st.integers(0, 3))):
        _add_pet(draw, systems, number, shops, keepers)
    for number in range(draw(st.integers(0, 4))):
        _add_meal(draw, systems, number)
    for role in draw(st.sets(st.sampled_from(sorted(SYSTEMS)), max_size=2)):
        systems.failures |= dict.fromkeys(SYSTEMS[role], FaultCode.UNAVAILABLE)
    systems.hidden = draw(st.sets(st.sampled_from(["SHOP-0", "SHOP-1", "KEEPER-0", "PET-0", "PET-1"]), max_size=2))
    for name in draw(st.sets(st.sampled_from(["erp_pets", "crm_shops", "psa_pets", "hcm_keepers"]), max_size=2)):
        systems.record_faults[name, "0"] = FaultCode.CONTRACT_MISMATCH
    for name in draw(st.sets(st.sampled_from(["psa_pets", "crm_shops", "erp_meals", "cards_by_native"]), max_size=2)):
        systems.delays[name] = 0.001
    systems.batch = draw(st.sampled_from([1, 2, 100]))
    return systems


def _draw_links(draw: st.DrawFn, number: int, *roles: SystemRole) -> dict[SystemRole, str]:
    return {role: str(number) for role in roles if draw(st.integers(0, 5))}


def _draw_card_fields(draw: st.DrawFn) -> dict[str, Any]:
    return {"name": draw(Text), "region": draw(st.sampled_from(["EU", "US", None]))}


def _add_shop(draw: st.DrawFn, systems: ExampleSystems, number: int) -> Any:
    if draw(st.integers(0, 4)):
        systems.add_record(
            example_domain.CrmShop(
                native=build_native_id(CRM, str(number)), name=draw(Text), mail=draw(Text), status=draw(RawStatus)
            )
        )
    if draw(st.integers(0, 4)):
        systems.add_record(
            example_domain.ErpShop(
                native=build_native_id(ERP, str(number)), name=draw(Text), limit=draw(Amount), status=draw(RawStatus)
            )
        )
    return systems.add_card(
        Noun.CUSTOMER, f"SHOP-{number}", _draw_links(draw, number, CRM, ERP, PSA), **_draw_card_fields(draw)
    )


def _add_keeper(draw: st.DrawFn, systems: ExampleSystems, number: int) -> Any:
    if draw(st.integers(0, 4)):
        entity = draw(st.sampled_from([None, "E1", "E9"]))
        systems.add_record(
            example_domain.HcmKeeper(
                native=build_native_id(HCM, str(number)), name=draw(Text), wage=draw(Amount), entity=entity
            )
        )
    links = {HCM: str(number), PSA: f"u{number}"} if draw(st.booleans()) else {PSA: f"u{number}"}
    return systems.add_card(Noun.RESOURCE, f"KEEPER-{number}", links, **_draw_card_fields(draw))


def _add_pet(draw: st.DrawFn, systems: ExampleSystems, number: int, shops: list[Any], keepers: list[Any]) -> None:
    if draw(st.integers(0, 4)):
        systems.add_record(
            example_domain.PsaPet(
                native=build_native_id(PSA, str(number)),
                name=draw(Text),
                shop_id=draw(st.sampled_from([None, "0", "1", "9"])),
                keeper_id=draw(st.sampled_from([None, "u0", "u9"])),
                status=draw(KnownStatus),
                born=draw(st.sampled_from([None, date(2020, 2, 29)])),
            )
        )
    if draw(st.integers(0, 4)):
        systems.add_record(
            example_domain.ErpPet(
                native=build_native_id(ERP, str(number)), name=draw(Text), price=draw(Amount), status=draw(RawStatus)
            )
        )
    owner = draw(st.sampled_from([None, *shops]))
    members = tuple(card.id for card in keepers if draw(st.booleans()))
    facts = {**_draw_card_fields(draw), "customer_id": owner and owner.id, "member_ids": members}
    systems.add_card(Noun.PROJECT, f"PET-{number}", _draw_links(draw, number, PSA, ERP), **facts)


def _add_meal(draw: st.DrawFn, systems: ExampleSystems, number: int) -> None:
    pet = draw(st.sampled_from(["0", "1", "9"]))
    systems.add_record(
        example_domain.PsaMeal(
            native=build_native_id(PSA, f"m{number}"),
            pet_id=pet,
            keeper_id=draw(st.sampled_from([None, "u0", "u1", "u9"])),
            grams=draw(st.sampled_from([None, Decimal("1.50")])),
            note=draw(Text),
            before_id=draw(st.sampled_from([None, "m0", "m1", "m9"])),
        )
    )
    if draw(st.booleans()):
        systems.add_record(
            example_domain.ErpMeal(native=build_native_id(ERP, f"m-m{number}"), cost=draw(Amount), grams=Decimal(7))
        )
    if not draw(st.integers(0, 3)):
        fault = Fault(system=ERP, code=FaultCode.TIMEOUT, message="late", correlation_id="corr-1")
        systems.page_faults[pet] = (fault,)


class DocumentWriter:
    """Write a random valid document, type by type."""

    def __init__(self, draw: st.DrawFn, systems: ExampleSystems) -> None:
        self._draw = draw
        self._fragments: list[str] = []
        self._aliases = 0
        self._ids = [encode_card_id(systems, card.noun, card.code or "") for card in systems.cards.values()]
        self._ids += [encode_meal_id(native_id) for native_id in ("m0", "m1", "m9")] + ["garbage"]

    def write_document(self, always: str) -> str:
        body = self._write_selection(SCHEMA.type_map["Query"], 0)
        skipped = "__typename @include(if: $yes) @skip(if: $no)"
        root = f"query ($yes: Boolean!, $no: Boolean!) {{ {skipped} {always} ... on Query {body} }}"
        return " ".join([root, *self._fragments])

    def _write_selection(self, kind: Any, depth: int) -> str:
        names = [name for name, field in kind.fields.items() if self._is_possible(name, field, depth)]
        chosen = self._draw(st.lists(st.sampled_from(sorted(names)), min_size=1, max_size=4))
        parts = [self._write_field(kind, name, depth) for name in chosen]
        if isinstance(kind, GraphQLInterfaceType):
            parts += [
                self._write_spread(name, depth) for name in ("Project", "Customer", "Meal") if self._draw(st.booleans())
            ]
        return "{ " + " ".join(["__typename", *parts]) + " }"

    @staticmethod
    def _is_possible(name: str, field: Any, depth: int) -> bool:
        if name in ORDER_BOUND or name.startswith("_"):
            return False
        return depth < MAX_DEPTH or is_leaf_type(get_named_type(field.type))

    def _write_spread(self, name: str, depth: int) -> str:
        kind = SCHEMA.type_map[name]
        body = self._write_selection(kind, min(depth + 1, MAX_DEPTH))
        if self._draw(st.booleans()):
            return f"... on {name} {body}"
        fragment = f"f{len(self._fragments)}"
        self._fragments.append(f"fragment {fragment} on {name} {body}")
        return f"...{fragment}"

    def _write_field(self, kind: Any, name: str, depth: int) -> str:
        field = kind.fields[name]
        target = get_named_type(field.type)
        directive = self._draw(
            st.sampled_from(["", "", "", " @include(if: $yes)", " @skip(if: $no)", " @include(if: $no)"])
        )
        self._aliases += 1
        head = f"a{self._aliases}: {name}{self._write_arguments(field)}{directive}"
        if is_leaf_type(target):
            text = head
        else:  # selected twice under one key: the selections are merged
            times = 2 if self._draw(st.integers(0, 5)) == 0 else 1
            text = " ".join(f"{head} {self._write_selection(target, depth + 1)}" for _ in range(times))
        if isinstance(kind, GraphQLObjectType) and self._draw(st.integers(0, 4)) == 0:
            return f"... on {kind.name} {{ {text} }}"
        return text

    def _write_arguments(self, field: Any) -> str:
        arguments = [
            f"{name}: {value}" for name, argument in field.args.items() if (value := self._draw_value(name, argument))
        ]
        return f"({', '.join(arguments)})" if arguments else ""

    def _draw_value(self, name: str, argument: Any) -> str | None:
        pick = st.sampled_from
        if name == "id":
            return f'"{self._draw(pick(self._ids))}"'
        if name == "ids":
            return "[" + ", ".join(f'"{one}"' for one in self._draw(st.lists(pick(self._ids), max_size=3))) + "]"
        if name == "ref":
            return self._draw(pick(['{code: "PET-0"}', '{code: "SHOP-0"}', *[f'{{id: "{one}"}}' for one in self._ids]]))
        required = argument.default_value is None or str(argument.type).endswith("!")
        return self._draw(pick(ARGUMENTS[name])) if required or self._draw(st.booleans()) else None


@st.composite
def draw_case(draw: st.DrawFn, always: str = "") -> FuzzCase:
    """Draw one document for the systems; `always` is selected in addition."""
    systems = draw(example_systems())
    document = DocumentWriter(draw, systems).write_document(always)
    caller = {
        "scopes": ALL_SCOPES - draw(st.sets(st.sampled_from(sorted(ALL_SCOPES)), max_size=2)),
        "regions": draw(st.sampled_from([None, frozenset({"EU"}), frozenset({"US", "EU"})])),
        "masked": draw(st.sampled_from([frozenset(), frozenset({DataClass.PERSONAL, DataClass.FINANCIAL_RESTRICTED})])),
    }
    return FuzzCase(systems, document, {"yes": True, "no": False}, caller)
