"""Composite calls: up to 25 sub-requests, five of them queries or collections; later ones may refer to answers of earlier ones."""

import re
from typing import Protocol

from subgraphs.crm.salesforce.twin.answers import Answer, Json, RefusalError
from subgraphs.crm.salesforce.twin.calls import Call, read_call
from subgraphs.crm.salesforce.twin.org import Org

_MOST_REQUESTS = 25
_MOST_QUERIES = 5
_REFERENCE = re.compile(r"@\{([A-Za-z0-9_]+)\.([A-Za-z0-9_.\[\]]+)\}")


class Answering(Protocol):
    """What answers one call."""

    def answer(self, call: Call) -> Answer:
        """Answer a call; raise the service's refusal."""


def run_composite(resources: Answering, org: Org, call: Call) -> Answer:
    """Run the sub-requests in order; with `allOrNone` a refusal takes everything back."""
    body = call.object_body()
    requests = body.get("compositeRequest")
    if not isinstance(requests, list) or not all(isinstance(request, dict) for request in requests):
        raise RefusalError(400, "JSON_PARSER_ERROR", "compositeRequest must be a list of objects")
    _require_size(requests)
    all_or_none = body.get("allOrNone") is True
    before = org.snapshot() if all_or_none else None
    done: dict[str, Json] = {}
    responses = [_one(resources, call, request, done) for request in requests]
    failed = [response for response in responses if _status(response) >= 400]  # noqa: PLR2004 -- HTTP's first error status
    if before is not None and failed:
        org.restore(before)
        responses = [response if response in failed else _halted(response) for response in responses]
    return Answer(body={"compositeResponse": responses})


def _one(resources: Answering, outer: Call, request: dict[str, Json], done: dict[str, Json]) -> dict[str, Json]:
    reference = str(request.get("referenceId", ""))
    try:
        url = str(_resolved(request.get("url", ""), done))
        sub = read_call(str(request.get("method", "")), url, outer.headers, _resolved(request.get("body"), done))
        answer = resources.answer(sub)
    except RefusalError as refusal:
        answer = refusal.answer()
    done[reference] = answer.body
    return {
        "body": answer.body,
        "httpHeaders": dict(answer.headers),
        "httpStatusCode": answer.status,
        "referenceId": reference,
    }


def _require_size(requests: list[dict[str, Json]]) -> None:
    if len(requests) > _MOST_REQUESTS:
        message = f"Cannot have more than {_MOST_REQUESTS} subrequests in a composite operation"
        raise RefusalError(400, "INVALID_INPUT", message)
    queries = sum(
        "/query" in str(request.get("url")) or "/composite/sobjects" in str(request.get("url")) for request in requests
    )
    if queries > _MOST_QUERIES:
        message = (
            f"Cannot have more than {_MOST_QUERIES} query or sObject Collections subrequests in a composite operation"
        )
        raise RefusalError(400, "INVALID_INPUT", message)


def _halted(response: dict[str, Json]) -> dict[str, Json]:
    message = "The transaction was rolled back since another operation in the same transaction failed."
    return {**response, "httpStatusCode": 400, "body": RefusalError(400, "PROCESSING_HALTED", message).answer().body}


def _status(response: dict[str, Json]) -> int:
    status = response["httpStatusCode"]
    return status if isinstance(status, int) else 0


def _resolved(value: Json, done: dict[str, Json]) -> Json:
    """Replace `@{reference.path}` in texts, at any depth."""
    if isinstance(value, dict):
        return {key: _resolved(inner, done) for key, inner in value.items()}
    if isinstance(value, list):
        return [_resolved(inner, done) for inner in value]
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: str(_looked_up(done.get(match.group(1)), match.group(2))), value)
    return value


def _looked_up(value: Json, path: str) -> Json:
    for step in re.findall(r"[A-Za-z0-9_]+", path):
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            raise RefusalError(400, "PROCESSING_HALTED", f"Invalid reference specified. No value for {path} found")
    return value
