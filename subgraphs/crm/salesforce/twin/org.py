"""The org's rows in memory, with unique external ids, computed fields, soft delete and timestamps."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from subgraphs.crm.salesforce.identifier import to_long_id
from subgraphs.crm.salesforce.twin.computed_fields import fill_computed_fields
from subgraphs.crm.salesforce.twin.model import ObjectType, Value
from subgraphs.crm.salesforce.twin.responses import RefusalError

Row = dict[str, Value]

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def build_record_id(prefix: str, key: str) -> str:
    """Return the 18-character id of a business key: the object's prefix and twelve characters of the key's hash."""
    number = int.from_bytes(sha256(f"{prefix}/{key}".encode()).digest())
    letters = []
    for _ in range(12):
        number, index = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[index])
    identifier = to_long_id(prefix + "".join(letters))
    assert identifier is not None  # noqa: S101 -- fifteen letters and digits always have a long form
    return identifier


def build_early_id(prefix: str, number: int) -> str:
    """Return an id that sorts before those of business keys, in the order of `number`."""
    identifier = to_long_id(f"{prefix}{number:012}")
    assert identifier is not None  # noqa: S101 -- as above
    return identifier


class Org:
    """All rows by object and id. Deleted rows stay, marked as deleted, as in the recycle bin."""

    def __init__(self, types: Mapping[str, ObjectType], clock: Callable[[], datetime]) -> None:
        self.types = types
        self.clock = clock
        self._rows: dict[str, dict[str, Row]] = {name: {} for name in types}
        self._created = 0

    def get_type(self, name: str) -> ObjectType:
        """Return an object type by name, ignoring case; raise the service's error for an unknown one."""
        match = self.types.get(name) or next(
            (object_type for key, object_type in self.types.items() if key.lower() == name.lower()), None
        )
        if match is None:
            raise RefusalError(404, "NOT_FOUND", "The requested resource does not exist")
        return match

    def list_rows(self, object_type: ObjectType, *, deleted: bool = False) -> Iterable[Row]:
        """Return an object's rows, by default without the deleted ones."""
        return (row for row in self._rows[object_type.name].values() if deleted or not row["IsDeleted"])

    def get(self, object_type: ObjectType, identifier: str) -> Row | None:
        """Return a row by its id in either form, deleted or not."""
        return self._rows[object_type.name].get(to_long_id(identifier) or "")

    def find_by_external_id(self, object_type: ObjectType, field: str, value: str) -> list[Row]:
        """Return the rows that are not deleted and whose external id equals `value`, ignoring case."""
        return [row for row in self.list_rows(object_type) if str(row.get(field) or "").casefold() == value.casefold()]

    def put(self, object_type: ObjectType, identifier: str, values: Mapping[str, Value], modified: datetime) -> Row:
        """Store a row with the given id and timestamp, for seeding."""
        row: Row = dict.fromkeys(object_type.fields)
        row.update(
            {
                "Id": identifier,
                "IsDeleted": False,
                "CreatedDate": modified,
                "LastModifiedDate": modified,
                "SystemModstamp": modified,
            }
        )
        row.update(values)
        fill_computed_fields(object_type.name, row)
        self._rows[object_type.name][identifier] = row
        return row

    def create(self, object_type: ObjectType, values: Mapping[str, Value]) -> Row:
        """Create a row, timestamped now; raise the service's error if the value of a unique field exists."""
        self._require_unique(object_type, values, None)
        self._created += 1
        return self.put(
            object_type, build_record_id(object_type.prefix, f"created {self._created}"), values, self._read_clock()
        )

    def update(self, object_type: ObjectType, row: Row, values: Mapping[str, Value]) -> None:
        """Update a row and its timestamps."""
        self._require_unique(object_type, values, row)
        row.update(values)
        fill_computed_fields(object_type.name, row)
        row["LastModifiedDate"] = row["SystemModstamp"] = self._read_clock()

    def delete(self, row: Row) -> None:
        """Mark a row as deleted."""
        row["IsDeleted"] = True
        row["LastModifiedDate"] = row["SystemModstamp"] = self._read_clock()

    def copy_rows(self) -> dict[str, dict[str, Row]]:
        """Return a copy of all rows, for a rollback."""
        return {name: {key: dict(row) for key, row in rows.items()} for name, rows in self._rows.items()}

    def restore_rows(self, snapshot: dict[str, dict[str, Row]]) -> None:
        """Roll back to a copy of all rows."""
        self._rows = snapshot

    def _read_clock(self) -> datetime:
        return self.clock().replace(microsecond=0)

    def _require_unique(self, object_type: ObjectType, values: Mapping[str, Value], row: Row | None) -> None:
        for name, value in values.items():
            if not object_type.fields[name].unique or value is None:
                continue
            for existing in self.find_by_external_id(object_type, name, str(value)):
                if existing is not row:
                    message = (
                        f"duplicate value found: {name} duplicates value on record with id: {str(existing['Id'])[:15]}"
                    )
                    raise RefusalError(400, "DUPLICATE_VALUE", message, [])
