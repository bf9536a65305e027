"""Routes calls to the data resources below `/services/data/vNN.0/`, for HTTP and for composite sub-requests."""

from collections.abc import Callable

from subgraphs.crm.salesforce.twin import changes
from subgraphs.crm.salesforce.twin.calls import Call
from subgraphs.crm.salesforce.twin.composite import run_composite
from subgraphs.crm.salesforce.twin.descriptions import build_description, build_listing, build_summary
from subgraphs.crm.salesforce.twin.duplicates import DuplicateRule
from subgraphs.crm.salesforce.twin.model import ObjectType
from subgraphs.crm.salesforce.twin.org import Org
from subgraphs.crm.salesforce.twin.query_engine import QueryEngine
from subgraphs.crm.salesforce.twin.responses import ApiResponse, Json, RefusalError, build_not_found
from subgraphs.crm.salesforce.twin.row_collections import RowCollections
from subgraphs.crm.salesforce.twin.rows import Rows

_NAMES = ("sobjects", "query", "queryAll", "composite", "limits")


class Resources:
    """All data resources of one org; `limits` returns today's calls as (allowed, remaining)."""

    def __init__(
        self, org: Org, *, batch: int, duplicates: DuplicateRule, limits: Callable[[], tuple[int, int]]
    ) -> None:
        self._org = org
        self._queries = QueryEngine(org, batch)
        self._rows = Rows(org, duplicates)
        self._collections = RowCollections(org, self._rows)
        self._limits = limits

    def answer(self, call: Call) -> ApiResponse:  # noqa: PLR0911 -- one line per resource
        """Answer one call; raise the service's error."""
        match call.method, *call.segments:
            case "GET", *rest if not any(rest):
                return ApiResponse(body={name: f"/services/data/{call.version}/{name}" for name in _NAMES})
            case "GET", "limits":
                allowed, remaining = self._limits()
                return ApiResponse(body={"DailyApiRequests": {"Max": allowed, "Remaining": remaining}})
            case "GET", ("query" | "queryAll") as name, *rest:
                return self._answer_query(call, rest, deleted=name == "queryAll")
            case "POST", "composite":
                return run_composite(self, self._org, call)
            case _, "composite", "sobjects", *rest:
                return self._answer_collection(call, rest)
            case "GET", "sobjects":
                return ApiResponse(body=build_listing(self._org, call.version))
            case _, "sobjects", name, *rest:
                return self._answer_object(call, self._org.get_type(name), rest)
        raise build_not_found()

    def _answer_query(self, call: Call, rest: list[str], *, deleted: bool) -> ApiResponse:
        if any(rest):
            return self._queries.fetch_batch(rest[0], call.version)
        if "q" not in call.query:
            raise RefusalError(400, "MALFORMED_QUERY", "SOQL statements cannot be empty or null")
        return self._queries.run(call.query["q"], call.version, deleted=deleted, batch=_parse_batch_size(call))

    def _answer_collection(self, call: Call, rest: list[str]) -> ApiResponse:
        match call.method, *rest:
            case (("POST" | "PATCH"),):
                return self._collections.write(call)
            case ("DELETE",):
                return self._collections.delete(call)
            case (("GET" | "POST"), name):
                return self._collections.read(call, self._org.get_type(name))
            case "PATCH", name, field:
                return self._collections.upsert(call, self._org.get_type(name), field)
        raise build_not_found()

    def _answer_object(  # noqa: PLR0911 -- one line per resource
        self, call: Call, object_type: ObjectType, rest: list[str]
    ) -> ApiResponse:
        match call.method, *rest:
            case ("GET",):
                return ApiResponse(body={"objectDescribe": build_summary(object_type, call.version), "recentItems": []})
            case "POST", *tail if not any(tail):
                return self._rows.create(call, object_type, call.require_object_body())
            case "GET", "describe":
                return ApiResponse(body=build_description(object_type, call.version))
            case "GET", "deleted", *_:
                return changes.list_deleted(self._org, call, object_type)
            case "GET", "updated", *_:
                return changes.list_updated(self._org, call, object_type)
            case _, identifier:
                return self._answer_row(call, object_type, identifier)
            case "GET", field, value:
                return self._rows.read_by_external_id(call, object_type, field, value)
            case "PATCH", field, value:
                return self._rows.upsert(call, object_type, field, value, call.require_object_body())
        raise build_not_found()

    def _answer_row(self, call: Call, object_type: ObjectType, identifier: str) -> ApiResponse:
        row = self._rows.require_row(object_type, identifier)
        match call.method:
            case "GET":
                return self._rows.read(call, object_type, row)
            case "PATCH":
                return self._rows.update(call, row, object_type, call.require_object_body())
            case "DELETE":
                return self._rows.delete(row)
        allowed: Json = "GET,PATCH,DELETE,HEAD"
        raise RefusalError(405, "METHOD_NOT_ALLOWED", f"HTTP Method '{call.method}' not allowed. Allowed are {allowed}")


def _parse_batch_size(call: Call) -> int | None:
    """Return the N of `Sforce-Query-Options: batchSize=N`, 200 to 2,000, or None."""
    name, _, value = call.headers.get("sforce-query-options", "").partition("=")
    return max(200, min(2000, int(value))) if name.strip().lower() == "batchsize" and value.strip().isdigit() else None
