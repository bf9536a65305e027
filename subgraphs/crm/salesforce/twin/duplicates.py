"""The duplicate rule of the org: a second row of the same name is rejected unless a header allows it."""

from collections.abc import Mapping

from subgraphs.crm.salesforce.twin.calls import Call
from subgraphs.crm.salesforce.twin.model import ObjectType, Value
from subgraphs.crm.salesforce.twin.org import Org
from subgraphs.crm.salesforce.twin.query_engine import build_attributes
from subgraphs.crm.salesforce.twin.responses import Json, RefusalError

_HEADER = "sforce-duplicate-rule-header"


class DuplicateRule:
    """Rejects creates in `objects` whose Name exists.

    `result_key` is the key of the result in the error, which differs between orgs (`duplicateResut`).
    """

    def __init__(self, org: Org, objects: frozenset[str], result_key: str) -> None:
        self._org = org
        self._objects = objects
        self._result_key = result_key

    def require_no_duplicate(self, object_type: ObjectType, values: Mapping[str, Value], call: Call) -> None:
        """Raise DUPLICATES_DETECTED with the matching rows, unless the header has `allowSave=true`."""
        name = values.get("Name")
        if (
            object_type.name not in self._objects
            or name is None
            or "allowsave=true" in call.headers.get(_HEADER, "").lower()
        ):
            return
        matches = [
            row for row in self._org.list_rows(object_type) if str(row["Name"]).casefold() == str(name).casefold()
        ]
        if matches:
            records: list[Json] = [
                {
                    "additionalInformation": [],
                    "fieldDiffs": [],
                    "matchConfidence": 100.0,
                    "record": {"attributes": build_attributes(object_type, row, call.version), "Id": row["Id"]},
                }
                for row in matches
            ]
            raise RefusalError(
                400,
                "DUPLICATES_DETECTED",
                "Use one of these records?",
                extra={self._result_key: self._build_result(object_type, records)},
            )

    @staticmethod
    def _build_result(object_type: ObjectType, records: list[Json]) -> Json:
        return {
            "allowSave": False,
            "duplicateRule": f"{object_type.name}s",
            "duplicateRuleEntityType": object_type.name,
            "errorMessage": "Use one of these records?",
            "matchResults": [
                {
                    "entityType": object_type.name,
                    "errors": [],
                    "matchEngine": "ExactMatchEngine",
                    "matchRecords": records,
                    "rule": f"Standard_{object_type.name}_Match_Rule",
                    "size": len(records),
                    "success": True,
                }
            ],
        }
