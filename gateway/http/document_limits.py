"""Limits on a document, checked before validation in time linear to its size, even if fragments multiply its fields."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FloatValueNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NameNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    Visitor,
    visit,
)

from gateway.errors import BadInputError, LimitExceededError
from gateway.http.request_body import MAX_NAME_LENGTH

MAX_COUNT = 10**9
MAX_DIGITS = 50
SHORTEN = "send a shorter one"
INTROSPECTION_FIELDS = frozenset({"__schema", "__type"})
"""Introspection has a depth limit of its own: tools unwrap list and non-null types level by level."""


class DocumentLimits(NamedTuple):
    """Limits on one request.

    Fields and aliases count as executed, with fragments expanded. `characters` limits one string, `seconds` the arrival
    of the body.
    """

    tokens: int = 2000
    depth: int = 12
    introspection_depth: int = 16
    aliases: int = 30
    root_fields: int = 20
    directives: int = 50
    fields: int = 1000
    list_items: int = 100
    input_fields: int = 200
    values: int = 10_000
    characters: int = 8192
    seconds: float = 10.0


class DocumentSize(NamedTuple):
    """The size of a selection; `introspection` is the depth of introspection, which `depth` does not count."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    introspection: int = 0

    def add_sibling(self, other: "DocumentSize") -> "DocumentSize":
        """Return the size together with a sibling's."""
        return DocumentSize(
            max(self.depth, other.depth),
            min(MAX_COUNT, self.fields + other.fields),
            min(MAX_COUNT, self.aliases + other.aliases),
            max(self.introspection, other.introspection),
        )

    def add_parent(self, field: FieldNode) -> "DocumentSize":
        """Return the size of a field with this selection."""
        is_introspection = field.name.value in INTROSPECTION_FIELDS
        return DocumentSize(
            1 if is_introspection else self.depth + 1,
            self.fields + 1,
            self.aliases + (field.alias is not None),
            self.depth + 1 if is_introspection else self.introspection,
        )


def check_document(document: DocumentNode, limits: DocumentLimits) -> None:
    """Raise LimitExceededError with the first limit that a document exceeds and the remedy."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    _check_literals(document, limits)
    sizes: dict[str, DocumentSize] = {}
    for node in document.definitions:
        if not isinstance(node, OperationDefinitionNode):
            continue
        size = _measure_selections(node.selection_set, fragments, sizes, frozenset())
        roots = sum(1 for _ in _collect_root_fields(node.selection_set, fragments, frozenset()))
        _require_at_most("root fields", roots, limits.root_fields)
        _require_at_most("levels", size.depth, limits.depth)
        _require_at_most("levels of introspection", size.introspection, limits.introspection_depth)
        _require_at_most("fields", size.fields, limits.fields)
        _require_at_most("aliases", size.aliases, limits.aliases)


def _require_at_most(what: str, count: int, limit: int, remedy: str = "split it") -> None:
    if count > limit:
        raise LimitExceededError(f"The document has more than {limit} {what}; {remedy}.", field=what)


def _measure_selections(
    selections: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    sizes: dict[str, DocumentSize],
    visited: frozenset[str],
) -> DocumentSize:
    """Return the size of a selection. Each fragment is measured once; cycles end and are left to validation."""
    total = DocumentSize()
    for node in selections.selections:
        match node:
            case FieldNode():
                below = (
                    _measure_selections(node.selection_set, fragments, sizes, visited)
                    if node.selection_set
                    else DocumentSize()
                )
                total = total.add_sibling(below.add_parent(node))
            case InlineFragmentNode():
                total = total.add_sibling(_measure_selections(node.selection_set, fragments, sizes, visited))
            case FragmentSpreadNode():
                name = node.name.value
                if name in fragments and name not in visited:
                    if name not in sizes:
                        sizes[name] = _measure_selections(
                            fragments[name].selection_set, fragments, sizes, visited | {name}
                        )
                    total = total.add_sibling(sizes[name])
    return total


def _collect_root_fields(
    selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], visited: frozenset[str]
) -> Iterator[FieldNode]:
    for node in selections.selections:
        match node:
            case FieldNode():
                yield node
            case InlineFragmentNode():
                yield from _collect_root_fields(node.selection_set, fragments, visited)
            case FragmentSpreadNode():
                name = node.name.value
                if name in fragments and name not in visited:
                    yield from _collect_root_fields(fragments[name].selection_set, fragments, visited | {name})


class _LiteralVisitor(Visitor):
    def __init__(self, limits: DocumentLimits) -> None:
        super().__init__()
        self._limits = limits
        self._directives = 0

    def enter_directive(self, _node: DirectiveNode, *_: object) -> None:
        self._directives += 1
        _require_at_most("directives", self._directives, self._limits.directives)

    def enter_name(self, node: NameNode, *_: object) -> None:
        _require_at_most("characters in one name", len(node.value), MAX_NAME_LENGTH, SHORTEN)

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        _check_text(node.value, self._limits)

    def enter_int_value(self, node: IntValueNode, *_: object) -> None:
        _require_at_most("digits in one number", len(node.value), MAX_DIGITS, SHORTEN)

    def enter_float_value(self, node: FloatValueNode, *_: object) -> None:
        _require_at_most("digits in one number", len(node.value), MAX_DIGITS, SHORTEN)

    def enter_list_value(self, node: ListValueNode, *_: object) -> None:
        _require_at_most("items in one list", len(node.values), self._limits.list_items)


def _check_literals(document: Node, limits: DocumentLimits) -> None:
    visit(document, _LiteralVisitor(limits))


def check_variables(variables: object, limits: DocumentLimits) -> None:
    """Raise LimitExceededError if the variables are too many or too long; reading the body has limited their nesting.

    Unknown input fields count as well: reporting them takes graphql-core time quadratic in their number.
    """
    stack, seen = [variables], 0
    while stack:
        value = stack.pop()
        seen += 1
        _require_at_most("values in its variables", seen, limits.values)
        if isinstance(value, dict):
            _require_at_most("fields in one input", len(value), limits.input_fields)
            for name in value:
                _check_text(name, limits)
            stack.extend(value.values())
        elif isinstance(value, list):
            _require_at_most("items in one list", len(value), limits.list_items)
            stack.extend(value)
        elif isinstance(value, str):
            _check_text(value, limits)


def _check_text(text: str, limits: DocumentLimits) -> None:
    _require_at_most("characters in one string", len(text), limits.characters, SHORTEN)
    if "\0" in text:
        raise BadInputError("A string contains the character U+0000, which is not allowed; remove it.")
