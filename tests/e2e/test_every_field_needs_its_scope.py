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
from tests.e2e.visits import Chosen, Contract, Expectation, Met, Path, document, left, words
from tests.fixtures.firm import EVERY_SCOPE, RunningFirm

GRAPH = build(LOADERS)
CONTRACT = Contract(GRAPH, dict.fromkeys(GRAPH.registry.nouns, WORD))
TABLE = CONTRACT.table()
POSITIONS = sorted({position for positions in TABLE.values() for position in positions})
OF_THE_LIBRARY = {("Query", "_service"), ("_Service", "sdl")}
"""Federation's own fields: they hand out the contract, which is no secret."""
UNSTEADY = ("fetchedAt", "age", "asOf", "scopes")
"""Keys whose values follow the clock of the machine, or (the viewer's) tell what the caller holds: the question itself."""
RECORDS = {
    "Customer": "C-2001",
    "Opportunity": "",
    "Contract": "CT-4001",
    "Project": "PRJ-1001",
    "Invoice": "INV-US-0003",
}
"""Records of the small firm that the twins have much to say of."""

Ask = Callable[[str, frozenset[str]], Awaitable[Answer]]


class Tally:
    """What has been visited: the positions of each field, and the scopes for want of which a field itself was refused."""

    def __init__(self) -> None:
        self.visited: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.refused: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.asked = 0

    def merge(self, other: "Tally") -> None:
        for key, positions in other.visited.items():
            self.visited[key] |= positions
        for key, scopes in other.refused.items():
            self.refused[key] |= scopes
        self.asked += other.asked


async def visit(ask: Ask, contract: Contract, chosen: Chosen, position: str, tally: Tally) -> None:
    """Ask one document with every scope, without each of those that it needs, and with none at all."""
    full = await ask(document([chosen]), EVERY_SCOPE)
    before = Expectation(contract, [chosen], full.data, EVERY_SCOPE)
    assert before.refused == {}
    seen: dict[Met, set[str]] = {met: set() for met in before.met}
    for missing in sorted(frozenset().union(*(met.scopes for met in before.met))):
        refusals = await compared(ask, contract, chosen, full, EVERY_SCOPE - {missing})
        for met in before.met:
            at = next((met.path[:end] for end in range(1, len(met.path) + 1) if met.path[:end] in refusals), None)
            assert (at is not None) == (missing in met.scopes), (position, met.path, missing)
            if at is not None:
                assert any(missing in group for group in refusals[at]), (position, at, missing)
                seen[met].add(missing)
            if at == met.path:
                tally.refused[met.chosen.of, met.chosen.field].add(missing)
        tally.asked += 1
    free = await compared(ask, contract, chosen, full, frozenset())
    for met, lacked in seen.items():
        refused = any(met.path[:end] in free for end in range(1, len(met.path) + 1))
        assert refused == bool(met.scopes), (position, met.path)
        assert lacked == met.scopes, (position, met.path)
        tally.visited[met.chosen.of, met.chosen.field].add(position)


async def compared(
    ask: Ask, contract: Contract, chosen: Chosen, full: Answer, held: frozenset[str]
) -> dict[Path, list[list[str]]]:
    """Compare the answer to a caller of some scopes with what the full answer lets expect; return the refusals in it, by path."""
    expected = Expectation(contract, [chosen], full.data, held)
    answer = await ask(document([chosen]), held)
    # Of a subscription that is refused there is no data at all: its one field would be null.
    assert steady(answer.data or {chosen.key: None}) == steady(expected.data)
    refusals = {tuple(e["path"]): e["extensions"]["requiredScopes"] for e in forbidden(answer.errors)}
    assert refusals == expected.errors()
    assert len(refusals) == len(list(forbidden(answer.errors)))
    others = {place(error) for error in full.errors if not expected.below_refusal(tuple(error["path"]))}
    assert {place(error) for error in answer.errors if error["extensions"]["code"] != "FORBIDDEN"} == others
    without = await ask(document(left(contract, [chosen], named(refusals))), EVERY_SCOPE)
    assert not answer.calls - without.calls, (answer.calls, without.calls)
    return refusals


