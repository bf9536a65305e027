"""The date of a document: every amount below it is converted at the rates of that day, unless the caller names another.

A noun declares which attribute of its records is the date (`NounDeclaration.dated`). This module is the only place that
applies it.
"""

from datetime import date
from typing import Any

import msgspec

from gateway.canonical.fault import Fault
from gateway.canonical.values import DocumentMoney, Money
from gateway.execution.facets import get_facet
from gateway.execution.request import RequestState
from gateway.execution.view import MissingKeys, View


def date_value(value: Any, view: View, request: RequestState) -> Any:
    """Return the value with the date of the view's document on its amounts, or MissingKeys."""
    if not view.noun.dated or not isinstance(value, (msgspec.Struct, tuple, list)):
        return value
    on = _find_document_date(view, request)
    return on if isinstance(on, MissingKeys) else date_amounts(value, on)


def date_amounts(value: Any, on: date | None) -> Any:
    """Return a value with a date on all amounts inside it that have none; other values stay as they are."""
    if isinstance(value, DocumentMoney):
        return value if value.on is not None else msgspec.structs.replace(value, on=on)
    if isinstance(value, Money):
        return DocumentMoney(value.amount, value.currency, on)
    if type(value) in (tuple, list):  # a named tuple is one value, such as an id
        return type(value)(date_amounts(item, on) for item in value)
    if isinstance(value, msgspec.Struct):
        given = {name: getattr(value, name) for name in value.__struct_fields__}
        dated = {name: date_amounts(each, on) for name, each in given.items()}
        return msgspec.structs.replace(value, **{name: each for name, each in dated.items() if each is not given[name]})
    return value


def _find_document_date(view: View, request: RequestState) -> date | MissingKeys | None:
    """Return the date of the first system, in declared order, that has the record and its date."""
    for role, facet in view.noun.facets.items():
        attribute = view.noun.dated.get(facet.record)
        record = None if attribute is None else get_facet(view, role, request)
        if isinstance(record, MissingKeys):
            return record
        if attribute is not None and record is not None and not isinstance(record, Fault):
            on: date | None = getattr(record, attribute)
            if on is not None:
                return on
    return None
