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
ID_POSITIONS = {
    "node": ("node", '(id: "ID")'),
    "ids": ("nodes", '(ids: ["ID"])'),
    "interface": ("node", '(id: "ID")'),
    "entities": ("_entities", '(representations: [{__typename: "NOUN", id: "ID"}])'),
}
"""Positions below a root that may lead to any noun: the root, and what it is told."""
BY_ID = frozenset(field for field, _ in ID_POSITIONS.values())
READ_BOUND = ("freshness", "version", "provenance")
"""Fields that tell what the request has read: asked without any scoped field beside them, which would change what they tell."""
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Selection:
    """One selected field of a document: the type that it is read on, its key, what is selected below, and the fragments around it."""

    parent_type: str
    field: str
    key: str
    args: str = ""
    children: tuple["Selection", ...] | None = None
    fragments: tuple[str, ...] = ()

    def to_graphql(self) -> str:
        """Write the selection as GraphQL."""
        head = self.field if self.key == self.field else f"{self.key}: {self.field}"
        body = (
            ""
            if self.children is None
            else " { " + " ".join(["__typename", *(each.to_graphql() for each in self.children)]) + " }"
        )
        written = f"{head}{self.args}{body}"
        for name in reversed(self.fragments):
            written = f"... on {name} {{ {written} }}"
        return written


def build_document(chosen: Iterable[Selection]) -> str:
    """Write a query, or a subscription, whose root is the only one."""
    written = list(chosen)
    if any(each.parent_type == "Subscription" for each in written):
        return "subscription { " + " ".join(each.to_graphql() for each in written) + " }"
    return "{ " + " ".join(["__typename", *(each.to_graphql() for each in written)]) + " }"


