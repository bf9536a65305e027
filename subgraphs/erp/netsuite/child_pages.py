"""Reads pages of lines for many parents at once.

The lines of all parents are read in the order of the port, 1,000 rows per call, and each further call selects only the
parents whose page is not full: ceil(rows read / 1,000) calls. A line with several tax details has several rows; a line
that is split between two calls is read again by the second.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from gateway.canonical.page import Page
from gateway.canonical.records.erp import ErpRecord
from gateway.ports.base import Children, PageRequest
from gateway.ports.unreadable import UnreadableRecord, report_unreadable
from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.client import PAGE_SIZE, NetSuiteClient
from subgraphs.erp.netsuite.mapping import group_rows
from subgraphs.erp.netsuite.record_reader import RecordKind
from subgraphs.erp.netsuite.suiteql import Fragment, match_ids, seek_after
from subgraphs.kit.failures import build_mismatch
from subgraphs.kit.paging import build_page, decode_cursor

RowT = TypeVar("RowT", bound=wire.Row)
RecordT = TypeVar("RecordT", bound=ErpRecord)
Position = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Relation(Generic[RowT, RecordT]):
    """A one-to-many relation from a parent to its lines.

    `get_position` reads the values of `order_columns` from a row, `build_literals` quotes them for SuiteQL.
    """

    kind: RecordKind[RowT, RecordT]
    parent_column: str
    get_parent: Callable[[RowT], str | None]
    order_columns: tuple[str, str]
    get_position: Callable[[RowT], Position]
    build_literals: Callable[[Position], tuple[Fragment, Fragment]]


async def read_child_pages(
    client: NetSuiteClient,
    relation: Relation[RowT, RecordT],
    parents: Sequence[str],
    page: PageRequest,
    *conditions: Fragment,
) -> Children[RecordT]:
    """Return one page per parent; a parent without lines, or an unknown one, has an empty page."""
    statement = relation.kind.statement
    lines: dict[str, list[list[RowT]]] = {parent: [] for parent in parents}
    waiting = list(lines)
    position = decode_cursor(page.after) if page.after is not None else None
    limit = min(PAGE_SIZE, 2 * (page.first + 1)) if len(waiting) == 1 else PAGE_SIZE
    while waiting:
        selected = [*conditions, match_ids(relation.parent_column, waiting)]
        if position is not None:
            selected.append(
                seek_after(list(zip(relation.order_columns, relation.build_literals(position), strict=True)))
            )
        answer = await client.fetch_page(statement.row_type, statement.select(*selected), limit=limit)
        last = answer.ids[-1] if answer.has_more and len(set(answer.ids)) > 1 else None
        for each in answer.lost:
            if each.id is None or each.id != last:
                report_unreadable(each)
        complete = [rows for id_, rows in group_rows(answer.items) if id_ != last and _is_placed(relation, rows)]
        for rows in complete:
            parent = relation.get_parent(rows[0])
            if parent in lines and rows[0].id not in answer.incomplete:
                lines[parent].append(rows)
        if not answer.has_more:
            break
        if not complete:
            raise build_mismatch("a page without a readable line")
        position = relation.get_position(complete[-1][0])
        waiting = [parent for parent in waiting if len(lines[parent]) <= page.first]
    return {parent: _build_page(relation, rows, page) for parent, rows in lines.items()}


def _is_placed(relation: Relation[RowT, RecordT], rows: Sequence[RowT]) -> bool:
    """Return whether a line has a place in the order; report one that has none."""
    try:
        relation.get_position(rows[0])
    except (ArithmeticError, ValueError):
        report_unreadable(UnreadableRecord(object=relation.kind.statement.key, id=rows[0].id))
        return False
    return True


def _build_page(relation: Relation[RowT, RecordT], lines: Sequence[Sequence[RowT]], page: PageRequest) -> Page[RecordT]:
    cut = build_page(lines, page.first, lambda rows: relation.get_position(rows[0]), after=page.after)
    records = {record.native.id: record for record in relation.kind.map_rows(row for rows in cut.rows for row in rows)}
    kept = [
        (records[rows[0].id], cursor)
        for rows, cursor in zip(cut.rows, cut.cursors, strict=True)
        if rows[0].id in records
    ]
    return Page(
        rows=tuple(record for record, _ in kept),
        cursors=tuple(cursor for _, cursor in kept),
        has_next=cut.has_next,
        has_previous=cut.has_previous,
    )
