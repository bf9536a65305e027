"""The builders: what a field is made of, said once. They return fields without resolver; the binder gives them one after the build."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from enum import Enum
from typing import Any

import strawberry
from strawberry.federation.schema_directives import RequiresScopes
from strawberry.types.field import StrawberryField

from gateway.canonical.records.base import Record
from gateway.canonical.roles import ConflictPolicy, MaskMode, SystemRole
from gateway.canonical.states import MappingDomain
from gateway.execution.facts import (
    Derived,
    FieldFact,
    Of,
    Plain,
    Reference,
    Related,
    Scopes,
    Sensitive,
    Sourced,
    Streamed,
)
from gateway.schema.kernel.directives import SensitiveDirective, Source

FACT = "psgw-fact"

Groups = Sequence[Sequence[str]]
Behind = Mapping[type[Record], str | None]
NOTHING: Behind = {}


def sourced(
    *,
    record: SystemRole,
    fallback: Sequence[SystemRole] = (),
    conflict: ConflictPolicy = ConflictPolicy.RECORD_WINS,
    of: Of | Mapping[SystemRole, Of] | None = None,
    maps: MappingDomain | None = None,
    into: type[Enum] | None = None,
    behind: Behind = NOTHING,
    scopes: Groups = (),
    sensitive: Sensitive | None = None,
    description: str | None = None,
) -> Any:
    """Declare a value of the system of record, with its fallbacks. `of` defaults to the field's own name."""
    roles = (record, *fallback)
    fact = Sourced(
        roles=roles,
        conflict=conflict,
        of=_per_role(of, roles),
        maps=maps,
        into=into,
        behind=behind,
        scopes=_frozen(scopes),
        sensitive=sensitive,
    )
    return _field(fact, record, fallback, description)


def reference(
    noun: str,
    *,
    record: SystemRole | None = None,
    fallback: Sequence[SystemRole] = (),
    conflict: ConflictPolicy = ConflictPolicy.RECORD_WINS,
    of: Of | Mapping[SystemRole, Of],
    by: str | None = None,
    maps: MappingDomain | None = None,
    many: bool = False,
    behind: Behind = NOTHING,
    scopes: Groups = (),
    description: str | None = None,
) -> Any:
    """Declare another noun, by a key that a record holds (or, without a record, the value object itself)."""
    roles = () if record is None else (record, *fallback)
    fact = Reference(
        roles=roles,
        conflict=conflict,
        noun=noun,
        of=_per_role(of, roles) if roles else {None: of},  # type: ignore[dict-item] # one key: the object itself
        by_code=by == "code",
        maps=maps,
        many=many,
        behind=behind,
        scopes=_frozen(scopes),
    )
    return _field(fact, record, fallback, description)


def related(
    loader: str,
    *,
    record: SystemRole,
    fallback: Sequence[SystemRole] = (),
    conflict: ConflictPolicy = ConflictPolicy.RECORD_WINS,
    key: Callable[..., Any] | None = None,
    shape: str = "page",
    give: Callable[..., Any] | None = None,
    needs: Sequence[SystemRole] = (),
    behind: Behind = NOTHING,
    scopes: Groups = (),
    description: str | None = None,
) -> Callable[[Callable[..., Any]], Any]:
    """Declare a page, list or value of a loader, with the arguments of the stub method that this decorates."""
    fact = Related(
        roles=(record, *fallback),
        conflict=conflict,
        loader=loader,
        shape=shape,
        key=key,
        give=give,
        needs=tuple(needs),
        behind=behind,
        scopes=_frozen(scopes),
    )

    def declare(stub: Callable[..., Any]) -> Any:
        return strawberry.field(
            stub,
            description=description or _sentence(stub.__doc__),
            metadata={FACT: fact},
            directives=_directives(fact, record, fallback),
        )

    return declare


