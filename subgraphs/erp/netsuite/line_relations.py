"""The two relations whose children are transaction lines: an invoice's lines and a project's expenses."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gateway.canonical.records.erp import ErpExpense, ErpInvoiceLine
from gateway.errors import BadInputError
from gateway.ports.where import ExpenseWhere
from subgraphs.erp.netsuite import billing_mapping, billing_statements, wire
from subgraphs.erp.netsuite.account_shape import adapt_statement
from subgraphs.erp.netsuite.child_pages import Position, Relation
from subgraphs.erp.netsuite.lineage import build_lineage
from subgraphs.erp.netsuite.mapping import AccountContext
from subgraphs.erp.netsuite.record_reader import RecordKind
from subgraphs.erp.netsuite.suiteql import Fragment, match_at_least, match_at_most, match_texts, quote_day, quote_number
from subgraphs.kit.record_mapping import build_mappers

_EXPENSE_REPORT = "ExpRept:"


@dataclass(frozen=True, kw_only=True)
class LineRelations:
    """The line relations of one account."""

    invoice_lines: Relation[wire.InvoiceLineRow, ErpInvoiceLine]
    expenses: Relation[wire.ExpenseRow, ErpExpense]


def build_line_relations(account: AccountContext) -> LineRelations:
    """Build the relations from the account's mapping file."""
    mappers = build_mappers(build_lineage(account.mapping_file))
    return LineRelations(
        invoice_lines=Relation(
            kind=RecordKind(
                adapt_statement(
                    billing_statements.build_invoice_line_statement(account.mapping_file), account.mapping_file
                ),
                lambda rows: billing_mapping.map_invoice_line(rows, account),
                mappers[ErpInvoiceLine],
            ),
            parent_column="l.transaction",
            get_parent=lambda row: row.invoice,
            order_columns=("l.linesequencenumber", "l.uniquekey"),
            get_position=lambda row: (str(int(row.sequence)), row.id),
            build_literals=_build_sequence_literals,
        ),
        expenses=Relation(
            kind=RecordKind(
                adapt_statement(billing_statements.build_expense_statement(account.mapping_file), account.mapping_file),
                lambda rows: billing_mapping.map_expense(rows, account),
                mappers[ErpExpense],
            ),
            parent_column="l.entity",
            get_parent=lambda row: row.job,
            order_columns=("l.expensedate", "l.uniquekey"),
            get_position=lambda row: (row.incurred.isoformat(), row.id),
            build_literals=_build_day_literals,
        ),
    )


def _build_sequence_literals(position: Position) -> tuple[Fragment, Fragment]:
    sequence, key = _unpack_position(position)
    return quote_number(_parse_integer(sequence)), quote_number(_parse_integer(key))


def _build_day_literals(position: Position) -> tuple[Fragment, Fragment]:
    incurred, key = _unpack_position(position)
    try:
        return quote_day(date.fromisoformat(incurred)), quote_number(_parse_integer(key))
    except ValueError as error:
        raise _build_cursor_error() from error


def _unpack_position(position: Position) -> tuple[str, str]:
    if len(position) != 2:  # noqa: PLR2004 -- the order has two keys
        raise _build_cursor_error()
    return position[0], position[1]


def _parse_integer(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise _build_cursor_error() from error


def _build_cursor_error() -> BadInputError:
    return BadInputError("The cursor is not one of this list.", field="after")


def build_expense_conditions(where: ExpenseWhere) -> Iterator[Fragment]:
    """Yield the conditions of an expense filter; approvals are raw codes such as ExpRept:F."""
    if where.approval is not None:
        letters = [code.removeprefix(_EXPENSE_REPORT) for code in where.approval if code.startswith(_EXPENSE_REPORT)]
        yield match_texts("t.status", letters)
    if where.category is not None:
        yield match_texts("ec.name", where.category)
    if where.incurred_on_from is not None:
        yield match_at_least("l.expensedate", quote_day(where.incurred_on_from))
    if where.incurred_on_to is not None:
        yield match_at_most("l.expensedate", quote_day(where.incurred_on_to))
