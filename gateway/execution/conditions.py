"""Conditions on records: a filter, an order or a reference needs the rights to the field that shows its value."""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.errors import ForbiddenError
from gateway.execution.declarations import Condition
from gateway.execution.request import RequestState

FILTER, ORDER, REFERENCE = "filter", "orderBy", "ref"


def check_conditions(loader: str, args: Mapping[str, Any], request: RequestState) -> None:
    """Raise ForbiddenError if an argument of a list depends on a field that the caller may not read."""
    declared = request.registry.conditions.get(loader, {})
    for key in _list_conditions(args) if declared else ():
        if key in declared:
            check_condition(declared[key], request, ".".join(key))


def check_condition(condition: Condition, request: RequestState, argument: str) -> None:
    """Raise ForbiddenError unless the caller may read the field that shows the value, unmasked.

    Without this rule an answer confirms a value that the caller may not see.
    """
    if condition.requirement in request.denied_requirements:
        raise ForbiddenError(condition.sufficient_scopes, field=argument)
    if condition.data_class is not None and condition.data_class in request.caller.masked:
        raise ForbiddenError([], field=argument)


def _list_conditions(args: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    given: Mapping[str, Any] = args.get(FILTER) or {}
    yield from ((FILTER, name) for name, value in given.items() if value is not None)
    order: Mapping[str, Any] | None = args.get(ORDER)
    if order is not None:
        yield ORDER, order["field"].value
