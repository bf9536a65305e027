"""Rules for declarations, checked once when a schema is bound, before the first request."""

from collections.abc import Iterable
from typing import Any

import msgspec
from graphql import GraphQLField, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, get_named_type
from strawberry.federation.schema_directives import Authenticated
from strawberry.types.field import StrawberryField

from gateway.execution.declarations import (
    Accessor,
    FieldDeclaration,
    NounDeclaration,
    Plain,
    Reference,
    Registry,
    Related,
    Sourced,
    Streamed,
)

ROOTS = ("Query", "Mutation", "Subscription")
NODE = "Node"


def find_violations(built: GraphQLSchema, registry: Registry, loaders: frozenset[str]) -> Iterable[str]:
    """Yield a message for every declaration that breaks a rule."""
    for noun in registry.nouns.values():
        yield from _check_noun(noun, registry, loaders)
    for name in sorted(registry.possible_types.get(NODE, frozenset()) - registry.nouns.keys()):
        yield f"{name} implements Node and is not declared as a noun, so that it has no access rule"
    for declared in built.type_map.values():
        if isinstance(declared, GraphQLObjectType) and not declared.name.startswith("_"):
            for name, field in declared.fields.items():
                yield from _check_field(declared.name, name, field, registry, loaders)


def _check_noun(noun: NounDeclaration, registry: Registry, loaders: frozenset[str]) -> Iterable[str]:
    if not noun.scopes and not noun.authenticated:
        yield f"{noun.name} has no scope"
    if not noun.rows and noun.owner is None:
        yield f"{noun.name} has neither a row rule nor an owner"
    if noun.owner is not None and noun.owner.noun not in registry.nouns:
        yield f"{noun.name} is owned by {noun.owner.noun}, which is not a noun"
    anchor = noun.facets.get(noun.anchor)
    if anchor is None:
        yield f"{noun.name} has no facet for its anchor {noun.anchor}"
    elif noun.owner is not None and not _has_attribute(anchor.record, noun.owner.of):
        yield f"{noun.name}: {anchor.record.__name__} has no attribute {noun.owner.of}"
    for facet in noun.facets.values():
        for loader in (facet.loader, facet.joined):
            if loader is not None and loader not in loaders:
                yield f"{noun.name} reads an unknown loader {loader}"
        lender = None if facet.borrowed is None else registry.fields.get((noun.name, facet.borrowed))
        if facet.borrowed is not None and not isinstance(lender, Reference):
            yield f"{noun.name} borrows a facet through {facet.borrowed}, which is not a reference"


def _check_field(
    type_name: str, name: str, field: GraphQLField, registry: Registry, loaders: frozenset[str]
) -> Iterable[str]:
    where = f"{type_name}.{name}"
    declaration = registry.fields.get((type_name, name))
    noun = registry.nouns.get(type_name)
    if noun is not None and (declaration is None or isinstance(declaration, Plain)):
        yield f"{where} has no source"
    if type_name in ROOTS and not name.startswith("_") and not _is_guarded(where, field, registry):
        yield f"{where} has no scope"
    if declaration is None:
        return
    if isinstance(declaration, Streamed) != (type_name == "Subscription"):
        yield f"{where}: streamed fields are allowed under Subscription only, and Subscription allows no other fields"
    yield from _check_exposure(where, field, declaration, noun)
    if isinstance(declaration, Related):
        yield from _check_relation(where, declaration, noun, loaders, root=type_name in ROOTS)
    if noun is not None and isinstance(declaration, (Sourced, Reference)):
        yield from _check_sources(where, declaration, noun)


def _is_guarded(where: str, field: GraphQLField, registry: Registry) -> bool:
    """Return whether a root field requires a scope, or it or its noun is declared as `authenticated`."""
    type_name, name = where.split(".")
    definition = field.extensions.get("strawberry-definition")
    directives = definition.directives if isinstance(definition, StrawberryField) else ()
    noun = registry.nouns.get(get_target_type(field))
    return (
        bool(registry.field_requirements.get((type_name, name)))
        or (noun is not None and noun.authenticated)
        or any(isinstance(each, Authenticated) for each in directives)
    )


def get_target_type(field: GraphQLField) -> str:
    """Return the type that a field returns; for a connection, the type of its nodes."""
    target = get_named_type(field.type)
    if isinstance(target, GraphQLObjectType) and "nodes" in target.fields and "pageInfo" in target.fields:
        target = get_named_type(target.fields["nodes"].type)
    return target.name


def _check_exposure(
    where: str, field: GraphQLField, declaration: FieldDeclaration, noun: NounDeclaration | None
) -> Iterable[str]:
    bound = declaration.sensitive is not None and declaration.sensitive.residency_bound
    if isinstance(field.type, GraphQLNonNull):
        if declaration.scopes:
            yield f"{where} requires a scope and must be nullable"
        if bound:
            yield f"{where} is residency-bound and must be nullable"
    if bound and noun is None:
        yield f"{where} is residency-bound, but a value object has no region; bind the field that returns the object"
    definition = field.extensions.get("strawberry-definition")
    if isinstance(definition, StrawberryField) and (definition.permission_classes or definition.extensions):
        yield f"{where} has permission classes or extensions, which declared fields ignore"


def _check_relation(
    where: str, declaration: Related, noun: NounDeclaration | None, loaders: frozenset[str], *, root: bool
) -> Iterable[str]:
    if declaration.loader not in loaders:
        yield f"{where} reads an unknown loader {declaration.loader}"
    if declaration.key is None and noun is None and not root:
        yield f"{where} belongs to a value object and has no key"


def _check_sources(where: str, declaration: Sourced | Reference, noun: NounDeclaration) -> Iterable[str]:
    for role, of in declaration.of.items():
        facet = noun.facets.get(role) if role is not None else None
        if facet is None:
            yield f"{where} reads {role}, but {noun.name} has no facet for it"
        elif not _has_attribute(facet.record, of):
            yield f"{where}: {facet.record.__name__} has no attribute {of}"


def _has_attribute(record: Any, of: Accessor) -> bool:
    return callable(of) or of in {entry.name for entry in msgspec.structs.fields(record)}
