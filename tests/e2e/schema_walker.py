"""The paths to every field of the schema, and the expected answer when scopes are missing."""

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

from gateway.execution.declarations import Scopes, Sourced
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
"""Positions below a root that may return any noun: the root field and its arguments."""
BY_ID = frozenset(field for field, _ in ID_POSITIONS.values())
READ_BOUND = ("freshness", "version", "provenance")
"""Fields that describe the reads of the request. Scoped fields beside them would change their values."""
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Selection:
    """One selected field of a document: its parent type, response key, arguments, children and enclosing fragments."""

    parent_type: str
    field: str
    key: str
    args: str = ""
    children: tuple["Selection", ...] | None = None
    fragments: tuple[str, ...] = ()

    def to_graphql(self) -> str:
        """Return the selection as GraphQL."""
        head = self.field if self.key == self.field else f"{self.key}: {self.field}"
        body = (
            ""
            if self.children is None
            else " { " + " ".join(["__typename", *(each.to_graphql() for each in self.children)]) + " }"
        )
        text = f"{head}{self.args}{body}"
        for name in reversed(self.fragments):
            text = f"... on {name} {{ {text} }}"
        return text


def build_document(selections: Iterable[Selection]) -> str:
    """Return a query, or a subscription, with these root fields."""
    roots = list(selections)
    if any(each.parent_type == "Subscription" for each in roots):
        return "subscription { " + " ".join(each.to_graphql() for each in roots) + " }"
    return "{ " + " ".join(["__typename", *(each.to_graphql() for each in roots)]) + " }"


