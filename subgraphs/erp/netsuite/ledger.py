"""Pure functions from NetSuite's rows to the records of billing.

Line amounts and quantities carry the ledger's sign, so both are turned round: an invoice's lines come out positive, a credit memo's negative. SuiteTax
details carry no sign; those of a credit memo are negated. The amount of one hour's work is hours times rate, as NetSuite bills and costs it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.erp import (
    ErpExchangeRate,
    ErpExpense,
    ErpInvoice,
    ErpInvoiceLine,
    ErpOpenItem,
    ErpPayment,
    ErpPeriod,
    ErpReceivables,
    ErpTax,
    ErpTimePosting,
)
from gateway.canonical.values import Money
from gateway.errors import SourceError
from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.mapping import Account, folded, money, optional_money, period_status, references

BILLED_WINDOW = timedelta(days=90)
CREDIT_MEMO = "CustCred"
ZERO = Decimal(0)


def status_code(type_: str, letter: str) -> str:
    """Return the full key of a transaction status, such as CustInvc:A."""
    return letter if ":" in letter else f"{type_}:{letter}"


def billing_code(billable: wire.Flag | None, type_: str | None, letter: str | None) -> str | None:
    """Return the raw billing state: F, T, or T with the status of the document that bills it."""
    if billable is None:
        return None
    return f"{billable}:{status_code(type_, letter)}" if type_ and letter else billable


def hours(text: str | None) -> Decimal | None:
    """Read a duration, told as decimal hours or as H:MM; minutes become hours at four decimals."""
    if text is None:
        return None
    try:
        if ":" not in text:
            return Decimal(text)
        whole, minutes = text.lstrip("-").split(":")
        total = Decimal(whole) + (Decimal(minutes) / 60).quantize(Decimal("0.0001"), ROUND_HALF_EVEN).normalize()
        return -total if text.startswith("-") else total
    except (ArithmeticError, ValueError) as error:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "a duration is neither a number nor H:MM") from error


def taxes(rows: Iterable[wire.TaxedRow], currency: str, sign: int) -> tuple[ErpTax, ...]:
    """Sum the tax details by place, type and rate, in the order of their first line."""
    sums: dict[tuple[str | None, str | None, str, Decimal], tuple[Decimal, Decimal]] = {}
    for row in rows:
        if row.tax_type is None or row.tax_rate is None:
            continue
        key = (row.tax_nexus, row.tax_country, row.tax_type, row.tax_rate)
        basis, amount = sums.get(key, (ZERO, ZERO))
        sums[key] = (basis + (row.tax_basis or ZERO), amount + (row.tax_amount or ZERO))
    return tuple(
        ErpTax(
            jurisdiction=nexus,
            country=country,
            tax_type=tax_type,
            rate=rate,
            taxable=money(sign * basis, currency),
            amount=money(sign * amount, currency),
        )
        for (nexus, country, tax_type, rate), (basis, amount) in sums.items()
    )


def _sign(type_: str) -> int:
    return -1 if type_ == CREDIT_MEMO else 1


def invoice(rows: Sequence[wire.InvoiceRow], account: Account) -> ErpInvoice:
    """Map an invoice or credit memo from all of its lines."""
    head = rows[0]
    sign = _sign(head.type)
    main = next((row for row in rows if row.main == "T"), head)
    lines = {row.line: row for row in rows}.values()
    tax_total = -sum((row.line_amount or ZERO for row in lines if row.tax_line == "T"), ZERO)
    balance = -(head.unused or ZERO) if head.type == CREDIT_MEMO else head.unpaid or ZERO
    jobs = [head.entity_job, *(row.line_job for row in rows)]
    currency = head.currency
    return ErpInvoice(
        native=account.native("transaction", head.id),
        modified_at=account.instant(head.modified),
        display_number=head.its_number,
        url=account.url("accounting/transactions/transaction.nl", head.id),
        references=references(account.mapping.invoice.reference, head.reference),
        number=head.its_number or head.id,
        kind=head.type,
        status=status_code(head.type, head.status),
        customer_id=head.entity_customer or head.entity,
        legal_entity=main.subsidiary,
        job_ids=tuple(dict.fromkeys(job for job in jobs if job is not None)),
        contract_number=head.contract,
        issue_date=head.issued,
        due_date=head.due,
        period_start=head.period_start,
        period_end=head.period_end,
        currency=currency,
        functional_currency=main.base_currency,
        functional_rate=head.rate,
        subtotal=money(head.total - tax_total, currency),
        tax_total=money(tax_total, currency),
        total=money(head.total, currency),
        balance=money(balance, currency),
        taxes=taxes(rows, currency, sign),
        corrects_id=main.created_from if head.type == CREDIT_MEMO else None,
        purchase_order_number=head.purchase_order,
    )


def invoice_line(rows: Sequence[wire.InvoiceLineRow], account: Account) -> ErpInvoiceLine:
    """Map an item line; its raw kind is the item's own name."""
    head = rows[0]
    return ErpInvoiceLine(
        native=account.native("transactionline", head.id),
        modified_at=account.instant(head.modified),
        invoice_id=head.invoice,
        sequence=int(head.sequence),
        kind=head.kind or "",
        description=head.description or head.item_name or head.kind or "",
        job_id=head.job,
        task_reference=head.task,
        employee_id=head.employee,
        quantity=None if head.quantity is None else -head.quantity,
        unit_rate=optional_money(head.unit_rate, head.currency),
        amount=money(-head.amount, head.currency),
        functional_rate=head.rate,
        functional_currency=head.base_currency,
        taxes=taxes(rows, head.currency, _sign(head.type)),
        dimensions=account.tags(head) if any(source.on_line for source in account.mapping.dimensions) else None,
    )


