"""The two relations whose children are ledger lines: an invoice's lines, a project's expenses."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gateway.canonical.records.erp import ErpExpense, ErpInvoiceLine
from gateway.errors import BadInputError
from gateway.ports.where import ExpenseWhere
from subgraphs.erp.netsuite import billing, ledger, wire
from subgraphs.erp.netsuite.children import Position, Relation
from subgraphs.erp.netsuite.mapping import Account
from subgraphs.erp.netsuite.reads import Kind
from subgraphs.erp.netsuite.suiteql import Fragment, at_least, at_most, day, number, one_of_texts

_EXPENSE_REPORT = "ExpRept:"


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Both relations of one account."""

    invoice_lines: Relation[wire.InvoiceLineRow, ErpInvoiceLine]
    expenses: Relation[wire.ExpenseRow, ErpExpense]


def relations_of(account: Account) -> Lines:
    """Return the relations as the mapping file makes them."""
    return Lines(
        invoice_lines=Relation(
            kind=Kind(billing.invoice_lines(account.mapping), lambda rows: ledger.invoice_line(rows, account)),
            parent="l.transaction",
            parent_of=lambda row: row.invoice,
            keys=("l.linesequencenumber", "l.uniquekey"),
            position=lambda row: (format(row.sequence, "f"), row.id),
            literals=_by_sequence,
        ),
        expenses=Relation(
            kind=Kind(billing.expenses(account.mapping), lambda rows: ledger.expense(rows, account)),
            parent="l.entity",
            parent_of=lambda row: row.job,
            keys=("l.expensedate", "l.uniquekey"),
            position=lambda row: (row.incurred.isoformat(), row.id),
            literals=_by_day,
        ),
    )


def _by_sequence(position: Position) -> tuple[Fragment, Fragment]:
    sequence, key = _two(position)
    return number(_whole(sequence)), number(_whole(key))


def _by_day(position: Position) -> tuple[Fragment, Fragment]:
    incurred, key = _two(position)
    try:
        return day(date.fromisoformat(incurred)), number(_whole(key))
    except ValueError as error:
        raise _foreign() from error


def _two(position: Position) -> tuple[str, str]:
    if len(position) != 2:  # noqa: PLR2004 -- the order has two keys
        raise _foreign()
    return position[0], position[1]


def _whole(told: str) -> int:
    try:
        return int(told)
    except ValueError as error:
        raise _foreign() from error


def _foreign() -> BadInputError:
    return BadInputError("The cursor is not one of this list.", field="after")


def expense_conditions(where: ExpenseWhere) -> Iterator[Fragment]:
    """Return the conditions of a filter; approvals are raw codes such as ExpRept:F."""
    if where.approval is not None:
        letters = [code.removeprefix(_EXPENSE_REPORT) for code in where.approval if code.startswith(_EXPENSE_REPORT)]
        yield one_of_texts("t.status", letters)
    if where.category is not None:
        yield one_of_texts("ec.name", where.category)
    if where.incurred_on_from is not None:
        yield at_least("l.expensedate", day(where.incurred_on_from))
    if where.incurred_on_to is not None:
        yield at_most("l.expensedate", day(where.incurred_on_to))
