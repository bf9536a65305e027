"""Composite calls: up to 25 sub-requests, five of them queries or collections.

A sub-request can reference the responses of earlier ones.
"""

import re
from typing import Protocol

from subgraphs.crm.salesforce.twin.calls import Call, parse_call
from subgraphs.crm.salesforce.twin.org import Org
from subgraphs.crm.salesforce.twin.responses import ApiResponse, Json, RefusalError

_MAX_REQUESTS = 25
_MAX_QUERIES = 5
_REFERENCE = re.compile(r"@\{([A-Za-z0-9_]+)\.([A-Za-z0-9_.\[\]]+)\}")


class CallHandler(Protocol):
    """Answers calls."""

    def answer(self, call: Call) -> ApiResponse:
        """Answer a call; raise the service's error."""


def run_composite(resources: CallHandler, org: Org, call: Call) -> ApiResponse:
    """Run the sub-requests in order; with `allOrNone` one error rolls back everything."""
    body = call.require_object_body()
    requests = body.get("compositeRequest")
    if not isinstance(requests, list) or not all(isinstance(request, dict) for request in requests):
        raise RefusalError(400, "JSON_PARSER_ERROR", "compositeRequest must be a list of objects")
    _require_size(requests)
    all_or_none = body.get("allOrNone") is True
    before = org.copy_rows() if all_or_none else None
    results: dict[str, Json] = {}
    responses = [_run_sub_request(resources, call, request, results) for request in requests]
    failed = [response for response in responses if _get_status(response) >= 400]  # noqa: PLR2004 -- HTTP's first error status
    if before is not None and failed:
        org.restore_rows(before)
        responses = [response if response in failed else _build_halted(response) for response in responses]
    return ApiResponse(body={"compositeResponse": responses})


def _run_sub_request(
    resources: CallHandler, outer: Call, request: dict[str, Json], results: dict[str, Json]
) -> dict[str, Json]:
    reference = str(request.get("referenceId", ""))
    try:
        url = str(_resolve_references(request.get("url", ""), results))
        sub = parse_call(
            str(request.get("method", "")), url, outer.headers, _resolve_references(request.get("body"), results)
        )
        answer = resources.answer(sub)
    except RefusalError as refusal:
        answer = refusal.answer()
    results[reference] = answer.body
    return {
        "body": answer.body,
        "httpHeaders": dict(answer.headers),
        "httpStatusCode": answer.status,
        "referenceId": reference,
    }


def _require_size(requests: list[dict[str, Json]]) -> None:
    if len(requests) > _MAX_REQUESTS:
        message = f"Cannot have more than {_MAX_REQUESTS} subrequests in a composite operation"
        raise RefusalError(400, "INVALID_INPUT", message)
    queries = sum(
        "/query" in str(request.get("url")) or "/composite/sobjects" in str(request.get("url")) for request in requests
    )
    if queries > _MAX_QUERIES:
        message = (
            f"Cannot have more than {_MAX_QUERIES} query or sObject Collections subrequests in a composite operation"
        )
        raise RefusalError(400, "INVALID_INPUT", message)


def _build_halted(response: dict[str, Json]) -> dict[str, Json]:
    message = "The transaction was rolled back since another operation in the same transaction failed."
    return {**response, "httpStatusCode": 400, "body": RefusalError(400, "PROCESSING_HALTED", message).answer().body}


def _get_status(response: dict[str, Json]) -> int:
    status = response["httpStatusCode"]
    return status if isinstance(status, int) else 0


def _resolve_references(value: Json, results: dict[str, Json]) -> Json:
    """Replace `@{reference.path}` in strings, at any depth."""
    if isinstance(value, dict):
        return {key: _resolve_references(inner, results) for key, inner in value.items()}
    if isinstance(value, list):
        return [_resolve_references(inner, results) for inner in value]
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: str(_look_up(results.get(match.group(1)), match.group(2))), value)
    return value


def _look_up(value: Json, path: str) -> Json:
    for step in re.findall(r"[A-Za-z0-9_]+", path):
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            raise RefusalError(400, "PROCESSING_HALTED", f"Invalid reference specified. No value for {path} found")
    return value
