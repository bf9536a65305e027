"""Collects the filters, orders and references of the schema with the fields that show their values.

A condition is shown by the field of the same name (without a final `Id`), or by the one that its declaration names.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)
from strawberry.types.field import StrawberryField

from gateway.execution.conditions import FILTER, ORDER
from gateway.execution.declarations import Condition, Registry, Related, list_sufficient_scopes
from gateway.schema.kernel.checks import get_target_type

SHOWN_BY: Final = "psgw-shown-by"
_LAST_CHANGE: Final[Mapping[str, str]] = {"updatedAt": "freshness", "updatedSince": "freshness"}
"""The time of the last change, which is no field of its own."""


def declare_condition(field: str) -> Any:
    """Declare a condition whose value is shown by a field with another name."""
    return strawberry.field(default=strawberry.UNSET, metadata={SHOWN_BY: field})


def collect_conditions(built: GraphQLSchema, registry: Registry) -> Iterator[str]:
    """Add every condition of the schema to the registry; yield a message for each that no field shows."""
    for (type_name, name), declaration in registry.fields.items():
        if isinstance(declaration, Related):
            declared = built.type_map[type_name]
            assert isinstance(declared, GraphQLObjectType)  # noqa: S101 -- only object types have bound fields
            target = get_target_type(declared.fields[name])
            for argument, condition, field in _list_conditions(declared.fields[name]):
                key = f"{type_name}.{name}({argument}: {condition})"
                found = build_condition(target, field, registry)
                if found is None:
                    yield f"{key} depends on {target}.{field}, which is not a declared field"
                else:
                    registry.conditions.setdefault(declaration.loader, {})[argument, condition] = found
    for noun in registry.nouns.values():
        if noun.coded_by is not None:
            shown = build_condition(noun.name, noun.coded_by, registry)
            if shown is None:
                yield f"{noun.name} is named by {noun.coded_by}, which is not a declared field"
            else:
                registry.code_conditions[noun.name] = shown


def _list_conditions(field: GraphQLField) -> Iterator[tuple[str, str, str]]:
    """Yield (argument, condition, field that shows the value) of a list."""
    for argument in (FILTER, ORDER):
        given = field.args.get(argument)
        kind = get_named_type(given.type) if given is not None else None
        if not isinstance(kind, GraphQLInputObjectType):
            continue
        if argument == ORDER:
            values = get_named_type(kind.fields["field"].type)
            assert isinstance(values, GraphQLEnumType)  # noqa: S101 -- orders name an enum of fields
            yield from ((argument, value, _find_field(_to_camel_case(value))) for value in values.values)
            continue
        for name, condition in kind.fields.items():
            definition = condition.extensions.get("strawberry-definition")
            declared = definition.metadata.get(SHOWN_BY) if isinstance(definition, StrawberryField) else None
            yield argument, name, declared or _find_field(name)


def _find_field(condition: str) -> str:
    return _LAST_CHANGE.get(condition, condition.removesuffix("Id"))


def _to_camel_case(name: str) -> str:
    first, *others = name.lower().split("_")
    return first + "".join(part.title() for part in others)


def build_condition(type_name: str, field: str, registry: Registry) -> Condition | None:
    """Return the rights that a condition on a field needs; None if the type has no such field."""
    declaration = registry.fields.get((type_name, field))
    if declaration is None:
        return None
    number = registry.field_requirements[type_name, field]
    return Condition(
        field=field,
        requirement=number,
        sufficient_scopes=list_sufficient_scopes(registry.requirements[number]),
        data_class=declaration.sensitive.data_class if declaration.sensitive is not None else None,
    )
