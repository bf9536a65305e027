"""Pages below projects and people, read for many parents together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Generic, TypeVar

from gateway.canonical.records.base import Record
from gateway.canonical.records.erp import ErpInvoiceLine
from gateway.canonical.records.psa import PsaTask, PsaTimeEntry
from gateway.errors import BadInputError
from gateway.ports.base import Children, PageRequest
from gateway.ports.where import TaskWhere, TimeWhere
from subgraphs.kit.paging import build_pages, decode_cursor, read_merged
from subgraphs.suite.tryton.domain import (
    BY_DATE,
    BY_ID,
    BY_SEQUENCE,
    Condition,
    Domain,
    Order,
    is_id,
    match_any,
    match_descendants,
    match_ids,
    match_later,
)
from subgraphs.suite.tryton.reads import Kind
from subgraphs.suite.tryton.records import INVOICED, OPEN, UNPRICED, WORK
from subgraphs.suite.tryton.rest import RestClient
from subgraphs.suite.tryton.wire import Row

RowT = TypeVar("RowT", bound=Row)
RecordT = TypeVar("RecordT", bound=Record)

PARENT_BATCH: Final = 50


@dataclass(frozen=True, kw_only=True)
class Relation(Generic[RowT, RecordT]):
    """How children are found and ordered.

    `parent_condition` selects the children of parents, `after_condition` those after a position in the order.
    """

    kind: Kind[RowT, RecordT]
    parent_condition: Callable[[Sequence[str]], Condition]
    parent_id: Callable[[RecordT], str]
    order: Order
    position: Callable[[RecordT], tuple[str, ...]]
    after_condition: Callable[[tuple[str, ...]], Condition]


def relate_tasks_to_projects(kind: Kind[Any, PsaTask]) -> Relation[Any, PsaTask]:
    """Return the relation of tasks to projects, ordered by id."""
    return Relation(
        kind=kind,
        parent_condition=lambda projects: match_descendants("path", projects),
        parent_id=lambda task: task.project_id,
        order=BY_ID,
        position=lambda task: (task.native.id,),
        after_condition=_build_after_id,
    )


def relate_time_to_projects(kind: Kind[Any, PsaTimeEntry]) -> Relation[Any, PsaTimeEntry]:
    """Return the relation of time to projects, ordered by day, then id."""
    return Relation(
        kind=kind,
        parent_condition=lambda projects: match_descendants("work.origin.path", projects, WORK),
        parent_id=lambda entry: entry.project_id,
        order=BY_DATE,
        position=_get_date_position,
        after_condition=_build_after_date,
    )


def relate_time_to_users(kind: Kind[Any, PsaTimeEntry]) -> Relation[Any, PsaTimeEntry]:
    """Return the relation of time to users, ordered by day, then id."""
    return Relation(
        kind=kind,
        parent_condition=lambda users: match_ids("employee", users),
        parent_id=lambda entry: entry.user_id or "",
        order=BY_DATE,
        position=_get_date_position,
        after_condition=_build_after_date,
    )


def relate_lines_to_invoices(kind: Kind[Any, ErpInvoiceLine]) -> Relation[Any, ErpInvoiceLine]:
    """Return the relation of lines to invoices, in Tryton's order: lines without a sequence come first."""
    return Relation(
        kind=kind,
        parent_condition=lambda invoices: match_ids("invoice", invoices),
        parent_id=lambda line: line.invoice_id,
        order=BY_SEQUENCE,
        position=lambda line: (str(line.sequence), line.native.id),
        after_condition=_build_after_sequence,
    )


async def read_pages(
    rest: RestClient, relation: Relation[RowT, RecordT], parents: Sequence[str], page: PageRequest, where: Domain
) -> Children[RecordT]:
    """Return a page per parent, empty for invalid ids. Rows that cannot be read are reported."""
    start = None if page.after is None else relation.after_condition(decode_cursor(page.after))

    async def read(waiting: Sequence[str], last: RecordT | None) -> tuple[Sequence[RecordT], bool]:
        beyond = start if last is None else relation.after_condition(relation.position(last))
        domain = (*relation.kind.domain, relation.parent_condition(waiting), *where, *((beyond,) if beyond else ()))
        found = await rest.search_page(relation.kind.model, relation.kind.row, domain, order=relation.order)
        return await relation.kind.build(found.rows), found.has_more

    known = [parent for parent in parents if is_id(parent)]
    found = await read_merged(known, page.first, read, relation.parent_id)
    return build_pages(parents, found, page.first, relation.position, after=page.after)


def build_task_conditions(where: TaskWhere) -> Domain:
    """Return the domain of a task filter."""
    status = () if where.status is None else (["status.name", "in", list(where.status)],)
    return (*status, *_build_price_condition("list_price", where.billable))


def build_time_conditions(where: TimeWhere) -> Domain:
    """Return the domain of a time filter. Raise BadInputError for approvals, which Tryton does not support."""
    if where.approval is not None:
        raise BadInputError("Tryton does not support approval of time; remove the approval filter.", field="approval")
    bounds = ((">=", where.work_date_from), ("<=", where.work_date_to))
    days = tuple(["date", operator, bound] for operator, bound in bounds if bound is not None)
    billing = (
        () if where.billing is None else (match_any(_BILLING[word] for word in where.billing if word in _BILLING),)
    )
    return (*days, *billing, *_build_price_condition(_PRICE, where.billable, WORK))


def _build_price_condition(field: str, billable: bool | None, *model: str) -> Domain:
    return () if billable is None else ([field, "!=" if billable else "=", None, *model],)


_PRICE: Final = "work.origin.list_price"
_BILLING: Final[Mapping[str, Condition]] = {
    INVOICED: [["invoice_line", "!=", None]],
    OPEN: [["invoice_line", "=", None], [_PRICE, "!=", None, WORK]],
    UNPRICED: [["invoice_line", "=", None], [_PRICE, "=", None, WORK]],
}


def _get_date_position(entry: PsaTimeEntry) -> tuple[str, ...]:
    return entry.work_date.isoformat(), entry.native.id


def _build_after_id(position: tuple[str, ...]) -> Condition:
    match position:
        case (identifier,) if is_id(identifier):
            return ["id", ">", int(identifier)]
    raise BadInputError("The cursor does not belong to this list.", field="after")


def _build_after_date(position: tuple[str, ...]) -> Condition:
    match position:
        case (day, identifier) if is_id(identifier):
            try:
                return match_later(date.fromisoformat(day), identifier)
            except ValueError:
                pass
    raise BadInputError("The cursor does not belong to this list.", field="after")


def _build_after_sequence(position: tuple[str, ...]) -> Condition:
    match position:
        case ("0", identifier) if is_id(identifier):
            return match_any(([["sequence", "=", None], ["id", ">", int(identifier)]], ["sequence", "!=", None]))
        case (sequence, identifier) if is_id(sequence) and is_id(identifier):
            place = int(sequence)
            return match_any((["sequence", ">", place], [["sequence", "=", place], ["id", ">", int(identifier)]]))
    raise BadInputError("The cursor does not belong to this list.", field="after")
