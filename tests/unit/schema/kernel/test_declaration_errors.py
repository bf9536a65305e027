"""An invalid declaration is rejected by name when the schema is bound."""

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
    """Bind a schema of one noun with these members; return the error message."""
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
    pot: Any = noun(**facts)(type("Pot", (kind,), body))
    return bind_and_get_error(build_query(pot, scopes=[["pots:read"]]), types=[pot, *([value] if value else [])])


def build_query(kind: Any, **guard: Any) -> type:
    """Build a query type with one root field of a type."""

    def pot(self):  # a stub: its annotation is the type of the field
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
    ("_case", "members", "declared", "message"),
    [
        ("no source", {"name": (str, None)}, {}, "Pot.name has no source"),
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
        ("no facet", {"name": (str, sourced(record=ERP))}, {}, "Pot.name reads ERP, but Pot has no facet for it"),
        (
            "no fallback facet",
            {"name": (str, sourced(record=PSA, fallback=[ERP]))},
            {},
            "Pot.name reads ERP, but Pot has no facet for it",
        ),
        (
            "scoped",
            {"name": (str, sourced(record=PSA, scopes=[["a"]]))},
            {},
            "Pot.name requires a scope and must be nullable",
        ),
        (
            "residency",
            {"name": (str, sourced(record=PSA, sensitive=RESIDENCY_BOUND))},
            {},
            "Pot.name is residency-bound and must be nullable",
        ),
        (
            "owner attribute",
            NAME,
            {"owner": owned_by("Pot", "shelf_id")},
            "Pot: Kettle has no attribute shelf_id",
        ),
        ("owner noun", NAME, {"owner": owned_by("Shelf", "pot_id")}, "Pot is owned by Shelf, which is not a noun"),
        ("anchor", NAME, {"anchor": ERP}, "Pot has no facet for its anchor ERP"),
        (
            "borrowed",
            NAME,
            {"facets": {PSA: facet(Kettle, loader="kettles"), ERP: borrowed("name", Kettle)}},
            "Pot borrows a facet through name, which is not a reference",
        ),
    ],
)
def test_a_noun_that_breaks_a_rule_is_rejected_by_name(_case, members, declared, message):
    assert bind_noun(members, **declared) == message


def test_all_violations_are_reported_together():
    assert bind_noun({"name": (str, None), "lid": (str, sourced(record=PSA))}, scopes=[]) == (
        "Pot has no scope; Pot.name has no source; Pot.lid: Kettle has no attribute lid"
    )


def test_a_root_without_a_scope_is_rejected_unless_it_is_declared_authenticated():
    @strawberry.type
    class Steam:
        hot: bool

    assert bind_and_get_error(build_query(Steam)) == "Query.pot has no scope"
    for guard in ({"authenticated": True}, {"scopes": [["steam:read"]]}):
        schema = strawberry.federation.Schema(query=build_query(Steam, **guard), config=CONFIG)
        assert ("Query", "pot") in bind(schema, []).fields


def test_a_node_that_is_not_a_noun_is_rejected():
    @strawberry.type
    class Ladle(Node):
        size: int

    assert (
        bind_and_get_error(build_query(Ladle, authenticated=True))
        == "Ladle implements Node and is not declared as a noun, so that it has no access rule"
    )


def test_a_residency_bound_field_of_a_value_object_is_rejected():
    @strawberry.type
    class Steam:
        breath: str | None = sensitive_field(RESIDENCY_BOUND)

    assert bind_and_get_error(build_query(Steam, authenticated=True)).startswith(
        "Steam.breath is residency-bound, but a value object has no region"
    )


def test_a_relation_of_a_value_object_without_a_key_is_rejected():
    @strawberry.type
    class Steam:
        @related("lids", record=PSA, shape="value")
        def lid(self) -> str | None:
            """The lid."""

    assert (
        bind_and_get_error(build_query(Steam, authenticated=True))
        == "Steam.lid belongs to a value object and has no key"
    )


def test_a_relation_with_an_undeclared_loader_is_rejected():
    @strawberry.type
    class Steam:
        @related("corks", record=PSA, shape="value", key=lambda _steam, _request, _args: 1)
        def cork(self) -> str | None:
            """The cork."""

    assert bind_and_get_error(build_query(Steam, authenticated=True)) == "Steam.cork reads an unknown loader corks"


def test_a_valid_declaration_is_bound():
    pot: Any = noun(
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
