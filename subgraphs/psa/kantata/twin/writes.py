"""Creates, changes and deletes records as the API does: a request succeeds completely or has no effect.

Requests are not idempotent: the same request twice creates two records. A client that must know looks for its own
external reference first. A malformed body is rejected with 400, an invalid one with 422 and all its errors. A deleted
project takes along its bookings and plans, a task its subtasks, and every record its references.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from subgraphs.kit.twin.table_store import StoredRow, TableStore
from subgraphs.psa.kantata.twin.bodies import NESTED, SCHEMAS
from subgraphs.psa.kantata.twin.drafts import RowBuilder
from subgraphs.psa.kantata.twin.form import BodySchema, raise_for_errors, require_object
from subgraphs.psa.kantata.twin.life import AccountEditor
from subgraphs.psa.kantata.twin.references import REFERABLE, ReferenceWriter
from subgraphs.psa.kantata.twin.refusals import FieldError, RefusalError
from subgraphs.psa.kantata.twin.service import Query, QueryService
from subgraphs.psa.kantata.twin.tables import ASSOCIATIONS

_DEPENDENTS: Mapping[str, Mapping[str, str]] = {
    "workspaces": {kind: "workspace_id" for kind, associations in ASSOCIATIONS.items() if "workspace" in associations},
    "stories": {"stories": "parent_id"},
}
"""Resource -> dependent resources that are deleted with it -> the field of the parent."""


class RecordWriter:
    """Writes to one account. All methods raise RefusalError without any effect."""

    def __init__(
        self, tables: TableStore, service: QueryService, life: AccountEditor, references: ReferenceWriter
    ) -> None:
        self._tables = tables
        self._service = service
        self._life = life
        self._references = references
        self._drafts = RowBuilder(tables)

    def create(self, resource: str, body: Mapping[str, Any], query: Query) -> list[str]:
        """Create the record under the singular root, or all under the plural one; return their ids in order."""
        form = self._get_schema(resource, query)
        read = [self._parse_new(resource, form, given) for given in _parse_records(resource, form, body)]
        raise_for_errors(fault for *_, faults in read for fault in faults)
        return [self._create_record(resource, values, reference) for values, reference, _ in read]

    def update(self, resource: str, identifier: str, body: Mapping[str, Any], query: Query) -> None:
        """Change the attributes that were sent."""
        form = self._get_schema(resource, query)
        self._service.get_visible_row(resource, identifier, query)
        values, faults = form.parse(require_object(body.get(form.root)), self._tables, creating=False)
        raise_for_errors(faults)
        self._life.update(resource, identifier, self._drafts.build_changes(resource, values))

    def delete(self, resource: str, identifiers: Sequence[str], query: Query) -> None:
        """Delete records permanently, all or none."""
        self._get_schema(resource, query)
        if not identifiers:
            raise RefusalError(400, "Missing required parameters")
        for identifier in identifiers:
            self._service.get_visible_row(resource, identifier, query)
        for identifier in dict.fromkeys(identifiers):
            self._remove(resource, identifier)

    def _get_schema(self, resource: str, query: Query) -> BodySchema:
        self._service.require_permission(resource)
        if resource not in SCHEMAS:
            raise RefusalError(404)
        self._service.parse_include(resource, query)
        return SCHEMAS[resource]

    def _parse_new(
        self, resource: str, form: BodySchema, given: StoredRow
    ) -> tuple[StoredRow, StoredRow | None, list[FieldError]]:
        """Return a record's values, those of its nested reference, and the errors."""
        values, faults = form.parse(given, self._tables, creating=True)
        nested = given.get(NESTED.root) if resource in REFERABLE else None
        if nested is None:
            return values, None, faults
        if not isinstance(nested, dict):
            return values, None, [*faults, FieldError("External reference must be an object", NESTED.root)]
        reference, wrong = NESTED.parse(nested, self._tables, creating=True)
        return (
            values,
            reference,
            [*faults, *(FieldError(each.message, f"{NESTED.root}.{each.field}") for each in wrong)],
        )

    def _create_record(self, resource: str, values: StoredRow, reference: StoredRow | None) -> str:
        referable: StoredRow = {"external_reference_ids": []} if resource in REFERABLE else {}
        identifier = self._life.create(resource, {**self._drafts.build_row(resource, values), **referable})
        if reference is not None:
            self._references.add(resource, identifier, reference)
        return identifier

    def _remove(self, resource: str, identifier: str) -> None:
        row = self._tables.get_row(resource, identifier)
        if row is None:  # a subtask that was listed together with its task
            return
        for reference in row.get("external_reference_ids", ()):
            self._tables.remove("external_references", reference)
        self._life.delete(resource, identifier)
        for kind, field in _DEPENDENTS.get(resource, {}).items():
            for each in self._tables.find_ids(kind, field, [identifier]):
                self._remove(kind, each)


def _parse_records(resource: str, form: BodySchema, body: Mapping[str, Any]) -> list[StoredRow]:
    if resource not in body:
        return [require_object(body.get(form.root))]
    rows = body[resource]
    if not isinstance(rows, list) or not rows:
        raise RefusalError(400, f"{resource} must be a list of records")
    if len(rows) > form.max_records:
        raise RefusalError(400, f"No more than {form.max_records} {resource} are created at once")
    return [require_object(row) for row in rows]
