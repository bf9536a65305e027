"""Decodes the pages of SuiteQL: a row that cannot be read costs its record, never the page.

A record may have several rows. One without some of them would have wrong sums: it is left out as a whole.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

import msgspec

from gateway.errors import SourceError
from gateway.ports.unreadable import UnreadableRecord, collect_unreadable
from subgraphs.erp.netsuite import wire
from subgraphs.kit.decoding import decode
from subgraphs.kit.failures import build_mismatch
from subgraphs.kit.rows import list_attributes, recover_row

RowT = TypeVar("RowT", bound=wire.Row)

_INTERNAL_ID = re.compile(r"-?[0-9]{1,18}")


class RawPage(msgspec.Struct, frozen=True, rename="camel"):
    """One page of a SuiteQL answer whose rows are not decoded."""

    items: list[Any]
    has_more: bool
    total_results: int | None = None


class Answer(msgspec.Struct, Generic[RowT], frozen=True, kw_only=True):
    """One page of readable rows.

    `ids` are the readable ids of all rows in their order, `lost` the reports of the rows that cannot be read, and
    `incomplete` the ids of the records that lack one of these.
    """

    items: Sequence[RowT]
    has_more: bool
    total_results: int | None
    ids: Sequence[str]
    lost: Sequence[UnreadableRecord] = ()
    incomplete: frozenset[str] = frozenset()


def decode_answer(body: bytes, kind: type[RowT], object_: str) -> Answer[RowT]:
    """Return a page; raise SourceError(CONTRACT_MISMATCH) if the body is no page, or none of its rows has an id."""
    try:
        page: wire.SuiteQlPage[RowT] = decode(body, cast("Any", wire.SuiteQlPage)[kind])
    except SourceError:
        return _recover_answer(decode(body, RawPage), kind, object_)
    if any(row.id == "" for row in page.items) and kind is not wire.Row:
        return _recover_answer(decode(body, RawPage), kind, object_)
    ids = [row.id for row in page.items]
    return Answer(items=page.items, has_more=page.has_more, total_results=page.total_results, ids=ids)


def _recover_answer(page: RawPage, kind: type[RowT], object_: str) -> Answer[RowT]:
    with collect_unreadable() as lost:
        rows = [recover_row(_drop_empty_id(raw), kind, object_) for raw in page.items]
    known = [_read_id(raw) for raw in page.items]
    ids = [id_ for id_ in known if id_ is not None]
    if page.has_more and not ids:
        raise build_mismatch(f"{object_}: a page without ids")
    incomplete = frozenset(
        id_
        for position, row in enumerate(rows)
        if row is None
        for id_ in _list_suspects(page.items, known, position, kind)
    )
    items = [row for row in rows if row is not None]
    return Answer(
        items=items,
        has_more=page.has_more,
        total_results=page.total_results,
        ids=ids,
        lost=tuple(lost),
        incomplete=incomplete,
    )


def _drop_empty_id(raw: Any) -> Any:
    empty = isinstance(raw, Mapping) and raw.get("id") == ""
    return {name: value for name, value in raw.items() if name != "id"} if empty else raw


def _read_id(raw: Any) -> str | None:
    id_ = raw.get("id") if isinstance(raw, Mapping) else None
    return id_ if isinstance(id_, str) and _INTERNAL_ID.fullmatch(id_) else None


def _list_suspects(items: Sequence[Any], ids: Sequence[str | None], position: int, kind: type[wire.Row]) -> set[str]:
    """Return the ids of the records that an unreadable row may belong to: its own, else its neighbours'."""
    own = ids[position]
    if own is not None:
        return {own}
    keys = [each.key for each in list_attributes(kind) if each.name in kind.shared]
    return {
        id_
        for other in _list_neighbours(ids, position)
        if keys and (id_ := ids[other]) is not None and _may_share_record(items[position], items[other], keys)
    }


def _list_neighbours(ids: Sequence[str | None], position: int) -> Iterator[int]:
    before = (other for other in range(position - 1, -1, -1) if ids[other] is not None)
    after = (other for other in range(position + 1, len(ids)) if ids[other] is not None)
    yield from (other for other in (next(before, None), next(after, None)) if other is not None)


def _may_share_record(row: Any, other: Any, keys: Sequence[str]) -> bool:
    if not isinstance(row, Mapping):
        return True
    return all(row.get(key) == other.get(key) for key in keys)
