"""Makes, changes and deletes records as the API lets its clients: whole requests or nothing.

Nothing recognises a repetition: the same request twice makes two records. A client that has to know asks for its own external reference first. A body
of the wrong shape is refused with 400, one that is not valid with 422 and all that is wrong with it. A project takes with it what is booked and planned on
it, a task its subtasks, and every record its references.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from subgraphs.kit.tables import Row, Tables
from subgraphs.psa.kantata.twin.bodies import FORMS, NESTED
from subgraphs.psa.kantata.twin.drafts import Drafts
from subgraphs.psa.kantata.twin.form import Form, mapping, refuse_wrong
from subgraphs.psa.kantata.twin.life import Life
from subgraphs.psa.kantata.twin.references import REFERABLE, References
from subgraphs.psa.kantata.twin.refusals import Fault, RefusalError
from subgraphs.psa.kantata.twin.service import Query, Service
from subgraphs.psa.kantata.twin.tables import ASSOCIATIONS

_INNER: Mapping[str, Mapping[str, str]] = {
    "workspaces": {kind: "workspace_id" for kind, associations in ASSOCIATIONS.items() if "workspace" in associations},
    "stories": {"stories": "parent_id"},
}
"""What goes with a record, and the field by which it hangs on it."""


class Writes:
    """The writing side of one account. All methods raise RefusalError, and then have done nothing."""

    def __init__(self, tables: Tables, service: Service, life: Life, references: References) -> None:
        self._tables = tables
        self._service = service
        self._life = life
        self._references = references
        self._drafts = Drafts(tables)

    def create(self, resource: str, body: Mapping[str, Any], query: Query) -> list[str]:
        """Make the record under the singular root, or all those under the plural one; return their ids in order."""
        form = self._form(resource, query)
        read = [self._read_new(resource, form, given) for given in _sent(resource, form, body)]
        refuse_wrong(fault for *_, faults in read for fault in faults)
        return [self._make(resource, values, reference) for values, reference, _ in read]

    def update(self, resource: str, identifier: str, body: Mapping[str, Any], query: Query) -> None:
        """Change what is sent of a record, and leave the rest; an archived project is there for those who ask for it."""
        form = self._form(resource, query)
        self._service.found(resource, identifier, query)
        values, faults = form.read(mapping(body.get(form.root)), self._tables, making=False)
        refuse_wrong(faults)
        self._life.update(resource, identifier, self._drafts.changed(resource, values))

    def delete(self, resource: str, identifiers: Sequence[str], query: Query) -> None:
        """Delete records for good, all or none."""
        self._form(resource, query)
        if not identifiers:
            raise RefusalError(400, "Missing required parameters")
        for identifier in identifiers:
            self._service.found(resource, identifier, query)
        for identifier in dict.fromkeys(identifiers):
            self._remove(resource, identifier)

    def _form(self, resource: str, query: Query) -> Form:
        self._service.permit(resource)
        if resource not in FORMS:
            raise RefusalError(404)
        self._service.included(resource, query)
        return FORMS[resource]

    def _read_new(self, resource: str, form: Form, given: Row) -> tuple[Row, Row | None, list[Fault]]:
        """Return a record's values, those of the reference within it, and what is wrong."""
        values, faults = form.read(given, self._tables, making=True)
        nested = given.get(NESTED.root) if resource in REFERABLE else None
        if nested is None:
            return values, None, faults
        if not isinstance(nested, dict):
            return values, None, [*faults, Fault("External reference must be an object", NESTED.root)]
        reference, wrong = NESTED.read(nested, self._tables, making=True)
        return values, reference, [*faults, *(Fault(each.message, f"{NESTED.root}.{each.field}") for each in wrong)]

    def _make(self, resource: str, values: Row, reference: Row | None) -> str:
        referable: Row = {"external_reference_ids": []} if resource in REFERABLE else {}
        identifier = self._life.create(resource, {**self._drafts.new(resource, values), **referable})
        if reference is not None:
            self._references.add(resource, identifier, reference)
        return identifier

    def _remove(self, resource: str, identifier: str) -> None:
        row = self._tables.row(resource, identifier)
        if row is None:  # a subtask that was sent along with its task
            return
        for reference in row.get("external_reference_ids", ()):
            self._tables.remove("external_references", reference)
        self._life.delete(resource, identifier)
        for kind, field in _INNER.get(resource, {}).items():
            for each in self._tables.where(kind, field, [identifier]):
                self._remove(kind, each)


def _sent(resource: str, form: Form, body: Mapping[str, Any]) -> list[Row]:
    if resource not in body:
        return [mapping(body.get(form.root))]
    rows = body[resource]
    if not isinstance(rows, list) or not rows:
        raise RefusalError(400, f"{resource} must be a list of records")
    if len(rows) > form.most:
        raise RefusalError(400, f"No more than {form.most} {resource} are created at once")
    return [mapping(row) for row in rows]
