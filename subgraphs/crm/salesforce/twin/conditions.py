"""Decides whether a row meets a condition, with the service's own ideas of types, case and null."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from subgraphs.crm.salesforce.identifier import to_long_id
from subgraphs.crm.salesforce.twin.answers import RefusalError
from subgraphs.crm.salesforce.twin.model import ID_TYPES, NUMBER_TYPES, TEXT_TYPES, Field, FieldType, ObjectType, Value
from subgraphs.crm.salesforce.twin.org import Org, Row
from subgraphs.crm.salesforce.twin.query_text import (
    ComparisonNode,
    ConditionNode,
    JunctionNode,
    Literal,
    MembershipNode,
)

_MAX_STEPS = 5
_MAX_STRING_LENGTH = 4000

Predicate = Callable[[Row], bool]


@dataclass(frozen=True)
class Path:
    """A field reached from an object through parents."""

    steps: Sequence[Field]
    field: Field

    def read_value(self, org: Org, row: Row) -> Value:
        """Return the field's value, null where a parent is missing."""
        at: Row | None = row
        for step in self.steps:
            parent = (
                None if at is None or at[step.name] is None else org.get(org.types[step.to or ""], str(at[step.name]))
            )
            at = parent
        return None if at is None else at[self.field.name]


def resolve_path(org: Org, kind: ObjectType, path: str) -> Path:
    """Find a dotted path from an object; raise INVALID_FIELD where there is none."""
    *relationships, name = path.split(".")
    steps: list[Field] = []
    at = kind
    if relationships and relationships[0].lower() == kind.name.lower():
        relationships = relationships[1:]
    if len(relationships) > _MAX_STEPS:
        raise RefusalError(400, "INVALID_FIELD", f"{path}: more than {_MAX_STEPS} levels of relationships")
    for relationship in relationships:
        step = at.find_reference(relationship)
        if step is None:
            message = f"Didn't understand relationship '{relationship}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name."
            raise RefusalError(400, "INVALID_FIELD", message)
        steps.append(step)
        at = org.types[step.to or ""]
    field = at.find_field(name)
    if field is None:
        raise RefusalError(
            400,
            "INVALID_FIELD",
            f"No such column '{name}' on entity '{at.name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name.",
        )
    return Path(steps, field)


def compile_condition(org: Org, kind: ObjectType, term: ConditionNode | None) -> Predicate:
    """Turn a condition into a test of rows; raise the service's refusal for unknown fields and literals of the wrong type."""
    match term:
        case None:
            return lambda _row: True
        case JunctionNode("NOT", terms):
            inner = compile_condition(org, kind, terms[0])
            return lambda row: not inner(row)
        case JunctionNode(operator, terms):
            tests = [compile_condition(org, kind, each) for each in terms]
            settle = all if operator == "AND" else any
            return lambda row: settle(test(row) for test in tests)
        case MembershipNode(name, literals, negated):
            path = resolve_path(org, kind, name)
            wanted = {_convert_literal(path.field, literal) for literal in literals}
            return lambda row: (_normalize(path.read_value(org, row)) in wanted) is not negated
        case ComparisonNode(name, operator, literal):
            return _compile_comparison(org, resolve_path(org, kind, name), operator, literal)


def _compile_comparison(org: Org, path: Path, operator: str, literal: Literal) -> Predicate:
    wanted = _convert_literal(path.field, literal)
    if operator == "LIKE":
        pattern = _compile_like(str(literal))
        return lambda row: pattern.fullmatch(str(path.read_value(org, row) or "")) is not None
    if operator in {"=", "!="}:
        return lambda row: (_normalize(path.read_value(org, row)) == wanted) is (operator == "=")
    if wanted is None:
        raise RefusalError(400, "MALFORMED_QUERY", f"{operator} cannot be used with null")

    def ordered(row: Row) -> bool:
        value = _normalize(path.read_value(org, row))
        return value is not None and _ORDERINGS[operator](_build_rank(value), _build_rank(wanted))

    return ordered


_ORDERINGS: dict[str, Callable[[tuple[str, Decimal], tuple[str, Decimal]], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def _build_rank(value: Value) -> tuple[str, Decimal]:
    """Return a key that sorts values of one kind as the service does."""
    if isinstance(value, datetime):
        return "", Decimal(int(value.timestamp()))
    if isinstance(value, date):
        return "", Decimal(value.toordinal())
    if isinstance(value, bool | int | Decimal):
        return "", Decimal(value)
    return str(value), Decimal(0)


def build_sort_key(value: Value) -> tuple[str, Decimal]:
    """Return the key by which ORDER BY sorts a value that is not null: text without case, except ids."""
    return _build_rank(_normalize(value))


def _normalize(value: Value) -> Value:
    """Return a stored value as it is compared: text without case (ids keep theirs)."""
    if isinstance(value, str) and to_long_id(value) != value:
        return value.casefold()
    return value


def _convert_literal(field: Field, literal: Literal) -> Value:
    """Return a literal as the field's values compare; raise the service's refusal when it is of another type."""
    if literal is None or literal == "":  # an empty text is null
        return None
    if field.type in ID_TYPES:
        identifier = to_long_id(literal) if isinstance(literal, str) else None
        if identifier is None:
            raise RefusalError(400, "INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {literal}")
        return identifier
    expected = _get_literal_type(field.type)
    if type(literal) is not expected:
        quotes = " and should not be enclosed in quotes" if isinstance(literal, str) else ""
        message = f"value of filter criterion for field '{field.name}' must be of type {field.type}{quotes}"
        raise RefusalError(400, "INVALID_FIELD", message)
    if isinstance(literal, str) and len(literal) > _MAX_STRING_LENGTH:
        raise RefusalError(400, "MALFORMED_QUERY", "string literal is longer than 4000 characters")
    return _normalize(literal)


def _get_literal_type(kind: FieldType) -> type:
    if kind in TEXT_TYPES:
        return str
    if kind in NUMBER_TYPES:
        return Decimal
    return {FieldType.BOOLEAN: bool, FieldType.DATE: date, FieldType.DATETIME: datetime}[kind]


def _compile_like(pattern: str) -> re.Pattern[str]:
    """Compile a LIKE pattern: % is any run, _ any character, a backslash takes the next character as it is."""
    parts, letters = [], iter(pattern)
    for letter in letters:
        if letter == "\\":
            parts.append(re.escape(next(letters, "\\")))
        else:
            parts.append({"%": ".*", "_": "."}.get(letter) or re.escape(letter))
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)
