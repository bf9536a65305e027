"""The organization's custom fields: records hold them by number, people and mapping files know them by name.

The vendor asks that such reference data be kept and not read again each time (guide "Rate limits"): it is read when it is first needed, again when it is
older than ten minutes, and when a record holds a choice that nobody has told of yet, once a minute at most.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from subgraphs.psa.productive.client import Client, Listing
from subgraphs.psa.productive.wire import CustomFieldRow, OptionRow, Row

FIELDS: Final = "custom_fields"
PROJECTS, EMPLOYEES, EXPENSES = "projects", "employees", "project_expenses"
"""What custom fields are on, in the vendor's words."""
_PLAIN, _CHOICE = frozenset({1, 2, 4}), 3
_LIFE, _SOONEST = 600.0, 60.0


@dataclass(frozen=True)
class Field:
    """A custom field that holds one value: text, a number, a day, or one of `choices` (number -> name)."""

    id: str
    type: int
    choices: Mapping[str, str]


@dataclass(frozen=True)
class Directory:
    """Custom fields by what they are on and their name; of several with one name the one that is in use, then the oldest."""

    fields: Mapping[tuple[str, str], Field] = field(default_factory=dict)

    def find(self, on: str, name: str | None) -> Field | None:
        """Return a field that holds one value."""
        return None if name is None else self.fields.get((on, name))

    def value(self, row: Row, on: str, name: str | None) -> str | None:
        """Return what a record's field says, a choice by its name; None where it says nothing."""
        named = self.find(on, name)
        held = None if named is None else row.custom_fields.get(named.id)
        if named is None or held is None or held == "":
            return None
        return named.choices.get(_chosen(held)) if named.type == _CHOICE else str(held)

    def covers(self, rows: Iterable[Row], on: str) -> bool:
        """Tell whether every choice that the records hold is known."""
        choices = [each for (where, _), each in self.fields.items() if where == on and each.type == _CHOICE]
        held = [(each, row.custom_fields.get(each.id)) for row in rows for each in choices]
        return all(_chosen(value) in each.choices for each, value in held if value not in (None, ""))


class CustomFields:
    """Keeps the directory. `needed` tells whether the mapping file names any field: if not, nothing is ever read."""

    def __init__(self, client: Client, *, needed: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._needed = needed
        self._clock = clock
        self._lock = asyncio.Lock()
        self._held: tuple[float, Directory] | None = None

    async def covering(self, rows: Iterable[Row], on: str) -> Directory:
        """Return a directory that is fresh and knows what the records hold: ceil(fields / 200) calls where it has to be read."""
        if not self._needed:
            return Directory()
        async with self._lock:
            if self._held is not None:
                read_at, directory = self._held
                age = self._clock() - read_at
                if age < _SOONEST or (age < _LIFE and directory.covers(rows, on)):
                    return directory
            directory = await read(self._client)
            self._held = self._clock(), directory
            return directory


async def read(client: Client) -> Directory:
    """Read all custom fields and their choices, archived ones too: records may still hold them."""
    return directory_of(await client.every(FIELDS, (), "options"))


def directory_of(listing: Listing) -> Directory:
    """Build the directory from the list of custom fields."""
    rows = sorted(listing.rows(CustomFieldRow), key=lambda row: (row.archived_at is not None, int(row.id)))
    found: dict[tuple[str, str], Field] = {}
    for row in rows:
        if row.data_type_id in _PLAIN or row.data_type_id == _CHOICE:
            choices = {str(each.id): each.name for each in listing.many(row.id, FIELDS, "options", OptionRow)}
            found.setdefault((row.customizable_type, row.name), Field(str(row.id), row.data_type_id, choices))
    return Directory(found)


def _chosen(held: Any) -> str:
    """Return the number of a choice: it is told bare, or as the only one of a list."""
    return str(held[0]) if isinstance(held, list) and len(held) == 1 else str(held)
