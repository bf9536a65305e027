"""The size of a document, measured in one pass: each fragment once, whatever the number of its spreads."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)

MAX_COUNT = 10**9
DEFAULT_PAGE_SIZE = 25
MAX_PAGE_SIZE = 100
INTROSPECTION_FIELDS = frozenset({"__schema", "__type"})
"""Introspection has a depth limit of its own: tools unwrap list and non-null types level by level."""
_ROWS = frozenset({"nodes", "edges"})
_PAGE_SIZE_ARGUMENTS = frozenset({"first", "last"})


class DocumentSize(NamedTuple):
    """The size of a selection, with fragments expanded; `introspection` is the depth below an introspection field.

    `cost` is the number of fields that the response may have: fields below `nodes` or `edges` count once per row of the
    requested page (`row_cost` is the part that the enclosing page multiplies).
    """

    depth: int = 0
    roots: int = 0
    fields: int = 0
    aliases: int = 0
    introspection: int = 0
    introspections: int = 0
    cost: int = 0
    row_cost: int = 0

    def add_sibling(self, other: "DocumentSize") -> "DocumentSize":
        """Return the size together with a sibling's."""
        return DocumentSize(
            max(self.depth, other.depth),
            _add(self.roots, other.roots),
            _add(self.fields, other.fields),
            _add(self.aliases, other.aliases),
            max(self.introspection, other.introspection),
            _add(self.introspections, other.introspections),
            _add(self.cost, other.cost),
            _add(self.row_cost, other.row_cost),
        )

    def add_parent(self, field: FieldNode, page_size: int) -> "DocumentSize":
        """Return the size of a field with this selection."""
        is_introspection = field.name.value in INTROSPECTION_FIELDS
        is_row = field.name.value in _ROWS
        cost = _add(1 + self.cost, page_size * self.row_cost)
        return DocumentSize(
            1 if is_introspection else self.depth + 1,
            1,
            _add(self.fields, 1),
            _add(self.aliases, field.alias is not None),
            self.depth + 1 if is_introspection else self.introspection,
            _add(self.introspections, is_introspection),
            0 if is_row else cost,
            cost if is_row else 0,
        )


class MeasuredDocument(NamedTuple):
    """The size of each operation by name (None: without a name), and the sum of all of them.

    `repeats` is how often one selection, with its inline fragments, contains the same response name at most. `visits`
    counts the selections that the measurement visited.
    """

    operations: Mapping[str | None, DocumentSize]
    total: DocumentSize
    repeats: int
    visits: int


def measure_document(document: DocumentNode, variables: Mapping[str, Any] | None) -> MeasuredDocument:
    """Measure a parsed document; cycles of fragments count once and are left to validation.

    Raise RecursionError for a chain of fragments that is too long.
    """
    measurement = _Measurement(document, variables or {})
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    sizes = [measurement.measure(node.selection_set) for node in operations]
    total = DocumentSize()
    for size in sizes:
        total = total.add_sibling(size)
    names = [None if node.name is None else node.name.value for node in operations]
    return MeasuredDocument(dict(zip(names, sizes, strict=True)), total, measurement.repeats, measurement.visits)


class _Measurement:
    """One pass over a document; `_sizes` holds the size of each fragment, from the start of its measurement."""

    def __init__(self, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._sizes: dict[str, DocumentSize] = {}
        self.repeats = 0
        self.visits = 0

    def measure(self, selections: SelectionSetNode) -> DocumentSize:
        """Return the size of the selection of an operation, a field or a fragment."""
        names: Counter[str] = Counter()
        size = self._measure_selections(selections.selections, names)
        self.repeats = max(self.repeats, *names.values(), 0)
        return size

    def _measure_selections(self, selections: Iterable[SelectionNode], names: Counter[str]) -> DocumentSize:
        total = DocumentSize()
        for node in selections:
            self.visits += 1
            match node:
                case FieldNode():
                    names[(node.alias or node.name).value] += 1
                    below = self.measure(node.selection_set) if node.selection_set else DocumentSize()
                    total = total.add_sibling(below.add_parent(node, self._get_page_size(node)))
                case InlineFragmentNode():
                    total = total.add_sibling(self._measure_selections(node.selection_set.selections, names))
                case FragmentSpreadNode():
                    total = total.add_sibling(self._measure_fragment(node.name.value))
        return total

    def _measure_fragment(self, name: str) -> DocumentSize:
        if name not in self._fragments:
            return DocumentSize()
        if name not in self._sizes:
            self._sizes[name] = DocumentSize()  # ends a cycle
            self._sizes[name] = self.measure(self._fragments[name].selection_set)
        return self._sizes[name]

    def _get_page_size(self, field: FieldNode) -> int:
        """Return the page size that the arguments of a field request, or the default one."""
        sizes = [
            self._read_int(node.value) for node in field.arguments or () if node.name.value in _PAGE_SIZE_ARGUMENTS
        ]
        return min(MAX_PAGE_SIZE, max((size for size in sizes if size is not None), default=DEFAULT_PAGE_SIZE))

    def _read_int(self, value: ValueNode) -> int | None:
        if isinstance(value, IntValueNode):
            return MAX_PAGE_SIZE if len(value.value) > len(str(MAX_PAGE_SIZE)) else max(0, int(value.value))
        found = self._variables.get(value.name.value) if isinstance(value, VariableNode) else None
        return max(0, found) if isinstance(found, int) else None


def _add(first: int, second: int) -> int:
    return min(MAX_COUNT, first + second)
