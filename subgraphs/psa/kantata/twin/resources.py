"""The resources over HTTP: which call reads, and which writes. The suffix `.json` may be left out."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from subgraphs.psa.kantata.twin.references import References
from subgraphs.psa.kantata.twin.refusals import RefusalError
from subgraphs.psa.kantata.twin.service import Service
from subgraphs.psa.kantata.twin.writes import Writes


class Resources:
    """The routes' endpoints. Nothing here looks at headers: an `Idempotency-Key` is none to the vendor."""

    def __init__(self, service: Service, writes: Writes, references: References) -> None:
        self._service = service
        self._writes = writes
        self._references = references

    async def many(self, request: Request) -> Response:
        """List a resource, make records of it, or delete some of them."""
        resource, query = _named(request, "resource"), request.query_params
        if request.method == "POST":
            made = self._writes.create(resource, await _body(request), query)
            return JSONResponse(self._service.told(resource, made, query))
        if request.method == "DELETE":
            self._writes.delete(resource, [each for each in query.get("ids", "").split(",") if each], query)
            return Response(status_code=204)
        return JSONResponse(self._service.listed(resource, query))

    async def one(self, request: Request) -> Response:
        """Show a record, change it, or delete it."""
        resource, identifier, query = _named(request, "resource"), _named(request, "id"), request.query_params
        if request.method == "PUT":
            self._writes.update(resource, identifier, await _body(request), query)
            return JSONResponse(self._service.told(resource, [identifier], query))
        if request.method == "DELETE":
            self._writes.delete(resource, [identifier], query)
            return Response(status_code=204)
        return JSONResponse(self._service.shown(resource, identifier, query))

    async def referred(self, request: Request) -> Response:
        """Make a record's reference to another system, or change the one it has."""
        query = request.query_params
        identifier = self._references.put(await _body(request), query)
        return JSONResponse(self._service.told("external_references", [identifier], query))


def _named(request: Request, part: str) -> str:
    return str(request.path_params[part]).removesuffix(".json")


async def _body(request: Request) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(await request.body(), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RefusalError(400) from None