def forbidden(errors: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    return (error for error in errors if error["extensions"]["code"] == "FORBIDDEN")


def place(error: Mapping[str, Any]) -> tuple[Path, str]:
    return tuple(error["path"]), error["extensions"]["code"]


def named(paths: Iterable[Path]) -> set[Path]:
    """Return paths in the document: places in lists left out."""
    return {tuple(step for step in path if isinstance(step, str)) for path in paths}


def steady(value: Any, key: str = "") -> Any:
    """Return data in which such values only say whether they are there."""
    if key.removeprefix("other_") in UNSTEADY:
        return value is None
    if isinstance(value, dict):
        return {name: steady(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [steady(item) for item in value]
    return value


async def ids(ask: Ask, contract: Contract) -> dict[str, str]:
    """Find the global id of one record of each noun, as far as there is one."""
    found: dict[str, str] = {}
    for noun in contract.nouns:
        for position in contract.steps[noun]:
            chosen = contract.opened(noun, position, (Chosen(noun, "id", "id"),), "")
            answer = await ask(document([chosen]), EVERY_SCOPE)
            for met in Expectation(contract, [chosen], answer.data, EVERY_SCOPE).met:
                if met.chosen.of == noun and met.chosen.field == "id":
                    found.setdefault(noun, at(answer.data, met.path))
    return found


def at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


@cache
def tally_of(position: str) -> Tally:
    """Visit every field that can stand at a position."""

    async def run() -> Tally:
        tally, firm = Tally(), FilledFirm(GRAPH)
        known = await ids(firm.ask, CONTRACT)
        assert set(known) == set(CONTRACT.nouns)
        for noun in CONTRACT.nouns:
            if position in CONTRACT.positions(noun):
                for chosen in CONTRACT.documents(noun, position, known[noun]):
                    await visit(firm.ask, CONTRACT, chosen, position, tally)
        if position in {"root", "alias"}:
            for chosen in CONTRACT.roots(position):
                await visit(firm.ask, CONTRACT, chosen, position, tally)
        return tally

    return asyncio.run(run())


@pytest.mark.parametrize("position", POSITIONS)
def test_without_one_of_its_scopes_a_field_is_refused_and_the_rest_stays(position: str) -> None:
    expected = {key for key, positions in TABLE.items() if position in positions}

    tally = tally_of(position)

    print(f"{position}: {len(expected)} fields, {tally.asked} scope removals")  # noqa: T201 -- read with -s or -rP
    assert {key for key in expected if position not in tally.visited[key]} == set()


def test_every_declared_field_has_been_visited() -> None:
    tally = Tally()
    for position in POSITIONS:
        tally.merge(tally_of(position))

    pairs = sum(len(positions) for positions in TABLE.values())
    print(f"visited {len(tally.visited)} (type, field), {pairs} with their positions, {tally.asked} scope removals")  # noqa: T201
    declared = set(printed_fields())
    assert set(tally.visited) == set(GRAPH.registry.fields) == declared - OF_THE_LIBRARY
    for key, fact in GRAPH.registry.fields.items():
        own = {scope for group in fact.scopes for scope in group}
        assert own <= tally.refused[key], key


def test_the_registry_asks_for_what_the_contract_prints() -> None:
    types = {node.name.value: node for node in definitions()}
    for (type_name, field), (printed, target) in printed_fields().items():
        if (type_name, field) in OF_THE_LIBRARY:
            continue
        noun = scopes_of(types[target].directives) if target in types else set()
        assert printed | noun <= words(CONTRACT.needs(type_name, field)), (type_name, field)


@pytest.mark.parametrize("position", [position for position in POSITIONS if position != "entities"])
async def test_it_is_the_same_over_running_systems(firm: RunningFirm, position: str) -> None:
    """The same visits to the twins, as far as they fill the contract; here the calls are those that went over the wire."""
    contract = Contract(GRAPH, RECORDS)
    tally = Tally()

    async def ask(text: str, scopes: frozenset[str]) -> Answer:
        return await firm.ask(text, scopes=scopes)

    for noun, global_id in (await ids(ask, contract)).items():
        for chosen in contract.documents(noun, position, global_id) if position in contract.positions(noun) else ():
            await visit(ask, contract, chosen, position, tally)

    print(f"{position}: {len(tally.visited)} fields, {tally.asked} scope removals")  # noqa: T201
    assert {type_name for type_name, _ in tally.visited} >= {"Money", "Query"}


def definitions() -> list[ObjectTypeDefinitionNode]:
    return [node for node in parse(GRAPH.sdl).definitions if isinstance(node, ObjectTypeDefinitionNode)]


def printed_fields() -> dict[tuple[str, str], tuple[set[str], str]]:
    """Return, for every field in the printed contract, the scopes printed on it and the type that it returns."""
    found = {}
    for node in definitions():
        for field in node.fields or ():
            kind: Any = field.type
            while not hasattr(kind, "name"):
                kind = kind.type
            found[node.name.value, field.name.value] = (scopes_of(field.directives), kind.name.value)
    return found


def scopes_of(directives: Iterable[DirectiveNode] | None) -> set[str]:
    asked = [each for each in directives or () if each.name.value == "requiresScopes"]
    values: list[Any] = [group for each in asked for group in each.arguments[0].value.values]  # type: ignore[attr-defined]
    return {scope.value for group in values for scope in group.values}
