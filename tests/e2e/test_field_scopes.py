"""Every field, at every position of a document: without one of its scopes it is refused by name and causes no call.

The scopes of a field are its own, those of the noun that it returns, and those of its ancestors in the document. The
document is executed without each of them, and the answer is compared with the one expected from the full answer.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import cache
from typing import Any

import pytest
from graphql import DirectiveNode, ObjectTypeDefinitionNode, parse, value_from_ast_untyped

from gateway.execution.response import GraphQLResponse
from gateway.loaders.catalogue import LOADERS
from gateway.schema.build import build_graph
from tests.e2e.complete_firm import WORD, FilledFirm
from tests.e2e.schema_walker import (
    Expectation,
    Path,
    SchemaWalker,
    Selection,
    VisitedField,
    build_document,
    collect_scopes,
    remove_refused,
)
from tests.fixtures.firm import EVERY_SCOPE, RunningFirm
from tests.fixtures.unwrapping import unwrap

GRAPH = build_graph(LOADERS)
SCHEMA = SchemaWalker(GRAPH, dict.fromkeys(GRAPH.registry.nouns, WORD))
TABLE = SCHEMA.build_table()
POSITIONS = sorted({position for positions in TABLE.values() for position in positions})
FEDERATION_FIELDS = {("Query", "_service"), ("_Service", "sdl")}
"""Federation's own fields: they return the schema, which is public."""
VARYING = ("fetchedAt", "age", "asOf", "scopes")
"""Keys whose values depend on the machine's clock, or (the viewer's scopes) on the caller."""
RECORDS = {
    "Customer": "C-2001",
    "Opportunity": "",
    "Contract": "CT-4001",
    "Project": "PRJ-1001",
    "Invoice": "INV-US-0003",
}
"""Records of the small firm with values in most fields."""

Execute = Callable[[str, frozenset[str]], Awaitable[GraphQLResponse]]


class Coverage:
    """The positions at which each field was verified, and the scopes without which the field itself was refused."""

    def __init__(self) -> None:
        self.visited: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.refused: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.scope_removals = 0

    def merge(self, other: "Coverage") -> None:
        for key, positions in other.visited.items():
            self.visited[key] |= positions
        for key, scopes in other.refused.items():
            self.refused[key] |= scopes
        self.scope_removals += other.scope_removals


async def verify_selection(
    execute: Execute, schema: SchemaWalker, selection: Selection, position: str, coverage: Coverage
) -> None:
    """Execute one document with every scope, without each of the scopes that it needs, and with none."""
    full = await execute(build_document([selection]), EVERY_SCOPE)
    before = Expectation(schema, [selection], full.data, EVERY_SCOPE)
    assert before.refused == {}
    refused_without: dict[VisitedField, set[str]] = {field: set() for field in before.visited}
    for missing in sorted(frozenset().union(*(field.scopes for field in before.visited))):
        refusals = await compare_answer(execute, schema, selection, full, EVERY_SCOPE - {missing})
        for field in before.visited:
            at = next((field.path[:end] for end in range(1, len(field.path) + 1) if field.path[:end] in refusals), None)
            assert (at is not None) == (missing in field.scopes), (position, field.path, missing)
            if at is not None:
                assert any(missing in group for group in refusals[at]), (position, at, missing)
                refused_without[field].add(missing)
            if at == field.path:
                coverage.refused[field.selection.parent_type, field.selection.field].add(missing)
        coverage.scope_removals += 1
    unscoped = await compare_answer(execute, schema, selection, full, frozenset())
    for field, missing_scopes in refused_without.items():
        refused = any(field.path[:end] in unscoped for end in range(1, len(field.path) + 1))
        assert refused == bool(field.scopes), (position, field.path)
        assert missing_scopes == field.scopes, (position, field.path)
        coverage.visited[field.selection.parent_type, field.selection.field].add(position)


async def compare_answer(
    execute: Execute, schema: SchemaWalker, selection: Selection, full: GraphQLResponse, held: frozenset[str]
) -> dict[Path, list[list[str]]]:
    """Compare the answer for some scopes with the one expected from the full answer; return its refusals by path."""
    expected = Expectation(schema, [selection], full.data, held)
    answer = await execute(build_document([selection]), held)
    # A refused subscription has no data at all: its one field would be null.
    assert mask_varying(answer.data or {selection.key: None}) == mask_varying(expected.data)
    refusals = {tuple(e["path"]): e["extensions"]["requiredScopes"] for e in select_forbidden(answer.errors)}
    assert refusals == expected.list_errors()
    assert len(refusals) == len(list(select_forbidden(answer.errors)))
    others = {get_path_and_code(error) for error in full.errors if not expected.is_below_refusal(tuple(error["path"]))}
    assert {get_path_and_code(error) for error in answer.errors if error["extensions"]["code"] != "FORBIDDEN"} == others
    without = await execute(build_document(remove_refused(schema, [selection], remove_indexes(refusals))), EVERY_SCOPE)
    assert not answer.calls - without.calls, (answer.calls, without.calls)
    return refusals


