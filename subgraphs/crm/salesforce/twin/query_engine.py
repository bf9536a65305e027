"""Runs queries over the org: rows as nested JSON with `attributes`, in batches with a locator for the next one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import NamedTuple

from subgraphs.crm.salesforce.twin.codec import to_wire
from subgraphs.crm.salesforce.twin.conditions import Path, build_sort_key, compile_condition, resolve_path
from subgraphs.crm.salesforce.twin.model import ObjectType
from subgraphs.crm.salesforce.twin.org import Org, Row
from subgraphs.crm.salesforce.twin.query_parser import Query, parse_query
from subgraphs.crm.salesforce.twin.responses import ApiResponse, Json, RefusalError

Record = dict[str, Json]

_MAX_QUERY_LENGTH = 100_000
_MAX_OFFSET = 2000


class QueryEngine:
    """Runs queries and keeps long results for `queryMore`."""

    def __init__(self, org: Org, batch: int) -> None:
        self._org = org
        self._batch = batch
        self._numbers = count(1)
        self._pending: dict[str, list[Record]] = {}

    def run(self, text: str, version: str, *, deleted: bool, batch: int | None = None) -> ApiResponse:
        """Return the first batch of a query; raise the service's error for an invalid query."""
        if len(text) > _MAX_QUERY_LENGTH:
            raise RefusalError(400, "QUERY_TOO_COMPLICATED", "Query is longer than 100000 characters")
        query = parse_query(text)
        object_type = self._find_type(query.source)
        size = min(batch or self._batch, self._batch)
        rows = _select_rows(self._org, object_type, query, self._org.list_rows(object_type, deleted=deleted))
        if query.count:
            return ApiResponse(body={"totalSize": len(rows), "done": True, "records": []})
        serializer = _RowSerializer(self, object_type, query, version, size, deleted=deleted)
        return ApiResponse(body=self.build_first_batch([serializer.serialize(row) for row in rows], version, size))

    def fetch_batch(self, locator: str, version: str) -> ApiResponse:
        """Return the batch of a locator; raise INVALID_QUERY_LOCATOR for an unknown one."""
        name, _, start = locator.rpartition("-")
        records = self._pending.get(name)
        if records is None or not start.isdigit():
            raise RefusalError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return ApiResponse(body=self._build_batch(name, records, int(start), version, self._batch))

    def build_first_batch(self, records: list[Record], version: str, size: int) -> Record:
        """Return the first batch of a result, in the format of queries and sub-queries."""
        if len(records) <= size:
            return {"totalSize": len(records), "done": True, "records": records}
        name = f"01g{next(self._numbers):012d}AAA"
        self._pending[name] = records
        return self._build_batch(name, records, 0, version, size)

    @staticmethod
    def _build_batch(name: str, records: list[Record], start: int, version: str, size: int) -> Record:
        end = start + size
        done = end >= len(records)
        next_batch = {} if done else {"nextRecordsUrl": f"/services/data/{version}/query/{name}-{end}"}
        return {"totalSize": len(records), "done": done, **next_batch, "records": records[start:end]}

    def _find_type(self, name: str) -> ObjectType:
        for key, object_type in self._org.types.items():
            if key.lower() == name.lower():
                return object_type
        message = (
            f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append "
            "the '__c' after the entity name."
        )
        raise RefusalError(400, "INVALID_TYPE", message)

    @property
    def org(self) -> Org:
        """The org."""
        return self._org


class _RowSerializer:
    """Serializes the rows of one query to JSON."""

    def __init__(
        self, engine: QueryEngine, object_type: ObjectType, query: Query, version: str, size: int, *, deleted: bool
    ) -> None:
        self._engine = engine
        self._org = engine.org
        self._kind = object_type
        self._version = version
        self._size = size
        self._deleted = deleted
        self._paths = [resolve_path(self._org, object_type, column) for column in query.columns]
        self._children = [self._build_child(child) for child in query.children]

    def serialize(self, row: Row) -> Record:
        record: Record = {"attributes": build_attributes(self._kind, row, self._version)}
        for path in self._paths:
            self._set_value(record, row, path)
        for child in self._children:
            rows = _select_rows(self._org, child.object_type, child.query, child.by_parent.get(str(row["Id"]), ()))
            records = [child.serializer.serialize(each) for each in rows]
            record[child.name] = self._engine.build_first_batch(records, self._version, self._size) if records else None
        return record

    def _set_value(self, record: Record, row: Row, path: Path) -> None:
        at, target = row, record
        for step in path.steps:
            object_type = self._org.types[step.to or ""]
            parent = None if at[step.name] is None else self._org.get(object_type, str(at[step.name]))
            name = step.relationship or ""
            if parent is None:
                target[name] = None
                return
            nested = target.setdefault(name, {"attributes": build_attributes(object_type, parent, self._version)})
            assert isinstance(nested, dict)  # noqa: S101 -- the same parent was placed as a dict by an earlier column
            at, target = parent, nested
        target[path.field.name] = to_wire(at[path.field.name])

    def _build_child(self, query: Query) -> "_ChildQuery":
        for name, (child, field) in self._kind.children.items():
            if name.lower() == query.source.lower():
                object_type = self._org.types[child]
                by_parent = defaultdict[str, list[Row]](list)
                for row in self._org.list_rows(object_type, deleted=self._deleted):
                    by_parent[str(row[field])].append(row)
                serializer = _RowSerializer(
                    self._engine, object_type, query, self._version, self._size, deleted=self._deleted
                )
                return _ChildQuery(name, object_type, query, by_parent, serializer)
        message = f"Didn't understand relationship '{query.source}' in FROM part of query call."
        raise RefusalError(400, "INVALID_TYPE", message)


class _ChildQuery(NamedTuple):
    """A sub-query: its name in the response, and the candidate rows of each parent."""

    name: str
    object_type: ObjectType
    query: Query
    by_parent: Mapping[str, Sequence[Row]]
    serializer: _RowSerializer


def build_attributes(object_type: ObjectType, row: Row, version: str) -> Json:
    """Return the `attributes` of a record."""
    return {"type": object_type.name, "url": f"/services/data/{version}/sobjects/{object_type.name}/{row['Id']}"}


def _select_rows(org: Org, object_type: ObjectType, query: Query, candidates: Iterable[Row]) -> Sequence[Row]:
    """Return the rows of a query, in its order, within its offset and limit."""
    if query.offset > _MAX_OFFSET:
        raise RefusalError(400, "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
    rows = list(filter(compile_condition(org, object_type, query.where), candidates))
    for key in reversed(query.order):
        path = resolve_path(org, object_type, key.path)
        keyed = [(path.read_value(org, row), row) for row in rows]
        with_value = sorted(
            ((value, row) for value, row in keyed if value is not None),
            key=lambda pair: build_sort_key(pair[0]),
            reverse=key.descending,
        )
        nulls = [row for value, row in keyed if value is None]
        ordered = [row for _, row in with_value]
        rows = [*ordered, *nulls] if key.nulls_last else [*nulls, *ordered]
    end = None if query.limit is None else query.offset + query.limit
    return rows[query.offset : end]
