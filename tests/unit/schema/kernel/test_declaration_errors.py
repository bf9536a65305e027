"""A wrong declaration is refused at start-up, by name; nothing of it reaches a request."""

from typing import Any, ClassVar

import pytest
import strawberry

from gateway.canonical.records.base import Record
from gateway.canonical.records.card import Card
from gateway.canonical.roles import DataClass, RowScopeKey, SystemRole
from gateway.errors import DeclarationError
from gateway.schema.kernel import (
    CONFIG,
    Node,
    Sensitive,
    bind,
    borrowed,
    derived_by,
    facet,
    noun,
    owned_by,
    related,
    sensitive_field,
    sourced,
)

PSA, ERP, GATEWAY = SystemRole.PSA, SystemRole.ERP, SystemRole.GATEWAY
RESIDENCY_BOUND = Sensitive(DataClass.PERSONAL, residency_bound=True)


class Kettle(Record, frozen=True, kw_only=True):
    role: ClassVar[SystemRole] = PSA
    name: str
    pot_id: str | None = None


def bind_noun(members: dict[str, Any], *, value: type | None = None, kind: type = Node, **declared: Any) -> str:
    """Bind a schema of one noun with these members, and return why it was refused."""
    facts: dict[str, Any] = {
        "anchor": PSA,
        "facets": {PSA: facet(Kettle, loader="kettles"), GATEWAY: facet(Card, loader="cards_by_id")},
        "scopes": [["kettles:read"]],
        "rows": [RowScopeKey.TENANT],
        **declared,
    }
    annotations = {name: hint for name, (hint, _) in members.items()}
    body = {
        "__annotations__": annotations,
        **{name: field for name, (_, field) in members.items() if field is not None},
    }
    pot = noun(**facts)(type("Pot", (kind,), body))
    return bind_and_get_error(build_query(pot, scopes=[["pots:read"]]), types=[pot, *([value] if value else [])])


def build_query(kind: Any, **guard: Any) -> type:
    """Return a query type with one root that leads to a type."""

    def pot(self):  # a stub: its annotation says where it leads
        """One pot."""

    pot.__annotations__["return"] = kind | None
    return strawberry.type(type("Query", (), {"pot": derived_by(lambda _root, _request: None, **guard)(pot)}))


def bind_and_get_error(root: type, types: Any = ()) -> str:
    schema = strawberry.federation.Schema(query=root, types=types, config=CONFIG)
    with pytest.raises(DeclarationError) as refusal:
        bind(schema, ["kettles", "cards_by_id", "lids"])
    return str(refusal.value)


NAME = {"name": (str, sourced(record=PSA))}


@pytest.mark.parametrize(
    ("_case", "members", "declared", "words"),
    [
        ("no owner", {"name": (str, None)}, {}, "Pot.name has no owner"),
        ("no scope", NAME, {"scopes": []}, "Pot has no scope"),
        ("no row rule", NAME, {"rows": []}, "Pot has neither a row rule nor an owner"),
        (
            "unknown loader",
            NAME,
            {"facets": {PSA: facet(Kettle, loader="teapots")}},
            "Pot reads an unknown loader teapots",
        ),
        ("no such attribute", {"lid": (str, sourced(record=PSA))}, {}, "Pot.lid: Kettle has no attribute lid"),
        (
            "no such attribute by name",
            {"lid": (str, sourced(record=PSA, of={PSA: "top"}))},
            {},
            "Pot.lid: Kettle has no attribute top",
        ),
        ("no facet", {"name": (str, sourced(record=ERP))}, {}, "Pot.name reads ERP, of which Pot has no facet"),
        (
            "no fallback facet",
            {"name": (str, sourced(record=PSA, fallback=[ERP]))},
            {},
            "Pot.name reads ERP, of which Pot has no facet",
        ),
        (
            "scoped",
            {"name": (str, sourced(record=PSA, scopes=[["a"]]))},
            {},
            "Pot.name is scoped and may not be non-null",
        ),
        (
            "residency",
            {"name": (str, sourced(record=PSA, sensitive=RESIDENCY_BOUND))},
            {},
            "Pot.name is residency-bound and may not be non-null",
        ),
        (
            "owner attribute",
            NAME,
            {"owner": owned_by("Pot", "shelf_id")},
            "Pot: Kettle has no attribute shelf_id",
        ),
        ("owner noun", NAME, {"owner": owned_by("Shelf", "pot_id")}, "Pot is owned by Shelf, which is no noun"),
        ("anchor", NAME, {"anchor": ERP}, "Pot has no facet of its anchor ERP"),
        (
            "borrowed",
            NAME,
            {"facets": {PSA: facet(Kettle, loader="kettles"), ERP: borrowed("name", Kettle)}},
            "Pot borrows through name, which is no reference",
        ),
    ],
)
def test_a_noun_that_breaks_a_rule_is_refused_by_name(_case, members, declared, words):
    assert bind_noun(members, **declared) == words


