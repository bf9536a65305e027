"""A filter, order or reference needs the rights to the field that shows its value: no answer confirms a hidden one.

Over every condition of the schema and every subset of the scopes that matter for it, on the real engine.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType, get_named_type, get_nullable_type

from gateway.auth.user_roles import ROLES
from gateway.canonical.roles import DataClass
from gateway.execution.declarations import Related
from gateway.loaders.catalogue import LOADERS
from gateway.schema.build import build_graph
from tests.e2e.complete_firm import FilledFirm
from tests.fixtures.firm import EVERY_SCOPE, RunningFirm, build_principal
from tests.fixtures.unwrapping import unwrap

GRAPH = build_graph(LOADERS)
REGISTRY = GRAPH.registry
ARGUMENTS = ("filter", "orderBy")
SCALARS = {
    "StringFilter": '{eq: "WORD"}',
    "DateFilter": '{gte: "2026-01-01"}',
    "DateRangeInput": '{from: "2026-01-01", to: "2026-12-31"}',
    "Boolean": "true",
    "DateTime": '"2026-01-01T00:00:00Z"',
    "String": '"WORD"',
}


class ListCondition(NamedTuple):
    """One condition of one list, as it is written in a document, and the field that shows its value."""

    type_name: str
    field: str
    argument: str
    name: str
    text: str
    target: str
    shown_by: str


def list_conditions() -> Iterator[ListCondition]:
    """Yield every filter attribute and order of every list, from the schema itself."""
    for (type_name, field), declaration in REGISTRY.fields.items():
        declared = GRAPH.schema.type_map[type_name]
        assert isinstance(declared, GraphQLObjectType)
        for argument in set(ARGUMENTS) & declared.fields[field].args.keys():
            assert isinstance(declaration, Related)
            known = REGISTRY.conditions[declaration.loader]
            target = find_target(declared.fields[field])
            for name, text in write_conditions(get_named_type(declared.fields[field].args[argument].type)):
                yield ListCondition(type_name, field, argument, name, text, target, known[argument, name].field)


def find_target(field: Any) -> str:
    connection = get_named_type(field.type)
    return str(get_named_type(connection.fields["nodes"].type).name)


def write_conditions(kind: Any) -> Iterator[tuple[str, str]]:
    assert isinstance(kind, GraphQLInputObjectType)
    if set(kind.fields) == {"field", "direction"}:
        values = get_named_type(kind.fields["field"].type)
        assert isinstance(values, GraphQLEnumType)
        yield from ((value, f"orderBy: {{field: {value}, direction: ASC}}") for value in values.values)
        return
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        value = next(iter(inner.values)) if isinstance(inner, GraphQLEnumType) else SCALARS.get(inner.name, "none")
        is_list = get_nullable_type(field.type) != inner
        yield name, f"filter: {{{name}: {f'[{value}]' if is_list else value}}}"


CONDITIONS = sorted(list_conditions())


def collect_scopes(target: str, field: str) -> frozenset[str]:
    """Return the scopes of the field and of its type."""
    rules = (*REGISTRY.requirements[REGISTRY.field_requirements[target, field]], REGISTRY.nouns[target].scopes)
    return frozenset(scope for rule in rules for group in rule for scope in group)


def list_subsets(scopes: frozenset[str]) -> Iterator[frozenset[str]]:
    for size in range(len(scopes) + 1):
        yield from (frozenset(chosen) for chosen in combinations(sorted(scopes), size))


async def list_ids(firm: FilledFirm) -> dict[str, str]:
    document = """{ customers { nodes { id } } projects { nodes { id } } resources { nodes { id } }
        invoices { nodes { id } } legalEntities { id } }"""
    found = unwrap((await firm.execute(document, EVERY_SCOPE)).data)
    ids = {name: found[name]["nodes"][0]["id"] for name in ("customers", "projects", "resources", "invoices")}
    return {**ids, "legalEntities": found["legalEntities"][0]["id"]}


def build_document(condition: ListCondition, ids: dict[str, str]) -> str:
    text = condition.text
    for name, of in (("customerId", "customers"), ("managerId", "resources"), ("projectId", "projects")):
        text = text.replace(f"{{{name}: [none]", f'{{{name}: ["{ids[of]}"]')
    text = text.replace("legalEntityId: [none]", f'legalEntityId: ["{ids["legalEntities"]}"]')
    selection = f"{condition.field}({text}) {{ totalCount nodes {{ __typename }} }}"
    parents = {"Customer": "customers", "Project": "projects", "Resource": "resources"}
    if condition.type_name == "Query":
        return f"{{ {selection} }}"
    return f"{{ {parents[condition.type_name]} {{ nodes {{ {selection} }} }} }}"


def test_every_condition_of_the_schema_is_known() -> None:
    assert len(CONDITIONS) >= 60
    assert {(each.target, each.name) for each in CONDITIONS} >= {
        ("Project", "customerId"),
        ("Project", "managerId"),
        ("Invoice", "projectId"),
        ("Opportunity", "withoutProject"),
        ("Resource", "HIRE_DATE"),
        ("TimeEntry", "billing"),
    }
    for each in CONDITIONS:
        assert (each.target, each.shown_by) in REGISTRY.fields


async def test_a_condition_is_refused_for_every_set_of_scopes_that_does_not_show_its_value() -> None:
    firm = FilledFirm(GRAPH)
    ids = await list_ids(firm)
    refusals = 0
    for condition in CONDITIONS:
        document, needed = build_document(condition, ids), collect_scopes(condition.target, condition.shown_by)
        for removed in list_subsets(needed):
            answer = await firm.execute(document, EVERY_SCOPE - removed)
            forbidden = [error for error in answer.errors if error["extensions"]["code"] == "FORBIDDEN"]
            assert bool(forbidden) == bool(removed), (condition, removed)
            refusals += bool(removed)
    assert refusals >= len(CONDITIONS)


@pytest.mark.parametrize(
    ("noun", "root"),
    [(name, name[0].lower() + name[1:]) for name, noun in REGISTRY.nouns.items() if noun.coded_by and noun.scopes],
)
async def test_a_reference_by_code_needs_the_scopes_of_the_field_that_shows_the_code(noun: str, root: str) -> None:
    firm = FilledFirm(GRAPH)
    needed = collect_scopes(noun, unwrap(REGISTRY.nouns[noun].coded_by))
    entity = f'_entities(representations: [{{__typename: "{noun}", code: "WORD"}}]) {{ __typename }}'
    for document in (f'{{ {root}(ref: {{code: "WORD"}}) {{ id }} }}', f"{{ {entity} }}"):
        assert (await firm.execute(document, EVERY_SCOPE)).errors == []
        for removed in list_subsets(needed):
            if removed:
                answer = await firm.execute(document, EVERY_SCOPE - removed)
                assert [error["extensions"]["code"] for error in answer.errors] == ["FORBIDDEN"], (noun, removed)


def test_every_noun_that_a_reference_can_name_says_which_field_shows_its_code() -> None:
    assert {name for name, noun in REGISTRY.nouns.items() if not noun.leaf} == set(REGISTRY.code_conditions)


async def test_a_caller_with_masked_personal_values_cannot_confirm_a_worker_number(
    twin_firm: RunningFirm,
) -> None:
    masked = frozenset({DataClass.PERSONAL})
    document = '{ known: resource(ref: {code: "W-1007"}) { id } unknown: resource(ref: {code: "W-9999"}) { id } }'

    answer = await twin_firm.execute(document, masked=masked)

    assert answer.data == {"known": None, "unknown": None}
    assert [error["extensions"]["code"] for error in answer.errors] == ["FORBIDDEN"] * 2
    assert dict(answer.calls) == {}
    shown = await twin_firm.execute('{ resource(ref: {code: "W-1007"}) { id } }')
    assert shown.errors == []
    assert shown.data != {"resource": None}


async def test_ids_of_hidden_records_find_nothing_in_filters(firm: RunningFirm) -> None:
    """A Dutch caller filters shared projects by what only others see."""
    known = unwrap((await firm.execute("{ legalEntities { id code } customers { nodes { id customerNumber } } }")).data)
    entities = {each["code"]: each["id"] for each in known["legalEntities"]}
    customers = {each["customerNumber"]: each["id"] for each in known["customers"]["nodes"]}
    document = """query($entity: [ID!], $customer: [ID!]) {
        projects(filter: {legalEntityId: $entity, customerId: $customer}) { totalCount } }"""

    async def count(**variables: Any) -> int:
        answer = await firm.execute(document, variables, legal_entities=frozenset({"NL01"}), regions=frozenset({"EU"}))
        assert answer.errors == []
        return int(unwrap(answer.data)["projects"]["totalCount"])

    assert await count(customer=[customers["C-2007"]]) == 0  # a customer of another region
    assert await count(entity=[entities["UK01"]]) == 0
    assert await count(entity=[entities["NL01"]]) > 0


async def test_a_hidden_project_does_not_tell_that_an_opportunity_has_one(firm: RunningFirm) -> None:
    document = "{ opportunities(filter: {withoutProject: false}, first: 100) { nodes { name project { code } } } }"

    for entities in (None, *(frozenset({code}) for code in ("US01", "UK01", "NL01"))):
        answer = await firm.execute(document, legal_entities=entities)
        rows = unwrap(answer.data)["opportunities"]["nodes"]
        assert [row for row in rows if row["project"] is None] == []


@pytest.mark.parametrize("role", sorted(ROLES))
def test_no_role_derives_a_bill_rate_that_it_may_not_read(role: str) -> None:
    """The person and the price of an hour stand together on invoice lines and time entries."""
    caller = build_principal(scopes=ROLES[role])
    denied = REGISTRY.find_denied(caller.scopes)
    may_read_rate = REGISTRY.field_requirements["Resource", "billRate"] not in denied
    for revealing in (("InvoiceLine", "resource"), ("TimeEntry", "invoiceLine"), ("TimeEntry", "billAmount")):
        assert may_read_rate or REGISTRY.field_requirements[revealing] in denied, revealing
