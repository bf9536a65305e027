"""External references of records. They need not be unique: the vendor documents no such rule."""

from collections.abc import Mapping
from typing import Any

from subgraphs.kit.twin.table_store import StoredRow, TableStore
from subgraphs.psa.kantata.twin.bodies import REFERENCE
from subgraphs.psa.kantata.twin.form import raise_for_errors, require_object
from subgraphs.psa.kantata.twin.life import SUBJECTS
from subgraphs.psa.kantata.twin.refusals import FieldError, InvalidError
from subgraphs.psa.kantata.twin.service import Query, QueryService
from subgraphs.psa.kantata.twin.tables import ASSOCIATIONS

_REFERENCES = "external_references"
_DEFAULTS: StoredRow = {"status": "pending", "locked": False}
_SUBJECTS = {name: resource for resource, name in SUBJECTS.items() if _REFERENCES in ASSOCIATIONS[resource]}
"""Subject name -> resource; tasks have no references."""
REFERABLE = frozenset(_SUBJECTS.values())
"""The resources whose records have references."""


class ReferenceWriter:
    """The external references of one account."""

    def __init__(self, tables: TableStore, service: QueryService) -> None:
        self._tables = tables
        self._service = service

    def put(self, body: Mapping[str, Any], query: Query) -> str:
        """Create or change a record's reference of a service and model; return its id.

        Raises RefusalError without any effect.
        """
        self._service.require_permission(_REFERENCES)
        self._service.parse_include(_REFERENCES, query)
        values, faults = REFERENCE.parse(require_object(body.get(REFERENCE.root)), self._tables, creating=True)
        raise_for_errors(faults)
        resource, identifier = _SUBJECTS.get(values["subject_type"]), str(values["subject_id"])
        if resource is None:
            raise InvalidError([FieldError(f"Subject type must be one of {', '.join(_SUBJECTS)}", "subject_type")])
        self._service.require_permission(resource)
        subject = self._tables.get_row(resource, identifier)
        if subject is None:
            raise InvalidError([FieldError("Subject is not there", "subject_id")])
        held = self._find_existing(subject, values)
        if held is not None:
            self._tables.replace(_REFERENCES, {**held, **values, "subject_id": identifier})
            return str(held["id"])
        return self.add(resource, identifier, values)

    def add(self, resource: str, identifier: str, values: StoredRow) -> str:
        """Add a reference to a record; return its id."""
        subject = self._tables.get_row(resource, identifier) or {}
        named = {"subject_type": SUBJECTS[resource], "subject_id": identifier}
        reference = self._tables.add(_REFERENCES, {**_DEFAULTS, **values, **named})
        ids = [*subject.get("external_reference_ids", ()), reference]
        self._tables.replace(resource, {**subject, "external_reference_ids": ids})
        return reference

    def _find_existing(self, subject: StoredRow, values: StoredRow) -> StoredRow | None:
        held = (self._tables.get_row(_REFERENCES, each) for each in subject.get("external_reference_ids", ()))
        key = ("service_name", "service_model")
        return next((row for row in held if row and all(row[name] == values[name] for name in key)), None)
