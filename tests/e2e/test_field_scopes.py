"""Every field of every type, at every place of a document where it can stand: without one of its scopes it is refused there, by name, and costs no call.

"Its scopes" are those on the way to it: its own, those of the noun that it leads to, and those of what it hangs below. For each of them the same
document is asked without it, and the whole answer is compared with what the answer with every scope lets expect.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import cache
from typing import Any

import pytest
from graphql import DirectiveNode, ObjectTypeDefinitionNode, parse

from gateway.execution.answer import Answer
from gateway.loaders.catalogue import LOADERS
from gateway.schema.build import build
from tests.e2e.filled import WORD, FilledFirm
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

GRAPH = build(LOADERS)
SCHEMA = SchemaWalker(GRAPH, dict.fromkeys(GRAPH.registry.nouns, WORD))
TABLE = SCHEMA.build_table()
POSITIONS = sorted({position for positions in TABLE.values() for position in positions})
FEDERATION_FIELDS = {("Query", "_service"), ("_Service", "sdl")}
"""Federation's own fields: they hand out the contract, which is no secret."""
VARYING = ("fetchedAt", "age", "asOf", "scopes")
"""Keys whose values follow the clock of the machine, or (the viewer's) tell what the caller holds: the question itself."""
RECORDS = {
    "Customer": "C-2001",
    "Opportunity": "",
    "Contract": "CT-4001",
    "Project": "PRJ-1001",
    "Invoice": "INV-US-0003",
}
"""Records of the small firm that the twins have much to say of."""

Execute = Callable[[str, frozenset[str]], Awaitable[Answer]]


class Coverage:
    """What has been visited: the positions of each field, and the scopes for want of which a field itself was refused."""

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
    ask: Execute, contract: SchemaWalker, chosen: Selection, position: str, tally: Coverage
) -> None:
    """Ask one document with every scope, without each of those that it needs, and with none at all."""
    full = await ask(build_document([chosen]), EVERY_SCOPE)
    before = Expectation(contract, [chosen], full.data, EVERY_SCOPE)
    assert before.refused == {}
    seen: dict[VisitedField, set[str]] = {met: set() for met in before.visited}
    for missing in sorted(frozenset().union(*(met.scopes for met in before.visited))):
        refusals = await compare_answer(ask, contract, chosen, full, EVERY_SCOPE - {missing})
        for met in before.visited:
            at = next((met.path[:end] for end in range(1, len(met.path) + 1) if met.path[:end] in refusals), None)
            assert (at is not None) == (missing in met.scopes), (position, met.path, missing)
            if at is not None:
                assert any(missing in group for group in refusals[at]), (position, at, missing)
                seen[met].add(missing)
            if at == met.path:
                tally.refused[met.selection.parent_type, met.selection.field].add(missing)
        tally.scope_removals += 1
    free = await compare_answer(ask, contract, chosen, full, frozenset())
    for met, lacked in seen.items():
        refused = any(met.path[:end] in free for end in range(1, len(met.path) + 1))
        assert refused == bool(met.scopes), (position, met.path)
        assert lacked == met.scopes, (position, met.path)
        tally.visited[met.selection.parent_type, met.selection.field].add(position)


async def compare_answer(
    ask: Execute, contract: SchemaWalker, chosen: Selection, full: Answer, held: frozenset[str]
) -> dict[Path, list[list[str]]]:
    """Compare the answer to a caller of some scopes with what the full answer lets expect; return the refusals in it, by path."""
    expected = Expectation(contract, [chosen], full.data, held)
    answer = await ask(build_document([chosen]), held)
    # Of a subscription that is refused there is no data at all: its one field would be null.
    assert mask_varying(answer.data or {chosen.key: None}) == mask_varying(expected.data)
    refusals = {tuple(e["path"]): e["extensions"]["requiredScopes"] for e in select_forbidden(answer.errors)}
    assert refusals == expected.list_errors()
    assert len(refusals) == len(list(select_forbidden(answer.errors)))
    others = {get_path_and_code(error) for error in full.errors if not expected.is_below_refusal(tuple(error["path"]))}
    assert {get_path_and_code(error) for error in answer.errors if error["extensions"]["code"] != "FORBIDDEN"} == others
    without = await ask(build_document(remove_refused(contract, [chosen], remove_indexes(refusals))), EVERY_SCOPE)
    assert not answer.calls - without.calls, (answer.calls, without.calls)
    return refusals


