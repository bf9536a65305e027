"""The HTTP endpoints of the resources. The suffix `.json` is optional."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from subgraphs.psa.kantata.twin.references import ReferenceWriter
from subgraphs.psa.kantata.twin.refusals import RefusalError
from subgraphs.psa.kantata.twin.service import QueryService
from subgraphs.psa.kantata.twin.writes import RecordWriter


class Endpoints:
    """The endpoints of the routes. They ignore headers: the vendor has no `Idempotency-Key`."""

    def __init__(self, service: QueryService, writes: RecordWriter, references: ReferenceWriter) -> None:
        self._service = service
        self._writes = writes
        self._references = references

    async def handle_list(self, request: Request) -> Response:
        """List, create or delete records of a resource."""
        resource, query = _get_path_part(request, "resource"), request.query_params
        if request.method == "POST":
            made = self._writes.create(resource, await _read_body(request), query)
            return JSONResponse(self._service.show_written(resource, made, query))
        if request.method == "DELETE":
            self._writes.delete(resource, [each for each in query.get("ids", "").split(",") if each], query)
            return Response(status_code=204)
        return JSONResponse(self._service.list_records(resource, query))

    async def handle_record(self, request: Request) -> Response:
        """Show, change or delete a record."""
        resource, identifier, query = (
            _get_path_part(request, "resource"),
            _get_path_part(request, "id"),
            request.query_params,
        )
        if request.method == "PUT":
            self._writes.update(resource, identifier, await _read_body(request), query)
            return JSONResponse(self._service.show_written(resource, [identifier], query))
        if request.method == "DELETE":
            self._writes.delete(resource, [identifier], query)
            return Response(status_code=204)
        return JSONResponse(self._service.show_record(resource, identifier, query))

    async def handle_reference(self, request: Request) -> Response:
        """Create or change an external reference."""
        query = request.query_params
        identifier = self._references.put(await _read_body(request), query)
        return JSONResponse(self._service.show_written("external_references", [identifier], query))


def _get_path_part(request: Request, part: str) -> str:
    return str(request.path_params[part]).removesuffix(".json")


async def _read_body(request: Request) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(await request.body(), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RefusalError(400) from None
