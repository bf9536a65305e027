"""Create, read, update, delete and upsert of single rows, as `sobjects/…` offers them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from subgraphs.crm.salesforce.twin.answers import ApiResponse, Json, RefusalError, build_not_found
from subgraphs.crm.salesforce.twin.calls import Call
from subgraphs.crm.salesforce.twin.codec import from_wire, to_wire
from subgraphs.crm.salesforce.twin.duplicates import DuplicateRule
from subgraphs.crm.salesforce.twin.model import ObjectType, Value
from subgraphs.crm.salesforce.twin.org import Org, Row
from subgraphs.crm.salesforce.twin.query_run import build_attributes

_UPSERT_BODY_SINCE = 46.0


class Rows:
    """The row resources of one org."""

    def __init__(self, org: Org, duplicates: DuplicateRule) -> None:
        self._org = org
        self._duplicates = duplicates

    def create(self, call: Call, kind: ObjectType, body: Mapping[str, Json]) -> ApiResponse:
        """Create a row: 201 with its id."""
        values = self._parse_values(kind, body)
        missing = [field.name for field in kind.fields.values() if field.required and values.get(field.name) is None]
        if missing:
            raise RefusalError(
                400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing
            )
        self._duplicates.require_no_duplicate(kind, values, call)
        row = self._org.create(kind, values)
        return ApiResponse(status=201, body={"id": row["Id"], "success": True, "errors": []})

    def read(self, call: Call, kind: ObjectType, row: Row) -> ApiResponse:
        """Return a row: all fields, or those of `fields=`; 304 when it has not changed since the date that the caller names."""
        since = _parse_date_header(call, "if-modified-since")
        if since is not None and _get_modified(row) <= since:
            return ApiResponse(status=304)
        wanted = call.query.get("fields")
        return ApiResponse(
            body=self.serialize(kind, row, call.version, wanted.split(",") if wanted else list(kind.fields))
        )

    def update(self, call: Call, row: Row, kind: ObjectType, body: Mapping[str, Json]) -> ApiResponse:
        """Change a row: 204; 412 when it has changed since the date that the caller names."""
        until = _parse_date_header(call, "if-unmodified-since")
        if until is not None and _get_modified(row) > until:
            raise RefusalError(412, "PRECONDITION_FAILED", "A request header precondition failed")
        self._org.update(kind, row, self._parse_values(kind, body))
        return ApiResponse(status=204)

    def delete(self, row: Row) -> ApiResponse:
        """Put a row into the recycle bin: 204."""
        self._org.delete(row)
        return ApiResponse(status=204)

    def upsert(self, call: Call, kind: ObjectType, field: str, value: str, body: Mapping[str, Json]) -> ApiResponse:
        """Create (201) or update (200, 204 before v46) the row whose external id is `value`; 300 with links when several have it."""
        name = self.require_external_id(kind, field)
        if name in body or "Id" in body:
            raise RefusalError(
                400, "INVALID_FIELD", f"The {name} field should not be specified in the sobject data.", [name]
            )
        found = self._org.find_by_external_id(kind, name, value)
        if len(found) > 1:
            return self.build_choice(kind, found, call.version)
        if found:
            self.update(call, found[0], kind, body)
            outcome: dict[str, Json] = {"id": found[0]["Id"], "success": True, "errors": [], "created": False}
            return ApiResponse(body=outcome) if call.version_number >= _UPSERT_BODY_SINCE else ApiResponse(status=204)
        if call.query.get("updateOnly", "").lower() == "true":
            raise build_not_found()
        created = self.create(call, kind, {**body, name: value})
        assert isinstance(created.body, dict)  # noqa: S101 -- what `create` answers
        return ApiResponse(status=201, body={**created.body, "created": True})

    def build_choice(self, kind: ObjectType, found: Sequence[Row], version: str) -> ApiResponse:
        """Answer 300 with the addresses of all rows that match."""
        return ApiResponse(
            status=300, body=[f"/services/data/{version}/sobjects/{kind.name}/{row['Id']}" for row in found]
        )

    def require_external_id(self, kind: ObjectType, name: str) -> str:
        """Return the field's own spelling; raise NOT_FOUND unless it is an external id."""
        field = kind.find_field(name)
        if field is None or not field.external_id:
            raise RefusalError(
                404, "NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {name}"
            )
        return field.name

    def require_row(self, kind: ObjectType, identifier: str) -> Row:
        """Return a live row; raise NOT_FOUND or ENTITY_IS_DELETED."""
        row = self._org.get(kind, identifier)
        if row is None:
            raise build_not_found()
        if row["IsDeleted"]:
            raise RefusalError(404, "ENTITY_IS_DELETED", "entity is deleted", [])
        return row

    def read_by_external_id(self, call: Call, kind: ObjectType, field: str, value: str) -> ApiResponse:
        """Return the row whose external id is `value`: 200, 300 for several, 404 for none."""
        found = self._org.find_by_external_id(kind, self.require_external_id(kind, field), value)
        if not found:
            raise build_not_found()
        return self.read(call, kind, found[0]) if len(found) == 1 else self.build_choice(kind, found, call.version)

    @staticmethod
    def serialize(kind: ObjectType, row: Row, version: str, names: Sequence[str]) -> dict[str, Json]:
        """Return the named fields of a row as JSON; raise INVALID_FIELD for an unknown one."""
        record: dict[str, Json] = {"attributes": build_attributes(kind, row, version)}
        for name in names:
            field = kind.find_field(name.strip())
            if field is None:
                raise RefusalError(400, "INVALID_FIELD", f"No such column '{name}' on entity '{kind.name}'.")
            record[field.name] = to_wire(row[field.name])
        return record

    def _parse_values(self, kind: ObjectType, body: Mapping[str, Json]) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for name, raw in body.items():
            if name == "attributes":
                continue
            field = kind.find_field(name)
            if field is None:
                raise RefusalError(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {kind.name}")
            if not field.writable:
                message = f"Unable to create/update fields: {field.name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set."
                raise RefusalError(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, [field.name])
            values[field.name] = value = from_wire(field, raw)
            if field.to and value is not None and self._org.get(self._org.types[field.to], str(value)) is None:
                raise RefusalError(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [field.name])
        return values


def _get_modified(row: Row) -> datetime:
    stamp = row["LastModifiedDate"]
    assert isinstance(stamp, datetime)  # noqa: S101 -- every row is stamped when it is stored
    return stamp


def _parse_date_header(call: Call, header: str) -> datetime | None:
    """Read a conditional header: whole seconds, RFC 9110 dates."""
    text = call.headers.get(header)
    if text is None:
        return None
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        raise RefusalError(400, "INVALID_HEADER", f"The date in {header} is malformed") from None
