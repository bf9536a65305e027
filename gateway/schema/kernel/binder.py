"""Binding of the declarations to the built schema: the registry, and one resolver per field of each concrete type."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import strawberry
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLUnionType,
)
from strawberry.federation.schema_directives import RequiresScopes
from strawberry.types.field import StrawberryField

from gateway.canonical.fault import Fault, FaultCode
from gateway.canonical.roles import SystemRole
from gateway.errors import DeclarationError, ForbiddenError, SourceUnavailableError
from gateway.execution.declarations import (
    Derived,
    FieldDeclaration,
    NounDeclaration,
    Plain,
    Reference,
    Registry,
    Scopes,
    Sourced,
    Streamed,
    list_sufficient_scopes,
)
from gateway.execution.field_resolution import resolve_field
from gateway.execution.lazy import resolve_lazily
from gateway.execution.request import RequestState
from gateway.execution.view import MissingKeys, View
from gateway.loaders.arguments import normalise_arguments
from gateway.schema.kernel.builders import get_declaration
from gateway.schema.kernel.checks import ROOTS, find_violations, get_target_type
from gateway.schema.kernel.conditions import collect_conditions
from gateway.schema.kernel.noun import DECLARED_NOUNS

Info = GraphQLResolveInfo[Any]


def bind(schema: strawberry.Schema, loaders: Iterable[str], entities: Callable[..., Any] | None = None) -> Registry:
    """Fill the registry and set every resolver. Raise DeclarationError with every declaration that breaks a rule.

    `entities(root, request, representations)` resolves the entities of a federation router; Strawberry's own resolver
    checks neither scopes nor row rules.
    """
    built: GraphQLSchema = schema._schema  # noqa: SLF001 -- the built schema has no public name; pinned and tested
    registry = Registry(nouns=dict(_collect_nouns(built)))
    registry.register_requirement([])
    for declared in built.type_map.values():
        if isinstance(declared, (GraphQLInterfaceType, GraphQLUnionType)):
            registry.possible_types[declared.name] = frozenset(kind.name for kind in built.get_possible_types(declared))
            declared.resolve_type = _resolve_type
        elif isinstance(declared, GraphQLObjectType) and not declared.name.startswith("__"):
            _bind_type(declared, registry)
    if entities is not None:
        _bind_field("Query", "_entities", built.type_map["Query"], Derived(fn=entities), registry)  # type: ignore[arg-type] # an object type
    wrong = [*find_violations(built, registry, frozenset(loaders)), *collect_conditions(built, registry)]
    if wrong:
        raise DeclarationError("; ".join(wrong))
    return registry


def _collect_nouns(built: GraphQLSchema) -> Iterable[tuple[str, NounDeclaration]]:
    """Yield the names and declarations of the schema's nouns."""
    for declared in built.type_map.values():
        declaration = DECLARED_NOUNS.get(
            getattr(declared.extensions.get("strawberry-definition"), "origin", type(None))
        )
        if declaration is not None:
            yield declared.name, declaration


def _resolve_type(value: Any, _info: Info, _abstract: Any) -> str | None:
    return value.noun.name if isinstance(value, View) else None


def _bind_type(declared: GraphQLObjectType, registry: Registry) -> None:
    noun = registry.nouns.get(declared.name)
    registry.type_requirements[declared.name] = registry.register_requirement([noun.scopes] if noun else [])
    if noun is not None:
        declared.is_type_of = _build_type_check(declared.name, noun.scopes, registry)
    for name, graphql_field in declared.fields.items():
        field = graphql_field.extensions.get("strawberry-definition")
        if not isinstance(field, StrawberryField):
            continue
        declaration = get_declaration(field)
        if declaration is None and (field.base_resolver is not None or declared.name in ROOTS):
            _guard(declared.name, name, field, graphql_field, registry)
            continue
        declaration = _fill_attribute_name(declaration or Plain(attribute=field.python_name), field.python_name)
        _bind_field(declared.name, name, declared, declaration, registry)


def _guard(type_name: str, name: str, field: StrawberryField, graphql_field: GraphQLField, registry: Registry) -> None:
    """Enforce the declared scopes of a field with its own resolver: Strawberry only prints them."""
    printed = [each for each in field.directives if isinstance(each, RequiresScopes)]
    rules = [tuple(tuple(group) for group in each.scopes) for each in printed]
    number = registry.register_requirement([*rules, *_get_target_scopes(graphql_field, registry)])
    registry.field_requirements[type_name, name] = number
    for entry in ("resolve", "subscribe"):
        inner = getattr(graphql_field, entry)
        if number and inner is not None:
            setattr(graphql_field, entry, _add_guard(inner, number, registry))