def select_forbidden(errors: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    return (error for error in errors if error["extensions"]["code"] == "FORBIDDEN")


def get_path_and_code(error: Mapping[str, Any]) -> tuple[Path, str]:
    return tuple(error["path"]), error["extensions"]["code"]


def remove_indexes(paths: Iterable[Path]) -> set[Path]:
    """Return paths in the document: places in lists left out."""
    return {tuple(step for step in path if isinstance(step, str)) for path in paths}


def mask_varying(value: Any, key: str = "") -> Any:
    """Return data in which such values only say whether they are there."""
    if key.removeprefix("other_") in VARYING:
        return value is None
    if isinstance(value, dict):
        return {name: mask_varying(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [mask_varying(item) for item in value]
    return value


async def find_ids(ask: Execute, contract: SchemaWalker) -> dict[str, str]:
    """Find the global id of one record of each noun, as far as there is one."""
    found: dict[str, str] = {}
    for noun in contract.nouns:
        for position in contract.paths[noun]:
            chosen = contract.build_selection(noun, position, (Selection(noun, "id", "id"),), "")
            answer = await ask(build_document([chosen]), EVERY_SCOPE)
            for met in Expectation(contract, [chosen], answer.data, EVERY_SCOPE).visited:
                if met.selection.parent_type == noun and met.selection.field == "id":
                    found.setdefault(noun, get_value(answer.data, met.path))
    return found


def get_value(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


@cache
def verify_position(position: str) -> Coverage:
    """Visit every field that can stand at a position."""

    async def run() -> Coverage:
        tally, firm = Coverage(), FilledFirm(GRAPH)
        known = await find_ids(firm.ask, SCHEMA)
        assert set(known) == set(SCHEMA.nouns)
        for noun in SCHEMA.nouns:
            if position in SCHEMA.list_positions(noun):
                for chosen in SCHEMA.build_noun_selections(noun, position, known[noun]):
                    await verify_selection(firm.ask, SCHEMA, chosen, position, tally)
        if position in {"root", "alias"}:
            for chosen in SCHEMA.build_root_selections(position):
                await verify_selection(firm.ask, SCHEMA, chosen, position, tally)
        return tally

    return asyncio.run(run())


@pytest.mark.parametrize("position", POSITIONS)
def test_without_one_of_its_scopes_a_field_is_refused_and_the_rest_stays(position: str) -> None:
    expected = {key for key, positions in TABLE.items() if position in positions}

    tally = verify_position(position)

    print(f"{position}: {len(expected)} fields, {tally.scope_removals} scope removals")  # noqa: T201 -- read with -s or -rP
    assert {key for key in expected if position not in tally.visited[key]} == set()


def test_every_declared_field_has_been_visited() -> None:
    tally = Coverage()
    for position in POSITIONS:
        tally.merge(verify_position(position))

    pairs = sum(len(positions) for positions in TABLE.values())
    print(
        f"visited {len(tally.visited)} (type, field), {pairs} with their positions, {tally.scope_removals} scope removals"
    )
    declared = set(list_printed_fields())
    assert set(tally.visited) == set(GRAPH.registry.fields) == declared - FEDERATION_FIELDS
    for key, fact in GRAPH.registry.fields.items():
        own = {scope for group in fact.scopes for scope in group}
        assert own <= tally.refused[key], key


def test_the_registry_asks_for_what_the_contract_prints() -> None:
    types = {node.name.value: node for node in list_object_types()}
    for (type_name, field), (printed, target) in list_printed_fields().items():
        if (type_name, field) in FEDERATION_FIELDS:
            continue
        noun = read_scopes(types[target].directives) if target in types else set()
        assert printed | noun <= collect_scopes(SCHEMA.get_scope_rules(type_name, field)), (type_name, field)


@pytest.mark.parametrize("position", [position for position in POSITIONS if position != "entities"])
async def test_it_is_the_same_over_running_systems(firm: RunningFirm, position: str) -> None:
    """The same visits to the twins, as far as they fill the contract; here the calls are those that went over the wire."""
    contract = SchemaWalker(GRAPH, RECORDS)
    tally = Coverage()

    async def ask(text: str, scopes: frozenset[str]) -> Answer:
        return await firm.ask(text, scopes=scopes)

    for noun, global_id in (await find_ids(ask, contract)).items():
        for chosen in (
            contract.build_noun_selections(noun, position, global_id)
            if position in contract.list_positions(noun)
            else ()
        ):
            await verify_selection(ask, contract, chosen, position, tally)

    print(f"{position}: {len(tally.visited)} fields, {tally.scope_removals} scope removals")  # noqa: T201
    assert {type_name for type_name, _ in tally.visited} >= {"Money", "Query"}


def list_object_types() -> list[ObjectTypeDefinitionNode]:
    return [node for node in parse(GRAPH.sdl).definitions if isinstance(node, ObjectTypeDefinitionNode)]


def list_printed_fields() -> dict[tuple[str, str], tuple[set[str], str]]:
    """Return, for every field in the printed contract, the scopes printed on it and the type that it returns."""
    found = {}
    for node in list_object_types():
        for field in node.fields or ():
            kind: Any = field.type
            while not hasattr(kind, "name"):
                kind = kind.type
            found[node.name.value, field.name.value] = (read_scopes(field.directives), kind.name.value)
    return found


def read_scopes(directives: Iterable[DirectiveNode] | None) -> set[str]:
    asked = [each for each in directives or () if each.name.value == "requiresScopes"]
    values: list[Any] = [group for each in asked for group in each.arguments[0].value.values]  # type: ignore[attr-defined]
    return {scope.value for group in values for scope in group.values}
