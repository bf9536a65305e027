"""What an operation needs of each kind of record, from the names of the fields in its document. Pure.

A name counts wherever it stands and whatever type it is selected on, so that too much may be read and never too little. What a function works out of a
record needs the whole record; where a function says nothing of what it reads, everything is read.
"""

from collections import defaultdict
from collections.abc import Iterator

from graphql import DocumentNode, FieldNode, Visitor, visit

from gateway.canonical.records.base import Record
from gateway.canonical.roles import SystemRole
from gateway.execution.facts import (
    Accessor,
    Derived,
    FieldDeclaration,
    NounDeclaration,
    Reference,
    Registry,
    Related,
    Sourced,
)
from gateway.ports.projection import Wanted

MAX_CACHED_PROJECTIONS = 1000
_ID = "id"
AttributeRead = tuple[SystemRole, str | None]
"""A role, and the attribute of its record that is read; None: all of them."""


class Projections:
    """What sets of field names need, worked out once for each."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._projections: dict[frozenset[str], Wanted] = {}

    def of(self, document: DocumentNode) -> Wanted:
        """Return what the operations of a document need."""
        names = _collect_field_names(document)
        if names not in self._projections:
            if len(self._projections) >= MAX_CACHED_PROJECTIONS:
                self._projections.clear()
            self._projections[names] = compute_projection(self._registry, names)
        return self._projections[names]


def compute_projection(registry: Registry, names: frozenset[str]) -> Wanted:
    """Return the attributes that fields of these names need, per record class that is not needed whole."""
    needs: dict[type[Record], set[str | None]] = defaultdict(set)
    for noun in registry.nouns.values():
        for facet in noun.facets.values():
            needs[facet.record].update(())
        for role, attribute in _collect_noun_reads(registry, noun, names):
            if role in noun.facets:
                needs[noun.facets[role].record].add(attribute)
    for (type_name, name), fact in registry.fields.items():
        if name in names and type_name not in registry.nouns:
            for record in _collect_value_object_records(registry, fact):
                needs[record].add(None)
    return {record: frozenset(filter(None, found)) for record, found in needs.items() if None not in found}


def _collect_noun_reads(registry: Registry, noun: NounDeclaration, names: frozenset[str]) -> Iterator[AttributeRead]:
    """Yield what is read of a noun: for the fields that are selected, and for those by which it is judged whether and where it may be shown."""
    followed = {
        *registry.list_person_fields(noun.name),
        *(facet.borrowed for facet in noun.facets.values() if facet.borrowed),
    }
    for (type_name, name), fact in registry.fields.items():
        if type_name == noun.name and (name in names or name in followed):
            yield from _collect_field_reads(noun, name, fact)
    if any(facet.key is not None for facet in noun.facets.values()):
        yield from _read_every_facet(noun)
    if noun.owner is not None:
        own = (role for role, facet in noun.facets.items() if facet.borrowed is None)
        yield from ((role, _get_attribute_name(noun.owner.of)) for role in own)


def _collect_field_reads(noun: NounDeclaration, name: str, fact: FieldDeclaration) -> Iterator[AttributeRead]:
    match fact:
        case Sourced() | Reference():
            yield from ((role, _get_attribute_name(of)) for role, of in fact.of.items() if role is not None)
        case Related(key=None, transform=None):
            yield from ((role, None) for role in fact.needs)
        case Derived() if name == _ID:
            return
        case Derived() if fact.needs:
            yield from ((role, None) for role in fact.needs)
        case _:
            yield from _read_every_facet(noun)


def _collect_value_object_records(registry: Registry, fact: FieldDeclaration) -> Iterator[type[Record]]:
    """Yield the kinds of record that a value object's field says it needs, of whatever noun."""
    needs = fact.needs if isinstance(fact, (Related, Derived)) else ()
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
