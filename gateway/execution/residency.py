"""Keeps region-bound values in their region: decided from cards alone, before the value itself is fetched."""

from typing import Any

from gateway.canonical.fault import Fault
from gateway.errors import ResidencyBlockedError, SourceUnavailableError
from gateway.execution.facets import facet, resolve_owner
from gateway.execution.facts import FieldDeclaration, Reference
from gateway.execution.references import resolve_reference
from gateway.execution.request import Request
from gateway.execution.view import MissingKeys, View


def resolve_residency(fact: FieldDeclaration, source: Any, request: Request) -> MissingKeys | None:
    """Return Needs until the region is known, then None; raises ResidencyBlockedError where the caller has no right to the region.

    A region that nobody knows is nobody's: only a caller of every region passes.
    """
    regions = request.caller.regions
    if fact.sensitive is None or not fact.sensitive.residency_bound or regions is None:
        return None
    region = _resolve_region(fact, source, request)
    if isinstance(region, MissingKeys):
        return region
    if region not in regions:
        raise ResidencyBlockedError("The value may not leave its data region.")
    return None


def _resolve_region(fact: FieldDeclaration, source: View, request: Request) -> str | MissingKeys | None:
    """Return the region of the noun that a value tells of: for a borrowed value the lender, for a leaf its person, else its owner."""
    if source.card is not None:
        return source.card.region
    declared = source.noun.facets.get(fact.roles[0]) if fact.roles else None
    lent = declared.borrowed if declared is not None else None
    names = request.registry.list_person_fields(source.noun.name) if lent is None else (lent,)
    for name in names:
        target = _follow_field(name, source, request)
        if isinstance(target, MissingKeys):
            return target
        if target is not None:
            return _resolve_region(fact, target, request)
    return _resolve_owner_region(fact, source, request)


def _follow_field(name: str, source: View, request: Request) -> View | MissingKeys | None:
    declared = request.registry.fields[source.noun.name, name]
    target = resolve_reference(declared, source, request) if isinstance(declared, Reference) else None
    return target if isinstance(target, (View, MissingKeys)) else None


def _resolve_owner_region(fact: FieldDeclaration, source: View, request: Request) -> str | MissingKeys | None:
    if source.noun.owner is None:
        return None
    record = facet(source, source.own_role, request)
    if record is None or isinstance(record, MissingKeys):
        return record
    if isinstance(record, Fault):
        raise SourceUnavailableError(record)
    owner = resolve_owner(source.noun.owner, record, request)
    return owner if owner is None or isinstance(owner, MissingKeys) else _resolve_region(fact, owner, request)
