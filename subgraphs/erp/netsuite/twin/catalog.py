"""The metadata catalogue: the list of record types, and their descriptions as JSON Schema or OpenAPI."""

from collections.abc import Mapping, Sequence
from typing import Any

from subgraphs.erp.netsuite.twin.records import RecordRepository
from subgraphs.erp.netsuite.twin.tables import BY_RECORD, Column, ColumnType

SCHEMA, OPENAPI = "application/schema+json", "application/swagger+json"
_TRANSACTIONS = ("invoice", "creditMemo", "customerPayment")
_TYPES = {ColumnType.NUMBER: "number", ColumnType.FLAG: "boolean", ColumnType.ID: "integer"}
_TEXT = {"type": "string"}
_REFERENCE: Mapping[str, Any] = {
    "type": "object",
    "properties": {"id": _TEXT, "refName": _TEXT, "externalId": _TEXT, "links": {"type": "array", "readOnly": True}},
}
"""The description of a field that references a record, or an entry of a list."""
_FORMATS = {ColumnType.DAY: "date", ColumnType.INSTANT: "date-time"}


def list_record_types() -> list[str]:
    """Return the names of the record types, as used in paths."""
    return sorted([*(table.record for table in BY_RECORD.values() if table.record), *_TRANSACTIONS])


def build_listing(root: str) -> dict[str, Any]:
    """Build the list of record types with links to their descriptions."""
    base = f"{root}/record/v1/metadata-catalog"
    return {
        "items": [
            {"name": name, "links": [{"rel": "canonical", "href": f"{base}/{name}"}]} for name in list_record_types()
        ],
    }


def build_json_schema(records: RecordRepository, record: str) -> dict[str, Any]:
    """Build the JSON Schema of a record type; raise RefusalError if it is unknown."""
    columns = [column for column in records.get_table(record).columns if column.rest is not None]
    fields = {str(column.rest): _describe_field(column) for column in columns}
    return {"type": "object", "properties": {"id": {"type": "string"}, **fields}}


def build_openapi(records: RecordRepository, chosen: Sequence[str]) -> dict[str, Any]:
    """Build an OpenAPI document of the chosen record types, or of all if none is chosen."""
    types = chosen or list_record_types()
    return {
        "openapi": "3.0.1",
        "info": {"title": "NetSuite REST API", "version": "v1"},
        "paths": {path: item for name in types for path, item in _build_paths(name).items()},
        "components": {"schemas": {name: build_json_schema(records, name) for name in types}},
    }


def _build_paths(name: str) -> Mapping[str, Any]:
    changed = {"responses": {"204": {"description": "Done."}}}
    single = {
        "responses": {
            "200": {
                "description": "The record.",
                "content": {
                    "application/vnd.oracle.resource+json; type=singular": {
                        "schema": {"$ref": f"#/components/schemas/{name}"}
                    }
                },
            }
        }
    }
    listed = {"responses": {"200": {"description": "Ids of the records."}}}
    return {
        f"/{name}": {"get": listed, "post": changed},
        f"/{name}/{{id}}": {"get": single, "patch": changed, "put": changed, "delete": changed},
    }


def _describe_field(column: Column) -> dict[str, Any]:
    described = _REFERENCE if column.target is not None else _describe_type(column.kind)
    return {**described, "x-ns-custom-field": True} if column.name.startswith("cust") else {**described}


def _describe_type(kind: ColumnType) -> dict[str, str]:
    if kind in _FORMATS:
        return {"type": "string", "format": _FORMATS[kind]}
    return {"type": _TYPES.get(kind, "string")}
