"""Fetches what an operation needs, breadth first: in each wave every loader is called once for all the keys that are wanted by then.

A system that takes longer than the patience of a wave does not hold the others up: its rows join a later wave.

The planner walks the selections with the same `pick` that builds the answer. A field that needs something waits for the wave; a field that has its value
sends its children on. What is denied is never walked, so nothing is loaded for it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_argument_values,
    get_named_type,
)
from graphql.execution import get_directive_values

from gateway.errors import ClientError
from gateway.execution.facts import FieldDeclaration
from gateway.execution.pick import resolve_field
from gateway.execution.request import Request
from gateway.execution.view import MissingKeys, View
from gateway.loaders.declaration import LoadKey

MAX_WAVES = 64
WAVE_TIMEOUT_SECONDS = 0.4

PendingLoad = asyncio.Task[dict[LoadKey, Any]]
"""Loads that are under way."""


SelectionSets = tuple[SelectionSetNode, ...]
"""The selection sets of one response key, merged: it may be selected several times."""


class SelectedField(NamedTuple):
    """One field of a selection on one runtime type: what it is made of, its arguments, and what is selected below it."""

    declaration: FieldDeclaration
    name: str
    args: Mapping[str, Any]
    return_type: str
    selection_sets: SelectionSets


class FieldTask(NamedTuple):
    """One selected field of one source object, to be picked."""

    field: SelectedField
    source: Any


class Planner:
    """Walks one operation over one request's graph."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Any,
        request: Request,
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._variables = variables
        self._request = request
        self._selected_fields: dict[tuple[object, ...], tuple[SelectedField, ...]] = {}
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }

    async def fetch(self, source: Any = None) -> int:
        """Load everything that the operation needs; return the number of waves. `source` is what the roots are read from: nothing, or an event.

        A wave waits for its own calls, but not for ever: what a slow system still owes comes later, and the others go on without it.
        """
        root = self._schema.get_root_type(self._operation.operation)
        if root is None:
            return 0
        waiting = [
            FieldTask(field, source) for field in self._get_selected_fields(root, (self._operation.selection_set,))
        ]
        asked: set[LoadKey] = set()
        flying: set[PendingLoad] = set()
        try:
            for wave in range(MAX_WAVES):
                wanted, waiting = self._resolve_tasks(waiting)
                started = self._start_loads([key for key in wanted if key not in asked])
                asked.update(wanted)
                flying |= started
                if not flying:
                    return wave
                flying -= await self._await_wave(flying, started)
        finally:
            await _cancel_loads(flying)
        return MAX_WAVES

    def _start_loads(self, keys: Sequence[LoadKey]) -> set[PendingLoad]:
        """Start one load per loader."""
        by_loader: dict[str, list[LoadKey]] = defaultdict(list)
        for key in keys:
            by_loader[key[0]].append(key)
        return {asyncio.create_task(self._request.loads.load(group)) for group in by_loader.values()}

    async def _await_wave(self, flying: set[PendingLoad], started: set[PendingLoad]) -> set[PendingLoad]:
        """Wait for what has just been started, at most for the patience of a wave; with nothing new, for whatever comes first."""
        if started:
            await asyncio.wait(started, timeout=WAVE_TIMEOUT_SECONDS)
        landed = {flight for flight in flying if flight.done()}
        if not landed:
            landed, _ = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
        now = datetime.now(UTC)
        for flight in landed:
            self._request.add_results(flight.result(), now)
        return landed

    def _resolve_tasks(self, tasks: Sequence[FieldTask]) -> tuple[dict[Any, None], list[FieldTask]]:
        """Pick as far as the graph allows; return the keys that are wanted now and the tasks that wait for them."""
        wanted: dict[Any, None] = {}
        waiting: list[FieldTask] = []
        stack = list(reversed(tasks))
        while stack:
            task = stack.pop()
            value = self._resolve_task(task)
            if isinstance(value, MissingKeys):
                wanted |= dict.fromkeys(value.keys)
                waiting.append(task)
            elif value is not None and task.field.selection_sets:
                stack.extend(self._create_child_tasks(task.field.selection_sets, task.field.return_type, value))
        return wanted, waiting

    def _resolve_task(self, task: FieldTask) -> Any:
        """Pick one value. A failure ends the branch here; the build meets it again at its place and reports it."""
        field = task.field
        try:
            return resolve_field(field.name, field.declaration, task.source, field.args, self._request)
        except ClientError:
            return None
        except Exception:  # noqa: BLE001 -- one broken declaration costs its own field; the build logs and masks it
            return None

    def _create_child_tasks(self, sets: SelectionSets, returns: str, value: Any) -> Iterator[FieldTask]:
        for item in value if isinstance(value, (list, tuple)) and not hasattr(value, "_fields") else (value,):
            if item is None or isinstance(item, Exception):
                continue
            runtime = self._schema.type_map.get(item.noun.name if isinstance(item, View) else returns)
            if isinstance(runtime, GraphQLObjectType):
                yield from (FieldTask(field, item) for field in self._get_selected_fields(runtime, sets))

    def _get_selected_fields(self, parent: GraphQLObjectType, sets: SelectionSets) -> tuple[SelectedField, ...]:
        """Return what is selected on a runtime type, worked out once per request. What the caller may not see is left out."""
        key = (parent.name, *map(id, sets))
        if key not in self._selected_fields:
            denied = self._request.registry.type_requirement[parent.name] in self._request.denied_requirements
            self._selected_fields[key] = () if denied else tuple(self._select_fields(parent, sets))
        return self._selected_fields[key]

    def _select_fields(self, parent: GraphQLObjectType, sets: SelectionSets) -> Iterator[SelectedField]:
        registry = self._request.registry
        for nodes in self._group_by_response_key(parent, sets):
            name = nodes[0].name.value
            declared = parent.fields.get(name)
            fact = registry.fields.get((parent.name, name))
            if declared is None or fact is None:
                self._request.lazy |= (
                    declared is not None
                )  # what a hand-written field gives back is found while building
                continue
            if registry.requirement[parent.name, name] in self._request.denied_requirements:
                continue
            try:
                args = get_argument_values(declared, nodes[0], self._variables) if declared.args else {}
            except GraphQLError:
                continue  # the build reports it at its place
            below = tuple(node.selection_set for node in nodes if node.selection_set is not None)
            yield SelectedField(fact, name, args, get_named_type(declared.type).name, below)

    def _group_by_response_key(self, parent: GraphQLObjectType, sets: SelectionSets) -> Iterable[list[FieldNode]]:
        """Group the field nodes that apply to a runtime type by response key; a fragment counts once, however often it is spread."""
        merged: dict[str, list[FieldNode]] = {}
        opened: set[str] = set()
        for selection_set in sets:
            for node in self._collect_field_nodes(parent, selection_set, opened):
                merged.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        return merged.values()

    def _collect_field_nodes(
        self, parent: GraphQLObjectType, selection_set: SelectionSetNode, opened: set[str]
    ) -> Iterator[FieldNode]:
        """Yield the field nodes that apply to a runtime type, fragments opened, skipped ones left out."""
        for node in selection_set.selections:
            if not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                if self._is_applicable(node.type_condition, parent):
                    yield from self._collect_field_nodes(parent, node.selection_set, opened)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in opened:
                opened.add(node.name.value)
                fragment = self._fragments.get(node.name.value)
                if fragment is not None and self._is_applicable(fragment.type_condition, parent):
                    yield from self._collect_field_nodes(parent, fragment.selection_set, opened)

    def _is_applicable(self, condition: Any, parent: GraphQLObjectType) -> bool:
        if condition is None or condition.name.value == parent.name:
            return True
        return parent.name in self._request.registry.possible_types.get(condition.name.value, frozenset())

    def _is_included(self, node: Any) -> bool:
        if not node.directives:
            return True
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not (skip and skip["if"]) and (include is None or include["if"] is True)


async def _cancel_loads(flying: set[PendingLoad]) -> None:
    """Let nothing outlive the request: cancel what is still under way, and see it end."""
    for flight in flying:
        flight.cancel()
    await asyncio.gather(*flying, return_exceptions=True)
