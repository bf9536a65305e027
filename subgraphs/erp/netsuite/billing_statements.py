"""SuiteQL statements of billing: invoices, their lines, payments, time, expenses, open items and exchange rates."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.mapping_file import NetSuiteMapping
from subgraphs.erp.netsuite.statements import (
    IS_MONTH,
    PERIOD_COLUMNS,
    Statement,
    build_columns,
    build_day_columns,
    build_dimension_joins,
)
from subgraphs.erp.netsuite.suiteql import (
    Fragment,
    cast_day,
    cast_instant,
    check_identifier,
    join_all,
    join_any,
    match_at_least,
    match_at_most,
    match_ids,
    quote_day,
)

_IS_INVOICE = Fragment("t.type IN ('CustInvc', 'CustCred')")
_DEBTOR = "NVL(t.entity, m.entity)"
_IS_RECEIVABLE = (
    "(t.type IN ('CustInvc', 'CustCred', 'CustPymt')"
    " OR (t.type = 'Journal' AND (m.foreignamountunpaid <> 0 OR m.foreignpaymentamountunused <> 0)))"
)
_LINES = "transactionline l JOIN transaction t ON t.id = l.transaction JOIN currency cu ON cu.id = t.currency"
_MAIN_LINES = (
    "transaction {head} JOIN transactionline m ON m.transaction = {head}.id AND m.mainline = 'T'"
    " JOIN currency cu ON cu.id = {head}.currency"
)
_BASE_CURRENCY = " LEFT JOIN subsidiary s ON s.id = {line}.subsidiary LEFT JOIN currency bc ON bc.id = s.currency"
_TAX_JOIN = (
    " LEFT JOIN transactiontaxdetail d ON d.transaction = l.transaction AND d.line = l.id"
    " LEFT JOIN nexus n ON n.id = d.nexus LEFT JOIN taxtype ty ON ty.id = d.taxtype"
)
_TAX = {
    "tax_type": "ty.name",
    "tax_nexus": "n.description",
    "tax_country": "n.country",
    "tax_rate": "d.taxrate",
    "tax_basis": "d.taxbasis",
    "tax_amount": "d.taxamount",
    "tax_code": "d.taxcode",
}
_BILLED = " LEFT JOIN transactionline bl ON bl.uniquekey = {field} LEFT JOIN transaction bt ON bt.id = bl.transaction"

_INVOICE = {
    "id": "t.id",
    "type": "t.type",
    "record_number": "t.tranid",
    "status": "t.status",
    "entity": "t.entity",
    "entity_customer": "hj.parent",
    "entity_job": "hj.id",
    "issued": cast_day("t.trandate"),
    "due": cast_day("t.duedate"),
    "currency": "cu.symbol",
    "rate": "t.exchangerate",
    "total": "t.foreigntotal",
    "unpaid": "t.foreignamountunpaid",
    "unused": "t.foreignpaymentamountunused",
    "purchase_order": "t.otherrefnum",
    "modified": cast_instant("t.lastmodifieddate"),
    "line": "l.id",
    "main": "l.mainline",
    "tax_line": "l.taxline",
    "line_amount": "l.foreignamount",
    "line_job": "lj.id",
    "subsidiary": "l.subsidiary",
    "base_currency": "bc.symbol",
    "created_from": "l.createdfrom",
    **_TAX,
}
_EXPENSE = {
    "id": "l.uniquekey",
    "report": "t.tranid",
    "status": "t.status",
    "job": "lj.id",
    "employee": "t.entity",
    "category": "ec.name",
    "incurred": cast_day("l.expensedate"),
    "amount": "l.foreignamount",
    "base_amount": "l.netamount",
    "currency": "cu.symbol",
    "base_currency": "bc.symbol",
    "billable": "l.isbillable",
    "not_reimbursable": "l.isnonreimbursable",
    "modified": cast_instant("t.lastmodifieddate"),
    **_TAX,
}
_TIME = {
    "id": "b.id",
    "hours": "b.hours",
    "billable": "b.isbillable",
    "rate": "b.rate",
    "labor_cost": "b.laborcost",
    "currency": "cu.symbol",
    "base_currency": "bc.symbol",
    **{f"period_{name}": column for name, column in PERIOD_COLUMNS.items()},
    "modified": cast_instant("b.lastmodifieddate"),
}


def build_invoice_statement(mapping: NetSuiteMapping) -> Statement[wire.InvoiceRow]:
    """Build the statement of invoices and credit memos, one row per line and tax detail."""
    fields = mapping.invoice
    columns = {
        **_INVOICE,
        **build_columns("t", {"reference": fields.reference}),
        **build_day_columns("t", {"period_start": fields.period_start, "period_end": fields.period_end}),
    }
    joins = ""
    if fields.contract and mapping.contract:
        columns["contract"] = f"k.{check_identifier(mapping.contract.number)}"
        joins = (
            f" LEFT JOIN {check_identifier(mapping.contract.record)} k ON k.id = t.{check_identifier(fields.contract)}"
        )
    return Statement(
        row_type=wire.InvoiceRow,
        columns=columns,
        source="transaction t JOIN transactionline l ON l.transaction = t.id JOIN currency cu ON cu.id = t.currency"
        " LEFT JOIN job hj ON hj.id = t.entity LEFT JOIN job lj ON lj.id = l.entity"
        f"{_BASE_CURRENCY.format(line='l')}{_TAX_JOIN}{joins}",
        key="t.id",
        feed_table="transaction t",
        order=("t.id", "l.id", "d.taxtype", "d.taxcode"),
        base_condition=_IS_INVOICE,
        modified_column="t.lastmodifieddate",
        reference_column=f"t.{check_identifier(fields.reference)}",
    )


def build_invoice_line_statement(mapping: NetSuiteMapping) -> Statement[wire.InvoiceLineRow]:
    """Build the statement of item lines of invoices and credit memos, one row per tax detail."""
    fields = mapping.invoice_line
    dimensions, joins = build_dimension_joins(mapping, "on_line", "l")
    return Statement(
        row_type=wire.InvoiceLineRow,
        columns={
            "id": "l.uniquekey",
            "invoice": "l.transaction",
            "issued": cast_day("t.trandate"),
            "type": "t.type",
            "sequence": "l.linesequencenumber",
            "kind": "i.itemid",
            "item_name": "i.displayname",
            "description": "l.memo",
            "job": "lj.id",
            "quantity": "l.quantity",
            "unit_rate": "l.rate",
            "amount": "l.foreignamount",
            "currency": "cu.symbol",
            "rate": "t.exchangerate",
            "base_currency": "bc.symbol",
            "modified": cast_instant("t.lastmodifieddate"),
            **_TAX,
            **build_columns("l", {"task": fields.task, "employee": fields.employee}),
            **dimensions,
        },
        source=f"{_LINES} LEFT JOIN item i ON i.id = l.item LEFT JOIN job lj ON lj.id = l.entity"
        f"{_BASE_CURRENCY.format(line='l')}{_TAX_JOIN}{joins}",
        key="l.uniquekey",
        order=("l.linesequencenumber", "l.uniquekey", "d.taxtype", "d.taxcode"),
        base_condition=Fragment(f"{_IS_INVOICE} AND l.mainline = 'F' AND l.taxline = 'F'"),
    )


def build_payment_statement() -> Statement[wire.PaymentRow]:
    """Build the statement of customer payments, one row per document that a payment is applied to."""
    return Statement(
        row_type=wire.PaymentRow,
        columns={
            "id": "p.id",
            "record_number": "p.tranid",
            "reference": "p.externalid",
            "received": cast_day("p.trandate"),
            "total": "p.foreigntotal",
            "currency": "cu.symbol",
            "rate": "p.exchangerate",
            "base_currency": "bc.symbol",
            "method": "pm.name",
            "bank_reference": "p.otherrefnum",
            "modified": cast_instant("p.lastmodifieddate"),
            "document": "a.previousdoc",
            "document_amount": "a.foreignamount",
        },
        source=f"{_MAIN_LINES.format(head='p')} LEFT JOIN paymentmethod pm ON pm.id = p.paymentmethod"
        f"{_BASE_CURRENCY.format(line='m')}"
        " LEFT JOIN nexttransactionlink a ON a.nextdoc = p.id AND a.linktype = 'Payment'",
        key="p.id",
        order=("p.trandate", "p.id", "a.previousdoc"),
        base_condition=Fragment("p.type = 'CustPymt'"),
        reference_column="p.externalid",
    )


def build_applied_condition(invoices: Iterable[str]) -> Fragment:
    """Return the condition that a payment is applied to one of the invoices."""
    applied = match_ids("q.previousdoc", invoices)
    links = f"SELECT q.nextdoc FROM nexttransactionlink q WHERE q.linktype = 'Payment' AND {applied}"  # noqa: S608 -- a constant and literals of `suiteql`
    return Fragment(f"p.id IN ({links})")


def build_expense_statement(mapping: NetSuiteMapping) -> Statement[wire.ExpenseRow]:
    """Build the statement of expense report lines, one row per tax detail."""
    fields = mapping.expense
    dimensions, joins = build_dimension_joins(mapping, "on_line", "l")
    reference = f"l.{check_identifier(fields.reference)}" if fields.reference else None
    billed = {}
    if fields.invoice_line:
        joins += _BILLED.format(field=f"l.{check_identifier(fields.invoice_line)}")
        billed = {"billed_type": "bt.type", "billed_status": "bt.status"}
    return Statement(
        row_type=wire.ExpenseRow,
        columns={
            **_EXPENSE,
            **build_columns("l", {"reference": fields.reference}),
            **billed,
            **dimensions,
        },
        source=f"{_LINES} LEFT JOIN expensecategory ec ON ec.id = l.category LEFT JOIN job lj ON lj.id = l.entity"
        f"{_BASE_CURRENCY.format(line='l')}{_TAX_JOIN}{joins}",
        key="l.uniquekey",
        order=("l.expensedate", "l.uniquekey", "d.taxtype", "d.taxcode"),
        base_condition=Fragment("t.type = 'ExpRept' AND l.mainline = 'F' AND l.taxline = 'F'"),
        reference_column=reference,
    )


def build_time_statement(mapping: NetSuiteMapping) -> Statement[wire.TimeRow]:
    """Build the statement of time records, each with its accounting period and its dimensions."""
    fields = mapping.time
    dimensions, dimension_joins = build_dimension_joins(mapping, "on_time", "b")
    reference = f"b.{check_identifier(fields.reference)}"
    joins, billed = "", {}
    if fields.invoice_line:
        joins = _BILLED.format(field=f"b.{check_identifier(fields.invoice_line)}")
        billed = {
            "billed_line": "bl.uniquekey",
            "billed_invoice": "bt.id",
            "billed_type": "bt.type",
            "billed_status": "bt.status",
        }
    return Statement(
        row_type=wire.TimeRow,
        columns={**_TIME, "reference": reference, **billed, **dimensions},
        source="timebill b LEFT JOIN job j ON j.id = b.customer LEFT JOIN currency cu ON cu.id = j.currency"
        " LEFT JOIN accountingperiod ap ON ap.startdate <= b.trandate AND ap.enddate >= b.trandate"
        f" AND {IS_MONTH}{_BASE_CURRENCY.format(line='b')}{joins}{dimension_joins}",
        key="b.id",
        order=("b.id",),
        reference_column=reference,
    )


def build_open_item_statement() -> Statement[wire.OpenItemRow]:
    """Build the statement of what the account's A/R ageing lists, with the settlements that give a past balance.

    These are invoices, credit memos, payments, and lines of journals on a receivable account: only these have an open
    amount of their own. The entity is a customer or a project of the customer; a journal has it on the line.
    """
    return Statement(
        row_type=wire.OpenItemRow,
        columns={
            "id": "t.id",
            "type": "t.type",
            "line": "m.uniquekey",
            "customer": f"NVL(hj.parent, {_DEBTOR})",
            "issued": cast_day("t.trandate"),
            "due": cast_day("t.duedate"),
            "total": "t.foreigntotal",
            "unpaid": "NVL(t.foreignamountunpaid, m.foreignamountunpaid)",
            "unused": "NVL(t.foreignpaymentamountunused, m.foreignpaymentamountunused)",
            "currency": "cu.symbol",
            "rate": "t.exchangerate",
            "subsidiary": "m.subsidiary",
            "base_currency": "bc.symbol",
            "settled_on": cast_day("p.trandate"),
            "settled_amount": "a.foreignamount",
        },
        source="transaction t JOIN currency cu ON cu.id = t.currency"
        " JOIN transactionline m ON m.transaction = t.id AND (m.mainline = 'T' OR t.type = 'Journal')"
        f" LEFT JOIN job hj ON hj.id = {_DEBTOR}{_BASE_CURRENCY.format(line='m')}"
        " LEFT JOIN nexttransactionlink a ON a.previousdoc = t.id AND a.linktype = 'Payment'"
        " LEFT JOIN transaction p ON p.id = a.nextdoc",
        key="t.entity",
        order=("t.id", "m.uniquekey", "p.trandate", "p.id"),
        base_condition=Fragment(f"{_IS_RECEIVABLE} AND t.posting = 'T' AND t.voided = 'F'"),
    )


def build_exchange_rate_statement() -> Statement[wire.RateRow]:
    """Build the statement of exchange rates: the price of a unit of the transaction currency in the base currency."""
    return Statement(
        row_type=wire.RateRow,
        columns={
            "id": "r.id",
            "source": "tc.symbol",
            "target": "bc.symbol",
            "rate": "r.exchangerate",
            "effective": cast_day("r.effectivedate"),
        },
        source="currencyrate r JOIN currency tc ON tc.id = r.transactioncurrency"
        " JOIN currency bc ON bc.id = r.basecurrency",
        key="r.id",
        order=("r.effectivedate", "r.id"),
    )


def build_open_item_conditions(customers: Sequence[str], as_of: date, since: date) -> Iterator[Fragment]:
    """Yield the conditions that documents were open on `as_of` or issued between `since` and `as_of`."""
    yield join_any(match_ids(_DEBTOR, customers), match_ids("hj.parent", customers))
    yield match_at_most("t.trandate", quote_day(as_of))
    yield join_any(
        join_all(_IS_INVOICE, match_at_least("t.trandate", quote_day(since))),
        Fragment("m.foreignamountunpaid <> 0"),
        Fragment("m.foreignpaymentamountunused <> 0"),
        Fragment("t.foreignamountunpaid <> 0"),
        Fragment("t.foreignpaymentamountunused <> 0"),
        Fragment(f"p.trandate > {quote_day(as_of)}"),
    )