def select_forbidden(errors: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    return (error for error in errors if error["extensions"]["code"] == "FORBIDDEN")


def get_path_and_code(error: Mapping[str, Any]) -> tuple[Path, str]:
    return tuple(error["path"]), error["extensions"]["code"]


def remove_indexes(paths: Iterable[Path]) -> set[Path]:
    """Return the paths without list indexes, as in the document."""
    return {tuple(step for step in path if isinstance(step, str)) for path in paths}


def mask_varying(value: Any, key: str = "") -> Any:
    """Return the data with every varying value replaced by whether it is null."""
    if key.removeprefix("other_") in VARYING:
        return value is None
    if isinstance(value, dict):
        return {name: mask_varying(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [mask_varying(item) for item in value]
    return value


async def find_ids(execute: Execute, schema: SchemaWalker) -> dict[str, str]:
    """Return the global id of one record of each noun that has any."""
    found: dict[str, str] = {}
    for noun in schema.nouns:
        for position in schema.paths[noun]:
            selection = schema.build_selection(noun, position, (Selection(noun, "id", "id"),), "")
            answer = await execute(build_document([selection]), EVERY_SCOPE)
            for field in Expectation(schema, [selection], answer.data, EVERY_SCOPE).visited:
                if field.selection.parent_type == noun and field.selection.field == "id":
                    found.setdefault(noun, get_value(answer.data, field.path))
    return found


def get_value(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


@cache
def verify_position(position: str) -> Coverage:
    """Verify every field that can be selected at a position."""

    async def run() -> Coverage:
        coverage, firm = Coverage(), FilledFirm(GRAPH)
        known = await find_ids(firm.execute, SCHEMA)
        assert set(known) == set(SCHEMA.nouns)
        for noun in SCHEMA.nouns:
            if position in SCHEMA.list_positions(noun):
                for selection in SCHEMA.build_noun_selections(noun, position, known[noun]):
                    await verify_selection(firm.execute, SCHEMA, selection, position, coverage)
        if position in {"root", "alias"}:
            for selection in SCHEMA.build_root_selections(position):
                await verify_selection(firm.execute, SCHEMA, selection, position, coverage)
        return coverage

    return asyncio.run(run())


@pytest.mark.parametrize("position", POSITIONS)
def test_a_missing_scope_refuses_its_fields_and_no_others(position: str) -> None:
    expected = {key for key, positions in TABLE.items() if position in positions}

    coverage = verify_position(position)

    print(f"{position}: {len(expected)} fields, {coverage.scope_removals} scope removals")  # noqa: T201 -- for -s
    assert {key for key in expected if position not in coverage.visited[key]} == set()


def test_every_declared_field_is_verified() -> None:
    coverage = Coverage()
    for position in POSITIONS:
        coverage.merge(verify_position(position))

    pairs = sum(len(positions) for positions in TABLE.values())
    removals = coverage.scope_removals
    print(f"visited {len(coverage.visited)} (type, field), {pairs} with their positions, {removals} scope removals")  # noqa: T201
    declared = set(list_printed_fields())
    assert set(coverage.visited) == set(GRAPH.registry.fields) == declared - FEDERATION_FIELDS
    for key, fact in GRAPH.registry.fields.items():
        own = {scope for group in fact.scopes for scope in group}
        assert own <= coverage.refused[key], key


def test_the_registry_requires_every_scope_that_the_schema_prints() -> None:
    types = {node.name.value: node for node in list_object_types()}
    for (type_name, field), (printed, target) in list_printed_fields().items():
        if (type_name, field) in FEDERATION_FIELDS:
            continue
        noun = read_scopes(types[target].directives) if target in types else set()
        assert printed | noun <= collect_scopes(SCHEMA.get_scope_rules(type_name, field)), (type_name, field)


@pytest.mark.parametrize("position", [position for position in POSITIONS if position != "entities"])
async def test_missing_scopes_refuse_the_same_fields_over_running_systems(firm: RunningFirm, position: str) -> None:
    """The same checks over the twins, for the fields that they fill; the calls are those sent over HTTP."""
    schema = SchemaWalker(GRAPH, RECORDS)
    coverage = Coverage()

    async def execute(text: str, scopes: frozenset[str]) -> GraphQLResponse:
        return await firm.execute(text, scopes=scopes)

    for noun, global_id in (await find_ids(execute, schema)).items():
        for selection in (
            schema.build_noun_selections(noun, position, global_id) if position in schema.list_positions(noun) else ()
        ):
            await verify_selection(execute, schema, selection, position, coverage)

    print(f"{position}: {len(coverage.visited)} fields, {coverage.scope_removals} scope removals")  # noqa: T201
    assert {type_name for type_name, _ in coverage.visited} >= {"Money", "Query"}


def list_object_types() -> list[ObjectTypeDefinitionNode]:
    return [node for node in parse(GRAPH.sdl).definitions if isinstance(node, ObjectTypeDefinitionNode)]


def list_printed_fields() -> dict[tuple[str, str], tuple[set[str], str]]:
    """Return the printed scopes and the type of every field in the printed schema."""
    found = {}
    for node in list_object_types():
        for field in node.fields or ():
            kind: Any = field.type
            while not hasattr(kind, "name"):
                kind = kind.type
            found[node.name.value, field.name.value] = (read_scopes(field.directives), kind.name.value)
    return found


def read_scopes(directives: Iterable[DirectiveNode] | None) -> set[str]:
    required = [each for each in directives or () if each.name.value == "requiresScopes"]
    values: list[Any] = [value_from_ast_untyped(unwrap(each.arguments)[0].value) for each in required]
    return {scope for groups in values for group in groups for scope in group}
