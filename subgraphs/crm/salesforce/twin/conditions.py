"""Compiles conditions to predicates over rows, with the service's rules for types, case and null."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from subgraphs.crm.salesforce.identifier import to_long_id
from subgraphs.crm.salesforce.twin.model import ID_TYPES, NUMBER_TYPES, TEXT_TYPES, Field, FieldType, ObjectType, Value
from subgraphs.crm.salesforce.twin.org import Org, Row
from subgraphs.crm.salesforce.twin.query_parser import (
    ComparisonNode,
    ConditionNode,
    JunctionNode,
    Literal,
    MembershipNode,
)
from subgraphs.crm.salesforce.twin.responses import RefusalError

_MAX_STEPS = 5
_MAX_STRING_LENGTH = 4000

Predicate = Callable[[Row], bool]


@dataclass(frozen=True)
class Path:
    """A field of an object or of one of its parents."""

    steps: Sequence[Field]
    field: Field

    def read_value(self, org: Org, row: Row) -> Value:
        """Return the field's value, null if a parent is missing."""
        at: Row | None = row
        for step in self.steps:
            parent = (
                None if at is None or at[step.name] is None else org.get(org.types[step.to or ""], str(at[step.name]))
            )
            at = parent
        return None if at is None else at[self.field.name]


def resolve_path(org: Org, object_type: ObjectType, path: str) -> Path:
    """Resolve a dotted path from an object; raise INVALID_FIELD if it does not exist."""
    *relationships, name = path.split(".")
    steps: list[Field] = []
    at = object_type
    if relationships and relationships[0].lower() == object_type.name.lower():
        relationships = relationships[1:]
    if len(relationships) > _MAX_STEPS:
        raise RefusalError(400, "INVALID_FIELD", f"{path}: more than {_MAX_STEPS} levels of relationships")
    for relationship in relationships:
        step = at.find_reference(relationship)
        if step is None:
            message = (
                f"Didn't understand relationship '{relationship}' in field path. If you are attempting to use a custom "
                "relationship, be sure to append the '__r' after the custom relationship name."
            )
            raise RefusalError(400, "INVALID_FIELD", message)
        steps.append(step)
        at = org.types[step.to or ""]
    field = at.find_field(name)
    if field is None:
        raise RefusalError(
            400,
            "INVALID_FIELD",
            f"No such column '{name}' on entity '{at.name}'. If you are attempting to use a custom field, be sure to "
            "append the '__c' after the custom field name.",
        )
    return Path(steps, field)


def compile_condition(org: Org, object_type: ObjectType, term: ConditionNode | None) -> Predicate:
    """Compile a condition to a predicate; raise the service's error for an unknown field or a wrong literal type."""
    match term:
        case None:
            return lambda _row: True
        case JunctionNode("NOT", terms):
            inner = compile_condition(org, object_type, terms[0])
            return lambda row: not inner(row)
        case JunctionNode(operator, terms):
            predicates = [compile_condition(org, object_type, each) for each in terms]
            combine = all if operator == "AND" else any
            return lambda row: combine(predicate(row) for predicate in predicates)
        case MembershipNode(name, literals, negated):
            path = resolve_path(org, object_type, name)
            wanted = {_convert_literal(path.field, literal) for literal in literals}
            return lambda row: (_normalize(path.read_value(org, row)) in wanted) is not negated
        case ComparisonNode(name, operator, literal):
            return _compile_comparison(org, resolve_path(org, object_type, name), operator, literal)


def _compile_comparison(org: Org, path: Path, operator: str, literal: Literal) -> Predicate:
    wanted = _convert_literal(path.field, literal)
    if operator == "LIKE":
        pattern = _compile_like(str(literal))
        return lambda row: pattern.fullmatch(str(path.read_value(org, row) or "")) is not None
    if operator in {"=", "!="}:
        return lambda row: (_normalize(path.read_value(org, row)) == wanted) is (operator == "=")
    if wanted is None:
        raise RefusalError(400, "MALFORMED_QUERY", f"{operator} cannot be used with null")

    def compare(row: Row) -> bool:
        value = _normalize(path.read_value(org, row))
        return value is not None and _ORDERINGS[operator](_build_rank(value), _build_rank(wanted))

    return compare


_ORDERINGS: dict[str, Callable[[tuple[str, Decimal], tuple[str, Decimal]], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def _build_rank(value: Value) -> tuple[str, Decimal]:
    """Return a key that orders values of one type as the service does."""
    if isinstance(value, datetime):
        return "", Decimal(int(value.timestamp()))
    if isinstance(value, date):
        return "", Decimal(value.toordinal())
    if isinstance(value, bool | int | Decimal):
        return "", Decimal(value)
    return str(value), Decimal(0)


def build_sort_key(value: Value) -> tuple[str, Decimal]:
    """Return the ORDER BY key of a non-null value: text ignores case, ids do not."""
    return _build_rank(_normalize(value))


def _normalize(value: Value) -> Value:
    """Return a stored value in comparable form: text in folded case, ids unchanged."""
    if isinstance(value, str) and to_long_id(value) != value:
        return value.casefold()
    return value


def _convert_literal(field: Field, literal: Literal) -> Value:
    """Return a literal in the comparable form of a field's values; raise the service's error for another type."""
    if literal is None or literal == "":  # an empty string is null
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


def _get_literal_type(field_type: FieldType) -> type:
    if field_type in TEXT_TYPES:
        return str
    if field_type in NUMBER_TYPES:
        return Decimal
    return {FieldType.BOOLEAN: bool, FieldType.DATE: date, FieldType.DATETIME: datetime}[field_type]


def _compile_like(pattern: str) -> re.Pattern[str]:
    """Compile a LIKE pattern: % is any string, _ any character, a backslash escapes the next character."""
    parts, letters = [], iter(pattern)
    for letter in letters:
        if letter == "\\":
            parts.append(re.escape(next(letters, "\\")))
        else:
            parts.append({"%": ".*", "_": "."}.get(letter) or re.escape(letter))
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)
