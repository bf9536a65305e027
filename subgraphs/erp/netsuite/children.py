"""Pages of lines for many parents in one read.

The lines of all parents are read in the order that the port declares, a thousand rows a call, and each next call asks only for parents whose page is not
full yet: ceil(rows read / 1,000) calls. A line that has several tax details is several rows; one that a call cuts in two is read again by the next.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from gateway.canonical.page import Page
from gateway.canonical.records.erp import ErpRecord
from gateway.errors import SourceError
from gateway.ports.base import Children, PageRequest
from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.client import PAGE, Client
from subgraphs.erp.netsuite.mapping import folded
from subgraphs.erp.netsuite.reads import Kind
from subgraphs.erp.netsuite.suiteql import Fragment, after, one_of_ids
from subgraphs.kit.paging import decode_cursor, page_of

RowT = TypeVar("RowT", bound=wire.Row)
RecordT = TypeVar("RecordT", bound=ErpRecord)
Position = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Relation(Generic[RowT, RecordT]):
    """Lines below a parent. `keys` are the columns of the order; `position` reads them from a line, `literals` turns them into SQL."""

    kind: Kind[RowT, RecordT]
    parent: str
    parent_of: Callable[[RowT], str | None]
    keys: tuple[str, str]
    position: Callable[[RowT], Position]
    literals: Callable[[Position], tuple[Fragment, Fragment]]


async def pages(
    client: Client,
    relation: Relation[RowT, RecordT],
    parents: Sequence[str],
    page: PageRequest,
    *conditions: Fragment,
) -> Children[RecordT]:
    """Return a page for every parent; one without lines, or unknown, has an empty page."""
    statement = relation.kind.statement
    lines: dict[str, list[list[RowT]]] = {parent: [] for parent in parents}
    waiting = list(lines)
    position = decode_cursor(page.after) if page.after is not None else None
    limit = min(PAGE, 2 * (page.first + 1)) if len(waiting) == 1 else PAGE
    while waiting:
        conditions_now = [*conditions, one_of_ids(relation.parent, waiting)]
        if position is not None:
            conditions_now.append(after(list(zip(relation.keys, relation.literals(position), strict=True))))
        answer = await client.page(statement.row, statement.where(*conditions_now), limit=limit)
        whole = [rows for _, rows in folded(answer.items)]
        if answer.has_more and len(whole) > 1:
            whole.pop()
        for rows in whole:
            parent = relation.parent_of(rows[0])
            if parent in lines:
                lines[parent].append(rows)
        if not answer.has_more:
            break
        position = relation.position(whole[-1][0])
        waiting = [parent for parent in waiting if len(lines[parent]) <= page.first]
    return {parent: _page(relation, found, page) for parent, found in lines.items()}


def _page(
    relation: Relation[RowT, RecordT], lines: Sequence[Sequence[RowT]], page: PageRequest
) -> Page[RecordT] | SourceError:
    cut = page_of(lines, page.first, lambda rows: relation.position(rows[0]), after=page.after)
    try:
        records = tuple(relation.kind.record(rows) for rows in cut.rows)
    except SourceError as broken:
        return broken
    return Page(
        rows=records,
        cursors=cut.cursors,
        has_next=cut.has_next,
        has_previous=cut.has_previous,
    )
