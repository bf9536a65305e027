"""The registry as plain data: what each field of each type is made of, as declared once in the schema."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from gateway.canonical.records.base import Record
from gateway.canonical.roles import ConflictPolicy, DataClass, MaskMode, Noun, RowScopeKey, SystemRole
from gateway.canonical.states import MappingDomain

MAX_CACHED_SCOPE_SETS = 1000

Scopes = tuple[tuple[str, ...], ...]
"""An OR of ANDs: one group whose scopes are all held is enough. Empty: nothing is required."""

Accessor = str | Callable[..., Any]


@dataclass(frozen=True)
class Sensitive:
    """Classification of a value: its class, what masked readers see, and whether it must stay in its region."""

    data_class: DataClass
    mask: MaskMode = MaskMode.NULLIFY
    residency_bound: bool = False


@dataclass(frozen=True, kw_only=True)
class FieldDeclaration:
    """What every declared field has: the systems it reads, in order, its scopes and its classification.

    `behind` names what a value that is not an attribute itself is made of: a record's attribute, or None for the kind of record. Where the systems that
    hold the thing have a place for none of these, the value is null, and the answer names why.
    """

    roles: tuple[SystemRole, ...] = ()
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
    """A value of the first system, in order, that has one. `of` names the record's attribute, per role."""

    of: Mapping[SystemRole, Accessor]
    maps: MappingDomain | None = None
    into: type[Enum] | None = None


@dataclass(frozen=True, kw_only=True)
class Reference(FieldDeclaration):
    """Another noun. With roles, the key is read from a record; without, from the value object itself.

    `by_code`: the key is one of the firm's codes (mapped through `maps` when given); otherwise a native id of the same connection or a canonical id.
    """

    noun: str
    of: Mapping[SystemRole | None, Accessor]
    by_code: bool = False
    maps: MappingDomain | None = None
    many: bool = False


@dataclass(frozen=True, kw_only=True)
class Related(FieldDeclaration):
    """A page, list or value of a loader. `key(source, request, args)` is a hashable key or None; `give(loaded, source, request, args)` shapes a value."""

    loader: str
    shape: str = "page"
    key: Callable[..., Any] | None = None
    transform: Callable[..., Any] | None = None
    needs: tuple[SystemRole, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Derived(FieldDeclaration):
    """A pure function of what was loaded: `fn(source, request, **args)`. Without needs it is worked out when the answer is built."""

    fn: Callable[..., Any]
    needs: tuple[SystemRole, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Streamed(Derived):
    """A field of the subscription root: `events(request, **args)` yields, one after the other, what `fn` takes as its source."""

    events: Callable[..., AsyncGenerator[Any, None]]


@dataclass(frozen=True, kw_only=True)
class Facet:
    """What one system says of a noun. The key is the card's link for anchored nouns, the noun's own id or `key(view, request)` for leaves.

    `borrowed`: the facet of the same role of the noun that this reference field leads to.
    """

    record: type
    loader: str | None = None
    key: Callable[..., Any] | None = None
    borrowed: str | None = None


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose scope and row rule a leaf shares: a noun, and the attribute of its own record that names it."""

    noun: str
    of: Accessor


@dataclass(frozen=True, kw_only=True)
class NounDeclaration:
    """A noun: its anchor, its facets, and who may see it."""

    name: str
    anchor: SystemRole
    facets: Mapping[SystemRole, Facet]
    leaf: bool = False
    scopes: Scopes = ()
    authenticated: bool = False
    rows: tuple[RowScopeKey, ...] = ()
    owner: Owner | None = None

    def get_role(self, record: object) -> SystemRole:
        """Return the facet that a record fills."""
        for role, facet in self.facets.items():
            if type(record) is facet.record:
                return role
        raise TypeError(f"{self.name} has no facet for {type(record).__name__}")


@dataclass(kw_only=True)
class Registry:
    """Every declared fact, filled while the schema is bound and read-only afterwards.

    `requirements` numbers the distinct conjunctions of scope rules; a field's `requirement` is an index into it.
    """

    nouns: dict[str, NounDeclaration] = field(default_factory=dict)
    fields: dict[tuple[str, str], FieldDeclaration] = field(default_factory=dict)
    requirement: dict[tuple[str, str], int] = field(default_factory=dict)
    type_requirement: dict[str, int] = field(default_factory=dict)
    requirements: list[tuple[Scopes, ...]] = field(default_factory=list)
    possible_types: dict[str, frozenset[str]] = field(default_factory=dict)
    _person_fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _denied: dict[frozenset[str], frozenset[int]] = field(default_factory=dict)

    def register_requirement(self, rules: Sequence[Scopes]) -> int:
        """Return the number of a conjunction of scope rules, 0 being "nothing required"."""
        distinct = tuple(dict.fromkeys(rule for rule in rules if rule))
        if not self.requirements:
            self.requirements.append(())
        if distinct not in self.requirements:
            self.requirements.append(distinct)
        return self.requirements.index(distinct)

    def find_denied(self, scopes: frozenset[str]) -> frozenset[int]:
        """Return the numbers of the requirements that a set of scopes does not meet."""
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
        """Return the fields of a noun that lead to one person."""
        if noun not in self._person_fields:
            self._person_fields[noun] = tuple(
                name
                for (type_name, name), fact in self.fields.items()
                if type_name == noun and isinstance(fact, Reference) and fact.noun == Noun.RESOURCE and not fact.many
            )
        return self._person_fields[noun]

    def find_facet(self, record: type[Record]) -> tuple[str, SystemRole] | None:
        """Return the noun and role that a record class belongs to."""
        for noun in self.nouns.values():
            for role, facet in noun.facets.items():
                if facet.record is record and facet.borrowed is None:
                    return noun.name, role
        return None
