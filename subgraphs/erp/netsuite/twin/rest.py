"""The endpoints of the record service: records, lists and the metadata catalogue."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from subgraphs.erp.netsuite.twin import catalog, invoices, refusals
from subgraphs.erp.netsuite.twin.records import TRANSACTION_TYPES, RecordRepository, parse_external_id
from subgraphs.erp.netsuite.twin.refusals import RefusalError
from subgraphs.erp.netsuite.twin.settings import TwinSettings

BASE = "/services/rest"
_MEDIA = "application/vnd.oracle.resource+json; type="
_JSON = msgspec.json.Encoder(decimal_format="number")
_CONDITION = re.compile(
    r'\s*(?P<field>\w+)\s+(?P<operator>IS|START_WITH|CONTAIN|EQUAL|ANY_OF)\s+(?:"(?P<text>[^"]*)"|(?P<number>\S+))\s*'
)


class RecordService:
    """The routes under `/record/v1`."""

    def __init__(self, records: RecordRepository, settings: TwinSettings) -> None:
        self._records = records
        self._settings = settings

    def build_routes(self) -> list[Route]:
        """Return the routes; the catalogue precedes the record types, whose pattern also matches it."""
        base = BASE + "/record/v1"
        return [
            Route(base + "/metadata-catalog", self.answer_catalogue, methods=["GET"]),
            Route(base + "/metadata-catalog/{record}", self.answer_catalogue, methods=["GET"]),
            Route(base + "/{record}", self.answer_collection, methods=["GET", "POST"]),
            Route(base + "/{record}/{key}", self.answer_instance, methods=["GET", "PATCH", "PUT", "DELETE"]),
        ]

    def _check_permission(self, request: Request) -> str:
        record: str = request.path_params["record"]
        self._records.get_table(record)
        if record.lower() in {name.lower() for name in self._settings.denied_records}:
            raise refusals.build_user_error(refusals.NO_PERMISSION)
        return record

    def _build_root_url(self, request: Request) -> str:
        return (self._settings.origin or str(request.base_url).rstrip("/")) + BASE

    async def answer_collection(self, request: Request) -> Response:
        """List ids, or create a record."""
        record = self._check_permission(request)
        if request.method == "GET":
            return self._list(request, record)
        id_ = self._create(record, await _read_body(request), None, request)
        return _answer_location(f"{self._build_root_url(request)}/record/v1/{record}/{id_}")

    def _list(self, request: Request, record: str) -> Response:
        if not self._settings.suite_analytics:
            raise refusals.build_user_error(refusals.NO_PERMISSION)
        limit, offset = parse_page_bounds(request)
        table = self._records.get_table(record)
        chosen = parse_filter(
            request.query_params.get("q"), {str(column.rest): column.name for column in table.columns if column.rest}
        )
        rows = [
            row
            for row in self._records.store.find_rows(table.name, **self._records.build_conditions(record))
            if chosen(row)
        ]
        root = f"{self._build_root_url(request)}/record/v1/{record}"
        items = [
            {"links": [{"rel": "self", "href": f"{root}/{row['id']}"}], "id": str(row["id"])}
            for row in rows[offset : offset + limit]
        ]
        return _answer_json(build_envelope(root, items, offset, len(rows)), "collection")

    async def answer_instance(self, request: Request) -> Response:
        """Read, change, upsert or delete one record."""
        record = self._check_permission(request)
        key: str = request.path_params["key"]
        if request.method == "GET":
            return self._read(request, record, key)
        if request.method == "DELETE":
            row = self._records.get_row(record, key)
            self._records.store.delete(self._records.get_table(record).name, "id", row["id"])
            return Response(status_code=204)
        body = await _read_body(request)
        if request.method == "PUT":
            return self._upsert(request, record, key, body)
        row = self._records.get_row(record, key)
        self._change(record, row, body, request)
        return _answer_location(f"{self._build_root_url(request)}/record/v1/{record}/{row['id']}")

    def _read(self, request: Request, record: str, key: str) -> Response:
        row = self._records.get_row(record, key)
        wanted = request.query_params.get("fields")
        root = self._build_root_url(request)
        body = self._records.build_body(record, row, root, frozenset(wanted.split(",")) if wanted else None)
        if record.lower() in TRANSACTION_TYPES and (wanted is None or "item" in wanted.split(",")):
            expand = request.query_params.get("expandSubResources", "false").lower() == "true"
            body["item"] = invoices.build_item_sublist(self._records, record, row["id"], root, expand=expand)
        return _answer_json(body, "singular")

    def _upsert(self, request: Request, record: str, key: str, body: Mapping[str, Any]) -> Response:
        if not key.startswith("eid:"):
            raise RefusalError(405, "INVALID_METHOD", "PUT takes an external ID.")
        value = parse_external_id(key)
        row = self._records.find_row(record, key)
        if row is None:
            id_ = self._create(record, body, value, request)
        else:
            id_ = row["id"]
            self._change(record, row, body, request)
        return _answer_location(f"{self._build_root_url(request)}/record/v1/{record}/{id_}")

    def _create(self, record: str, body: Mapping[str, Any], external: str | None, request: Request) -> int:
        values = self._records.parse_body(record, body, strict=_is_strict(request))
        if external is not None:
            values["externalid"] = external
        if record.lower() == "invoice":
            return invoices.create_invoice(self._records, values, body, self._settings.now().date())
        if record.lower() in TRANSACTION_TYPES:
            raise RefusalError(405, "INVALID_METHOD", f"{record} is read only in this account.")
        return self._records.create(record, values)

    def _change(self, record: str, row: Mapping[str, Any], body: Mapping[str, Any], request: Request) -> None:
        if "item" in body:
            raise RefusalError(
                400,
                "INVALID_CONTENT",
                "The lines of a posted transaction cannot be changed in this account.",
                path="item",
            )
        values = self._records.parse_body(record, body, strict=_is_strict(request))
        self._records.update(record, row["id"], values)

    async def answer_catalogue(self, request: Request) -> Response:
        """List the record types, or describe the selected ones as OpenAPI or JSON Schema, as the caller accepts."""
        one = request.path_params.get("record") or request.query_params.get("select")
        if catalog.OPENAPI in request.headers.get("accept", ""):
            chosen = one.split(",") if one else []
            return JSONResponse(catalog.build_openapi(self._records, chosen), media_type=catalog.OPENAPI)
        if one is None:
            return _answer_json(catalog.build_listing(self._build_root_url(request)), "collection")
        return JSONResponse(catalog.build_json_schema(self._records, one), media_type=catalog.SCHEMA)


def _is_strict(request: Request) -> bool:
    return request.headers.get("x-netsuite-propertynamevalidation", "error").lower() == "error"


async def _read_body(request: Request) -> Mapping[str, Any]:
    try:
        body = msgspec.json.decode(await request.body())
    except msgspec.DecodeError as error:
        raise RefusalError(400, "INVALID_CONTENT", "Invalid content in the request body.") from error
    if not isinstance(body, dict):
        raise RefusalError(400, "INVALID_CONTENT", "Invalid content in the request body.")
    return body


def parse_page_bounds(request: Request) -> tuple[int, int]:
    """Return (limit, offset) of a collection.

    Raise RefusalError for a limit above 1,000 or an offset that is not a multiple of the limit.
    """
    try:
        limit = int(request.query_params.get("limit", 1000))
        offset = int(request.query_params.get("offset", 0))
    except ValueError as error:
        raise RefusalError(400, "INVALID_PARAMETER", "limit and offset must be numbers.") from error
    if not 1 <= limit <= 1000:  # noqa: PLR2004 -- the page cap
        raise RefusalError(
            400,
            "INVALID_PARAMETER",
            f"Invalid value for parameter limit: {limit}. The value must be between 1 and 1000.",
        )
    if offset < 0 or offset % limit:
        raise RefusalError(
            400,
            "INVALID_PARAMETER",
            f"Invalid value for parameter offset: {offset}. The value must be divisible by the limit.",
        )
    return limit, offset


def build_envelope(root: str, items: list[dict[str, Any]], offset: int, total: int) -> dict[str, Any]:
    """Build the envelope of a collection."""
    more = offset + len(items) < total
    links = [{"rel": "self", "href": root}]
    return {
        "links": links,
        "count": len(items),
        "hasMore": more,
        "items": items,
        "offset": offset,
        "totalResults": total,
    }


def parse_filter(condition: str | None, columns: Mapping[str, str]) -> Callable[[Mapping[str, Any]], bool]:
    """Return the row filter of a `q` parameter: conditions joined by AND; raise RefusalError if it is malformed."""
    tests = []
    for part in re.split(r"\s+AND\s+", condition) if condition else []:
        match = _CONDITION.fullmatch(part)
        if match is None or match["field"] not in columns:
            raise RefusalError(400, "INVALID_PARAMETER", f"Invalid query filter: {part}")
        tests.append(
            (
                columns[match["field"]],
                match["operator"],
                match["text"] if match["text"] is not None else match["number"],
            )
        )
    return lambda row: all(
        _is_match(str(row[column] if row[column] is not None else ""), operator, value)
        for column, operator, value in tests
    )


def _is_match(stored: str, operator: str, value: str) -> bool:
    stored, value = stored.lower(), value.lower()
    if operator == "START_WITH":
        return stored.startswith(value)
    if operator == "CONTAIN":
        return value in stored
    return stored in value.strip("[]").split(",") if operator == "ANY_OF" else stored == value


def _answer_location(address: str) -> Response:
    return Response(status_code=204, headers={"location": address})


def _answer_json(body: object, kind: str) -> Response:
    return Response(_JSON.encode(body), media_type=_MEDIA + kind)
