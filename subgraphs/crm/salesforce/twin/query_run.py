"""Answers queries over the org: rows as nested JSON with `attributes`, in batches with a locator for the next one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import NamedTuple

from subgraphs.crm.salesforce.twin.answers import ApiResponse, Json, RefusalError
from subgraphs.crm.salesforce.twin.codec import to_wire
from subgraphs.crm.salesforce.twin.conditions import Path, build_sort_key, compile_condition, resolve_path
from subgraphs.crm.salesforce.twin.model import ObjectType
from subgraphs.crm.salesforce.twin.org import Org, Row
from subgraphs.crm.salesforce.twin.query_text import Query, parse_query

Record = dict[str, Json]

_MAX_QUERY_LENGTH = 100_000
_MAX_OFFSET = 2000


class QueryEngine:
    """Runs queries and keeps the rest of long results for `queryMore`."""

    def __init__(self, org: Org, batch: int) -> None:
        self._org = org
        self._batch = batch
        self._numbers = count(1)
        self._pending: dict[str, list[Record]] = {}

    def run(self, text: str, version: str, *, deleted: bool, batch: int | None = None) -> ApiResponse:
        """Answer a query with its first batch; raise the service's refusal for one that it does not take."""
        if len(text) > _MAX_QUERY_LENGTH:
            raise RefusalError(400, "QUERY_TOO_COMPLICATED", "Query is longer than 100000 characters")
        query = parse_query(text)
        kind = self._org.types.get(query.source) or self._find_type(query.source)
        size = min(batch or self._batch, self._batch)
        rows = _select_rows(self._org, kind, query, self._org.rows(kind, deleted=deleted))
        if query.count:
            return ApiResponse(body={"totalSize": len(rows), "done": True, "records": []})
        shape = _RowSerializer(self, kind, query, version, size, deleted=deleted)
        return ApiResponse(body=self.build_first_batch([shape.serialize(row) for row in rows], version, size))

    def fetch_batch(self, locator: str, version: str) -> ApiResponse:
        """Answer the batch that a locator names; raise INVALID_QUERY_LOCATOR for an unknown one."""
        name, _, place = locator.rpartition("-")
        records = self._pending.get(name)
        if records is None or not place.isdigit():
            raise RefusalError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return ApiResponse(body=self._build_batch(name, records, int(place), version, self._batch))

    def build_first_batch(self, records: list[Record], version: str, size: int) -> Record:
        """Return the first batch of a result in the shape that queries and sub-queries share."""
        if len(records) <= size:
            return {"totalSize": len(records), "done": True, "records": records}
        name = f"01g{next(self._numbers):012d}AAA"
        self._pending[name] = records
        return self._build_batch(name, records, 0, version, size)

    @staticmethod
    def _build_batch(name: str, records: list[Record], start: int, version: str, size: int) -> Record:
        end = start + size
        done = end >= len(records)
        following = {} if done else {"nextRecordsUrl": f"/services/data/{version}/query/{name}-{end}"}
        return {"totalSize": len(records), "done": done, **following, "records": records[start:end]}

    def _find_type(self, name: str) -> ObjectType:
        for key, kind in self._org.types.items():
            if key.lower() == name.lower():
                return kind
        message = f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name."
        raise RefusalError(400, "INVALID_TYPE", message)

    @property
    def org(self) -> Org:
        """The org that is asked."""
        return self._org


class _RowSerializer:
    """How the rows of one query become JSON."""

    def __init__(
        self, engine: QueryEngine, kind: ObjectType, query: Query, version: str, size: int, *, deleted: bool
    ) -> None:
        self._engine = engine
        self._org = engine.org
        self._kind = kind
        self._version = version
        self._size = size
        self._deleted = deleted
        self._paths = [resolve_path(self._org, kind, column) for column in query.columns]
        self._children = [self._build_child(child) for child in query.children]

    def serialize(self, row: Row) -> Record:
        record: Record = {"attributes": build_attributes(self._kind, row, self._version)}
        for path in self._paths:
            self._set_value(record, row, path)
        for child in self._children:
            rows = _select_rows(self._org, child.kind, child.query, child.by_parent.get(str(row["Id"]), ()))
            records = [child.serializer.serialize(each) for each in rows]
            record[child.name] = self._engine.build_first_batch(records, self._version, self._size) if records else None
        return record

    def _set_value(self, record: Record, row: Row, path: Path) -> None:
        at, target = row, record
        for step in path.steps:
            kind = self._org.types[step.to or ""]
            parent = None if at[step.name] is None else self._org.get(kind, str(at[step.name]))
            name = step.relationship or ""
            if parent is None:
                target[name] = None
                return
            nested = target.setdefault(name, {"attributes": build_attributes(kind, parent, self._version)})
            assert isinstance(nested, dict)  # noqa: S101 -- the same parent was placed as a dict by an earlier column
            at, target = parent, nested
        target[path.field.name] = to_wire(at[path.field.name])

    def _build_child(self, query: Query) -> "_ChildQuery":
        for name, (child, field) in self._kind.children.items():
            if name.lower() == query.source.lower():
                kind = self._org.types[child]
                by_parent = defaultdict[str, list[Row]](list)
                for row in self._org.rows(kind, deleted=self._deleted):
                    by_parent[str(row[field])].append(row)
                shape = _RowSerializer(self._engine, kind, query, self._version, self._size, deleted=self._deleted)
                return _ChildQuery(name, kind, query, by_parent, shape)
        message = f"Didn't understand relationship '{query.source}' in FROM part of query call."
        raise RefusalError(400, "INVALID_TYPE", message)


class _ChildQuery(NamedTuple):
    """A sub-query: its name in the answer, and the candidate rows of each parent."""

    name: str
    kind: ObjectType
    query: Query
    by_parent: Mapping[str, Sequence[Row]]
    serializer: _RowSerializer


def build_attributes(kind: ObjectType, row: Row, version: str) -> Json:
    """Return the `attributes` that every record carries."""
    return {"type": kind.name, "url": f"/services/data/{version}/sobjects/{kind.name}/{row['Id']}"}


def _select_rows(org: Org, kind: ObjectType, query: Query, candidates: Iterable[Row]) -> Sequence[Row]:
    """Return the rows that a query means, in its order, after its offset and limit."""
    if query.offset > _MAX_OFFSET:
        raise RefusalError(400, "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
    found = list(filter(compile_condition(org, kind, query.where), candidates))
    for key in reversed(query.order):
        path = resolve_path(org, kind, key.path)
        keyed = [(path.read_value(org, row), row) for row in found]
        known = sorted(
            ((value, row) for value, row in keyed if value is not None),
            key=lambda pair: build_sort_key(pair[0]),
            reverse=key.descending,
        )
        nulls = [row for value, row in keyed if value is None]
        rows = [row for _, row in known]
        found = [*rows, *nulls] if key.nulls_last else [*nulls, *rows]
    end = None if query.limit is None else query.offset + query.limit
    return found[query.offset : end]