def test_every_finding_is_told_at_once():
    assert bind_noun({"name": (str, None), "lid": (str, sourced(record=PSA))}, scopes=[]) == (
        "Pot has no scope; Pot.name has no owner; Pot.lid: Kettle has no attribute lid"
    )


def test_a_root_without_a_scope_is_refused_unless_it_says_that_a_token_is_enough():
    @strawberry.type
    class Steam:
        hot: bool

    assert bind_and_get_error(build_query(Steam)) == "Query.pot has no scope"
    for guard in ({"authenticated": True}, {"scopes": [["steam:read"]]}):
        schema = strawberry.federation.Schema(query=build_query(Steam, **guard), config=CONFIG)
        assert ("Query", "pot") in bind(schema, []).fields


def test_a_node_that_is_no_noun_is_refused():
    @strawberry.type
    class Ladle(Node):
        size: int

    assert (
        bind_and_get_error(build_query(Ladle, authenticated=True))
        == "Ladle is a Node and no noun: nothing says who may see it"
    )


def test_a_value_object_lies_in_no_region():
    @strawberry.type
    class Steam:
        breath: str | None = sensitive_field(RESIDENCY_BOUND)

    assert bind_and_get_error(build_query(Steam, authenticated=True)).startswith(
        "Steam.breath is residency-bound, and a value object lies"
    )


def test_a_relation_of_a_value_object_needs_a_key():
    @strawberry.type
    class Steam:
        @related("lids", record=PSA, shape="value")
        def lid(self) -> str | None:
            """The lid."""

    assert (
        bind_and_get_error(build_query(Steam, authenticated=True))
        == "Steam.lid belongs to a value object and needs a key"
    )


def test_a_reference_to_a_loader_that_nobody_declared_is_refused():
    @strawberry.type
    class Steam:
        @related("corks", record=PSA, shape="value", key=lambda _steam, _request, _args: 1)
        def cork(self) -> str | None:
            """The cork."""

    assert bind_and_get_error(build_query(Steam, authenticated=True)) == "Steam.cork reads an unknown loader corks"


def test_a_right_declaration_is_bound():
    pot = noun(
        anchor=PSA,
        facets={PSA: facet(Kettle, loader="kettles")},
        scopes=[["kettles:read"]],
        owner=owned_by("Pot", "pot_id"),
    )(
        type(
            "Pot",
            (Node,),
            {"__annotations__": {"name": str}, "name": sourced(record=PSA)},
        )
    )
    schema = strawberry.federation.Schema(query=build_query(pot), types=[pot], config=CONFIG)
    registry = bind(schema, ["kettles"])
    assert set(registry.nouns) == {"Pot"}
    assert registry.nouns["Pot"].leaf
    assert {name for kind, name in registry.fields if kind == "Pot"} == {"id", "name"}
