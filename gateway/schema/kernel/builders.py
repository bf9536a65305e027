"""Builders that declare what a field is made of. They return fields without a resolver; the binder sets it later."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from enum import Enum
from typing import Any

import strawberry
from strawberry.federation.schema_directives import RequiresScopes
from strawberry.types.field import StrawberryField

from gateway.canonical.records.base import Record
from gateway.canonical.roles import ConflictPolicy, MaskMode, SystemRole
from gateway.canonical.states import MappingDomain
from gateway.execution.declarations import (
    Accessor,
    Derived,
    FieldDeclaration,
    Plain,
    Reference,
    Related,
    Scopes,
    Sensitive,
    Sourced,
    Streamed,
)
from gateway.schema.kernel.directives import SensitiveDirective, Source

DECLARATION = "psgw-declaration"

Groups = Sequence[Sequence[str]]
Origins = Mapping[type[Record], str | None]
NO_ORIGINS: Origins = {}


def sourced(
    *,
    record: SystemRole,
    fallback: Sequence[SystemRole] = (),
    conflict: ConflictPolicy = ConflictPolicy.RECORD_WINS,
    of: Accessor | Mapping[SystemRole, Accessor] | None = None,
    maps: MappingDomain | None = None,
    into: type[Enum] | None = None,
    origins: Origins = NO_ORIGINS,
    scopes: Groups = (),
    sensitive: Sensitive | None = None,
    description: str | None = None,
) -> Any:
    """Declare a value from the system of record, with fallbacks. `of` defaults to the field's own name."""
    roles = (record, *fallback)
    declaration = Sourced(
        roles=roles,
        printed_roles=roles,
        conflict=conflict,
        of=_expand_roles(of, roles),
        maps=maps,
        into=into,
        origins=origins,
        scopes=_freeze_scopes(scopes),
        sensitive=sensitive,
    )
    return _build_field(declaration, record, fallback, description)


def reference(
    noun: str,
    *,
    record: SystemRole | None = None,
    fallback: Sequence[SystemRole] = (),
    conflict: ConflictPolicy = ConflictPolicy.RECORD_WINS,
    of: Accessor | Mapping[SystemRole, Accessor],
    by: str | None = None,
    maps: MappingDomain | None = None,
    many: bool = False,
    origins: Origins = NO_ORIGINS,
    scopes: Groups = (),
    description: str | None = None,
) -> Any:
    """Declare a reference to another noun, by a key of a record (or, without a record, of the value object itself)."""
    roles = () if record is None else (record, *fallback)
    declaration = Reference(
        roles=roles,
        printed_roles=roles,
        conflict=conflict,
        noun=noun,
        of=_expand_roles(of, roles) if roles else {None: of},  # type: ignore[dict-item] # one key: the object itself
        by_code=by == "code",
        maps=maps,
        many=many,
        origins=origins,
        scopes=_freeze_scopes(scopes),
    )
    return _build_field(declaration, record, fallback, description)


def related(
    loader: str,
    *,
    record: SystemRole,
    fallback: Sequence[SystemRole] = (),
    conflict: ConflictPolicy = ConflictPolicy.RECORD_WINS,
    key: Callable[..., Any] | None = None,
    shape: str = "page",
    transform: Callable[..., Any] | None = None,
    needs: Sequence[SystemRole] = (),
    origins: Origins = NO_ORIGINS,
    scopes: Groups = (),
    description: str | None = None,
) -> Callable[[Callable[..., Any]], Any]:
    """Declare a page, list or value of a loader; the decorated stub method gives arguments, type and description."""
    declaration = Related(
        roles=(record, *fallback),
        printed_roles=(record, *fallback),
        conflict=conflict,
        loader=loader,
        shape=shape,
        key=key,
        transform=transform,
        needs=tuple(needs),
        origins=origins,
        scopes=_freeze_scopes(scopes),
    )

    def declare(stub: Callable[..., Any]) -> Any:
        return strawberry.field(
            stub,
            description=description or _join_lines(stub.__doc__),
            metadata={DECLARATION: declaration},
            directives=_build_directives(declaration, record, fallback),
        )

    return declare