def _add_guard(inner: Callable[..., Any], number: int, registry: Registry) -> Callable[..., Any]:
    def check_and_resolve(source: Any, info: Info, **args: Any) -> Any:
        if number in info.context.denied_requirements:
            raise ForbiddenError(list_sufficient_scopes(registry.requirements[number]))
        return inner(source, info, **args)

    return check_and_resolve


def _bind_field(
    type_name: str, name: str, declared: GraphQLObjectType, declaration: FieldDeclaration, registry: Registry
) -> None:
    graphql_field = declared.fields[name]
    registry.fields[type_name, name] = declaration
    rules = [
        declaration.scopes,
        *_get_target_scopes(graphql_field, registry),
        *_get_lender_scopes(type_name, declaration, declared, registry),
    ]
    registry.field_requirements[type_name, name] = registry.register_requirement(rules)
    graphql_field.resolve = build_resolver(type_name, name, declaration, registry)
    if isinstance(declaration, Streamed):
        graphql_field.subscribe = _add_guard(
            _build_subscriber(declaration), registry.field_requirements[type_name, name], registry
        )


def _build_subscriber(declaration: Streamed) -> Callable[..., Any]:
    return lambda _root, info, **args: declaration.events(info.context, **normalise_arguments(args))


def _get_field_declaration(field: GraphQLField | None) -> FieldDeclaration | None:
    definition = field.extensions.get("strawberry-definition") if field is not None else None
    return get_declaration(definition) if isinstance(definition, StrawberryField) else None


def _fill_attribute_name(declaration: FieldDeclaration, python_name: str) -> FieldDeclaration:
    """Set the record attribute to the field's own name where the declaration gives none."""
    if isinstance(declaration, Plain) and not declaration.attribute:
        return replace(declaration, attribute=python_name)
    if isinstance(declaration, Sourced) and "" in declaration.of.values():
        return replace(declaration, of={role: of or python_name for role, of in declaration.of.items()})
    return declaration


def _get_target_scopes(field: GraphQLField, registry: Registry) -> list[Scopes]:
    """Return the scope rules of the noun that a field returns."""
    noun = registry.nouns.get(get_target_type(field))
    return [noun.scopes] if noun else []


def _get_lender_scopes(
    type_name: str, declaration: FieldDeclaration, declared: GraphQLObjectType, registry: Registry
) -> list[Scopes]:
    """Return the scope rules of the nouns whose records a field borrows: their data requires their scopes."""
    noun = registry.nouns.get(type_name)
    facets = [noun.facets[role] for role in declaration.roles if role in noun.facets] if noun else []
    lenders = [
        _get_field_declaration(declared.fields.get(facet.borrowed)) for facet in facets if facet.borrowed is not None
    ]
    return [registry.nouns[lender.noun].scopes for lender in lenders if isinstance(lender, Reference)]


def _build_type_check(name: str, scopes: Scopes, registry: Registry) -> Callable[[Any, Info], bool]:
    """Return the `is_type_of` of a noun, which checks its scopes on every path, by runtime type."""
    number = registry.register_requirement([scopes])

    def is_type_of(value: Any, info: Info) -> bool:
        if not isinstance(value, View) or value.noun.name != name:
            return False
        if number in info.context.denied_requirements:
            raise ForbiddenError(scopes)
        return True

    return is_type_of


def build_resolver(type_name: str, name: str, declaration: FieldDeclaration, registry: Registry) -> Callable[..., Any]:
    """Return the resolver of a declared field, which checks its scopes first."""
    number = registry.field_requirements[type_name, name]

    def resolve(source: Any, info: Info, **args: Any) -> Any:
        request: RequestState = info.context
        if number in request.denied_requirements:
            raise ForbiddenError(list_sufficient_scopes(registry.requirements[number]))
        value = resolve_field(name, declaration, source, args, request)
        if not isinstance(value, MissingKeys):
            return request.unwrap_value(value, info)
        if request.lazy:
            return _resolve_late(info, lambda: resolve_field(name, declaration, source, args, request))
        raise SourceUnavailableError(_build_late_fault(request))

    return resolve


async def _resolve_late(info: Info, resolve: Callable[[], Any]) -> Any:
    return info.context.unwrap_value(await resolve_lazily(info.context, resolve), info)


def _build_late_fault(request: RequestState) -> Fault:
    return Fault(
        system=SystemRole.GATEWAY,
        code=FaultCode.TIMEOUT,
        message="The value was not fetched within the request.",
        correlation_id=request.correlation_id,
    )
