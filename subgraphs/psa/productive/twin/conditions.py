"""Filters of a list: `filter[name]`, `filter[name][operator]`, `filter[custom_fields][id][operator]`."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from subgraphs.kit.twin.table_store import StoredRow, TableStore
from subgraphs.psa.productive.twin.refusals import RefusalError
from subgraphs.psa.productive.twin.resources import DAY, FIELDS, FLAG, IDS, TYPES

_FILTER = re.compile(r"filter((?:\[[^\]]+\])+)")
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda held, given: held == given,
    "not_eq": lambda held, given: held != given,
    "gt": lambda held, given: held > given,
    "gt_eq": lambda held, given: held >= given,
    "lt": lambda held, given: held < given,
    "lt_eq": lambda held, given: held <= given,
}

Predicate = Callable[[StoredRow], bool]


def select_rows(tables: TableStore, resource: str, query: Mapping[str, str]) -> list[StoredRow]:
    """Return the rows that match all filters, ordered by id; hidden rows only on request."""
    known = TYPES[resource]
    found: set[str] | None = None
    keeps: list[Predicate] = []
    for name, operator, value in _parse_filters(query):
        takes = known.filters.get(name.partition("[")[0])
        if takes is None:
            raise RefusalError(400, "Unsupported Filter", f"Filter '{name}' is not supported on this endpoint")
        if takes == IDS and operator == "eq":
            ids = set(tables.find_ids(resource, name, value.split(",")))
            found = ids if found is None else found & ids
        elif name != "with_draft":
            keeps.append(_build_predicate(name, takes, operator, value))
    if known.hidden_flag is not None and query.get("filter[with_draft]") != "true":
        keeps.append(lambda row: not row["attributes"][known.hidden_flag])
    ids_ = tables.list_ids(resource) if found is None else sorted(found, key=int)
    rows = (row for each in ids_ if (row := tables.get_row(resource, each)) is not None)
    return [row for row in rows if all(keep(row) for keep in keeps)]


def _parse_filters(query: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield (name, operator, value); a custom field's name is `custom_fields[id]`."""
    for key, value in query.items():
        form = _FILTER.fullmatch(key)
        if form is None:
            if key.startswith("filter"):
                raise RefusalError(400, "Unsupported Filter", f"Filter '{key}' is not supported on this endpoint")
            continue
        parts = form[1][1:-1].split("][")
        operator = parts.pop() if parts[-1] in _OPERATORS and len(parts) > 1 else "eq"
        yield parts[0] if len(parts) == 1 else f"{parts[0]}[{parts[1]}]", operator, value


def _build_predicate(name: str, takes: str, operator: str, value: str) -> Predicate:
    compare = _OPERATORS[operator]
    if takes == FIELDS:
        field = name.partition("[")[2].removesuffix("]")
        values = value.split(",")
        return lambda row: (row["attributes"]["custom_fields"] or {}).get(field) in values
    if takes == FLAG:
        return lambda row: compare(row["attributes"][name], value == "true")
    if takes == DAY:
        try:
            given = date.fromisoformat(value)
        except ValueError:
            raise RefusalError(400, "Unsupported Filter Value", f"{name} is not supported on this endpoint") from None
        return lambda row: bool(row["attributes"][name]) and compare(row["attributes"][name], given.isoformat())
    return lambda row: compare(str(row.get(name)), value)
