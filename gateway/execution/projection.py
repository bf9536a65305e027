"""The attributes that an operation needs of each record class, from the field names in its document. Pure.

A field name counts for every type that has such a field, so the projection may read too much but never too little. A
function that declares its facets needs these records whole; a function that declares none needs every facet whole.
"""

from collections import defaultdict
from collections.abc import Iterator

from graphql import DocumentNode, FieldNode, Visitor, visit

from gateway.canonical.records.base import Record
from gateway.canonical.roles import SystemRole
from gateway.execution.declarations import (
    Accessor,
    Derived,
    FieldDeclaration,
    NounDeclaration,
    Reference,
    Registry,
    Related,
    Sourced,
)
from gateway.ports.projection import NeededAttributes

MAX_CACHED_PROJECTIONS = 1000
_ID = "id"
AttributeRead = tuple[SystemRole, str | None]
"""A role, and the attribute of its record that is read; None for all attributes."""


class ProjectionCache:
    """Projections by set of field names, computed once for each."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._projections: dict[frozenset[str], NeededAttributes] = {}

    def get_projection(self, document: DocumentNode) -> NeededAttributes:
        """Return the projection of a document, over all of its operations."""
        names = _collect_field_names(document)
        if names not in self._projections:
            if len(self._projections) >= MAX_CACHED_PROJECTIONS:
                self._projections.clear()
            self._projections[names] = compute_projection(self._registry, names)
        return self._projections[names]


def compute_projection(registry: Registry, names: frozenset[str]) -> NeededAttributes:
    """Return the attributes that fields of these names need; a record class that is needed whole is left out."""
    needs: dict[type[Record], set[str | None]] = defaultdict(set)
    for noun in registry.nouns.values():
        for facet in noun.facets.values():
            needs[facet.record].update(())
        for role, attribute in _collect_noun_reads(registry, noun, names):
            if role in noun.facets:
                needs[noun.facets[role].record].add(attribute)
    for (type_name, name), declaration in registry.fields.items():
        if name in names and type_name not in registry.nouns:
            for record in _collect_value_object_records(registry, declaration):
                needs[record].add(None)
    return {record: frozenset(filter(None, found)) for record, found in needs.items() if None not in found}


def _collect_noun_reads(registry: Registry, noun: NounDeclaration, names: frozenset[str]) -> Iterator[AttributeRead]:
    """Yield the reads of a noun: for its selected fields, and for the fields that decide visibility and residency."""
    followed = {
        *registry.list_person_fields(noun.name),
        *(facet.borrowed for facet in noun.facets.values() if facet.borrowed),
    }
    for (type_name, name), declaration in registry.fields.items():
        if type_name == noun.name and (name in names or name in followed):
            yield from _collect_field_reads(noun, name, declaration)
    if any(facet.key is not None for facet in noun.facets.values()):
        yield from _read_every_facet(noun)
    for role, facet in noun.facets.items():
        if facet.record in noun.dated:
            yield role, noun.dated[facet.record]
    if noun.owner is not None:
        own = (role for role, facet in noun.facets.items() if facet.borrowed is None)
        yield from ((role, _get_attribute_name(noun.owner.of)) for role in own)


def _collect_field_reads(noun: NounDeclaration, name: str, declaration: FieldDeclaration) -> Iterator[AttributeRead]:
    match declaration:
        case Sourced() | Reference():
            yield from ((role, _get_attribute_name(of)) for role, of in declaration.of.items() if role is not None)
        case Related(key=None, transform=None):
            yield from ((role, None) for role in declaration.needs)
        case Derived() if name == _ID:
            return
        case Derived() if declaration.needs:
            yield from ((role, None) for role in declaration.needs)
        case _:
            yield from _read_every_facet(noun)


def _collect_value_object_records(registry: Registry, declaration: FieldDeclaration) -> Iterator[type[Record]]:
    """Yield the record classes, of every noun, in the roles that a value object's field needs."""
    needs = declaration.needs if isinstance(declaration, (Related, Derived)) else ()
    for noun in registry.nouns.values():
        yield from (noun.facets[role].record for role in needs if role in noun.facets)


def _read_every_facet(noun: NounDeclaration) -> Iterator[AttributeRead]:
    return ((role, None) for role in noun.facets)


def _get_attribute_name(of: Accessor) -> str | None:
    return of if isinstance(of, str) else None


def _collect_field_names(document: DocumentNode) -> frozenset[str]:
    found: set[str] = set()

    class _Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            found.add(node.name.value)

    visit(document, _Fields())
    return frozenset(found)
