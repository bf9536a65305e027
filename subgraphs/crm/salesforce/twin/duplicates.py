"""The duplicate rule of the org: a second row of the same name is refused, unless the caller insists."""

from collections.abc import Mapping

from subgraphs.crm.salesforce.twin.answers import Json, RefusalError
from subgraphs.crm.salesforce.twin.calls import Call
from subgraphs.crm.salesforce.twin.model import ObjectType, Value
from subgraphs.crm.salesforce.twin.org import Org
from subgraphs.crm.salesforce.twin.query_run import build_attributes

_HEADER = "sforce-duplicate-rule-header"


class DuplicateRule:
    """Blocks creates in `objects` whose Name exists; `spelling` is the key under which the result is told (orgs differ: `duplicateResut`)."""

    def __init__(self, org: Org, objects: frozenset[str], result_key: str) -> None:
        self._org = org
        self._objects = objects
        self._result_key = result_key

    def require_no_duplicate(self, kind: ObjectType, values: Mapping[str, Value], call: Call) -> None:
        """Raise DUPLICATES_DETECTED with the rows that match, unless the header says `allowSave=true`."""
        name = values.get("Name")
        if kind.name not in self._objects or name is None or "allowsave=true" in call.headers.get(_HEADER, "").lower():
            return
        found = [row for row in self._org.rows(kind) if str(row["Name"]).casefold() == str(name).casefold()]
        if found:
            records: list[Json] = [
                {
                    "additionalInformation": [],
                    "fieldDiffs": [],
                    "matchConfidence": 100.0,
                    "record": {"attributes": build_attributes(kind, row, call.version), "Id": row["Id"]},
                }
                for row in found
            ]
            raise RefusalError(
                400,
                "DUPLICATES_DETECTED",
                "Use one of these records?",
                extra={self._result_key: self._build_result(kind, records)},
            )

    @staticmethod
    def _build_result(kind: ObjectType, records: list[Json]) -> Json:
        return {
            "allowSave": False,
            "duplicateRule": f"{kind.name}s",
            "duplicateRuleEntityType": kind.name,
            "errorMessage": "Use one of these records?",
            "matchResults": [
                {
                    "entityType": kind.name,
                    "errors": [],
                    "matchEngine": "ExactMatchEngine",
                    "matchRecords": records,
                    "rule": f"Standard_{kind.name}_Match_Rule",
                    "size": len(records),
                    "success": True,
                }
            ],
        }
