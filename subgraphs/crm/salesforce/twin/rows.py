"""Creates, reads, updates, deletes and upserts single rows: `sobjects/…`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from subgraphs.crm.salesforce.twin.calls import Call
from subgraphs.crm.salesforce.twin.codec import from_wire, to_wire
from subgraphs.crm.salesforce.twin.duplicates import DuplicateRule
from subgraphs.crm.salesforce.twin.model import ObjectType, Value
from subgraphs.crm.salesforce.twin.org import Org, Row
from subgraphs.crm.salesforce.twin.query_engine import build_attributes
from subgraphs.crm.salesforce.twin.responses import ApiResponse, Json, RefusalError, build_not_found

_UPSERT_BODY_SINCE = 46.0


class Rows:
    """The row resources of one org."""

    def __init__(self, org: Org, duplicates: DuplicateRule) -> None:
        self._org = org
        self._duplicates = duplicates

    def create(self, call: Call, object_type: ObjectType, body: Mapping[str, Json]) -> ApiResponse:
        """Create a row; return 201 with its id."""
        values = self._parse_values(object_type, body)
        missing = [
            field.name for field in object_type.fields.values() if field.required and values.get(field.name) is None
        ]
        if missing:
            raise RefusalError(
                400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing
            )
        self._duplicates.require_no_duplicate(object_type, values, call)
        row = self._org.create(object_type, values)
        return ApiResponse(status=201, body={"id": row["Id"], "success": True, "errors": []})

    def read(self, call: Call, object_type: ObjectType, row: Row) -> ApiResponse:
        """Return all fields of a row, or those of `fields=`; 304 if it is not modified since `If-Modified-Since`."""
        modified_since = _parse_date_header(call, "if-modified-since")
        if modified_since is not None and _get_modified(row) <= modified_since:
            return ApiResponse(status=304)
        wanted = call.query.get("fields")
        return ApiResponse(
            body=self.serialize(
                object_type, row, call.version, wanted.split(",") if wanted else list(object_type.fields)
            )
        )

    def update(self, call: Call, row: Row, object_type: ObjectType, body: Mapping[str, Json]) -> ApiResponse:
        """Update a row; return 204, or raise 412 if it is modified since `If-Unmodified-Since`."""
        unmodified_since = _parse_date_header(call, "if-unmodified-since")
        if unmodified_since is not None and _get_modified(row) > unmodified_since:
            raise RefusalError(412, "PRECONDITION_FAILED", "A request header precondition failed")
        self._org.update(object_type, row, self._parse_values(object_type, body))
        return ApiResponse(status=204)

    def delete(self, row: Row) -> ApiResponse:
        """Move a row to the recycle bin; return 204."""
        self._org.delete(row)
        return ApiResponse(status=204)

    def upsert(
        self, call: Call, object_type: ObjectType, field: str, value: str, body: Mapping[str, Json]
    ) -> ApiResponse:
        """Create (201) or update (200, before v46: 204) the row whose external id is `value`.

        Return 300 with the URLs if several rows have it.
        """
        name = self.require_external_id(object_type, field)
        if name in body or "Id" in body:
            raise RefusalError(
                400, "INVALID_FIELD", f"The {name} field should not be specified in the sobject data.", [name]
            )
        rows = self._org.find_by_external_id(object_type, name, value)
        if len(rows) > 1:
            return self.build_choice(object_type, rows, call.version)
        if rows:
            self.update(call, rows[0], object_type, body)
            outcome: dict[str, Json] = {"id": rows[0]["Id"], "success": True, "errors": [], "created": False}
            return ApiResponse(body=outcome) if call.version_number >= _UPSERT_BODY_SINCE else ApiResponse(status=204)
        if call.query.get("updateOnly", "").lower() == "true":
            raise build_not_found()
        created = self.create(call, object_type, {**body, name: value})
        assert isinstance(created.body, dict)  # noqa: S101 -- the body that `create` returns
        return ApiResponse(status=201, body={**created.body, "created": True})

    def build_choice(self, object_type: ObjectType, rows: Sequence[Row], version: str) -> ApiResponse:
        """Return 300 with the URLs of all matching rows."""
        return ApiResponse(
            status=300, body=[f"/services/data/{version}/sobjects/{object_type.name}/{row['Id']}" for row in rows]
        )

    def require_external_id(self, object_type: ObjectType, name: str) -> str:
        """Return the field's name in its own case; raise NOT_FOUND unless it is an external id."""
        field = object_type.find_field(name)
        if field is None or not field.external_id:
            raise RefusalError(
                404, "NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {name}"
            )
        return field.name

    def require_row(self, object_type: ObjectType, identifier: str) -> Row:
        """Return a row by its id; raise NOT_FOUND or ENTITY_IS_DELETED."""
        row = self._org.get(object_type, identifier)
        if row is None:
            raise build_not_found()
        if row["IsDeleted"]:
            raise RefusalError(404, "ENTITY_IS_DELETED", "entity is deleted", [])
        return row

    def read_by_external_id(self, call: Call, object_type: ObjectType, field: str, value: str) -> ApiResponse:
        """Return the row whose external id is `value`: 200 for one, 300 for several, 404 for none."""
        rows = self._org.find_by_external_id(object_type, self.require_external_id(object_type, field), value)
        if not rows:
            raise build_not_found()
        return (
            self.read(call, object_type, rows[0])
            if len(rows) == 1
            else self.build_choice(object_type, rows, call.version)
        )

    @staticmethod
    def serialize(object_type: ObjectType, row: Row, version: str, names: Sequence[str]) -> dict[str, Json]:
        """Return fields of a row as JSON; raise INVALID_FIELD for an unknown one."""
        record: dict[str, Json] = {"attributes": build_attributes(object_type, row, version)}
        for name in names:
            field = object_type.find_field(name.strip())
            if field is None:
                raise RefusalError(400, "INVALID_FIELD", f"No such column '{name}' on entity '{object_type.name}'.")
            record[field.name] = to_wire(row[field.name])
        return record

    def _parse_values(self, object_type: ObjectType, body: Mapping[str, Json]) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for name, raw in body.items():
            if name == "attributes":
                continue
            field = object_type.find_field(name)
            if field is None:
                raise RefusalError(
                    400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {object_type.name}"
                )
            if not field.writable:
                message = (
                    f"Unable to create/update fields: {field.name}. Please check the security settings of this field "
                    "and verify that it is read/write for your profile or permission set."
                )
                raise RefusalError(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, [field.name])
            values[field.name] = value = from_wire(field, raw)
            if field.to and value is not None and self._org.get(self._org.types[field.to], str(value)) is None:
                raise RefusalError(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [field.name])
        return values


def _get_modified(row: Row) -> datetime:
    modified = row["LastModifiedDate"]
    assert isinstance(modified, datetime)  # noqa: S101 -- every stored row has a timestamp
    return modified


def _parse_date_header(call: Call, header: str) -> datetime | None:
    """Return the date of a conditional header (RFC 9110, whole seconds), or None without one."""
    text = call.headers.get(header)
    if text is None:
        return None
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        raise RefusalError(400, "INVALID_HEADER", f"The date in {header} is malformed") from None