class SchemaWalker:
    """The schema as ways and selections. `codes` names, per noun with a root, the record to ask for."""

    def __init__(self, graph: Graph, codes: Mapping[str, str]) -> None:
        self._types = graph.schema.type_map
        self.registry = graph.registry
        self._codes = codes
        self.nouns = sorted(graph.registry.nouns)
        self.paths = self._find_paths()

    def list_fields(self, type_name: str) -> dict[str, GraphQLField]:
        """Return the fields of an object type that the contract declares."""
        declared = self._types[type_name]
        assert isinstance(declared, GraphQLObjectType)
        return {name: field for name, field in declared.fields.items() if (type_name, name) in self.registry.fields}

    def get_scope_rules(self, type_name: str, field: str) -> tuple[Scopes, ...]:
        """Return the scope rules of a field, as the registry has them."""
        return self.registry.requirements[self.registry.requirement[type_name, field]]

    def get_target(self, field: GraphQLField) -> str:
        """Return the type that a field returns, lists taken off; nothing for a leaf."""
        kind = get_named_type(field.type)
        return kind.name if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)) else ""

    def _find_paths(self) -> dict[str, dict[str, tuple[tuple[str, str], ...]]]:
        """Return the shortest way to each noun by the kind of its last step: root, list, nodes, edges, field."""
        found: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {name: {} for name in self.nouns}
        ways: dict[str, tuple[tuple[str, str], ...]] = {"Query": ()}
        waiting = deque(["Query"])
        while waiting:
            here = waiting.popleft()
            for name, field in self.list_fields(here).items():
                target = self.get_target(field)
                if not target or (here == "Query" and name in BY_ID):
                    continue
                way = (*ways[here], (here, name))
                if target in found:
                    found[target].setdefault(_classify_step(here, name, field), way)
                if target not in ways:
                    ways[target] = way
                    waiting.append(target)
        return {name: {kind: way for kind, way in kinds.items() if kind != "field"} for name, kinds in found.items()}

    def list_positions(self, noun: str) -> tuple[str, ...]:
        """Return where a noun can stand in a document."""
        return (*self.paths[noun], "node", "ids", "interface", "entities", "alias")

    def build_selection(self, noun: str, position: str, below: tuple[Selection, ...], global_id: str) -> Selection:
        """Put a selection on a noun at a position."""
        if position == "alias":
            first = next(iter(self.paths[noun]), "node")
            return self.build_selection(noun, first, tuple(add_aliases(each) for each in below), global_id)
        if position in ID_POSITIONS:
            field, args = ID_POSITIONS[position]
            around = tuple(replace(each, fragments=self._get_fragments(noun, each, position)) for each in below)
            return Selection("Query", field, field, args.replace("NOUN", noun).replace("ID", global_id), around)
        for type_name, field in reversed(self.paths[noun][position]):
            below = (Selection(type_name, field, field, self.build_arguments(type_name, field), below),)
        return below[0]

    def build_noun_selections(self, noun: str, position: str, global_id: str) -> list[Selection]:
        """Return the documents that ask for every field of a noun at a position; with aliases, of the roots that lead anywhere too."""
        both = (self.select_all(noun), self.select_read_bound(noun))
        made = [self.build_selection(noun, position, chosen, global_id) for chosen in both]
        if position == "alias":
            made += [add_aliases(self.build_selection(noun, each, both[0], global_id)) for each in ID_POSITIONS]
        return made

    def build_root_selections(self, position: str) -> list[Selection]:
        """Return a document per root, with every value object below."""
        chosen = (*self.select_all("Query"), *self.select_all("Subscription"))
        return [add_aliases(each) for each in chosen] if position == "alias" else list(chosen)

    def _get_fragments(self, noun: str, chosen: Selection, position: str) -> tuple[str, ...]:
        if position != "interface":
            return (noun,)
        declared = self._types[noun]
        assert isinstance(declared, GraphQLObjectType)
        widest = next((each for each in declared.interfaces if each.name != "Node"), declared.interfaces[-1])
        return (widest.name,) if chosen.field in widest.fields else (widest.name, noun)

    def build_arguments(self, type_name: str, field: str) -> str:
        """Return what a field has to be told."""
        target = self.get_target(self.list_fields(type_name)[field])
        if "ref" in self.list_fields(type_name)[field].args:
            return f'(ref: {{code: "{self._codes.get(target, "none")}"}})'
        return ARGUMENTS.get(field, "")

    def select_all(self, type_name: str, seen: frozenset[str] = frozenset()) -> tuple[Selection, ...]:
        """Select every field of a type with every value object below; other nouns by their ids, a type inside itself by its name."""
        chosen = []
        for name, field in self.list_fields(type_name).items():
            if name in READ_BOUND or (type_name == "Query" and name in BY_ID):
                continue
            chosen.append(self.select_field(type_name, name, field, seen | {type_name}))
        return tuple(chosen)

    def select_field(self, type_name: str, name: str, field: GraphQLField, seen: frozenset[str]) -> Selection:
        """Select one field with what is below it."""
        target = self.get_target(field)
        below: tuple[Selection, ...] | None = None
        if target in self.registry.nouns:
            below = (Selection(target, "id", "id"),)
        elif target:
            below = () if target in seen else self.select_all(target, seen)
        return Selection(type_name, name, name, self.build_arguments(type_name, name), below)

    def select_read_bound(self, noun: str) -> tuple[Selection, ...]:
        """Select what tells of the reads, beside values that need no more scopes than the noun."""
        chosen = []
        for name, field in self.list_fields(noun).items():
            free = isinstance(self.registry.fields[noun, name], Sourced) and not self.get_scope_rules(noun, name)
            if name in READ_BOUND or (free and not self.get_target(field)):
                chosen.append(self.select_field(noun, name, field, frozenset({noun})))
        return tuple(chosen)

    def collect_value_types(self, type_name: str, known: frozenset[str] = frozenset()) -> frozenset[str]:
        """Return a type and every value type that can be reached from it without passing a noun."""
        known |= {type_name}
        for name, field in self.list_fields(type_name).items():
            target = self.get_target(field)
            if target and target not in known and target not in self.registry.nouns and name not in BY_ID:
                known = self.collect_value_types(target, known)
        return known

    def build_table(self) -> dict[tuple[str, str], set[str]]:
        """Return the positions in which each declared field can stand."""
        found: dict[tuple[str, str], set[str]] = {key: set() for key in self.registry.fields}
        top = [(name, ("root", "alias")) for name in ("Query", "Subscription")]
        places = [*top, *((noun, self.list_positions(noun)) for noun in self.nouns)]
        for start, positions in places:
            for type_name in self.collect_value_types(start):
                for name in self.list_fields(type_name):
                    found[type_name, name].update(positions)
        for position, (name, _) in ID_POSITIONS.items():
            found["Query", name].discard("root")
            found["Query", name].add(position)
        return found


def _classify_step(here: str, name: str, field: GraphQLField) -> str:
    if here.endswith("Connection") and name == "nodes":
        return "nodes"
    if here.endswith("Edge"):
        return "edges"
    if isinstance(get_nullable_type(field.type), GraphQLList):
        return "list"
    return "root" if here == "Query" else "field"


