"""Limits on a document, checked before validation."""

from typing import NamedTuple

from graphql import (
    DirectiveNode,
    DocumentNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    NameNode,
    OperationDefinitionNode,
    StringValueNode,
    Visitor,
    visit,
)

from gateway.errors import BadInputError, LimitExceededError
from gateway.http.document_size import MeasuredDocument
from gateway.http.request_body import MAX_NAME_LENGTH

MAX_DIGITS = 50
SHORTEN = "send a shorter one"


class DocumentLimits(NamedTuple):
    """Limits on one request.

    Fields and aliases count as executed, with fragments expanded, over all operations of the document. `repeats` limits
    one response name in one selection, `characters` one string, `seconds` the arrival of the body.
    """

    tokens: int = 2000
    depth: int = 12
    introspection_depth: int = 16
    aliases: int = 30
    operations: int = 20
    root_fields: int = 20
    repeats: int = 50
    introspections: int = 5
    directives: int = 50
    fields: int = 1000
    list_items: int = 100
    input_fields: int = 200
    values: int = 10_000
    characters: int = 8192
    seconds: float = 10.0


def check_document(document: DocumentNode, limits: DocumentLimits) -> None:
    """Raise LimitExceededError with the first limit that the literals and definitions of a document exceed."""
    operations = sum(isinstance(node, OperationDefinitionNode) for node in document.definitions)
    _require_at_most("operations", operations, limits.operations)
    visit(document, _LiteralVisitor(limits))


def check_size(measured: MeasuredDocument, limits: DocumentLimits) -> None:
    """Raise LimitExceededError with the first limit that the measured size of a document exceeds."""
    for size in measured.operations.values():
        _require_at_most("root fields", size.roots, limits.root_fields)
        _require_at_most("levels", size.depth, limits.depth)
        _require_at_most("levels of introspection", size.introspection, limits.introspection_depth)
    total = measured.total
    _require_at_most("fields", total.fields, limits.fields)
    _require_at_most("aliases", total.aliases, limits.aliases)
    _require_at_most("introspection fields", total.introspections, limits.introspections)
    _require_at_most("fields of the same name in one selection", measured.repeats, limits.repeats)


def _require_at_most(what: str, count: int, limit: int, remedy: str = "split it") -> None:
    if count > limit:
        raise LimitExceededError(f"The document has more than {limit} {what}; {remedy}.", field=what)


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
