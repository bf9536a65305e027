"""Fetches what an operation needs, breadth first: in each wave every loader is called once for all the keys that are wanted by then.

The planner walks the selections with the same `pick` that builds the answer. A field that needs something waits for the wave; a field that has its value
sends its children on. What is denied is never walked, so nothing is loaded for it.
"""

from collections.abc import Iterator, Mapping, Sequence
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
from gateway.execution.facts import FieldFact
from gateway.execution.pick import pick
from gateway.execution.request import Request
from gateway.execution.view import Needs, View

MAX_WAVES = 64


class Task(NamedTuple):
    """One field of one source object, to be picked."""

    fact: FieldFact
    name: str
    source: Any
    args: Mapping[str, Any]
    returns: str
    selections: tuple[SelectionSetNode, ...]


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
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }

    async def fetch(self) -> int:
        """Load everything that the operation needs; return the number of waves."""
        root = self._schema.get_root_type(self._operation.operation)
        if root is None:
            return 0
        waiting = list(self._tasks(root, None, (self._operation.selection_set,)))
        for wave in range(MAX_WAVES):
            wanted, waiting = self._walk(waiting)
            if not wanted:
                return wave
            loaded = await self._request.loads.load(wanted)
            self._request.absorb(loaded, datetime.now(UTC))
        return MAX_WAVES

    def _walk(self, tasks: Sequence[Task]) -> tuple[dict[Any, None], list[Task]]:
        """Pick as far as the graph allows; return the keys that are wanted now and the tasks that wait for them."""
        wanted: dict[Any, None] = {}
        waiting: list[Task] = []
        stack = list(reversed(tasks))
        while stack:
            task = stack.pop()
            try:
                value = pick(task.name, task.fact, task.source, task.args, self._request)
            except ClientError:
                continue
            if isinstance(value, Needs):
                wanted |= dict.fromkeys(value.keys)
                waiting.append(task)
            elif task.selections and value is not None:
                stack.extend(self._below(task, value))
        return wanted, waiting

    def _below(self, task: Task, value: Any) -> Iterator[Task]:
        for item in value if isinstance(value, (list, tuple)) and not hasattr(value, "_fields") else (value,):
            if item is None or isinstance(item, Exception):
                continue
            runtime = self._schema.type_map.get(item.noun.name if isinstance(item, View) else task.returns)
            if isinstance(runtime, GraphQLObjectType):
                yield from self._tasks(runtime, item, task.selections)

    def _tasks(self, parent: GraphQLObjectType, source: Any, sets: Sequence[SelectionSetNode]) -> Iterator[Task]:
        registry = self._request.registry
        for node in self._fields(parent, sets):
            declared = parent.fields.get(node.name.value)
            fact = registry.fields.get((parent.name, node.name.value))
            if declared is None or fact is None:
                continue
            if registry.requirement[parent.name, node.name.value] in self._request.denied:
                continue
            try:
                args = get_argument_values(declared, node, self._variables) if declared.args else {}
            except GraphQLError:
                continue  # the build reports it at its place
            below = (node.selection_set,) if node.selection_set else ()
            returns = get_named_type(declared.type).name
            yield Task(fact, node.name.value, source, args, returns, below)

    def _fields(self, parent: GraphQLObjectType, sets: Sequence[SelectionSetNode]) -> Iterator[FieldNode]:
        """Yield the field nodes that apply to a runtime type, fragments opened, skipped ones left out."""
        for selection_set in sets:
            for node in selection_set.selections:
                if not self._included(node):
                    continue
                if isinstance(node, FieldNode):
                    yield node
                elif isinstance(node, InlineFragmentNode):
                    if self._applies(node.type_condition, parent):
                        yield from self._fields(parent, (node.selection_set,))
                elif isinstance(node, FragmentSpreadNode):
                    fragment = self._fragments.get(node.name.value)
                    if fragment is not None and self._applies(fragment.type_condition, parent):
                        yield from self._fields(parent, (fragment.selection_set,))

    def _applies(self, condition: Any, parent: GraphQLObjectType) -> bool:
        if condition is None or condition.name.value == parent.name:
            return True
        return parent.name in self._request.registry.possible.get(condition.name.value, frozenset())

    def _included(self, node: Any) -> bool:
        if not node.directives:
            return True
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not (skip and skip["if"]) and (include is None or include["if"] is True)
