"""What a record is called in other systems. References are not held to be unique: the vendor does not say that they are."""

from collections.abc import Mapping
from typing import Any

from subgraphs.kit.tables import Row, Tables
from subgraphs.psa.kantata.twin.bodies import REFERENCE
from subgraphs.psa.kantata.twin.form import mapping, refuse_wrong
from subgraphs.psa.kantata.twin.life import SUBJECTS
from subgraphs.psa.kantata.twin.refusals import Fault, InvalidError
from subgraphs.psa.kantata.twin.service import Query, Service
from subgraphs.psa.kantata.twin.tables import ASSOCIATIONS

_REFERENCES = "external_references"
_USUAL: Row = {"status": "pending", "locked": False}
_SUBJECTS = {name: resource for resource, name in SUBJECTS.items() if _REFERENCES in ASSOCIATIONS[resource]}
"""By the name of a subject, the resource; a task has no references."""
REFERABLE = frozenset(_SUBJECTS.values())
"""The resources whose records have references."""


class References:
    """The external references of one account."""

    def __init__(self, tables: Tables, service: Service) -> None:
        self._tables = tables
        self._service = service

    def put(self, body: Mapping[str, Any], query: Query) -> str:
        """Make the reference of a record to a service's model, or change the one it has; return its id. Raises RefusalError, and then has done nothing."""
        self._service.permit(_REFERENCES)
        self._service.included(_REFERENCES, query)
        values, faults = REFERENCE.read(mapping(body.get(REFERENCE.root)), self._tables, making=True)
        refuse_wrong(faults)
        resource, identifier = _SUBJECTS.get(values["subject_type"]), str(values["subject_id"])
        if resource is None:
            raise InvalidError([Fault(f"Subject type must be one of {', '.join(_SUBJECTS)}", "subject_type")])
        self._service.permit(resource)
        subject = self._tables.row(resource, identifier)
        if subject is None:
            raise InvalidError([Fault("Subject is not there", "subject_id")])
        held = self._held(subject, values)
        if held is not None:
            self._tables.replace(_REFERENCES, {**held, **values, "subject_id": identifier})
            return str(held["id"])
        return self.add(resource, identifier, values)

    def add(self, resource: str, identifier: str, values: Row) -> str:
        """Add a reference to a record, whatever others it has; return its id."""
        subject = self._tables.row(resource, identifier) or {}
        named = {"subject_type": SUBJECTS[resource], "subject_id": identifier}
        reference = self._tables.add(_REFERENCES, {**_USUAL, **values, **named})
        ids = [*subject.get("external_reference_ids", ()), reference]
        self._tables.replace(resource, {**subject, "external_reference_ids": ids})
        return reference

    def _held(self, subject: Row, values: Row) -> Row | None:
        held = (self._tables.row(_REFERENCES, each) for each in subject.get("external_reference_ids", ()))
        key = ("service_name", "service_model")
        return next((row for row in held if row and all(row[name] == values[name] for name in key)), None)
