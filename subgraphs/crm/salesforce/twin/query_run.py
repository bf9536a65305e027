"""Answers queries over the org: rows as nested JSON with `attributes`, in batches with a locator for the next one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import NamedTuple

from subgraphs.crm.salesforce.twin.answers import Answer, Json, RefusalError
from subgraphs.crm.salesforce.twin.codec import to_wire
from subgraphs.crm.salesforce.twin.conditions import Path, compiled, resolve, sort_key
from subgraphs.crm.salesforce.twin.model import ObjectType
from subgraphs.crm.salesforce.twin.org import Org, Row
from subgraphs.crm.salesforce.twin.query_text import Query, parse

Record = dict[str, Json]

_LONGEST_QUERY = 100_000
_FARTHEST_OFFSET = 2000


class Queries:
    """Runs queries and keeps the rest of long results for `queryMore`."""

    def __init__(self, org: Org, batch: int) -> None:
        self._org = org
        self._batch = batch
        self._numbers = count(1)
        self._waiting: dict[str, list[Record]] = {}

    def start(self, text: str, version: str, *, deleted: bool, batch: int | None = None) -> Answer:
        """Answer a query with its first batch; raise the service's refusal for one that it does not take."""
        if len(text) > _LONGEST_QUERY:
            raise RefusalError(400, "QUERY_TOO_COMPLICATED", "Query is longer than 100000 characters")
        query = parse(text)
        kind = self._org.types.get(query.source) or self._unsupported(query.source)
        size = min(batch or self._batch, self._batch)
        rows = _selected(self._org, kind, query, self._org.rows(kind, deleted=deleted))
        if query.count:
            return Answer(body={"totalSize": len(rows), "done": True, "records": []})
        shape = _Shape(self, kind, query, version, size, deleted=deleted)
        return Answer(body=self.batched([shape.record(row) for row in rows], version, size))

    def more(self, locator: str, version: str) -> Answer:
        """Answer the batch that a locator names; raise INVALID_QUERY_LOCATOR for an unknown one."""
        name, _, place = locator.rpartition("-")
        records = self._waiting.get(name)
        if records is None or not place.isdigit():
            raise RefusalError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return Answer(body=self._slice(name, records, int(place), version, self._batch))

    def batched(self, records: list[Record], version: str, size: int) -> Record:
        """Return the first batch of a result in the shape that queries and sub-queries share."""
        if len(records) <= size:
            return {"totalSize": len(records), "done": True, "records": records}
        name = f"01g{next(self._numbers):012d}AAA"
        self._waiting[name] = records
        return self._slice(name, records, 0, version, size)

    @staticmethod
    def _slice(name: str, records: list[Record], start: int, version: str, size: int) -> Record:
        end = start + size
        done = end >= len(records)
        following = {} if done else {"nextRecordsUrl": f"/services/data/{version}/query/{name}-{end}"}
        return {"totalSize": len(records), "done": done, **following, "records": records[start:end]}

    def _unsupported(self, name: str) -> ObjectType:
        for key, kind in self._org.types.items():
            if key.lower() == name.lower():
                return kind
        message = f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name."
        raise RefusalError(400, "INVALID_TYPE", message)

    @property
    def org(self) -> Org:
        """The org that is asked."""
        return self._org


class _Shape:
    """How the rows of one query become JSON."""

    def __init__(
        self, queries: Queries, kind: ObjectType, query: Query, version: str, size: int, *, deleted: bool
    ) -> None:
        self._queries = queries
        self._org = queries.org
        self._kind = kind
        self._version = version
        self._size = size
        self._deleted = deleted
        self._paths = [resolve(self._org, kind, column) for column in query.columns]
        self._children = [self._child(child) for child in query.children]

    def record(self, row: Row) -> Record:
        record: Record = {"attributes": attributes(self._kind, row, self._version)}
        for path in self._paths:
            self._place(record, row, path)
        for child in self._children:
            rows = _selected(self._org, child.kind, child.query, child.by_parent.get(str(row["Id"]), ()))
            records = [child.shape.record(each) for each in rows]
            record[child.name] = self._queries.batched(records, self._version, self._size) if records else None
        return record

    def _place(self, record: Record, row: Row, path: Path) -> None:
        at, target = row, record
        for step in path.steps:
            kind = self._org.types[step.to or ""]
            parent = None if at[step.name] is None else self._org.get(kind, str(at[step.name]))
            name = step.relationship or ""
            if parent is None:
                target[name] = None
                return
            nested = target.setdefault(name, {"attributes": attributes(kind, parent, self._version)})
            assert isinstance(nested, dict)  # noqa: S101 -- the same parent was placed as a dict by an earlier column
            at, target = parent, nested
        target[path.field.name] = to_wire(at[path.field.name])

    def _child(self, query: Query) -> "_Child":
        for name, (child, field) in self._kind.children.items():
            if name.lower() == query.source.lower():
                kind = self._org.types[child]
                by_parent = defaultdict[str, list[Row]](list)
                for row in self._org.rows(kind, deleted=self._deleted):
                    by_parent[str(row[field])].append(row)
                shape = _Shape(self._queries, kind, query, self._version, self._size, deleted=self._deleted)
                return _Child(name, kind, query, by_parent, shape)
        message = f"Didn't understand relationship '{query.source}' in FROM part of query call."
        raise RefusalError(400, "INVALID_TYPE", message)


class _Child(NamedTuple):
    """A sub-query: its name in the answer, and the candidate rows of each parent."""

    name: str
    kind: ObjectType
    query: Query
    by_parent: Mapping[str, Sequence[Row]]
    shape: _Shape


def attributes(kind: ObjectType, row: Row, version: str) -> Json:
    """Return the `attributes` that every record carries."""
    return {"type": kind.name, "url": f"/services/data/{version}/sobjects/{kind.name}/{row['Id']}"}


def _selected(org: Org, kind: ObjectType, query: Query, candidates: Iterable[Row]) -> Sequence[Row]:
    """Return the rows that a query means, in its order, after its offset and limit."""
    if query.offset > _FARTHEST_OFFSET:
        raise RefusalError(400, "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
    found = list(filter(compiled(org, kind, query.where), candidates))
    for key in reversed(query.order):
        path = resolve(org, kind, key.path)
        keyed = [(path.value(org, row), row) for row in found]
        known = sorted(
            ((value, row) for value, row in keyed if value is not None),
            key=lambda pair: sort_key(pair[0]),
            reverse=key.descending,
        )
        nulls = [row for value, row in keyed if value is None]
        rows = [row for _, row in known]
        found = [*rows, *nulls] if key.nulls_last else [*nulls, *rows]
    end = None if query.limit is None else query.offset + query.limit
    return found[query.offset : end]
