"""The ways to every field of the contract, worked out from the schema, and what an answer must be when scopes are missing."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
)

from gateway.execution.facts import Scopes, Sourced
from gateway.schema.build import Graph

ARGUMENTS = {
    "availability": '(range: {from: "2026-11-23", to: "2026-11-29"})',
    "converted": '(to: "USD")',
    "exchangeRates": '(from: "EUR", to: ["USD"], on: "2026-11-20")',
}
ANYWHERE = {
    "node": ("node", '(id: "ID")'),
    "ids": ("nodes", '(ids: ["ID"])'),
    "interface": ("node", '(id: "ID")'),
    "entities": ("_entities", '(representations: [{__typename: "NOUN", id: "ID"}])'),
}
"""Positions below a root that may lead to any noun: the root, and what it is told."""
BY_ID = frozenset(field for field, _ in ANYWHERE.values())
READ_BOUND = ("freshness", "version", "provenance")
"""Fields that tell what the request has read: asked without any scoped field beside them, which would change what they tell."""
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Chosen:
    """One selected field of a document: the type that it is read on, its key, what is selected below, and the fragments around it."""

    of: str
    field: str
    key: str
    args: str = ""
    below: tuple["Chosen", ...] | None = None
    on: tuple[str, ...] = ()

    def text(self) -> str:
        """Write the selection as GraphQL."""
        head = self.field if self.key == self.field else f"{self.key}: {self.field}"
        body = (
            "" if self.below is None else " { " + " ".join(["__typename", *(each.text() for each in self.below)]) + " }"
        )
        written = f"{head}{self.args}{body}"
        for name in reversed(self.on):
            written = f"... on {name} {{ {written} }}"
        return written


def document(chosen: Iterable[Chosen]) -> str:
    """Write a query, or a subscription, whose root is the only one."""
    written = list(chosen)
    if any(each.of == "Subscription" for each in written):
        return "subscription { " + " ".join(each.text() for each in written) + " }"
    return "{ " + " ".join(["__typename", *(each.text() for each in written)]) + " }"


class Contract:
    """The schema as ways and selections. `codes` names, per noun with a root, the record to ask for."""

    def __init__(self, graph: Graph, codes: Mapping[str, str]) -> None:
        self._types = graph.schema.type_map
        self.registry = graph.registry
        self._codes = codes
        self.nouns = sorted(graph.registry.nouns)
        self.steps = self._steps()

    def fields(self, type_name: str) -> dict[str, GraphQLField]:
        """Return the fields of an object type that the contract declares."""
        declared = self._types[type_name]
        assert isinstance(declared, GraphQLObjectType)
        return {name: field for name, field in declared.fields.items() if (type_name, name) in self.registry.fields}

    def needs(self, type_name: str, field: str) -> tuple[Scopes, ...]:
        """Return the scope rules of a field, as the registry has them."""
        return self.registry.requirements[self.registry.requirement[type_name, field]]

    def target(self, field: GraphQLField) -> str:
        """Return the type that a field returns, lists taken off; nothing for a leaf."""
        kind = get_named_type(field.type)
        return kind.name if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)) else ""

    def _steps(self) -> dict[str, dict[str, tuple[tuple[str, str], ...]]]:
        """Return the shortest way to each noun by the kind of its last step: root, list, nodes, edges, field."""
        found: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {name: {} for name in self.nouns}
        ways: dict[str, tuple[tuple[str, str], ...]] = {"Query": ()}
        waiting = deque(["Query"])
        while waiting:
            here = waiting.popleft()
            for name, field in self.fields(here).items():
                target = self.target(field)
                if not target or (here == "Query" and name in BY_ID):
                    continue
                way = (*ways[here], (here, name))
                if target in found:
                    found[target].setdefault(_kind(here, name, field), way)
                if target not in ways:
                    ways[target] = way
                    waiting.append(target)
        return {name: {kind: way for kind, way in kinds.items() if kind != "field"} for name, kinds in found.items()}

    def positions(self, noun: str) -> tuple[str, ...]:
        """Return where a noun can stand in a document."""
        return (*self.steps[noun], "node", "ids", "interface", "entities", "alias")

    def opened(self, noun: str, position: str, below: tuple[Chosen, ...], global_id: str) -> Chosen:
        """Put a selection on a noun at a position."""
        if position == "alias":
            first = next(iter(self.steps[noun]), "node")
            return self.opened(noun, first, tuple(aliased(each) for each in below), global_id)
        if position in ANYWHERE:
            field, args = ANYWHERE[position]
            around = tuple(replace(each, on=self._around(noun, each, position)) for each in below)
            return Chosen("Query", field, field, args.replace("NOUN", noun).replace("ID", global_id), around)
        for type_name, field in reversed(self.steps[noun][position]):
            below = (Chosen(type_name, field, field, self.arguments(type_name, field), below),)
        return below[0]

    def documents(self, noun: str, position: str, global_id: str) -> list[Chosen]:
        """Return the documents that ask for every field of a noun at a position; with aliases, of the roots that lead anywhere too."""
        both = (self.everything(noun), self.read_bound(noun))
        made = [self.opened(noun, position, chosen, global_id) for chosen in both]
        if position == "alias":
            made += [aliased(self.opened(noun, each, both[0], global_id)) for each in ANYWHERE]
        return made

    def roots(self, position: str) -> list[Chosen]:
        """Return a document per root, with every value object below."""
        chosen = (*self.everything("Query"), *self.everything("Subscription"))
        return [aliased(each) for each in chosen] if position == "alias" else list(chosen)

    def _around(self, noun: str, chosen: Chosen, position: str) -> tuple[str, ...]:
        if position != "interface":
            return (noun,)
        declared = self._types[noun]
        assert isinstance(declared, GraphQLObjectType)
        widest = next((each for each in declared.interfaces if each.name != "Node"), declared.interfaces[-1])
        return (widest.name,) if chosen.field in widest.fields else (widest.name, noun)

    def arguments(self, type_name: str, field: str) -> str:
        """Return what a field has to be told."""
        target = self.target(self.fields(type_name)[field])
        if "ref" in self.fields(type_name)[field].args:
            return f'(ref: {{code: "{self._codes.get(target, "none")}"}})'
        return ARGUMENTS.get(field, "")

    def everything(self, type_name: str, seen: frozenset[str] = frozenset()) -> tuple[Chosen, ...]:
        """Select every field of a type with every value object below; other nouns by their ids, a type inside itself by its name."""
        chosen = []
        for name, field in self.fields(type_name).items():
            if name in READ_BOUND or (type_name == "Query" and name in BY_ID):
                continue
            chosen.append(self.choose(type_name, name, field, seen | {type_name}))
        return tuple(chosen)

    def choose(self, type_name: str, name: str, field: GraphQLField, seen: frozenset[str]) -> Chosen:
        """Select one field with what is below it."""
        target = self.target(field)
        below: tuple[Chosen, ...] | None = None
        if target in self.registry.nouns:
            below = (Chosen(target, "id", "id"),)
        elif target:
            below = () if target in seen else self.everything(target, seen)
        return Chosen(type_name, name, name, self.arguments(type_name, name), below)

    def read_bound(self, noun: str) -> tuple[Chosen, ...]:
        """Select what tells of the reads, beside values that need no more scopes than the noun."""
        chosen = []
        for name, field in self.fields(noun).items():
            free = isinstance(self.registry.fields[noun, name], Sourced) and not self.needs(noun, name)
            if name in READ_BOUND or (free and not self.target(field)):
                chosen.append(self.choose(noun, name, field, frozenset({noun})))
        return tuple(chosen)

    def below(self, type_name: str, known: frozenset[str] = frozenset()) -> frozenset[str]:
        """Return a type and every value type that can be reached from it without passing a noun."""
        known |= {type_name}
        for name, field in self.fields(type_name).items():
            target = self.target(field)
            if target and target not in known and target not in self.registry.nouns and name not in BY_ID:
                known = self.below(target, known)
        return known

    def table(self) -> dict[tuple[str, str], set[str]]:
        """Return the positions in which each declared field can stand."""
        found: dict[tuple[str, str], set[str]] = {key: set() for key in self.registry.fields}
        top = [(name, ("root", "alias")) for name in ("Query", "Subscription")]
        places = [*top, *((noun, self.positions(noun)) for noun in self.nouns)]
        for start, positions in places:
            for type_name in self.below(start):
                for name in self.fields(type_name):
                    found[type_name, name].update(positions)
        for position, (name, _) in ANYWHERE.items():
            found["Query", name].discard("root")
            found["Query", name].add(position)
        return found


def _kind(here: str, name: str, field: GraphQLField) -> str:
    if here.endswith("Connection") and name == "nodes":
        return "nodes"
    if here.endswith("Edge"):
        return "edges"
    if isinstance(get_nullable_type(field.type), GraphQLList):
        return "list"
    return "root" if here == "Query" else "field"


def aliased(chosen: Chosen) -> Chosen:
    """Give a selection, and all below it, names of its own."""
    below = None if chosen.below is None else tuple(aliased(each) for each in chosen.below)
    return replace(chosen, key=f"other_{chosen.field}", below=below)


@dataclass(frozen=True)
class Met:
    """A field that an answer with every scope has: where it is, and the scopes on the way to it, its own included."""

    chosen: Chosen
    path: Path
    scopes: frozenset[str]


class Expectation:
    """What becomes of an answer with every scope when only `held` are held: values, refusals by path, and what is left to ask for."""

    def __init__(self, contract: Contract, chosen: Sequence[Chosen], data: Any, held: frozenset[str]) -> None:
        self._contract = contract
        self._held = held
        self.refused: dict[Path, list[list[str]]] = {}
        self.met: list[Met] = []
        self.data = self._object(chosen, data, (), frozenset())

    def _object(self, chosen: Sequence[Chosen], data: Mapping[str, Any], path: Path, above: frozenset[str]) -> Any:
        shown = dict(data)
        for each in chosen:
            rules = self._contract.needs(each.of, each.field)
            here, scopes = (*path, each.key), above | words(rules)
            refused = self._refuses(rules)
            if refused:
                self.refused.setdefault(here, groups(rules))
            inner = self._value(each.below or (), data[each.key], here, scopes)
            self.met.append(Met(each, here, scopes | self._of_runtime(data[each.key])))
            shown[each.key] = None if refused else inner
        return shown

    def _value(self, below: Sequence[Chosen], value: Any, path: Path, above: frozenset[str]) -> Any:
        if isinstance(value, list):
            return [self._value(below, item, (*path, place), above) for place, item in enumerate(value)]
        if not isinstance(value, dict) or "__typename" not in value:
            return value
        rules = self._of_type(value)
        if self._refuses(rules):
            self.refused.setdefault(path, groups(rules))
        inner = self._object(below, value, path, above | words(rules))
        return None if self._refuses(rules) else inner

    def _of_type(self, value: Mapping[str, Any]) -> tuple[Scopes, ...]:
        registry = self._contract.registry
        return registry.requirements[registry.type_requirement[value["__typename"]]]

    def _of_runtime(self, value: Any) -> frozenset[str]:
        """Return the scopes of what a field leads to, where only the value tells. A list refuses its items, not itself."""
        return words(self._of_type(value)) if isinstance(value, dict) and "__typename" in value else frozenset()

    def _refuses(self, rules: tuple[Scopes, ...]) -> bool:
        return not all(any(self._held.issuperset(group) for group in rule) for rule in rules)

    def errors(self) -> dict[Path, list[list[str]]]:
        """Return the refusals that are told: what lies below a refused place is not reached."""
        return {path: scopes for path, scopes in self.refused.items() if not self.below_refusal(path[:-1])}

    def below_refusal(self, path: Path) -> bool:
        """Tell whether a place is refused, or lies below one that is."""
        return any(path[:end] in self.refused for end in range(1, len(path) + 1))


def words(rules: tuple[Scopes, ...]) -> frozenset[str]:
    """Return every scope that rules name."""
    return frozenset(scope for rule in rules for group in rule for scope in group)


def groups(rules: tuple[Scopes, ...]) -> list[list[str]]:
    """Return a conjunction of rules as a refusal tells it. The contract has no rule with an alternative."""
    assert all(len(rule) == 1 for rule in rules)
    return [list(dict.fromkeys(scope for rule in rules for scope in rule[0]))]


def left(contract: Contract, chosen: Iterable[Chosen], refused: set[Path], path: Path = ()) -> Iterator[Chosen]:
    """Yield the selection without the fields that are refused (places in lists do not matter)."""
    for each in chosen:
        here = (*path, each.key)
        if here not in refused:
            below = None if each.below is None else tuple(left(contract, each.below, refused, here))
            yield replace(each, below=below)
