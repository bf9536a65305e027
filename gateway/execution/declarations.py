"""Declarations of nouns and fields as plain data, and their registry. The schema declares each of them once."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from gateway.canonical.records.base import Record
from gateway.canonical.roles import ConflictPolicy, DataClass, MaskMode, Noun, RowScopeKey, SystemRole
from gateway.canonical.states import MappingDomain

MAX_CACHED_SCOPE_SETS = 1000

Scopes = tuple[tuple[str, ...], ...]
"""Alternatives of scope groups: the caller needs every scope of at least one group. Empty: no scope is required."""

Accessor = str | Callable[..., Any]
"""How a value is read from a record: the name of an attribute, or a function of the record."""


def list_sufficient_scopes(rules: tuple[Scopes, ...]) -> list[list[str]]:
    """Return the alternatives of scopes, each of which satisfies a conjunction of scope rules."""
    groups: list[list[str]] = [[]]
    for rule in rules:
        groups = [list(dict.fromkeys([*left, *right])) for left in groups for right in rule]
    return groups


@dataclass(frozen=True)
class Sensitive:
    """Classification of a value: its data class, how it is masked, and whether it must stay in its data region."""

    data_class: DataClass
    mask: MaskMode = MaskMode.NULLIFY
    residency_bound: bool = False


@dataclass(frozen=True, kw_only=True)
class FieldDeclaration:
    """What every field declares: the systems it reads, in order, its scopes and its classification.

    `printed_roles` are the systems that the field's `@source` directive names, in order. `origins` lists what a
    composed value is read from: an attribute per record class, or None for the whole record class. If the linked
    systems support none of them, the value is null and the response says why.
    """

    roles: tuple[SystemRole, ...] = ()
    printed_roles: tuple[SystemRole, ...] = ()
    origins: Mapping[type[Record], str | None] = field(default_factory=dict)
    conflict: ConflictPolicy = ConflictPolicy.RECORD_WINS
    scopes: Scopes = ()
    sensitive: Sensitive | None = None


@dataclass(frozen=True, kw_only=True)
class Plain(FieldDeclaration):
    """An attribute of a value object."""

    attribute: str


@dataclass(frozen=True, kw_only=True)
class Sourced(FieldDeclaration):
    """A value of the first system, in declared order, that has one. `of` says per role how it is read."""

    of: Mapping[SystemRole, Accessor]
    maps: MappingDomain | None = None
    into: type[Enum] | None = None


@dataclass(frozen=True, kw_only=True)
class Reference(FieldDeclaration):
    """Another noun. The key is read from a record if roles are given, else from the value object itself.

    With `by_code` the key is a canonical code (after mapping by `maps`, if given); otherwise it is a native id of the
    same connection or a canonical id.
    """

    noun: str
    of: Mapping[SystemRole | None, Accessor]
    by_code: bool = False
    maps: MappingDomain | None = None
    many: bool = False


@dataclass(frozen=True, kw_only=True)
class Related(FieldDeclaration):
    """A page, list or value of a loader.

    `key(source, request, args)` returns a hashable key or None; `transform(loaded, source, request, args)` converts the
    loaded result of shape "value".
    """

    loader: str
    shape: str = "page"
    key: Callable[..., Any] | None = None
    transform: Callable[..., Any] | None = None
    needs: tuple[SystemRole, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Derived(FieldDeclaration):
    """A pure function of the loaded records: `fn(source, request, **args)`. `needs` are the facets to load before."""

    fn: Callable[..., Any]
    needs: tuple[SystemRole, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Streamed(Derived):
    """A field of the subscription root: each event that `events(request, **args)` yields is the source of `fn`."""

    events: Callable[..., AsyncGenerator[Any, None]]


@dataclass(frozen=True, kw_only=True)
class Facet:
    """The record of a noun in one system.

    The key is the card's link for a noun with a card; for a leaf it is the leaf's own id or `key(view, request)`.
    `borrowed` names a reference field: the facet is then that of the referenced noun, in the same role. `joined` is the
    loader of the facet of a leaf of another system: it reads by the key that the two systems share.
    """

    record: type
    loader: str | None = None
    key: Callable[..., Any] | None = None
    borrowed: str | None = None
    joined: str | None = None


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The noun whose row rule a leaf shares; `of` says how the leaf's own record names it."""

    noun: str
    of: Accessor


