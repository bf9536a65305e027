"""Without its scope a scoped field has no value and causes no call, on every path to it; row rules hide other rows."""

from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
)

from gateway.auth.user_roles import RowAccess
from gateway.loaders.catalogue import LOADERS
from gateway.schema.build import build_graph
from tests.fixtures.firm import EVERY_SCOPE, RunningFirm
from tests.fixtures.unwrapping import unwrap

GRAPH = build_graph(LOADERS)
ROOTS = {
    "Customer": '(ref: {code: "C-2001"})',
    "Opportunity": None,
    "Contract": '(ref: {code: "CT-4001"})',
    "Project": '(ref: {code: "PRJ-1001"})',
    "Invoice": '(ref: {code: "INV-US-0003"})',
}
ARGUMENTS = {
    "availability": '(range: {from: "2026-11-23", to: "2026-11-29"})',
    "converted": '(to: "USD")',
}


def list_scoped_fields() -> Iterator[tuple[str, str]]:
    """Yield (noun with a root, field) for every field that needs more scopes than its noun."""
    registry = GRAPH.registry
    for (type_name, field), number in sorted(registry.field_requirements.items()):
        if type_name in ROOTS and ROOTS[type_name] and number != 0:
            needed = {scope for rule in registry.requirements[number] for group in rule for scope in group}
            own = {scope for group in registry.nouns[type_name].scopes for scope in group}
            if needed - own:
                yield type_name, field


FIELDS = list(list_scoped_fields())


def build_selection(type_name: str, field: str) -> str:
    declared = GRAPH.schema.type_map[type_name]
    assert isinstance(declared, GraphQLObjectType)
    target = get_named_type(declared.fields[field].type)
    composite = isinstance(target, (GraphQLObjectType, GraphQLInterfaceType))
    return f"{field}{ARGUMENTS.get(field, '')}" + (" { __typename }" if composite else "")


def compute_scopes_without(type_name: str, field: str) -> frozenset[str]:
    """Return every scope except those that this field needs beyond its noun's."""
    registry = GRAPH.registry
    rules = registry.requirements[registry.field_requirements[type_name, field]]
    own = {scope for group in registry.nouns[type_name].scopes for scope in group}
    needed = {scope for rule in rules for group in rule for scope in group} - own
    return EVERY_SCOPE - needed


def test_the_contract_has_scoped_fields_on_every_noun_with_a_root() -> None:
    assert {type_name for type_name, _ in FIELDS} == {name for name, ref in ROOTS.items() if ref}
    assert len(FIELDS) >= 15


@pytest.mark.parametrize("path", ["root", "node", "edges", "nodes", "interface", "alias"])
async def test_each_scoped_field_is_forbidden_on_every_path_and_causes_no_call(firm: RunningFirm, path: str) -> None:
    visited = 0
    for type_name, field in FIELDS:
        root = type_name[0].lower() + type_name[1:]
        found = await firm.execute(f"{{ {root}{ROOTS[type_name]} {{ id }} }}")
        assert found.data is not None
        global_id = found.data[root]["id"]
        selection = build_selection(type_name, field)
        fragment = f"... on {type_name} {{ {selection} }}"
        documents = {
            "root": f"{{ {root}{ROOTS[type_name]} {{ {selection} }} }}",
            "alias": f"{{ {root}{ROOTS[type_name]} {{ other: {selection} }} }}",
            "node": f'{{ node(id: "{global_id}") {{ {fragment} }} }}',
            "interface": f'{{ node(id: "{global_id}") {{ ... on CanonicalEntity {{ {fragment} }} }} }}',
            "nodes": f"{{ {_pluralise(root)}(first: 1) {{ nodes {{ {selection} }} }} }}",
            "edges": f"{{ {_pluralise(root)}(first: 1) {{ edges {{ node {{ {selection} }} }} }} }}",
        }

        answer = await firm.execute(documents[path], scopes=compute_scopes_without(type_name, field))

        assert [error["extensions"]["code"] for error in answer.errors] == ["FORBIDDEN"], (type_name, field)
        assert answer.errors[0]["path"][-1] == ("other" if path == "alias" else field)
        assert dict(answer.calls) == {}, (type_name, field)
        visited += 1
    assert visited == len(FIELDS)


def _pluralise(root: str) -> str:
    return {"opportunity": "opportunities"}.get(root, root + "s")


async def test_a_noun_is_forbidden_at_every_root_without_its_scope(firm: RunningFirm) -> None:
    answer = await firm.execute(
        '{ project(ref: {code: "PRJ-1001"}) { code } projects(first: 1) { totalCount } }',
        scopes=EVERY_SCOPE - {"projects:read"},
    )

    assert answer.data == {"project": None, "projects": None}
    assert [error["extensions"] for error in answer.errors] == [
        {"code": "FORBIDDEN", "requiredScopes": [["projects:read"]]}
    ] * 2
    assert dict(answer.calls) == {}


def test_every_scoped_field_is_nullable() -> None:
    for (type_name, field), fact in GRAPH.registry.fields.items():
        declared = GRAPH.schema.type_map[type_name]
        assert isinstance(declared, GraphQLObjectType)
        if fact.scopes:
            assert not isinstance(declared.fields[field].type, GraphQLNonNull), (type_name, field)
    assert isinstance(unwrap(GRAPH.schema.query_type).fields["nodes"].type, GraphQLList)


async def test_rows_of_other_legal_entities_are_hidden_from_reads_lists_and_counts(firm: RunningFirm) -> None:
    document = """{ project(ref: {code: "PRJ-1003"}) { code }
        projects(first: 100) { totalCount nodes { code } }
        invoices(first: 100) { totalCount }
        legalEntities { code } }"""

    answer = await firm.execute(document, legal_entities=frozenset({"NL01"}))

    assert answer.errors == []
    assert answer.data == {
        "project": None,
        "projects": {
            "totalCount": 4,
            "nodes": [{"code": code} for code in ("PRJ-1005", "PRJ-1006", "PRJ-1007", "PRJ-1010")],
        },
        "invoices": {"totalCount": 4},
        "legalEntities": [{"code": "NL01"}],
    }


async def test_a_caller_limited_to_own_records_without_a_resource_sees_none(firm: RunningFirm) -> None:
    answer = await firm.execute(
        "{ projects(first: 100) { totalCount } customers { totalCount } }", row_access=RowAccess.OWN
    )

    assert answer.data == {"projects": {"totalCount": 0}, "customers": {"totalCount": 0}}


async def test_a_caller_of_another_tenant_sees_no_data_and_causes_no_call(
    firm: RunningFirm,
) -> None:
    document = """{ projects(first: 1) { totalCount partial { missing } }
        project(ref: {code: "PRJ-1001"}) { code }
        systems { name }
        legalEntities { code }
        exchangeRates(from: "EUR", to: ["USD"], on: "2026-11-20") { rate } }"""
    own = await firm.execute(document)
    assert own.data is not None
    assert len(own.data["systems"]) == 2
    assert len(own.data["exchangeRates"]) == 1

    answer = await firm.execute(document, tenant="another")

    assert answer.data == {
        "projects": {"totalCount": 0, "partial": None},
        "project": None,
        "systems": [],
        "legalEntities": [],
        "exchangeRates": [],
    }
    assert answer.errors == []
    assert dict(answer.calls) == {}