def add_aliases(chosen: Selection) -> Selection:
    """Give a selection, and all below it, names of its own."""
    below = None if chosen.children is None else tuple(add_aliases(each) for each in chosen.children)
    return replace(chosen, key=f"other_{chosen.field}", children=below)


@dataclass(frozen=True)
class VisitedField:
    """A field that an answer with every scope has: where it is, and the scopes on the way to it, its own included."""

    selection: Selection
    path: Path
    scopes: frozenset[str]


class Expectation:
    """What becomes of an answer with every scope when only `held` are held: values, refusals by path, and what is left to ask for."""

    def __init__(self, contract: SchemaWalker, chosen: Sequence[Selection], data: Any, held: frozenset[str]) -> None:
        self._schema = contract
        self._held = held
        self.refused: dict[Path, list[list[str]]] = {}
        self.visited: list[VisitedField] = []
        self.data = self._expect_object(chosen, data, (), frozenset())

    def _expect_object(
        self, chosen: Sequence[Selection], data: Mapping[str, Any], path: Path, above: frozenset[str]
    ) -> Any:
        shown = dict(data)
        for each in chosen:
            rules = self._schema.get_scope_rules(each.parent_type, each.field)
            here, scopes = (*path, each.key), above | collect_scopes(rules)
            refused = self._is_refused(rules)
            if refused:
                self.refused.setdefault(here, to_scope_groups(rules))
            inner = self._expect_value(each.children or (), data[each.key], here, scopes)
            self.visited.append(VisitedField(each, here, scopes | self._get_runtime_scopes(data[each.key])))
            shown[each.key] = None if refused else inner
        return shown

    def _expect_value(self, below: Sequence[Selection], value: Any, path: Path, above: frozenset[str]) -> Any:
        if isinstance(value, list):
            return [self._expect_value(below, item, (*path, place), above) for place, item in enumerate(value)]
        if not isinstance(value, dict) or "__typename" not in value:
            return value
        rules = self._get_type_rules(value)
        if self._is_refused(rules):
            self.refused.setdefault(path, to_scope_groups(rules))
        inner = self._expect_object(below, value, path, above | collect_scopes(rules))
        return None if self._is_refused(rules) else inner

    def _get_type_rules(self, value: Mapping[str, Any]) -> tuple[Scopes, ...]:
        registry = self._schema.registry
        return registry.requirements[registry.type_requirement[value["__typename"]]]

    def _get_runtime_scopes(self, value: Any) -> frozenset[str]:
        """Return the scopes of what a field leads to, where only the value tells. A list refuses its items, not itself."""
        return (
            collect_scopes(self._get_type_rules(value))
            if isinstance(value, dict) and "__typename" in value
            else frozenset()
        )

    def _is_refused(self, rules: tuple[Scopes, ...]) -> bool:
        return not all(any(self._held.issuperset(group) for group in rule) for rule in rules)

    def list_errors(self) -> dict[Path, list[list[str]]]:
        """Return the refusals that are told: what lies below a refused place is not reached."""
        return {path: scopes for path, scopes in self.refused.items() if not self.is_below_refusal(path[:-1])}

    def is_below_refusal(self, path: Path) -> bool:
        """Tell whether a place is refused, or lies below one that is."""
        return any(path[:end] in self.refused for end in range(1, len(path) + 1))


def collect_scopes(rules: tuple[Scopes, ...]) -> frozenset[str]:
    """Return every scope that rules name."""
    return frozenset(scope for rule in rules for group in rule for scope in group)


def to_scope_groups(rules: tuple[Scopes, ...]) -> list[list[str]]:
    """Return a conjunction of rules as a refusal tells it. The contract has no rule with an alternative."""
    assert all(len(rule) == 1 for rule in rules)
    return [list(dict.fromkeys(scope for rule in rules for scope in rule[0]))]


def remove_refused(
    contract: SchemaWalker, chosen: Iterable[Selection], refused: set[Path], path: Path = ()
) -> Iterator[Selection]:
    """Yield the selection without the fields that are refused (places in lists do not matter)."""
    for each in chosen:
        here = (*path, each.key)
        if here not in refused:
            below = None if each.children is None else tuple(remove_refused(contract, each.children, refused, here))
            yield replace(each, children=below)
