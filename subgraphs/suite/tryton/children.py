"""Pages below projects and people, read for many parents together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Generic, TypeVar

from gateway.canonical.records.base import Record
from gateway.canonical.records.erp import ErpInvoiceLine
from gateway.canonical.records.psa import PsaTask, PsaTimeEntry
from gateway.errors import BadInputError, SourceError
from gateway.ports.base import Children, PageRequest
from gateway.ports.where import TaskWhere, TimeWhere
from subgraphs.kit.paging import decode_cursor, merged_read, pages_by_parent
from subgraphs.suite.tryton.domain import (
    BY_DATE,
    BY_ID,
    BY_SEQUENCE,
    Condition,
    Domain,
    Order,
    among,
    any_of,
    below,
    is_id,
    later,
)
from subgraphs.suite.tryton.reads import Kind
from subgraphs.suite.tryton.records import INVOICED, OPEN, UNPRICED, WORK
from subgraphs.suite.tryton.rest import PAGE, Rest
from subgraphs.suite.tryton.wire import Row

RowT = TypeVar("RowT", bound=Row)
RecordT = TypeVar("RecordT", bound=Record)

PARENT_BATCH: Final = 50


@dataclass(frozen=True, kw_only=True)
class Relation(Generic[RowT, RecordT]):
    """How children are found and ordered: `under` names the parents, `after` what follows a position in the order."""

    kind: Kind[RowT, RecordT]
    under: Callable[[Sequence[str]], Condition]
    parent: Callable[[RecordT], str]
    order: Order
    position: Callable[[RecordT], tuple[str, ...]]
    after: Callable[[tuple[str, ...]], Condition]


def tasks_of_projects(kind: Kind[Any, PsaTask]) -> Relation[Any, PsaTask]:
    """Return the relation of tasks, ordered by id."""
    return Relation(
        kind=kind,
        under=lambda projects: below("path", projects),
        parent=lambda task: task.project_id,
        order=BY_ID,
        position=lambda task: (task.native.id,),
        after=_after_id,
    )


def time_of_projects(kind: Kind[Any, PsaTimeEntry]) -> Relation[Any, PsaTimeEntry]:
    """Return the relation of a project's time, ordered by day, then id."""
    return Relation(
        kind=kind,
        under=lambda projects: below("work.origin.path", projects, WORK),
        parent=lambda entry: entry.project_id,
        order=BY_DATE,
        position=_moment,
        after=_after_moment,
    )


def time_of_users(kind: Kind[Any, PsaTimeEntry]) -> Relation[Any, PsaTimeEntry]:
    """Return the relation of a person's time, ordered by day, then id."""
    return Relation(
        kind=kind,
        under=lambda users: among("employee", users),
        parent=lambda entry: entry.user_id or "",
        order=BY_DATE,
        position=_moment,
        after=_after_moment,
    )


def lines_of_invoices(kind: Kind[Any, ErpInvoiceLine]) -> Relation[Any, ErpInvoiceLine]:
    """Return the relation of an invoice's lines, in Tryton's own order: those that nobody has moved first."""
    return Relation(
        kind=kind,
        under=lambda invoices: among("invoice", invoices),
        parent=lambda line: line.invoice_id,
        order=BY_SEQUENCE,
        position=lambda line: (str(line.sequence), line.native.id),
        after=_after_sequence,
    )


async def pages(
    rest: Rest, relation: Relation[RowT, RecordT], parents: Sequence[str], page: PageRequest, where: Domain
) -> Children[RecordT]:
    """Return a page per parent; those that cannot exist have an empty one. Raises SourceError for a row that breaks the contract."""
    start = None if page.after is None else relation.after(decode_cursor(page.after))

    async def read(waiting: Sequence[str], last: RecordT | None) -> tuple[Sequence[RecordT], bool]:
        beyond = start if last is None else relation.after(relation.position(last))
        domain = (*relation.kind.domain, relation.under(waiting), *where, *((beyond,) if beyond else ()))
        rows = await rest.search(relation.kind.model, relation.kind.row, domain, order=relation.order)
        records: list[RecordT] = []
        for built in await relation.kind.build(rows):
            if isinstance(built, SourceError):
                raise built
            records.append(built)
        return records, len(rows) == PAGE

    known = [parent for parent in parents if is_id(parent)]
    found = await merged_read(known, page.first, read, relation.parent)
    return pages_by_parent(parents, found, page.first, relation.position, after=page.after)


def task_conditions(where: TaskWhere) -> Domain:
    """Return the conditions of a filter on tasks."""
    status = () if where.status is None else (["status.name", "in", list(where.status)],)
    return (*status, *_priced("list_price", where.billable))


def time_conditions(where: TimeWhere) -> Domain:
    """Return the conditions of a filter on time; raise BadInputError for approvals, which Tryton does not keep."""
    if where.approval is not None:
        raise BadInputError("Tryton time sheets are not approved: leave the approval out.", field="approval")
    bounds = ((">=", where.work_date_from), ("<=", where.work_date_to))
    days = tuple(["date", operator, bound] for operator, bound in bounds if bound is not None)
    billing = () if where.billing is None else (any_of(_BILLING[word] for word in where.billing if word in _BILLING),)
    return (*days, *billing, *_priced(_PRICE, where.billable, WORK))


def _priced(field: str, billable: bool | None, *model: str) -> Domain:
    return () if billable is None else ([field, "!=" if billable else "=", None, *model],)


_PRICE: Final = "work.origin.list_price"
_BILLING: Final[Mapping[str, Condition]] = {
    INVOICED: [["invoice_line", "!=", None]],
    OPEN: [["invoice_line", "=", None], [_PRICE, "!=", None, WORK]],
    UNPRICED: [["invoice_line", "=", None], [_PRICE, "=", None, WORK]],
}


def _moment(entry: PsaTimeEntry) -> tuple[str, ...]:
    return entry.work_date.isoformat(), entry.native.id


def _after_id(position: tuple[str, ...]) -> Condition:
    match position:
        case (identifier,) if is_id(identifier):
            return ["id", ">", int(identifier)]
    raise BadInputError("The cursor is not one of this list.", field="after")


def _after_moment(position: tuple[str, ...]) -> Condition:
    match position:
        case (day, identifier) if is_id(identifier):
            try:
                return later(date.fromisoformat(day), identifier)
            except ValueError:
                pass
    raise BadInputError("The cursor is not one of this list.", field="after")


def _after_sequence(position: tuple[str, ...]) -> Condition:
    match position:
        case ("0", identifier) if is_id(identifier):
            return any_of(([["sequence", "=", None], ["id", ">", int(identifier)]], ["sequence", "!=", None]))
        case (sequence, identifier) if is_id(sequence) and is_id(identifier):
            place = int(sequence)
            return any_of((["sequence", ">", place], [["sequence", "=", place], ["id", ">", int(identifier)]]))
    raise BadInputError("The cursor is not one of this list.", field="after")