def derived(
    fn: Callable[..., Any],
    *,
    needs: Sequence[SystemRole] = (),
    record: SystemRole | None = None,
    fallback: Sequence[SystemRole] = (),
    conflict: ConflictPolicy = ConflictPolicy.DERIVED,
    behind: Behind = NOTHING,
    scopes: Groups = (),
    sensitive: Sensitive | None = None,
    description: str | None = None,
) -> Any:
    """Declare a pure function over what was loaded; without needs it is worked out when everything has been fetched."""
    fact = Derived(
        fn=fn,
        needs=tuple(needs),
        roles=tuple(needs) or (SystemRole.GATEWAY,),
        conflict=conflict,
        behind=behind,
        scopes=_frozen(scopes),
        sensitive=sensitive,
    )
    return _field(fact, record, fallback, description or _sentence(fn.__doc__))


def derived_by(
    fn: Callable[..., Any], *, needs: Sequence[SystemRole] = (), scopes: Groups = (), authenticated: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    """Declare a derived field with the arguments of the stub method that this decorates."""
    fact = Derived(fn=fn, needs=tuple(needs), roles=tuple(needs) or (SystemRole.GATEWAY,), scopes=_frozen(scopes))
    return _on_stub(fact, authenticated=authenticated)


def streamed(
    fn: Callable[..., Any], *, events: Callable[..., AsyncGenerator[Any, None]], scopes: Groups
) -> Callable[[Callable[..., Any]], Any]:
    """Declare a field of the subscription root, with the arguments of the stub method that this decorates: for each of the events, `fn` of it."""
    return _on_stub(Streamed(fn=fn, events=events, roles=(SystemRole.GATEWAY,), scopes=_frozen(scopes)))


def sensitive_field(sensitive: Sensitive, *, scopes: Groups = (), description: str | None = None) -> Any:
    """Declare a classified attribute of a value object."""
    fact = Plain(attribute="", scopes=_frozen(scopes), sensitive=sensitive)
    return _field(fact, None, (), description)


def fact_of(field: StrawberryField) -> FieldFact | None:
    """Return what a field was declared with, or None for one that no builder made."""
    return field.metadata.get(FACT)


def _on_stub(fact: FieldFact, *, authenticated: bool = False) -> Callable[[Callable[..., Any]], Any]:
    def declare(stub: Callable[..., Any]) -> Any:
        directives = _directives(fact, None, ())
        if authenticated:
            directives.append(strawberry.federation.schema_directives.Authenticated())
        return strawberry.field(stub, description=_sentence(stub.__doc__), metadata={FACT: fact}, directives=directives)

    return declare


def _field(fact: FieldFact, record: SystemRole | None, fallback: Sequence[SystemRole], description: str | None) -> Any:
    return strawberry.field(
        description=description, metadata={FACT: fact}, directives=_directives(fact, record, fallback)
    )


def _directives(fact: FieldFact, record: SystemRole | None, fallback: Sequence[SystemRole]) -> list[object]:
    directives: list[object] = []
    if record is not None:
        plain = fact.conflict is ConflictPolicy.RECORD_WINS
        directives.append(
            Source(
                record=record,
                fallback=list(fallback) or strawberry.UNSET,
                conflict=strawberry.UNSET if plain else fact.conflict,
            )
        )
    if fact.scopes:
        directives.append(RequiresScopes(scopes=[list(group) for group in fact.scopes]))
    if fact.sensitive is not None:
        nullify = fact.sensitive.mask is MaskMode.NULLIFY
        directives.append(
            SensitiveDirective(
                class_=fact.sensitive.data_class,
                mask=strawberry.UNSET if nullify else fact.sensitive.mask,
                residency_bound=fact.sensitive.residency_bound or strawberry.UNSET,
            )
        )
    return directives


def _per_role(of: Of | Mapping[SystemRole, Of] | None, roles: Sequence[SystemRole]) -> dict[Any, Of]:
    if isinstance(of, Mapping):
        return dict(of)
    return dict.fromkeys(roles, of or "")


def _frozen(scopes: Groups) -> Scopes:
    return tuple(tuple(group) for group in scopes)


def _sentence(doc: str | None) -> str | None:
    return " ".join(doc.split()) if doc else None