class SchemaWalker:
    """The schema as paths and selections. `codes` holds the code of the record to query, per noun with a root."""

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
        """Return the scope rules of a field from the registry."""
        return self.registry.requirements[self.registry.field_requirements[type_name, field]]

    def get_target(self, field: GraphQLField) -> str:
        """Return the name of the type that a field returns, without its list wrappers; an empty string for a leaf."""
        kind = get_named_type(field.type)
        return kind.name if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)) else ""

    def _find_paths(self) -> dict[str, dict[str, tuple[tuple[str, str], ...]]]:
        """Return the shortest path to each noun by the kind of its last step: root, list, nodes, edges."""
        found: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {name: {} for name in self.nouns}
        paths: dict[str, tuple[tuple[str, str], ...]] = {"Query": ()}
        queue = deque(["Query"])
        while queue:
            here = queue.popleft()
            for name, field in self.list_fields(here).items():
                target = self.get_target(field)
                if not target or (here == "Query" and name in BY_ID):
                    continue
                path = (*paths[here], (here, name))
                if target in found:
                    found[target].setdefault(_classify_step(here, name, field), path)
                if target not in paths:
                    paths[target] = path
                    queue.append(target)
        return {name: {kind: path for kind, path in kinds.items() if kind != "field"} for name, kinds in found.items()}

    def list_positions(self, noun: str) -> tuple[str, ...]:
        """Return the positions at which a noun can be selected."""
        return (*self.paths[noun], "node", "ids", "interface", "entities", "alias")

    def build_selection(self, noun: str, position: str, children: tuple[Selection, ...], global_id: str) -> Selection:
        """Return a root selection that selects `children` on a noun at a position."""
        if position == "alias":
            first = next(iter(self.paths[noun]), "node")
            return self.build_selection(noun, first, tuple(add_aliases(each) for each in children), global_id)
        if position in ID_POSITIONS:
            field, args = ID_POSITIONS[position]
            fragmented = tuple(replace(each, fragments=self._get_fragments(noun, each, position)) for each in children)
            return Selection("Query", field, field, args.replace("NOUN", noun).replace("ID", global_id), fragmented)
        for type_name, field in reversed(self.paths[noun][position]):
            children = (Selection(type_name, field, field, self.build_arguments(type_name, field), children),)
        return children[0]

    def build_noun_selections(self, noun: str, position: str, global_id: str) -> list[Selection]:
        """Return selections of every field of a noun at a position; for `alias`, at the positions by id too."""
        both = (self.select_all(noun), self.select_read_bound(noun))
        selections = [self.build_selection(noun, position, children, global_id) for children in both]
        if position == "alias":
            selections += [add_aliases(self.build_selection(noun, each, both[0], global_id)) for each in ID_POSITIONS]
        return selections

    def build_root_selections(self, position: str) -> list[Selection]:
        """Return one selection per root field, with every value object below it."""
        selections = (*self.select_all("Query"), *self.select_all("Subscription"))
        return [add_aliases(each) for each in selections] if position == "alias" else list(selections)

    def _get_fragments(self, noun: str, selection: Selection, position: str) -> tuple[str, ...]:
        if position != "interface":
            return (noun,)
        declared = self._types[noun]
        assert isinstance(declared, GraphQLObjectType)
        widest = next((each for each in declared.interfaces if each.name != "Node"), declared.interfaces[-1])
        return (widest.name,) if selection.field in widest.fields else (widest.name, noun)

    def build_arguments(self, type_name: str, field: str) -> str:
        """Return the arguments that a field requires."""
        target = self.get_target(self.list_fields(type_name)[field])
        if "ref" in self.list_fields(type_name)[field].args:
            code = self._codes.get(target, "none")
            if target == "Resource":  # a worker number needs a scope of its own
                return f'(ref: {{external: {{system: HCM, objectType: "thing", externalId: "{code}"}}}})'
            return f'(ref: {{code: "{code}"}})'
        return ARGUMENTS.get(field, "")

    def select_all(self, type_name: str, seen: frozenset[str] = frozenset()) -> tuple[Selection, ...]:
        """Select every field of a type and its value objects: other nouns by id, recursive types by `__typename`."""
        selections = []
        for name, field in self.list_fields(type_name).items():
            if name in READ_BOUND or (type_name == "Query" and name in BY_ID):
                continue
            selections.append(self.select_field(type_name, name, field, seen | {type_name}))
        return tuple(selections)

    def select_field(self, type_name: str, name: str, field: GraphQLField, seen: frozenset[str]) -> Selection:
        """Select one field with its children."""
        target = self.get_target(field)
        children: tuple[Selection, ...] | None = None
        if target in self.registry.nouns:
            children = (Selection(target, "id", "id"),)
        elif target:
            children = () if target in seen else self.select_all(target, seen)
        return Selection(type_name, name, name, self.build_arguments(type_name, name), children)

    def select_read_bound(self, noun: str) -> tuple[Selection, ...]:
        """Select the fields that describe reads, and those sourced scalars that need no scope beyond the noun's."""
        selections = []
        for name, field in self.list_fields(noun).items():
            free = isinstance(self.registry.fields[noun, name], Sourced) and not self.get_scope_rules(noun, name)
            if name in READ_BOUND or (free and not self.get_target(field)):
                selections.append(self.select_field(noun, name, field, frozenset({noun})))
        return tuple(selections)

    def collect_value_types(self, type_name: str, known: frozenset[str] = frozenset()) -> frozenset[str]:
        """Return a type and every value type that is reachable from it without crossing a noun."""
        known |= {type_name}
        for name, field in self.list_fields(type_name).items():
            target = self.get_target(field)
            if target and target not in known and target not in self.registry.nouns and name not in BY_ID:
                known = self.collect_value_types(target, known)
        return known

    def build_table(self) -> dict[tuple[str, str], set[str]]:
        """Return the positions at which each declared field can be selected."""
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


def add_aliases(selection: Selection) -> Selection:
    """Return the selection with an alias on it and on all its descendants."""
    children = None if selection.children is None else tuple(add_aliases(each) for each in selection.children)
    return replace(selection, key=f"other_{selection.field}", children=children)