@dataclass(frozen=True, kw_only=True)
class NounDeclaration:
    """A noun: its anchor, its facets, its scopes and its row rule.

    `dated` names, per record class, the attribute with the date of the document: amounts are converted at its rates.
    `coded_by` is the field that shows the business code or number by which an EntityRef can name a record.
    """

    name: str
    anchor: SystemRole
    facets: Mapping[SystemRole, Facet]
    leaf: bool = False
    scopes: Scopes = ()
    authenticated: bool = False
    rows: tuple[RowScopeKey, ...] = ()
    owner: Owner | None = None
    dated: Mapping[type[Record], str] = field(default_factory=dict)
    coded_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Condition:
    """The rights that a filter, an order or a reference needs: those of the field that shows the value.

    `field` is the name of that field, `requirement` its index in the registry. `data_class` is set if it is classified.
    """

    field: str
    requirement: int
    sufficient_scopes: Sequence[Sequence[str]]
    data_class: DataClass | None = None


@dataclass(kw_only=True)
class Registry:
    """Every declaration, filled while the schema is bound and read-only afterwards.

    `requirements` holds the distinct conjunctions of scope rules; fields and types refer to them by index.
    `conditions` holds the filters and orders of each loader, by argument and name, and `code_conditions` the reference
    by code of each noun.
    """

    nouns: dict[str, NounDeclaration] = field(default_factory=dict)
    fields: dict[tuple[str, str], FieldDeclaration] = field(default_factory=dict)
    field_requirements: dict[tuple[str, str], int] = field(default_factory=dict)
    type_requirements: dict[str, int] = field(default_factory=dict)
    requirements: list[tuple[Scopes, ...]] = field(default_factory=list)
    conditions: dict[str, dict[tuple[str, str], Condition]] = field(default_factory=dict)
    code_conditions: dict[str, Condition] = field(default_factory=dict)
    possible_types: dict[str, frozenset[str]] = field(default_factory=dict)
    _person_fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _denied: dict[frozenset[str], frozenset[int]] = field(default_factory=dict)

    def register_requirement(self, rules: Sequence[Scopes]) -> int:
        """Return the index of a conjunction of scope rules, adding it if necessary; 0 means no requirement."""
        distinct = tuple(dict.fromkeys(rule for rule in rules if rule))
        if not self.requirements:
            self.requirements.append(())
        if distinct not in self.requirements:
            self.requirements.append(distinct)
        return self.requirements.index(distinct)

    def find_denied(self, scopes: frozenset[str]) -> frozenset[int]:
        """Return the indexes of the requirements that a set of scopes does not meet."""
        found = self._denied.get(scopes)
        if found is None:
            if len(self._denied) >= MAX_CACHED_SCOPE_SETS:
                self._denied.clear()
            found = self._denied[scopes] = frozenset(
                number
                for number, rules in enumerate(self.requirements)
                if not all(any(scopes.issuperset(group) for group in rule) for rule in rules)
            )
        return found

    def list_person_fields(self, noun: str) -> tuple[str, ...]:
        """Return the names of a noun's fields that reference one person."""
        if noun not in self._person_fields:
            self._person_fields[noun] = tuple(
                name
                for (type_name, name), declaration in self.fields.items()
                if type_name == noun
                and isinstance(declaration, Reference)
                and declaration.noun == Noun.RESOURCE
                and not declaration.many
            )
        return self._person_fields[noun]

    def find_facet(self, record: type[Record]) -> tuple[str, SystemRole] | None:
        """Return the noun and role of a record class, or None."""
        for noun in self.nouns.values():
            for role, facet in noun.facets.items():
                if facet.record is record and facet.borrowed is None:
                    return noun.name, role
        return None
