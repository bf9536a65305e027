"""Fetching by plan, breadth first: each wave calls every loader once, with all the keys that are missing by then.

A system that is slower than the timeout of a wave does not delay the others: its results join a later wave.

The planner resolves fields by the same function that builds the response. A field with missing keys waits for the wave;
a field with a value continues with its selections. Denied fields are never resolved, so nothing is loaded for them.
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
from gateway.execution.declarations import FieldDeclaration
from gateway.execution.field_resolution import resolve_field
from gateway.execution.request import RequestState
from gateway.execution.view import MissingKeys, ValueWithErrors, View
from gateway.loaders.declaration import LoadKey

MAX_WAVES = 64
WAVE_TIMEOUT_SECONDS = 0.4

PendingLoad = asyncio.Task[dict[LoadKey, Any]]
"""A load that has started."""


SelectionSets = tuple[SelectionSetNode, ...]
"""The selection sets of one response key, which may be selected several times."""


class SelectedField(NamedTuple):
    """One selected field of one runtime type: its declaration, its arguments and its selection sets."""

    declaration: FieldDeclaration
    name: str
    args: Mapping[str, Any]
    return_type: str
    selection_sets: SelectionSets


class FieldTask(NamedTuple):
    """One selected field of one source object, to be resolved."""

    field: SelectedField
    source: Any


class Planner:
    """Finds and loads the keys that one operation needs."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Any,
        request: RequestState,
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
        """Load everything that the operation needs; return the number of waves.

        `source` is the source object of the root fields: the event of a subscription, else None.
        """
        root = self._schema.get_root_type(self._operation.operation)
        if root is None:
            return 0
        waiting = [
            FieldTask(field, source) for field in self._get_selected_fields(root, (self._operation.selection_set,))
        ]
        requested: set[LoadKey] = set()
        pending: set[PendingLoad] = set()
        try:
            for wave in range(MAX_WAVES):
                missing, waiting = self._resolve_tasks(waiting)
                started = self._start_loads([key for key in missing if key not in requested])
                requested.update(missing)
                pending |= started
                if not pending:
                    return wave
                pending -= await self._await_wave(pending, started)
        finally:
            await _cancel_loads(pending)
        return MAX_WAVES

    def _start_loads(self, keys: Sequence[LoadKey]) -> set[PendingLoad]:
        """Start one load per loader."""
        by_loader: dict[str, list[LoadKey]] = defaultdict(list)
        for key in keys:
            by_loader[key[0]].append(key)
        return {asyncio.create_task(self._request.record_loader.load(group)) for group in by_loader.values()}

    async def _await_wave(self, pending: set[PendingLoad], started: set[PendingLoad]) -> set[PendingLoad]:
        """Store and return the finished loads.

        Wait for the loads of this wave until its timeout; if no load has finished by then, wait for the first one.
        """
        if started:
            await asyncio.wait(started, timeout=WAVE_TIMEOUT_SECONDS)
        finished = {load for load in pending if load.done()}
        if not finished:
            finished, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        now = datetime.now(UTC)
        for load in finished:
            self._request.add_results(load.result(), now)
        return finished

    def _resolve_tasks(self, tasks: Sequence[FieldTask]) -> tuple[dict[Any, None], list[FieldTask]]:
        """Resolve fields as far as results are loaded; return the missing keys and the tasks that wait for them."""
        missing: dict[Any, None] = {}
        waiting: list[FieldTask] = []
        stack = list(reversed(tasks))
        while stack:
            task = stack.pop()
            value = self._resolve_task(task)
            if isinstance(value, MissingKeys):
                missing |= dict.fromkeys(value.keys)
                waiting.append(task)
            elif value is not None and task.field.selection_sets:
                stack.extend(self._create_child_tasks(task.field.selection_sets, task.field.return_type, value))
        return missing, waiting

    def _resolve_task(self, task: FieldTask) -> Any:
        """Resolve one field. An error ends its branch; building the response raises it again and reports it."""
        field = task.field
        try:
            value = resolve_field(field.name, field.declaration, task.source, field.args, self._request)
        except ClientError:
            return None
        except Exception:  # noqa: BLE001 -- a faulty declaration costs only its own field; the build logs and masks it
            return None
        return value.value if isinstance(value, ValueWithErrors) else value

    def _create_child_tasks(self, sets: SelectionSets, return_type: str, value: Any) -> Iterator[FieldTask]:
        for item in value if isinstance(value, (list, tuple)) and not hasattr(value, "_fields") else (value,):
            if item is None or isinstance(item, Exception):
                continue
            runtime = self._schema.type_map.get(item.noun.name if isinstance(item, View) else return_type)
            if isinstance(runtime, GraphQLObjectType):
                yield from (FieldTask(field, item) for field in self._get_selected_fields(runtime, sets))

    def _get_selected_fields(self, parent: GraphQLObjectType, sets: SelectionSets) -> tuple[SelectedField, ...]:
        """Return the fields selected on a runtime type, without denied ones; computed once per request."""
        key = (parent.name, *map(id, sets))
        if key not in self._selected_fields:
            denied = self._request.registry.type_requirements[parent.name] in self._request.denied_requirements
            self._selected_fields[key] = () if denied else tuple(self._select_fields(parent, sets))
        return self._selected_fields[key]

    def _select_fields(self, parent: GraphQLObjectType, sets: SelectionSets) -> Iterator[SelectedField]:
        registry = self._request.registry
        for nodes in self._group_by_response_key(parent, sets):
            name = nodes[0].name.value
            declared = parent.fields.get(name)
            declaration = registry.fields.get((parent.name, name))
            if declared is None or declaration is None:
                # The value of a field with its own resolver is known only while the response is built.
                self._request.lazy |= declared is not None
                continue
            if registry.field_requirements[parent.name, name] in self._request.denied_requirements:
                continue
            try:
                args = get_argument_values(declared, nodes[0], self._variables) if declared.args else {}
            except GraphQLError:
                continue  # building the response reports it at its path
            below = tuple(node.selection_set for node in nodes if node.selection_set is not None)
            yield SelectedField(declaration, name, args, get_named_type(declared.type).name, below)

    def _group_by_response_key(self, parent: GraphQLObjectType, sets: SelectionSets) -> Iterable[list[FieldNode]]:
        """Group the field nodes that apply to a runtime type by response key; each fragment counts once."""
        merged: dict[str, list[FieldNode]] = {}
        visited: set[str] = set()
        for selection_set in sets:
            for node in self._collect_field_nodes(parent, selection_set, visited):
                merged.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        return merged.values()

    def _collect_field_nodes(
        self, parent: GraphQLObjectType, selection_set: SelectionSetNode, visited: set[str]
    ) -> Iterator[FieldNode]:
        """Yield the field nodes that apply to a runtime type, with fragments expanded, without skipped nodes."""
        for node in selection_set.selections:
            if not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                if self._is_applicable(node.type_condition, parent):
                    yield from self._collect_field_nodes(parent, node.selection_set, visited)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
                visited.add(node.name.value)
                fragment = self._fragments.get(node.name.value)
                if fragment is not None and self._is_applicable(fragment.type_condition, parent):
                    yield from self._collect_field_nodes(parent, fragment.selection_set, visited)

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


async def _cancel_loads(pending: set[PendingLoad]) -> None:
    """Cancel unfinished loads and wait until they have ended: none may outlive the request."""
    for load in pending:
        load.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
