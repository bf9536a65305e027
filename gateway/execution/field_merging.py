"""Validation of overlapping fields (GraphQL specification, 5.3.2) by grouping instead of comparing pairs.

Fields of one response name are compared with the first of their group, so that the work grows with the number of
fields, not with its square, as it does in graphql-core's rule. The document must be valid by all other rules.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from gateway.errors import LimitExceededError

MAX_CONFLICTS = 10
MAX_VISITS = 50_000
"""Selections to visit in one document: fifty times as many as a document of the largest size needs without overlaps."""


class _Field(NamedTuple):
    """A selected field, with the type that it is selected on and its own type."""

    node: FieldNode
    parent: GraphQLNamedType
    type: Any

    @property
    def named_type(self) -> GraphQLNamedType:
        """Its type without lists and non-null."""
        named: GraphQLNamedType = get_named_type(self.type)
        return named


class _TypedSelection(NamedTuple):
    """A selection set, and the type that it is selected on."""

    parent: GraphQLNamedType
    selections: SelectionSetNode


class FieldMerging:
    """The check of one document. `visits` counts the visited selections."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, max_visits: int = MAX_VISITS) -> None:
        self._schema = schema
        self._document = document
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._max_visits = max_visits
        self.visits = 0

    def find_conflicts(self) -> list[GraphQLError]:
        """Return an error for each conflict, at most ten; or that the document is too complex to check."""
        conflicts: list[GraphQLError] = []
        try:
            conflicts.extend(islice(self._check_operations(), MAX_CONFLICTS))
        except LimitExceededError as error:
            return [GraphQLError(error.message, extensions={"code": error.code})]
        return conflicts

    def _check_operations(self) -> Iterator[GraphQLError]:
        for node in self._document.definitions:
            if isinstance(node, OperationDefinitionNode):
                root = self._schema.get_root_type(node.operation)
                if root is not None:
                    yield from self._check([_TypedSelection(root, node.selection_set)], merged=True)

    def _check(self, sets: Iterable[_TypedSelection], *, merged: bool) -> Iterator[GraphQLError]:
        """Yield the conflicts of selections of one place in the response.

        If not `merged`, the selections apply to different objects: then only the shapes must be equal.
        """
        for name, fields in self._group_by_response_name(sets).items():
            conflict = _find_shape_conflict(name, fields)
            if conflict is not None:
                yield conflict
                continue
            groups = _group_by_object_type(fields) if merged else [fields]
            if len(groups) > 1:
                yield from self._check(_get_selections(fields), merged=False)
            for group in groups:
                conflict = _find_name_conflict(name, group) if merged else None
                if conflict is not None:
                    yield conflict
                else:
                    yield from self._check(_get_selections(group), merged=merged)

    def _group_by_response_name(self, sets: Iterable[_TypedSelection]) -> dict[str, list[_Field]]:
        groups: dict[str, list[_Field]] = defaultdict(list)
        visited: set[str] = set()
        pending = deque(sets)
        while pending:
            parent, selections = pending.popleft()
            for node in selections.selections:
                self._count_visit()
                if isinstance(node, FieldNode):
                    definition = self._schema.get_field(parent, node.name.value)  # type: ignore[arg-type] # composite
                    if definition is not None:
                        groups[(node.alias or node.name).value].append(_Field(node, parent, definition.type))
                elif isinstance(node, InlineFragmentNode):
                    pending.append(self._apply_condition(parent, node.type_condition, node.selection_set))
                elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
                    visited.add(node.name.value)
                    fragment = self._fragments.get(node.name.value)
                    if fragment is not None:
                        pending.append(self._apply_condition(parent, fragment.type_condition, fragment.selection_set))
        return groups

    def _apply_condition(
        self, parent: GraphQLNamedType, condition: Any, selections: SelectionSetNode
    ) -> _TypedSelection:
        found = None if condition is None else self._schema.get_type(condition.name.value)
        return _TypedSelection(found or parent, selections)

    def _count_visit(self) -> None:
        self.visits += 1
        if self.visits > self._max_visits:
            raise LimitExceededError("The document selects the same fields too often to merge them; split it.")


def _get_selections(fields: Sequence[_Field]) -> list[_TypedSelection]:
    return [_TypedSelection(field.named_type, field.node.selection_set) for field in fields if field.node.selection_set]


def _group_by_object_type(fields: Sequence[_Field]) -> list[list[_Field]]:
    """Return the groups of fields that may apply to the same object: those of each object type, with the abstract ones.

    An interface or union may be any object type, so its fields belong to every group.
    """
    abstract: list[_Field] = []
    concrete: dict[str, list[_Field]] = defaultdict(list)
    for field in fields:
        (concrete[field.parent.name] if isinstance(field.parent, GraphQLObjectType) else abstract).append(field)
    return [[*abstract, *group] for group in concrete.values()] or [abstract]


def _find_shape_conflict(name: str, fields: Sequence[_Field]) -> GraphQLError | None:
    first = fields[0]
    for field in fields[1:]:
        if field.type is not first.type and not _has_same_shape(first.type, field.type):
            reason = f"they return conflicting types '{first.type}' and '{field.type}'"
            return _build_conflict(name, reason, first, field)
    return None


def _has_same_shape(first: Any, second: Any) -> bool:
    """Return whether values of two types can stand at the same place of a response."""
    while is_list_type(first) or is_non_null_type(first) or is_list_type(second) or is_non_null_type(second):
        if is_list_type(first) != is_list_type(second) or is_non_null_type(first) != is_non_null_type(second):
            return False
        first, second = first.of_type, second.of_type
    return first is second or not (is_leaf_type(first) or is_leaf_type(second))


def _find_name_conflict(name: str, fields: Sequence[_Field]) -> GraphQLError | None:
    if len(fields) == 1:
        return None
    first = fields[0]
    arguments = _get_arguments(first.node)
    for field in fields[1:]:
        if field.node.name.value != first.node.name.value:
            reason = f"'{first.node.name.value}' and '{field.node.name.value}' are different fields"
            return _build_conflict(name, reason, first, field)
        if _get_arguments(field.node) != arguments:
            return _build_conflict(name, "they have differing arguments", first, field)
    return None


def _build_conflict(name: str, reason: str, first: _Field, second: _Field) -> GraphQLError:
    return GraphQLError(
        f"Fields '{name}' conflict because {reason}. Use different aliases to fetch both.", [first.node, second.node]
    )


def _get_arguments(field: FieldNode) -> dict[str, Any]:
    return {argument.name.value: _get_comparable(argument.value) for argument in field.arguments or ()}


def _get_comparable(value: ValueNode) -> Any:
    """Return a value that equals that of another literal if both mean the same."""
    match value:
        case VariableNode():
            return ("variable", value.name.value)
        case ListValueNode():
            return [_get_comparable(item) for item in value.values]
        case ObjectValueNode():
            return {field.name.value: _get_comparable(field.value) for field in value.fields}
        case _:
            return (value.kind, getattr(value, "value", None))
