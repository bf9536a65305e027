"""Resolution of one field of one source object; planning, building and lazy loading all use it.

`resolve_field` does no I/O. It returns the value, or MissingKeys with the keys to load first, or raises a ClientError.
Functions of a declaration get normalised arguments, as loaders do: arguments that are null are left out.
"""

from collections.abc import Mapping
from typing import Any

from gateway.canonical.fault import Fault
from gateway.canonical.page import Page
from gateway.canonical.records.base import Record
from gateway.canonical.records.card import Card
from gateway.errors import build_source_error
from gateway.execution.conditions import check_conditions
from gateway.execution.declarations import Derived, FieldDeclaration, Plain, Reference, Related, Sourced
from gateway.execution.document_dates import date_value
from gateway.execution.facets import get_facet, get_loaded
from gateway.execution.masking import mask_value
from gateway.execution.references import resolve_reference
from gateway.execution.request import RequestState
from gateway.execution.residency import resolve_residency
from gateway.execution.source_values import (
    convert_value,
    find_unsupported_attributes,
    find_unsupported_origins,
    resolve_source,
)
from gateway.execution.view import MissingKeys, PageValue, View
from gateway.execution.visible_rows import select_visible_rows
from gateway.loaders.arguments import FrozenArgs, normalise_arguments

ROOT = "root"


def resolve_field(
    name: str, declaration: FieldDeclaration, source: Any, args: Mapping[str, Any], request: RequestState
) -> Any:
    """Return the value of the field `name` of `source`, or MissingKeys. Raise a ClientError if it cannot be given."""
    args = normalise_arguments(args) if args else args
    missing = resolve_residency(declaration, source, request)
    if missing is not None:
        return missing
    match declaration:
        case Plain():
            value = getattr(source, declaration.attribute)
        case Sourced():
            value = date_value(_resolve_sourced(name, declaration, source, request), source, request)
        case Reference():
            value = resolve_reference(declaration, source, request)
            if value is None:
                record_unsupported(name, declaration, source, request)
        case Related():
            value = (
                None
                if record_unsupported(name, declaration, source, request)
                else _resolve_related(declaration, source, args, request)
            )
        case Derived():
            value = _resolve_derived(declaration, source, args, request)
            if value is None:
                record_unsupported(name, declaration, source, request)
        case _:
            raise TypeError(f"{name}: cannot resolve a {type(declaration).__name__}")
    return _mask_classified(declaration, value, request)


def _resolve_sourced(name: str, declaration: Sourced, view: View, request: RequestState) -> Any:
    source_value = resolve_source(declaration, view, request)
    if isinstance(source_value, MissingKeys):
        return source_value
    if source_value is None:
        record_unsupported(name, declaration, view, request)
        return None
    return convert_value(declaration, source_value, request)


def record_unsupported(name: str, declaration: FieldDeclaration, source: Any, request: RequestState) -> bool:
    """Record why a selected value is null if no system supports it; return whether that is the case."""
    if not isinstance(source, View):
        return False
    reasons = (
        find_unsupported_attributes(declaration, source, request)
        if isinstance(declaration, (Sourced, Reference))
        else {}
    )
    reasons = reasons or find_unsupported_origins(declaration, source, request)
    for role, reason in reasons.items():
        request.unsupported_fields[f"{source.noun.name}.{name}", role] = reason
    return bool(reasons)


def _resolve_related(declaration: Related, source: Any, args: Mapping[str, Any], request: RequestState) -> Any:
    check_conditions(declaration.loader, args, request)
    for role in declaration.needs:
        record = get_facet(source, role, request)
        if isinstance(record, MissingKeys):
            return record
    key = declaration.key(source, request, args) if declaration.key else _build_default_key(declaration, source)
    if key is None or isinstance(key, MissingKeys):
        return key
    found = get_loaded(request, (declaration.loader, FrozenArgs(args), key))
    if isinstance(found, Fault):
        raise build_source_error(found)
    if declaration.shape == "list" and isinstance(found, Page):
        request.list_faults |= {fault: None for fault in found.faults if fault.object is not None}
    return found if isinstance(found, MissingKeys) else _shape_result(declaration, found, source, args, request)


def _shape_result(
    declaration: Related, result: Any, source: Any, args: Mapping[str, Any], request: RequestState
) -> Any:
    if declaration.shape == "value":
        return declaration.transform(result, source, request, args) if declaration.transform else result
    if result is None:
        return None
    if declaration.shape == "list":
        return [resolve_row(row, request) for row in (result.rows if isinstance(result, Page) else result)]
    page = select_visible_rows(result, source, request)
    return page if isinstance(page, MissingKeys) else PageValue(page, [resolve_row(row, request) for row in page.rows])


def _build_default_key(declaration: Related, source: Any) -> Any:
    """Return the source's id in the system that keeps the relation; the root has a single key."""
    if source is None:
        return ROOT
    if source.card is not None:
        return source.card.get_native_id(declaration.roles[0])
    return source.key if declaration.roles[0] is source.own else None


def resolve_row(row: Any, request: RequestState) -> Any:
    """Return the view of a card or a leaf record of a page, or the row itself if it is a value object."""
    if isinstance(row, Card):
        return request.build_view(row)
    if isinstance(row, Record):
        known = request.registry.find_facet(type(row))
        if known is not None:
            return View.from_leaf(request.registry.nouns[known[0]], row.native, known[1])
    return row


def _resolve_derived(declaration: Derived, source: Any, args: Mapping[str, Any], request: RequestState) -> Any:
    needs = [
        record for role in declaration.needs if isinstance(record := get_facet(source, role, request), MissingKeys)
    ]
    return MissingKeys.combine(needs) if needs else declaration.fn(source, request, **args)


def _mask_classified(declaration: FieldDeclaration, value: Any, request: RequestState) -> Any:
    """Mask a classified value if the caller may see its data class only masked."""
    rule = declaration.sensitive
    if rule is None or value is None or isinstance(value, MissingKeys) or rule.data_class not in request.caller.masked:
        return value
    return mask_value(value, rule.mask, request.id_codec.mask_key)
