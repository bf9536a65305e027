"""The organization's custom fields: records refer to them by number, mapping files by name.

The vendor asks clients to cache such reference data (guide "Rate limits"). The directory is read when it is first
needed, when it is older than ten minutes, and at most once a minute when a record holds an unknown choice.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import SourceError
from subgraphs.kit.identifiers import build_sort_key
from subgraphs.kit.psa.checks import CUSTOM_FIELDS, FieldName
from subgraphs.kit.texts import to_text
from subgraphs.psa.productive.client import Client, Listing
from subgraphs.psa.productive.wire import CustomFieldRow, OptionRow, Row

PROJECTS, EMPLOYEES, EXPENSES = "projects", "employees", "project_expenses"
"""The vendor's types that have custom fields (`customizable_type`)."""
TYPES: Mapping[int, str] = {
    1: "text",
    2: "number",
    3: "selection",
    4: "date",
    5: "multiple selections",
    6: "person",
    7: "attachment",
}
"""The names of the types of custom fields by `data_type_id` (vendor's reference)."""
_PLAIN_TYPES, _CHOICE = frozenset({1, 2, 4}), 3
_MAX_AGE_SECONDS, _MIN_AGE_SECONDS = 600.0, 60.0


@dataclass(frozen=True)
class Field:
    """A custom field with a single value: text, a number, a day, or one of `choices` (number -> name)."""

    id: str
    type: int
    choices: Mapping[str, str]


@dataclass(frozen=True)
class Directory:
    """Single-value custom fields by name; of several with one name the active one, then the oldest.

    `others` are the types of the fields that have no single value.
    """

    fields: Mapping[FieldName, Field] = field(default_factory=dict)
    others: Mapping[FieldName, int] = field(default_factory=dict)

    def find(self, name: FieldName) -> Field | None:
        """Return a field, None if there is no such single-value field."""
        return self.fields.get(name)

    def get_type(self, name: FieldName) -> str | None:
        """Return the name of a field's type: None for no field, the number of an undocumented type."""
        known = self.fields.get(name)
        number = self.others.get(name) if known is None else known.type
        return None if number is None else TYPES.get(number, str(number))

    def get_value(self, row: Row, customizable: str, name: str | None) -> str | None:
        """Return the value of a record's field, a choice by its name; None if it is empty or there is no field.

        Raises SourceError(CONTRACT_MISMATCH) for a value that is no text or number.
        """
        known = None if name is None else self.find(FieldName(name, customizable))
        value = None if known is None else row.custom_fields.get(known.id)
        if known is None or value is None or value == "":
            return None
        return known.choices.get(_parse_choice(value)) if known.type == _CHOICE else to_text(value)

    def has_choices(self, rows: Iterable[Row], customizable: str) -> bool:
        """Return whether all choices of the records are known."""
        choices = [
            each for name, each in self.fields.items() if name.customizable == customizable and each.type == _CHOICE
        ]
        values = [(each, row.custom_fields.get(each.id)) for row in rows for each in choices]
        return all(_is_known(value, each) for each, value in values if value not in (None, ""))


class CustomFields:
    """Caches the directory. `needed`: the mapping file names a field; otherwise nothing is ever read."""

    def __init__(self, client: Client, *, needed: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._needed = needed
        self._clock = clock
        self._lock = asyncio.Lock()
        self._cached: tuple[float, Directory] | None = None

    async def load(self, rows: Iterable[Row], customizable: str) -> Directory:
        """Return a fresh directory that knows the records' choices; a read costs ceil(fields / 200) calls."""
        if not self._needed:
            return Directory()
        async with self._lock:
            if self._cached is not None:
                read_at, directory = self._cached
                age = self._clock() - read_at
                if age < _MIN_AGE_SECONDS or (age < _MAX_AGE_SECONDS and directory.has_choices(rows, customizable)):
                    return directory
            directory = await read_directory(self._client)
            self._cached = self._clock(), directory
            return directory


async def read_directory(client: Client) -> Directory:
    """Read all custom fields and their choices, archived ones too: records may still hold them."""
    return build_directory(await client.read_all(CUSTOM_FIELDS, (), "options"))


def build_directory(listing: Listing) -> Directory:
    """Build the directory from the list of custom fields."""
    rows = sorted(
        listing.parse_rows(CustomFieldRow), key=lambda row: (row.archived_at is not None, build_sort_key(str(row.id)))
    )
    fields: dict[FieldName, Field] = {}
    others: dict[FieldName, int] = {}
    for row in rows:
        name = FieldName(row.name, row.customizable_type)
        if row.data_type_id in _PLAIN_TYPES or row.data_type_id == _CHOICE:
            options = listing.find_related(row.id, CUSTOM_FIELDS, "options", OptionRow)
            choices = {str(each.id): each.name for each in options}
            fields.setdefault(name, Field(str(row.id), row.data_type_id, choices))
        else:
            others.setdefault(name, row.data_type_id)
    return Directory(fields, others)


def _is_known(value: Any, field: Field) -> bool:
    """Return whether a choice is known; one that cannot be read stays unknown after another read."""
    try:
        return _parse_choice(value) in field.choices
    except SourceError:
        return True


def _parse_choice(value: Any) -> str:
    """Return the number of a choice: the value itself, or the only element of a list."""
    return to_text(value[0] if isinstance(value, list) and len(value) == 1 else value) or ""