def payment(rows: Sequence[wire.PaymentRow], account: Account) -> ErpPayment:
    """Map a payment with all of its applications."""
    head = rows[0]
    applied = {row.document: row.document_amount for row in rows if row.document is not None}
    return ErpPayment(
        native=account.native("transaction", head.id),
        modified_at=account.instant(head.modified),
        display_number=head.its_number,
        url=account.url("accounting/transactions/transaction.nl", head.id),
        references=references("externalid", head.reference),
        received_on=head.received,
        amount=money(abs(head.total), head.currency),
        functional_rate=head.rate,
        functional_currency=head.base_currency,
        applied=tuple(
            (document, money(amount, head.currency)) for document, amount in applied.items() if amount is not None
        ),
        reference=head.bank_reference,
        method=head.method,
    )


def expense(rows: Sequence[wire.ExpenseRow], account: Account) -> ErpExpense:
    """Map a line of an expense report; its amount is without tax, its raw approval the report's status."""
    head = rows[0]
    tax = sum((row.tax_amount or ZERO for row in rows), ZERO)
    status = status_code("ExpRept", head.status)
    fields = account.mapping.expense
    return ErpExpense(
        native=account.native("transactionline", head.id),
        modified_at=account.instant(head.modified),
        display_number=head.report,
        references=references(fields.reference or "", head.reference),
        expense_reference=native_reference(head.reference, fields.pattern),
        job_id=head.job,
        employee_id=head.employee,
        category=head.category or "",
        incurred_on=head.incurred,
        amount=money(head.amount, head.currency),
        functional_amount=optional_money(head.base_amount, head.base_currency),
        tax=money(tax, head.currency),
        billable=None if head.billable is None else head.billable == "T",
        reimbursable=None if head.not_reimbursable is None else head.not_reimbursable == "F",
        approval=status,
        billing=billing_code(head.billable, head.billed_type, head.billed_status),
        reimbursement=_reimbursement(head, status, account.mapping.reimbursement),
        dimensions=account.tags(head) if any(source.on_line for source in account.mapping.dimensions) else None,
    )


