"""Keeps region-bound values in their region: decided from cards alone, before the value itself is fetched."""

from typing import Any

from gateway.canonical.fault import Fault
from gateway.errors import ResidencyBlockedError, SourceUnavailableError
from gateway.execution.facets import facet, owner_view
from gateway.execution.facts import FieldFact, Reference
from gateway.execution.references import reference
from gateway.execution.request import Request
from gateway.execution.view import Needs, View


def settled(fact: FieldFact, source: Any, request: Request) -> Needs | None:
    """Return Needs until the region is known, then None; raises ResidencyBlockedError where the caller has no right to the region.

    A region that nobody knows is nobody's: only a caller of every region passes.
    """
    regions = request.caller.regions
    if fact.sensitive is None or not fact.sensitive.residency_bound or regions is None:
        return None
    region = _region(fact, source, request)
    if isinstance(region, Needs):
        return region
    if region not in regions:
        raise ResidencyBlockedError("The value may not leave its data region.")
    return None


def _region(fact: FieldFact, source: View, request: Request) -> str | Needs | None:
    """Return the region of the noun that a value tells of: for a borrowed value the lender, for a leaf its person, else its owner."""
    if source.card is not None:
        return source.card.region
    declared = source.noun.facets.get(fact.roles[0]) if fact.roles else None
    lent = declared.borrowed if declared is not None else None
    names = request.registry.people(source.noun.name) if lent is None else (lent,)
    for name in names:
        target = _followed(name, source, request)
        if isinstance(target, Needs):
            return target
        if target is not None:
            return _region(fact, target, request)
    return _owners_region(fact, source, request)


def _followed(name: str, source: View, request: Request) -> View | Needs | None:
    declared = request.registry.fields[source.noun.name, name]
    target = reference(declared, source, request) if isinstance(declared, Reference) else None
    return target if isinstance(target, (View, Needs)) else None


def _owners_region(fact: FieldFact, source: View, request: Request) -> str | Needs | None:
    if source.noun.owner is None:
        return None
    record = facet(source, source.own, request)
    if record is None or isinstance(record, Needs):
        return record
    if isinstance(record, Fault):
        raise SourceUnavailableError(record)
    owner = owner_view(source.noun.owner, record, request)
    return owner if owner is None or isinstance(owner, Needs) else _region(fact, owner, request)
