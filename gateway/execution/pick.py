"""The value of one field of one source object: the single rule that planning, building and the lazy oracle all follow.

`pick` returns a value, or Needs naming what has to be loaded first, or raises the ClientError that stands in the value's place. It does no I/O.
Functions of a declaration see arguments as loaders do: what is null is absent.
"""

from collections.abc import Mapping
from typing import Any

from gateway.canonical.fault import Fault
from gateway.canonical.page import Page
from gateway.canonical.records.base import Record
from gateway.canonical.records.card import Card
from gateway.errors import SourceUnavailableError
from gateway.execution.facets import facet, get_loaded
from gateway.execution.facts import Derived, FieldDeclaration, Plain, Reference, Related, Sourced
from gateway.execution.masking import mask_value
from gateway.execution.references import resolve_reference
from gateway.execution.request import Request
from gateway.execution.residency import resolve_residency
from gateway.execution.source_values import (
    convert_value,
    find_unsupported_attributes,
    find_unsupported_origins,
    resolve_source,
)
from gateway.execution.view import MissingKeys, PageValue, View
from gateway.loaders.arguments import FrozenArgs, normalised

ROOT = "root"


def resolve_field(name: str, fact: FieldDeclaration, source: Any, args: Mapping[str, Any], request: Request) -> Any:
    """Return the value of the field `name` of `source`, Needs, or raise a ClientError."""
    args = normalised(args) if args else args
    unsettled = resolve_residency(fact, source, request)
    if unsettled is not None:
        return unsettled
    match fact:
        case Plain():
            value = getattr(source, fact.attribute)
        case Sourced():
            value = _resolve_sourced(name, fact, source, request)
        case Reference():
            value = resolve_reference(fact, source, request)
            if value is None:
                record_unsupported(name, fact, source, request)
        case Related():
            value = (
                None
                if record_unsupported(name, fact, source, request)
                else _resolve_related(fact, source, args, request)
            )
        case Derived():
            value = _resolve_derived(fact, source, args, request)
            if value is None:
                record_unsupported(name, fact, source, request)
        case _:
            raise TypeError(f"{name}: no rule for {type(fact).__name__}")
    return _mask_classified(fact, value, request)


def _resolve_sourced(name: str, fact: Sourced, view: View, request: Request) -> Any:
    choice = resolve_source(fact, view, request)
    if isinstance(choice, MissingKeys):
        return choice
    if choice is None:
        record_unsupported(name, fact, view, request)
        return None
    return convert_value(fact, choice, request)


def record_unsupported(name: str, fact: FieldDeclaration, source: Any, request: Request) -> bool:
    """Remember why a selected value is null where no system has a place for it; tell whether that is so."""
    if not isinstance(source, View):
        return False
    reasons = find_unsupported_attributes(fact, source, request) if isinstance(fact, (Sourced, Reference)) else {}
    reasons = reasons or find_unsupported_origins(fact, source, request)
    for role, reason in reasons.items():
        request.unsupported_fields[f"{source.noun.name}.{name}", role] = reason
    return bool(reasons)


def _resolve_related(fact: Related, source: Any, args: Mapping[str, Any], request: Request) -> Any:
    for role in fact.needs:
        record = facet(source, role, request)
        if isinstance(record, MissingKeys):
            return record
    key = fact.key(source, request, args) if fact.key else _build_default_key(fact, source)
    if key is None or isinstance(key, MissingKeys):
        return key
    found = get_loaded(request, (fact.loader, FrozenArgs(args), key))
    if isinstance(found, Fault):
        raise SourceUnavailableError(found)
    return found if isinstance(found, MissingKeys) else _shape_result(fact, found, source, args, request)


def _shape_result(fact: Related, result: Any, source: Any, args: Mapping[str, Any], request: Request) -> Any:
    if fact.shape == "value":
        return fact.transform(result, source, request, args) if fact.transform else result
    if result is None:
        return None
    if fact.shape == "list":
        return [resolve_row(row, request) for row in (result.rows if isinstance(result, Page) else result)]
    return PageValue(result, [resolve_row(row, request) for row in result.rows])


def _build_default_key(fact: Related, source: Any) -> Any:
    """The source's id in the system that keeps the relation; the root has but one key."""
    if source is None:
        return ROOT
    if source.card is not None:
        return source.card.link(fact.roles[0])
    return source.key if fact.roles[0] is source.own else None


def resolve_row(row: Any, request: Request) -> Any:
    """Stand for one row of a page: a card's noun, a record's leaf, or the value itself."""
    if isinstance(row, Card):
        return request.build_view(row)
    if isinstance(row, Record):
        known = request.registry.find_facet(type(row))
        if known is not None:
            return View.of_leaf(request.registry.nouns[known[0]], row.native, known[1])
    return row


def _resolve_derived(fact: Derived, source: Any, args: Mapping[str, Any], request: Request) -> Any:
    needs = [record for role in fact.needs if isinstance(record := facet(source, role, request), MissingKeys)]
    return MissingKeys.combine(needs) if needs else fact.fn(source, request, **args)


def _mask_classified(fact: FieldDeclaration, value: Any, request: Request) -> Any:
    """Mask a classified value for a caller who sees its class only masked."""
    rule = fact.sensitive
    if rule is None or value is None or isinstance(value, MissingKeys) or rule.data_class not in request.caller.masked:
        return value
    return mask_value(value, rule.mask, request.ids.mask_key)
