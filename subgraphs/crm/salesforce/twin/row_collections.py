"""Collection resources, `composite/sobjects`: up to 200 rows written or 2,000 read per call.

The response has one result per row, in order.
"""

from collections.abc import Callable, Mapping, Sequence

from subgraphs.crm.salesforce.twin.calls import Call
from subgraphs.crm.salesforce.twin.model import ObjectType
from subgraphs.crm.salesforce.twin.org import Org
from subgraphs.crm.salesforce.twin.responses import ApiResponse, Json, RefusalError
from subgraphs.crm.salesforce.twin.rows import Rows

_MAX_WRITTEN = 200
_MAX_READ = 2000

Write = Callable[[], ApiResponse]


class RowCollections:
    """The collection resources of one org."""

    def __init__(self, org: Org, rows: Rows) -> None:
        self._org = org
        self._rows = rows

    def read(self, call: Call, object_type: ObjectType) -> ApiResponse:
        """Return the rows of the given ids in their order, null for an unknown or deleted row."""
        if call.method == "GET":
            ids, fields = call.query.get("ids", "").split(","), call.query.get("fields", "").split(",")
        else:
            ids, fields = (
                _require_list(call.require_object_body(), "ids"),
                _require_list(call.require_object_body(), "fields"),
            )
        if len(ids) > _MAX_READ:
            raise RefusalError(
                400, "EXCEEDED_MAX_SIZE_REQUEST", f"You can't read more than {_MAX_READ} records in one call"
            )
        rows = (self._org.get(object_type, identifier) for identifier in ids)
        return ApiResponse(
            body=[
                None if row is None or row["IsDeleted"] else Rows.serialize(object_type, row, call.version, fields)
                for row in rows
            ]
        )

    def write(self, call: Call) -> ApiResponse:
        """Create (POST) or update (PATCH) rows of any objects."""
        writes = [self._prepare_write(call, record) for record in _require_records(call)]
        return self._run_writes(writes, all_or_none=call.require_object_body().get("allOrNone") is True)

    def upsert(self, call: Call, object_type: ObjectType, field: str) -> ApiResponse:
        """Upsert rows of one object by the external id in each row."""
        name = self._rows.require_external_id(object_type, field)

        def prepare(record: Mapping[str, Json]) -> Write:
            body = {key: value for key, value in record.items() if key not in {"attributes", name}}
            return lambda: self._rows.upsert(call, object_type, name, str(record.get(name) or ""), body)

        writes = [prepare(record) for record in _require_records(call)]
        return self._run_writes(writes, all_or_none=call.require_object_body().get("allOrNone") is True)

    def delete(self, call: Call) -> ApiResponse:
        """Delete the rows of the given ids, of any objects."""
        ids = call.query.get("ids", "").split(",")
        _require_size(ids)
        writes = [lambda identifier=identifier: self._delete_row(identifier) for identifier in ids]
        return self._run_writes(writes, all_or_none=call.query.get("allOrNone") == "true")

    def _prepare_write(self, call: Call, record: Mapping[str, Json]) -> Write:
        attributes = record.get("attributes")
        object_type = self._org.get_type(
            str(attributes["type"]) if isinstance(attributes, dict) and "type" in attributes else ""
        )
        if call.method == "POST":
            return lambda: self._rows.create(call, object_type, record)
        identifier = str(record.get("Id") or record.get("id") or "")
        body = {key: value for key, value in record.items() if key.lower() != "id"}

        def update() -> ApiResponse:
            row = self._rows.require_row(object_type, identifier)
            self._rows.update(call, row, object_type, body)
            return ApiResponse(body={"id": row["Id"], "success": True, "errors": []})

        return update

    def _delete_row(self, identifier: str) -> ApiResponse:
        object_type = next((each for each in self._org.types.values() if identifier.startswith(each.prefix)), None)
        if object_type is None:
            raise RefusalError(404, "MALFORMED_ID", f"malformed id {identifier}")
        row = self._rows.require_row(object_type, identifier)
        self._rows.delete(row)
        return ApiResponse(body={"id": row["Id"], "success": True, "errors": []})

    def _run_writes(self, writes: Sequence[Write], *, all_or_none: bool) -> ApiResponse:
        """Run the writes in order; with `all_or_none` one error rolls back all rows, whose results then say so."""
        before = self._org.copy_rows() if all_or_none else None
        items: list[Json] = []
        failed: set[int] = set()
        for position, write in enumerate(writes):
            try:
                answer = write()
                items.append(answer.body)
            except RefusalError as refusal:
                failed.add(position)
                items.append(refusal.to_item())
        if before is not None and failed:
            self._org.restore_rows(before)
            message = "Record rolled back because not all records were valid and the request was using AllOrNone header"
            rolled_back = RefusalError(400, "ALL_OR_NONE_OPERATION_ROLLED_BACK", message).to_item()
            items = [item if position in failed else rolled_back for position, item in enumerate(items)]
        return ApiResponse(body=items)


def _require_records(call: Call) -> list[Mapping[str, Json]]:
    records = call.require_object_body().get("records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise RefusalError(400, "JSON_PARSER_ERROR", "records must be a list of objects")
    _require_size(records)
    return records


def _require_size(items: Sequence[object]) -> None:
    if len(items) > _MAX_WRITTEN:
        raise RefusalError(
            400,
            "EXCEEDED_ID_LIMIT",
            f"record limit reached. cannot submit more than {_MAX_WRITTEN} records into this call",
        )


def _require_list(body: Mapping[str, Json], name: str) -> list[str]:
    values = body.get(name)
    if not isinstance(values, list):
        raise RefusalError(400, "JSON_PARSER_ERROR", f"{name} must be a list")
    return [str(value) for value in values]
