"""Declaration of a noun: its anchor, its facets, its scopes and its row rule."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import strawberry
from strawberry.federation.schema_directives import Authenticated, Key, RequiresScopes

from gateway.canonical.records.base import Record
from gateway.canonical.roles import RowScopeKey, SystemRole
from gateway.execution.declarations import Accessor, Facet, NounDeclaration, Owner
from gateway.schema.kernel.directives import Anchor, RowScope

DECLARED_NOUNS: dict[type, NounDeclaration] = {}
"""Declared nouns by class, because two schemas of one process may use the same name. Read when a schema is bound."""

T = TypeVar("T")


def facet(record: type, *, loader: str, key: Callable[..., Any] | None = None, joined: str | None = None) -> Facet:
    """Declare the facet of one system: a record class and the loader that reads it.

    `joined` is the loader by `key` for a leaf whose own record is in another system.
    """
    return Facet(record=record, loader=loader, key=key, joined=joined)


def borrowed(field: str, record: type) -> Facet:
    """Declare that a facet is the one of the noun that the reference `field` returns."""
    return Facet(record=record, borrowed=field)


def owned_by(noun: str, of: Accessor) -> Owner:
    """Declare the noun whose row rule a leaf shares."""
    return Owner(noun=noun, of=of)


def noun(
    *,
    anchor: SystemRole,
    facets: Mapping[SystemRole, Facet],
    keys: Sequence[str] = ("id",),
    scopes: Sequence[Sequence[str]] = (),
    authenticated: bool = False,
    rows: Sequence[RowScopeKey] = (),
    owner: Owner | None = None,
    dated: Mapping[type[Record], str] | None = None,
    coded_by: str | None = None,
) -> Callable[[type[T]], type[T]]:
    """Declare a class as a noun. A noun with an owner is a leaf: it has no card and no crosswalk row.

    `dated` names the date of each record class whose amounts belong to that day, `coded_by` the field that shows the
    noun's business code or number.
    """

    def declare(cls: type[T]) -> type[T]:
        DECLARED_NOUNS[cls] = NounDeclaration(
            name=cls.__name__,
            anchor=anchor,
            facets=dict(facets),
            leaf=owner is not None,
            scopes=tuple(tuple(group) for group in scopes),
            authenticated=authenticated,
            rows=tuple(rows),
            owner=owner,
            dated=dict(dated or {}),
            coded_by=coded_by,
        )
        directives: list[object] = [Key(fields=key) for key in keys]  # type: ignore[arg-type] # a plain string is a field set
        directives.append(Anchor(system=anchor))
        if rows:
            directives.append(RowScope(by=list(rows)))
        if scopes:
            directives.append(RequiresScopes(scopes=[list(group) for group in scopes]))
        if authenticated:
            directives.append(Authenticated())
        return strawberry.federation.type(cls, description=_join_lines(cls.__doc__), directives=directives)

    return declare


def _join_lines(doc: str | None) -> str | None:
    return " ".join(doc.split()) if doc else None
