"""A twin's data: rows by resource, in memory."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any

from subgraphs.kit.identifiers import build_sort_key
from subgraphs.kit.twin.faults import RowChange

StoredRow = dict[str, Any]


class TableStore:
    """Rows by resource and id, in creation order, with indexes over their fields that are built on first use."""

    def __init__(self, resources: Iterable[str]) -> None:
        self._rows: dict[str, dict[str, StoredRow]] = {name: {} for name in resources}
        self._numbers = {name: count(1) for name in self._rows}
        self._indexes: dict[tuple[str, str], dict[str, list[str]]] = {}

    def add(self, resource: str, row: StoredRow) -> str:
        """Add a record; return its id. Each resource numbers its ids from 1."""
        identifier = str(next(self._numbers[resource]))
        self.replace(resource, {**row, "id": identifier})
        return identifier

    def add_first(self, resource: str, row: StoredRow) -> None:
        """Add a record before all others."""
        identifier = self.add(resource, row)
        rows = self._rows[resource]
        self._rows[resource] = {identifier: rows.pop(identifier), **rows}

    def replace(self, resource: str, row: StoredRow) -> None:
        """Replace the record with the same id."""
        self._rows[resource][row["id"]] = row
        self._indexes.clear()

    def remove(self, resource: str, identifier: str) -> None:
        """Remove a record."""
        del self._rows[resource][identifier]
        self._indexes.clear()

    def change_first(
        self,
        resource: str,
        change: RowChange,
        touch: Callable[[StoredRow], StoredRow],
        copy: Callable[[StoredRow], StoredRow],
    ) -> None:
        """Change the first record of a resource; do nothing if there is none.

        `touch` returns the record with a new time of change, `copy` the copy that is inserted before it.
        """
        first = next(iter(self._rows[resource].values()), None)
        if first is None:
            return
        match change:
            case RowChange.TOUCHED:
                self.replace(resource, touch(first))
            case RowChange.DELETED:
                self.remove(resource, first["id"])
            case RowChange.INSERTED:
                self.add_first(resource, copy(touch(first)))

    def get_row(self, resource: str, identifier: str) -> StoredRow | None:
        """Return a record."""
        return self._rows[resource].get(identifier)

    def list_ids(self, resource: str) -> list[str]:
        """Return the ids of a resource, in order."""
        return list(self._rows[resource])

    def find_ids(self, resource: str, field: str, values: Sequence[str]) -> list[str]:
        """Return the ids of records whose field has one of the values, in order."""
        index = self._indexes.get((resource, field))
        if index is None:
            index = self._indexes[resource, field] = defaultdict(list)
            for identifier, row in self._rows[resource].items():
                content = row.get(field)
                for value in content if isinstance(content, list) else [content]:
                    index[str(value)].append(identifier)
        found = {identifier for value in values for identifier in index.get(value, ())}
        return sorted(found, key=build_sort_key)
