"""What a twin holds: rows by resource, in memory."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

Row = dict[str, Any]


class Tables:
    """Rows by resource and id, in the order of their making, and indexes over their fields, made when they are first needed."""

    def __init__(self, resources: Iterable[str]) -> None:
        self._rows: dict[str, dict[str, Row]] = {name: {} for name in resources}
        self._indexes: dict[tuple[str, str], dict[str, list[str]]] = {}

    def add(self, resource: str, row: Row) -> str:
        """Add a record; return its id. Ids run on from 1, each resource's by itself."""
        rows = self._rows[resource]
        identifier = str(len(rows) + 1)
        rows[identifier] = {"id": identifier, **row}
        return identifier

    def row(self, resource: str, identifier: str) -> Row | None:
        """Return a record."""
        return self._rows[resource].get(identifier)

    def ids(self, resource: str) -> list[str]:
        """Return the ids of a resource, in order."""
        return list(self._rows[resource])

    def where(self, resource: str, field: str, values: Sequence[str]) -> list[str]:
        """Return the ids of records whose field has one of the values, in order."""
        index = self._indexes.get((resource, field))
        if index is None:
            index = self._indexes[resource, field] = defaultdict(list)
            for identifier, row in self._rows[resource].items():
                held = row.get(field)
                for value in held if isinstance(held, list) else [held]:
                    index[str(value)].append(identifier)
        found = {identifier for value in values for identifier in index.get(value, ())}
        return sorted(found, key=int)