def derived(
    fn: Callable[..., Any],
    *,
    needs: Sequence[SystemRole] = (),
    record: SystemRole | None = None,
    fallback: Sequence[SystemRole] = (),
    conflict: ConflictPolicy = ConflictPolicy.DERIVED,
    origins: Origins = NO_ORIGINS,
    scopes: Groups = (),
    sensitive: Sensitive | None = None,
    description: str | None = None,
) -> Any:
    """Declare a pure function of the loaded records; `needs` are the facets to load before it is called."""
    declaration = Derived(
        fn=fn,
        needs=tuple(needs),
        roles=tuple(needs) or (SystemRole.GATEWAY,),
        printed_roles=() if record is None else (record, *fallback),
        conflict=conflict,
        origins=origins,
        scopes=_freeze_scopes(scopes),
        sensitive=sensitive,
    )
    return _build_field(declaration, record, fallback, description)


def derived_by(
    fn: Callable[..., Any], *, needs: Sequence[SystemRole] = (), scopes: Groups = (), authenticated: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    """Declare a derived field; the decorated stub method gives arguments, type and description."""
    declaration = Derived(
        fn=fn, needs=tuple(needs), roles=tuple(needs) or (SystemRole.GATEWAY,), scopes=_freeze_scopes(scopes)
    )
    return _decorate_stub(declaration, authenticated=authenticated)


def streamed(
    fn: Callable[..., Any], *, events: Callable[..., AsyncGenerator[Any, None]], scopes: Groups
) -> Callable[[Callable[..., Any]], Any]:
    """Declare a field of the subscription root, whose value is `fn` of each event.

    The decorated stub method gives arguments, type and description.
    """
    return _decorate_stub(Streamed(fn=fn, events=events, roles=(SystemRole.GATEWAY,), scopes=_freeze_scopes(scopes)))


def sensitive_field(sensitive: Sensitive, *, scopes: Groups = (), description: str | None = None) -> Any:
    """Declare a classified attribute of a value object."""
    declaration = Plain(attribute="", scopes=_freeze_scopes(scopes), sensitive=sensitive)
    return _build_field(declaration, None, (), description)


def get_declaration(field: StrawberryField) -> FieldDeclaration | None:
    """Return the declaration of a field, or None if no builder made the field."""
    return field.metadata.get(DECLARATION)


def _decorate_stub(
    declaration: FieldDeclaration, *, authenticated: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    def declare(stub: Callable[..., Any]) -> Any:
        directives = _build_directives(declaration, None, ())
        if authenticated:
            directives.append(strawberry.federation.schema_directives.Authenticated())
        return strawberry.field(
            stub, description=_join_lines(stub.__doc__), metadata={DECLARATION: declaration}, directives=directives
        )

    return declare


def _build_field(
    declaration: FieldDeclaration, record: SystemRole | None, fallback: Sequence[SystemRole], description: str | None
) -> Any:
    return strawberry.field(
        description=description,
        metadata={DECLARATION: declaration},
        directives=_build_directives(declaration, record, fallback),
    )


def _build_directives(
    declaration: FieldDeclaration, record: SystemRole | None, fallback: Sequence[SystemRole]
) -> list[object]:
    directives: list[object] = []
    if record is not None:
        plain = declaration.conflict is ConflictPolicy.RECORD_WINS
        directives.append(
            Source(
                record=record,
                fallback=list(fallback) or strawberry.UNSET,
                conflict=strawberry.UNSET if plain else declaration.conflict,
            )
        )
    if declaration.scopes:
        directives.append(RequiresScopes(scopes=[list(group) for group in declaration.scopes]))
    if declaration.sensitive is not None:
        nullify = declaration.sensitive.mask is MaskMode.NULLIFY
        directives.append(
            SensitiveDirective(
                class_=declaration.sensitive.data_class,
                mask=strawberry.UNSET if nullify else declaration.sensitive.mask,
                residency_bound=declaration.sensitive.residency_bound or strawberry.UNSET,
            )
        )
    return directives


def _expand_roles(
    of: Accessor | Mapping[SystemRole, Accessor] | None, roles: Sequence[SystemRole]
) -> dict[Any, Accessor]:
    if isinstance(of, Mapping):
        return dict(of)
    return dict.fromkeys(roles, of or "")


def _freeze_scopes(scopes: Groups) -> Scopes:
    return tuple(tuple(group) for group in scopes)


def _join_lines(doc: str | None) -> str | None:
    return " ".join(doc.split()) if doc else None