def _reimbursement(row: wire.ExpenseRow, status: str, words: Mapping[str, str]) -> str | None:
    return words.get("not_reimbursable" if row.not_reimbursable == "T" else status)


def native_reference(value: str | None, pattern: str) -> str | None:
    """Return the other system's id inside a reference, or None when the reference is not of the pattern."""
    before, after = pattern.split("{id}")
    if (
        value is None
        or len(value) <= len(before) + len(after)
        or not (value.startswith(before) and value.endswith(after))
    ):
        return None
    return value[len(before) : len(value) - len(after)]


def time_posting(row: wire.TimeRow, account: Account) -> ErpTimePosting:
    """Map a time record to the entry that it came from: the id inside its reference, or the reference where it is of another form."""
    worked = hours(row.hours)
    return ErpTimePosting(
        native=account.native("timebill", row.id),
        modified_at=account.instant(row.modified),
        references=references(account.mapping.time.reference, row.reference),
        entry_reference=native_reference(row.reference, account.mapping.time.pattern) or row.reference,
        hours=worked,
        billing=billing_code(row.billable, row.billed_type, row.billed_status),
        bill_rate=optional_money(row.rate, row.currency),
        bill_amount=_product(worked, row.rate, row.currency),
        cost_amount=_product(worked, row.labor_cost, row.base_currency),
        period=_period(row, account),
        invoice_id=row.billed_invoice,
        invoice_line_id=row.billed_line,
    )


def _product(worked: Decimal | None, rate: Decimal | None, currency: str | None) -> Money | None:
    return None if worked is None or rate is None or currency is None else money((worked * rate).normalize(), currency)


def _period(row: wire.TimeRow, account: Account) -> ErpPeriod | None:
    if row.period_name is None or row.period_start is None or row.period_end is None:
        return None
    return ErpPeriod(
        name=row.period_name,
        start_date=row.period_start,
        end_date=row.period_end,
        status=period_status(closed=row.period_closed, locked=row.period_locked, ar_locked=row.period_ar_locked),
        closed_at=account.instant(row.period_closed_on),
    )


def receivables(
    customer_id: str, as_of: date, since: date, rows: Iterable[wire.OpenItemRow], account: Account
) -> ErpReceivables:
    """State what a customer owes on a day: what is open now plus what was settled later; credit memos as they are open now."""
    items: list[ErpOpenItem] = []
    billed: dict[str, Decimal] = {}
    for _, settlements in folded(rows):
        head = settlements[0]
        base = head.base_currency or head.currency
        item = _open_item(settlements, as_of, base)
        if item is not None:
            items.append(item)
        if head.issued >= since:
            billed[base] = billed.get(base, ZERO) + money(head.total * head.rate, base).rounded().amount
    return ErpReceivables(
        native=account.native("customer", customer_id),
        customer_id=customer_id,
        as_of=as_of,
        items=tuple(items),
        billed_90_days=tuple(money(amount, currency) for currency, amount in billed.items()),
    )


def _open_item(rows: Sequence[wire.OpenItemRow], as_of: date, base: str) -> ErpOpenItem | None:
    head = rows[0]
    later = sum(
        (row.settled_amount or ZERO for row in rows if row.settled_on is not None and row.settled_on > as_of), ZERO
    )
    amount = -(head.unused or ZERO) if head.type == CREDIT_MEMO else (head.unpaid or ZERO) + later
    if amount == 0:
        return None
    return ErpOpenItem(
        invoice_id=head.id,
        legal_entity=head.subsidiary,
        due_date=head.due or head.issued,
        open_amount=money(amount, head.currency),
        functional=money(amount * head.rate, base).rounded(),
    )


def exchange_rate(row: wire.RateRow) -> ErpExchangeRate:
    """Map a rate; NetSuite keeps one kind, taken as the corporate rate."""
    return ErpExchangeRate(
        source=row.source, target=row.target, rate=row.rate, rate_type="CORPORATE", effective_date=row.effective
    )
