"""Lists the rows deleted or updated in a time range: `sobjects/X/deleted` and `sobjects/X/updated`.

A range starts at most thirty days ago; its bounds are truncated to minutes (REST API Developer Guide, "sObject Get
Deleted").
"""

from datetime import datetime, timedelta

from subgraphs.crm.salesforce.twin.calls import Call
from subgraphs.crm.salesforce.twin.codec import parse_instant, to_wire
from subgraphs.crm.salesforce.twin.model import ObjectType
from subgraphs.crm.salesforce.twin.org import Org, Row
from subgraphs.crm.salesforce.twin.responses import ApiResponse, RefusalError

_RETENTION = timedelta(days=30)


def list_deleted(org: Org, call: Call, object_type: ObjectType) -> ApiResponse:
    """Return ids and deletion times of the rows deleted in the time range."""
    start, end = _parse_time_range(org, call)
    records = [
        {"id": row["Id"], "deletedDate": to_wire(row["SystemModstamp"])}
        for row in _find_modified(org, object_type, start, end)
        if row["IsDeleted"]
    ]
    return ApiResponse(
        body={
            "deletedRecords": records,
            "earliestDateAvailable": to_wire(org.clock() - _RETENTION),
            "latestDateCovered": to_wire(end),
        }
    )


def list_updated(org: Org, call: Call, object_type: ObjectType) -> ApiResponse:
    """Return the ids of the rows created or updated in the time range."""
    start, end = _parse_time_range(org, call)
    ids = [row["Id"] for row in _find_modified(org, object_type, start, end) if not row["IsDeleted"]]
    return ApiResponse(body={"ids": ids, "latestDateCovered": to_wire(end)})


def _find_modified(org: Org, object_type: ObjectType, start: datetime, end: datetime) -> list[Row]:
    rows = []
    for row in org.list_rows(object_type, deleted=True):
        stamp = row["SystemModstamp"]
        if isinstance(stamp, datetime) and start <= stamp <= end:
            rows.append(row)
    return rows


def _parse_time_range(org: Org, call: Call) -> tuple[datetime, datetime]:
    try:
        start, end = (parse_instant(call.query[name]).replace(second=0, microsecond=0) for name in ("start", "end"))
    except (KeyError, ValueError):
        raise RefusalError(400, "INVALID_FIELD", "start and end must be dates with their offset") from None
    if start < org.clock() - _RETENTION:
        raise RefusalError(400, "INVALID_REPLICATION_DATE", "startDate cannot be more than 30 days ago")
    if end - start < timedelta(minutes=1):
        raise RefusalError(
            400, "INVALID_REPLICATION_DATE", "endDate must be at least one minute greater than startDate"
        )
    return start, min(end, org.clock())
