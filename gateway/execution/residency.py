"""Data residency: decided from cards alone, before a region-bound value is fetched."""

from typing import Any

from gateway.canonical.fault import Fault
from gateway.errors import ResidencyBlockedError, build_source_error
from gateway.execution.declarations import FieldDeclaration, Reference
from gateway.execution.facets import get_facet, resolve_owner
from gateway.execution.references import resolve_reference
from gateway.execution.request import RequestState
from gateway.execution.view import MissingKeys, View


def resolve_residency(declaration: FieldDeclaration, source: Any, request: RequestState) -> MissingKeys | None:
    """Return MissingKeys until the region is known, then None if the caller may read it.

    Raise ResidencyBlockedError if the caller may not read the region, or if the region is unknown and the caller is
    restricted to some regions.
    """
    regions = request.caller.regions
    if declaration.sensitive is None or not declaration.sensitive.residency_bound or regions is None:
        return None
    region = _resolve_region(declaration, source, request)
    if isinstance(region, MissingKeys):
        return region
    if region not in regions:
        raise ResidencyBlockedError("The value must stay in its data region, which the caller may not read.")
    return None


def _resolve_region(declaration: FieldDeclaration, source: View, request: RequestState) -> str | MissingKeys | None:
    """Return the region of a value: of its card, of the lender of a borrowed facet, or of a leaf's person or owner."""
    if source.card is not None:
        return source.card.region
    declared = source.noun.facets.get(declaration.roles[0]) if declaration.roles else None
    lender = declared.borrowed if declared is not None else None
    names = request.registry.list_person_fields(source.noun.name) if lender is None else (lender,)
    for name in names:
        target = _follow_field(name, source, request)
        if isinstance(target, MissingKeys):
            return target
        if target is not None:
            return _resolve_region(declaration, target, request)
    return _resolve_owner_region(declaration, source, request)


def _follow_field(name: str, source: View, request: RequestState) -> View | MissingKeys | None:
    declared = request.registry.fields[source.noun.name, name]
    target = resolve_reference(declared, source, request) if isinstance(declared, Reference) else None
    return target if isinstance(target, (View, MissingKeys)) else None


def _resolve_owner_region(
    declaration: FieldDeclaration, source: View, request: RequestState
) -> str | MissingKeys | None:
    if source.noun.owner is None:
        return None
    record = get_facet(source, source.own_role, request)
    if record is None or isinstance(record, MissingKeys):
        return record
    if isinstance(record, Fault):
        raise build_source_error(record)
    owner = resolve_owner(source.noun.owner, record, request)
    return owner if owner is None or isinstance(owner, MissingKeys) else _resolve_region(declaration, owner, request)
