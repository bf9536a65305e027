"""The org: rows in memory, with unique external ids, computed fields, soft delete and modification stamps."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from subgraphs.crm.salesforce.identifier import to_long_id
from subgraphs.crm.salesforce.twin.answers import RefusalError
from subgraphs.crm.salesforce.twin.computed import fill_computed_fields
from subgraphs.crm.salesforce.twin.model import ObjectType, Value

Row = dict[str, Value]

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def build_record_id(prefix: str, key: str) -> str:
    """Return the 18-character id that a business key gets: the object's prefix and twelve characters of the key's hash."""
    number = int.from_bytes(sha256(f"{prefix}/{key}".encode()).digest())
    letters = []
    for _ in range(12):
        number, place = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[place])
    identifier = to_long_id(prefix + "".join(letters))
    assert identifier is not None  # noqa: S101 -- fifteen letters and digits always have a long form
    return identifier


def early_id(prefix: str, number: int) -> str:
    """Return an id that comes before those that keys get; of two, the one of the lower number first."""
    identifier = to_long_id(f"{prefix}{number:012}")
    assert identifier is not None  # noqa: S101 -- as above
    return identifier


class Org:
    """All rows by object and id. Deleted rows stay, marked, as in the recycle bin."""

    def __init__(self, types: Mapping[str, ObjectType], clock: Callable[[], datetime]) -> None:
        self.types = types
        self.clock = clock
        self._rows: dict[str, dict[str, Row]] = {name: {} for name in types}
        self._created = 0

    def get_type(self, name: str) -> ObjectType:
        """Find an object type, whatever the case; raise the service's refusal for an unknown one."""
        found = self.types.get(name) or next(
            (kind for key, kind in self.types.items() if key.lower() == name.lower()), None
        )
        if found is None:
            raise RefusalError(404, "NOT_FOUND", "The requested resource does not exist")
        return found

    def rows(self, kind: ObjectType, *, deleted: bool = False) -> Iterable[Row]:
        """Iterate over an object's rows, by default without the deleted ones."""
        return (row for row in self._rows[kind.name].values() if deleted or not row["IsDeleted"])

    def get(self, kind: ObjectType, identifier: str) -> Row | None:
        """Return a row by its id in either form, deleted or not."""
        return self._rows[kind.name].get(to_long_id(identifier) or "")

    def find_by_external_id(self, kind: ObjectType, field: str, value: str) -> list[Row]:
        """Return the live rows whose external id equals `value`, case ignored."""
        return [row for row in self.rows(kind) if str(row.get(field) or "").casefold() == value.casefold()]

    def put(self, kind: ObjectType, identifier: str, values: Mapping[str, Value], stamp: datetime) -> Row:
        """Store a row as it is, for seeding: stamps and business codes come from the caller."""
        row: Row = dict.fromkeys(kind.fields)
        row.update(
            {
                "Id": identifier,
                "IsDeleted": False,
                "CreatedDate": stamp,
                "LastModifiedDate": stamp,
                "SystemModstamp": stamp,
            }
        )
        row.update(values)
        fill_computed_fields(kind.name, row)
        self._rows[kind.name][identifier] = row
        return row

    def create(self, kind: ObjectType, values: Mapping[str, Value]) -> Row:
        """Create a row stamped now; raise the service's refusal when a unique field is taken."""
        self._require_unique(kind, values, None)
        self._created += 1
        return self.put(kind, build_record_id(kind.prefix, f"created {self._created}"), values, self._read_clock())

    def update(self, kind: ObjectType, row: Row, values: Mapping[str, Value]) -> None:
        """Change a row and its stamps."""
        self._require_unique(kind, values, row)
        row.update(values)
        fill_computed_fields(kind.name, row)
        row["LastModifiedDate"] = row["SystemModstamp"] = self._read_clock()

    def delete(self, row: Row) -> None:
        """Put a row into the recycle bin."""
        row["IsDeleted"] = True
        row["LastModifiedDate"] = row["SystemModstamp"] = self._read_clock()

    def copy_rows(self) -> dict[str, dict[str, Row]]:
        """Return a copy of all rows, to come back to."""
        return {name: {key: dict(row) for key, row in rows.items()} for name, rows in self._rows.items()}

    def restore_rows(self, snapshot: dict[str, dict[str, Row]]) -> None:
        """Go back to a snapshot."""
        self._rows = snapshot

    def _read_clock(self) -> datetime:
        return self.clock().replace(microsecond=0)

    def _require_unique(self, kind: ObjectType, values: Mapping[str, Value], row: Row | None) -> None:
        for name, value in values.items():
            if not kind.fields[name].unique or value is None:
                continue
            for taken in self.find_by_external_id(kind, name, str(value)):
                if taken is not row:
                    message = (
                        f"duplicate value found: {name} duplicates value on record with id: {str(taken['Id'])[:15]}"
                    )
                    raise RefusalError(400, "DUPLICATE_VALUE", message, [])
