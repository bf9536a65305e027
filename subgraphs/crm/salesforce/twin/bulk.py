"""Many rows of one call: `composite/sobjects`. Up to 200 rows are written, up to 2,000 read; each has its own outcome, in order."""

from collections.abc import Callable, Mapping, Sequence

from subgraphs.crm.salesforce.twin.answers import Answer, Json, RefusalError
from subgraphs.crm.salesforce.twin.calls import Call
from subgraphs.crm.salesforce.twin.model import ObjectType
from subgraphs.crm.salesforce.twin.org import Org
from subgraphs.crm.salesforce.twin.rows import Rows

_MOST_WRITTEN = 200
_MOST_READ = 2000

Write = Callable[[], Answer]


class Collections:
    """The collection resources of one org."""

    def __init__(self, org: Org, rows: Rows) -> None:
        self._org = org
        self._rows = rows

    def read(self, call: Call, kind: ObjectType) -> Answer:
        """Return the rows of the given ids in their order, null where there is none."""
        if call.method == "GET":
            ids, fields = call.query.get("ids", "").split(","), call.query.get("fields", "").split(",")
        else:
            ids, fields = _texts(call.object_body(), "ids"), _texts(call.object_body(), "fields")
        if len(ids) > _MOST_READ:
            raise RefusalError(
                400, "EXCEEDED_MAX_SIZE_REQUEST", f"You can't read more than {_MOST_READ} records in one call"
            )
        found = (self._org.get(kind, identifier) for identifier in ids)
        return Answer(
            body=[
                None if row is None or row["IsDeleted"] else Rows.shown(kind, row, call.version, fields)
                for row in found
            ]
        )

    def write(self, call: Call) -> Answer:
        """Create (POST) or update (PATCH) rows of any objects."""
        writes = [self._write(call, record) for record in _records(call)]
        return self._outcomes(writes, undo=call.object_body().get("allOrNone") is True)

    def upsert(self, call: Call, kind: ObjectType, field: str) -> Answer:
        """Upsert rows of one object by an external id that each carries."""
        name = self._rows.external_field(kind, field)

        def one(record: Mapping[str, Json]) -> Write:
            body = {key: value for key, value in record.items() if key not in {"attributes", name}}
            return lambda: self._rows.upsert(call, kind, name, str(record.get(name) or ""), body)

        writes = [one(record) for record in _records(call)]
        return self._outcomes(writes, undo=call.object_body().get("allOrNone") is True)

    def delete(self, call: Call) -> Answer:
        """Delete the rows of the given ids, whatever their objects."""
        ids = call.query.get("ids", "").split(",")
        _require_size(ids)
        writes = [lambda identifier=identifier: self._delete(identifier) for identifier in ids]
        return self._outcomes(writes, undo=call.query.get("allOrNone") == "true")

    def _write(self, call: Call, record: Mapping[str, Json]) -> Write:
        described = record.get("attributes")
        kind = self._org.type_named(
            str(described["type"]) if isinstance(described, dict) and "type" in described else ""
        )
        if call.method == "POST":
            return lambda: self._rows.create(call, kind, record)
        identifier = str(record.get("Id") or record.get("id") or "")
        body = {key: value for key, value in record.items() if key.lower() != "id"}

        def update() -> Answer:
            row = self._rows.existing(kind, identifier)
            self._rows.update(call, row, kind, body)
            return Answer(body={"id": row["Id"], "success": True, "errors": []})

        return update

    def _delete(self, identifier: str) -> Answer:
        kind = next((each for each in self._org.types.values() if identifier.startswith(each.prefix)), None)
        if kind is None:
            raise RefusalError(404, "MALFORMED_ID", f"malformed id {identifier}")
        row = self._rows.existing(kind, identifier)
        self._rows.delete(row)
        return Answer(body={"id": row["Id"], "success": True, "errors": []})

    def _outcomes(self, writes: Sequence[Write], *, undo: bool) -> Answer:
        """Run the writes one after another; with `undo` a refusal takes back the others, which then say so."""
        before = self._org.snapshot() if undo else None
        items: list[Json] = []
        failed: set[int] = set()
        for place, write in enumerate(writes):
            try:
                answer = write()
                items.append(answer.body)
            except RefusalError as refusal:
                failed.add(place)
                items.append(refusal.item())
        if before is not None and failed:
            self._org.restore(before)
            message = "Record rolled back because not all records were valid and the request was using AllOrNone header"
            undone = RefusalError(400, "ALL_OR_NONE_OPERATION_ROLLED_BACK", message).item()
            items = [item if place in failed else undone for place, item in enumerate(items)]
        return Answer(body=items)


def _records(call: Call) -> list[Mapping[str, Json]]:
    records = call.object_body().get("records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise RefusalError(400, "JSON_PARSER_ERROR", "records must be a list of objects")
    _require_size(records)
    return records


def _require_size(items: Sequence[object]) -> None:
    if len(items) > _MOST_WRITTEN:
        raise RefusalError(
            400,
            "EXCEEDED_ID_LIMIT",
            f"record limit reached. cannot submit more than {_MOST_WRITTEN} records into this call",
        )


def _texts(body: Mapping[str, Json], name: str) -> list[str]:
    values = body.get(name)
    if not isinstance(values, list):
        raise RefusalError(400, "JSON_PARSER_ERROR", f"{name} must be a list")
    return [str(value) for value in values]
