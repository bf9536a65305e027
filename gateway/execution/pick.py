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
from gateway.execution.choice import absent_reasons, choose, converted, reasons_behind
from gateway.execution.facets import facet, loaded
from gateway.execution.facts import Derived, FieldFact, Plain, Reference, Related, Sourced
from gateway.execution.masks import masked
from gateway.execution.references import reference
from gateway.execution.request import Request
from gateway.execution.residency import settled
from gateway.execution.view import Needs, PageValue, View
from gateway.loaders.arguments import FrozenArgs, normalised

ROOT = "root"


def pick(name: str, fact: FieldFact, source: Any, args: Mapping[str, Any], request: Request) -> Any:
    """Return the value of the field `name` of `source`, Needs, or raise a ClientError."""
    args = normalised(args) if args else args
    unsettled = settled(fact, source, request)
    if unsettled is not None:
        return unsettled
    match fact:
        case Plain():
            value = getattr(source, fact.attribute)
        case Sourced():
            value = _sourced(name, fact, source, request)
        case Reference():
            value = reference(fact, source, request)
            if value is None:
                note_absence(name, fact, source, request)
        case Related():
            value = None if note_absence(name, fact, source, request) else _related(fact, source, args, request)
        case Derived():
            value = _derived(fact, source, args, request)
            if value is None:
                note_absence(name, fact, source, request)
        case _:
            raise TypeError(f"{name}: no rule for {type(fact).__name__}")
    return _shown(fact, value, request)


def _sourced(name: str, fact: Sourced, view: View, request: Request) -> Any:
    choice = choose(fact, view, request)
    if isinstance(choice, Needs):
        return choice
    if choice is None:
        note_absence(name, fact, view, request)
        return None
    return converted(fact, choice, request)


def note_absence(name: str, fact: FieldFact, source: Any, request: Request) -> bool:
    """Remember why a selected value is null where no system has a place for it; tell whether that is so."""
    if not isinstance(source, View):
        return False
    reasons = absent_reasons(fact, source, request) if isinstance(fact, (Sourced, Reference)) else {}
    reasons = reasons or reasons_behind(fact, source, request)
    for role, reason in reasons.items():
        request.unsupported_fields[f"{source.noun.name}.{name}", role] = reason
    return bool(reasons)


def _related(fact: Related, source: Any, args: Mapping[str, Any], request: Request) -> Any:
    for role in fact.needs:
        record = facet(source, role, request)
        if isinstance(record, Needs):
            return record
    key = fact.key(source, request, args) if fact.key else _default_key(fact, source)
    if key is None or isinstance(key, Needs):
        return key
    found = loaded(request, (fact.loader, FrozenArgs(args), key))
    if isinstance(found, Fault):
        raise SourceUnavailableError(found)
    return found if isinstance(found, Needs) else _shaped(fact, found, source, args, request)


def _shaped(fact: Related, found: Any, source: Any, args: Mapping[str, Any], request: Request) -> Any:
    if fact.shape == "value":
        return fact.give(found, source, request, args) if fact.give else found
    if found is None:
        return None
    if fact.shape == "list":
        return [row_view(row, request) for row in (found.rows if isinstance(found, Page) else found)]
    return PageValue(found, [row_view(row, request) for row in found.rows])


def _default_key(fact: Related, source: Any) -> Any:
    """The source's id in the system that keeps the relation; the root has but one key."""
    if source is None:
        return ROOT
    if source.card is not None:
        return source.card.link(fact.roles[0])
    return source.key if fact.roles[0] is source.own else None


def row_view(row: Any, request: Request) -> Any:
    """Stand for one row of a page: a card's noun, a record's leaf, or the value itself."""
    if isinstance(row, Card):
        return request.view(row)
    if isinstance(row, Record):
        known = request.registry.facet_of(type(row))
        if known is not None:
            return View.of_leaf(request.registry.nouns[known[0]], row.native, known[1])
    return row


def _derived(fact: Derived, source: Any, args: Mapping[str, Any], request: Request) -> Any:
    needs = [record for role in fact.needs if isinstance(record := facet(source, role, request), Needs)]
    return Needs.together(needs) if needs else fact.fn(source, request, **args)


def _shown(fact: FieldFact, value: Any, request: Request) -> Any:
    """Mask a classified value for a caller who sees its class only masked."""
    rule = fact.sensitive
    if rule is None or value is None or isinstance(value, Needs) or rule.data_class not in request.caller.masked:
        return value
    return masked(value, rule.mask, request.ids.mask_key)