@dataclass(frozen=True)
class VisitedField:
    """A field of the answer with every scope: its path and the scopes needed along the path, its own included."""

    selection: Selection
    path: Path
    scopes: frozenset[str]


class Expectation:
    """The expected answer for a caller with the scopes `held`, derived from the answer with every scope."""

    def __init__(self, schema: SchemaWalker, selections: Sequence[Selection], data: Any, held: frozenset[str]) -> None:
        self._schema = schema
        self._held = held
        self.refused: dict[Path, list[list[str]]] = {}
        self.visited: list[VisitedField] = []
        self.data = self._expect_object(selections, data, (), frozenset())

    def _expect_object(
        self, selections: Sequence[Selection], data: Mapping[str, Any], path: Path, above: frozenset[str]
    ) -> Any:
        expected = dict(data)
        for each in selections:
            rules = self._schema.get_scope_rules(each.parent_type, each.field)
            here, scopes = (*path, each.key), above | collect_scopes(rules)
            refused = self._is_refused(rules)
            if refused:
                self.refused.setdefault(here, to_scope_groups(rules))
            inner = self._expect_value(each.children or (), data[each.key], here, scopes)
            self.visited.append(VisitedField(each, here, scopes | self._get_runtime_scopes(data[each.key])))
            expected[each.key] = None if refused else inner
        return expected

    def _expect_value(self, children: Sequence[Selection], value: Any, path: Path, above: frozenset[str]) -> Any:
        if isinstance(value, list):
            return [self._expect_value(children, item, (*path, index), above) for index, item in enumerate(value)]
        if not isinstance(value, dict) or "__typename" not in value:
            return value
        rules = self._get_type_rules(value)
        if self._is_refused(rules):
            self.refused.setdefault(path, to_scope_groups(rules))
        inner = self._expect_object(children, value, path, above | collect_scopes(rules))
        return None if self._is_refused(rules) else inner

    def _get_type_rules(self, value: Mapping[str, Any]) -> tuple[Scopes, ...]:
        registry = self._schema.registry
        return registry.requirements[registry.type_requirements[value["__typename"]]]

    def _get_runtime_scopes(self, value: Any) -> frozenset[str]:
        """Return the scopes of the runtime type of a value. A list is not refused itself, only its items are."""
        return (
            collect_scopes(self._get_type_rules(value))
            if isinstance(value, dict) and "__typename" in value
            else frozenset()
        )

    def _is_refused(self, rules: tuple[Scopes, ...]) -> bool:
        return not all(any(self._held.issuperset(group) for group in rule) for rule in rules)

    def list_errors(self) -> dict[Path, list[list[str]]]:
        """Return the reported refusals: nothing below a refused path is resolved."""
        return {path: scopes for path, scopes in self.refused.items() if not self.is_below_refusal(path[:-1])}

    def is_below_refusal(self, path: Path) -> bool:
        """Return whether a path or one of its ancestors is refused."""
        return any(path[:end] in self.refused for end in range(1, len(path) + 1))


def collect_scopes(rules: tuple[Scopes, ...]) -> frozenset[str]:
    """Return every scope in the rules."""
    return frozenset(scope for rule in rules for group in rule for scope in group)


def to_scope_groups(rules: tuple[Scopes, ...]) -> list[list[str]]:
    """Return a conjunction of rules in the format of a refusal. The contract has no rule with alternatives."""
    assert all(len(rule) == 1 for rule in rules)
    return [list(dict.fromkeys(scope for rule in rules for scope in rule[0]))]


def remove_refused(
    schema: SchemaWalker, selections: Iterable[Selection], refused: set[Path], path: Path = ()
) -> Iterator[Selection]:
    """Yield the selections without the refused fields (paths without list indexes)."""
    for each in selections:
        here = (*path, each.key)
        if here not in refused:
            children = None if each.children is None else tuple(remove_refused(schema, each.children, refused, here))
            yield replace(each, children=children)
