"""Sources, scopes and classification in the descriptions of fields: introspection does not show applied directives."""

from collections.abc import Iterator

import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema
from strawberry.types.field import StrawberryField

from gateway.canonical.roles import ConflictPolicy, MaskMode
from gateway.execution.declarations import (
    Derived,
    FieldDeclaration,
    Registry,
    Scopes,
    Sensitive,
    list_sufficient_scopes,
)
from gateway.schema.kernel.directives import Source


def annotate(schema: strawberry.Schema, registry: Registry) -> str:
    """Append the source, scopes and data class to the description of each declared field.

    Return the contract as text without these lines, because its directives say the same; `_service` returns it as well.
    """
    contract = schema.as_str()
    built: GraphQLSchema = schema._schema  # noqa: SLF001 -- the built schema has no public name; pinned and tested
    for (type_name, name), number in registry.field_requirements.items():
        declared = built.type_map[type_name]
        if not isinstance(declared, GraphQLObjectType) or name.startswith("_"):
            continue
        field = declared.fields[name]
        line = " ".join(_describe_field(field, registry.fields.get((type_name, name)), registry.requirements[number]))
        # One paragraph: GraphiQL's list of fields shows only the first one. Two spaces and a newline break the line.
        field.description = "  \n".join(part for part in (field.description, line) if part) or None
    service = built.type_map.get("_Service")
    if isinstance(service, GraphQLObjectType):
        service.fields["sdl"].resolve = lambda _service, _info: contract
    return contract


def _describe_field(
    field: GraphQLField, declaration: FieldDeclaration | None, rules: tuple[Scopes, ...]
) -> Iterator[str]:
    """Yield sentences on the source, scopes and class of a field; an attribute of a value object has no own source."""
    source = _find_source(field)
    if source is not None:
        yield _describe_source(source)
    elif isinstance(declaration, Derived):
        yield f"Derived from {', '.join(declaration.needs)}." if declaration.needs else "Derived by the gateway."
    if rules:
        yield f"Scopes: {', or '.join(' and '.join(group) for group in list_sufficient_scopes(rules))}."
    if declaration is not None and declaration.sensitive is not None:
        yield _describe_classification(declaration.sensitive)


def _find_source(field: GraphQLField) -> Source | None:
    definition = field.extensions.get("strawberry-definition")
    directives = definition.directives if isinstance(definition, StrawberryField) else ()
    return next((each for each in directives if isinstance(each, Source)), None)


def _describe_source(source: Source) -> str:
    fallback = f", then {', '.join(source.fallback)}" if source.fallback else ""
    conflict = f" ({source.conflict})" if isinstance(source.conflict, ConflictPolicy) else ""
    return f"Source: {source.record}{fallback}{conflict}."


def _describe_classification(sensitive: Sensitive) -> str:
    masked = "" if sensitive.mask is MaskMode.NULLIFY else f", masked: {sensitive.mask}"
    return f"Class: {sensitive.data_class}{masked}{', stays in its region' if sensitive.residency_bound else ''}."
