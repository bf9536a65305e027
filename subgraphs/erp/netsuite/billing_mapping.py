"""Pure functions that map NetSuite rows to billing records.

Line amounts and quantities have the sign of the general ledger and are negated: an invoice's lines become positive, a
credit memo's negative. SuiteTax details are unsigned; those of a credit memo are negated.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from gateway.canonical.records.erp import (
    ErpExchangeRate,
    ErpExpense,
    ErpInvoice,
    ErpInvoiceLine,
    ErpPayment,
    ErpTax,
)
from gateway.canonical.values import Money, apportion
from gateway.ports.unreadable import UnreadableRecord, report_unreadable
from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.mapping import AccountContext, build_references
from subgraphs.kit.money import build_money, build_optional_money

CREDIT_MEMO, PAYMENT, JOURNAL = "CustCred", "CustPymt", "Journal"
ZERO = Decimal(0)


def build_status_code(type_: str, letter: str) -> str:
    """Build the full code of a transaction status, such as CustInvc:A."""
    return letter if ":" in letter else f"{type_}:{letter}"


def build_billing_code(billable: wire.Flag | None, type_: str | None, letter: str | None) -> str | None:
    """Build the raw billing state: F, T, or T with the status of the billing document, such as T:CustInvc:A."""
    if billable is None:
        return None
    return f"{billable}:{build_status_code(type_, letter)}" if type_ and letter else billable


def sum_taxes(
    rows: Iterable[wire.TaxedRow], currency: str, type_: str, reverse_charge_codes: Collection[str] = ()
) -> tuple[ErpTax, ...]:
    """Sum the tax details of a document by jurisdiction, type, rate and reverse charge, in the order of their lines."""
    sums: dict[tuple[str | None, str | None, str, Decimal, bool], tuple[Decimal, Decimal]] = {}
    for row in rows:
        if row.tax_type is None or row.tax_rate is None:
            continue
        key = (row.tax_nexus, row.tax_country, row.tax_type, row.tax_rate, row.tax_code in reverse_charge_codes)
        sign = -1 if type_ == CREDIT_MEMO else 1
        basis, amount = sums.get(key, (ZERO, ZERO))
        sums[key] = basis + sign * (row.tax_basis or ZERO), amount + sign * (row.tax_amount or ZERO)
    return tuple(
        ErpTax(
            jurisdiction=nexus,
            country=country,
            tax_type=tax_type,
            rate=rate,
            taxable=build_money(basis, currency),
            amount=build_money(amount, currency),
            reverse_charge=reverse_charge,
        )
        for (nexus, country, tax_type, rate, reverse_charge), (basis, amount) in sums.items()
    )


def round_tax(tax: ErpTax) -> ErpTax:
    """Return a tax whose amounts have the currency's decimals; an account may calculate a line's tax with more."""
    return msgspec.structs.replace(tax, taxable=tax.taxable.round(), amount=tax.amount.round())


def apportion_taxes(taxes: Sequence[ErpTax], total: Money) -> tuple[ErpTax, ...]:
    """Return the taxes of a document, rounded so that they add up to its own tax total."""
    amounts = apportion(total.amount, [tax.amount.amount for tax in taxes], total.currency)
    return tuple(
        msgspec.structs.replace(tax, taxable=tax.taxable.round(), amount=Money(amount, total.currency))
        for tax, amount in zip(taxes, amounts, strict=True)
    )


def compute_open_amount(row: wire.InvoiceRow | wire.OpenItemRow) -> Decimal:
    """Return the open amount of a document, negative for a credit memo or a payment.

    A document without an open amount has not been posted: its whole total is open. A line of a journal is a debit with
    an unpaid amount or a credit with an unused one.
    """
    if row.type in (PAYMENT, JOURNAL):
        return (row.unpaid or ZERO) - (row.unused or ZERO)
    if row.type == CREDIT_MEMO:
        return row.total if row.unused is None else -row.unused
    return row.total if row.unpaid is None else row.unpaid


def map_invoice(rows: Sequence[wire.InvoiceRow], account: AccountContext) -> ErpInvoice:
    """Map an invoice or credit memo from the rows of all its lines."""
    head = rows[0]
    main = next((row for row in rows if row.main == "T"), head)
    lines = {row.line: row for row in rows}.values()
    currency = head.currency
    tax_total = build_money(-sum((row.line_amount or ZERO for row in lines if row.tax_line == "T"), ZERO), currency)
    jobs = [head.entity_job, *(row.line_job for row in rows)]
    return ErpInvoice(
        native=account.build_native_id("transaction", head.id),
        modified_at=account.parse_instant(head.modified),
        display_number=head.record_number,
        url=account.build_url("accounting/transactions/transaction.nl", head.id),
        references=build_references(account.mapping_file.invoice.reference, head.reference),
        number=head.record_number or head.id,
        kind=head.type,
        status=build_status_code(head.type, head.status),
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
        subtotal=build_money(head.total - tax_total.amount, currency),
        tax_total=tax_total,
        total=build_money(head.total, currency),
        balance=build_money(compute_open_amount(head), currency),
        taxes=apportion_taxes(
            sum_taxes(rows, currency, head.type, account.mapping_file.reverse_charge_codes), tax_total
        ),
        line_amounts=tuple(
            build_money(-(row.line_amount or ZERO), currency).amount
            for row in lines
            if (row.main, row.tax_line) == ("F", "F")
        ),
        corrects_id=main.created_from if head.type == CREDIT_MEMO else None,
        purchase_order_number=head.purchase_order,
    )


def map_invoice_line(rows: Sequence[wire.InvoiceLineRow], account: AccountContext) -> ErpInvoiceLine:
    """Map an item line; its raw kind is the item's name. A description line has no amount, which is mapped to zero."""
    head = rows[0]
    return ErpInvoiceLine(
        native=account.build_native_id("transactionline", head.id),
        modified_at=account.parse_instant(head.modified),
        invoice_id=head.invoice,
        issue_date=head.issued,
        sequence=int(head.sequence),
        kind=head.kind or "",
        description=head.description or head.item_name or head.kind or "",
        job_id=head.job,
        task_reference=head.task,
        employee_id=head.employee,
        quantity=None if head.quantity is None else -head.quantity,
        unit_rate=build_optional_money(head.unit_rate, head.currency),
        amount=build_money(-(head.amount or ZERO), head.currency),
        functional_rate=head.rate,
        functional_currency=head.base_currency,
        taxes=tuple(
            round_tax(tax)
            for tax in sum_taxes(rows, head.currency, head.type, account.mapping_file.reverse_charge_codes)
        ),
        dimensions=account.build_tags(head, "on_line"),
    )


def map_payment(rows: Sequence[wire.PaymentRow], account: AccountContext) -> ErpPayment:
    """Map a payment from one row per application; amounts applied to the same document are summed."""
    head = rows[0]
    applied: dict[str, Decimal] = {}
    for row in rows:
        if row.document is not None and row.document_amount is not None:
            applied[row.document] = applied.get(row.document, ZERO) + row.document_amount
    return ErpPayment(
        native=account.build_native_id("transaction", head.id),
        modified_at=account.parse_instant(head.modified),
        display_number=head.record_number,
        url=account.build_url("accounting/transactions/transaction.nl", head.id),
        references=build_references("externalid", head.reference),
        received_on=head.received,
        amount=build_money(abs(head.total), head.currency),
        functional_rate=head.rate,
        functional_currency=head.base_currency,
        applied=tuple((document, build_money(amount, head.currency)) for document, amount in applied.items()),
        reference=head.bank_reference,
        method=head.method,
    )


def map_expense(rows: Sequence[wire.ExpenseRow], account: AccountContext) -> ErpExpense:
    """Map a line of an expense report; the amount excludes tax, the raw approval state is the report's status."""
    head = rows[0]
    tax = sum((row.tax_amount or ZERO for row in rows), ZERO)
    status = build_status_code("ExpRept", head.status)
    fields = account.mapping_file.expense
    return ErpExpense(
        native=account.build_native_id("transactionline", head.id),
        modified_at=account.parse_instant(head.modified),
        display_number=head.report,
        references=build_references(fields.reference or "", head.reference),
        expense_reference=extract_reference_id(head.reference, fields.pattern),
        job_id=head.job,
        employee_id=head.employee,
        category=head.category or "",
        incurred_on=head.incurred,
        amount=build_money(head.amount, head.currency),
        functional_amount=_build_functional_amount(head),
        tax=build_money(tax, head.currency).round(),
        billable=None if head.billable is None else head.billable == "T",
        reimbursable=None if head.not_reimbursable is None else head.not_reimbursable == "F",
        approval=status,
        billing=build_billing_code(head.billable, head.billed_type, head.billed_status),
        reimbursement=_classify_reimbursement(head, status, account.mapping_file.reimbursement),
        dimensions=account.build_tags(head, "on_line"),
    )


def _build_functional_amount(row: wire.ExpenseRow) -> Money | None:
    amount = build_optional_money(row.base_amount, row.base_currency)
    return None if amount is None else amount.round()


def _classify_reimbursement(row: wire.ExpenseRow, status: str, codes: Mapping[str, str]) -> str | None:
    """Return the canonical state; a status that the mapping file lacks stays raw, so that the gateway reports it."""
    code = "not_reimbursable" if row.not_reimbursable == "T" else status
    return codes.get(code, code) if codes else None


def extract_reference_id(value: str | None, pattern: str) -> str | None:
    """Return the other system's id from a reference, or None if the reference does not match the pattern."""
    before, after = pattern.split("{id}")
    if (
        value is None
        or len(value) <= len(before) + len(after)
        or not (value.startswith(before) and value.endswith(after))
    ):
        return None
    return value[len(before) : len(value) - len(after)]


def report_by_reference(lost: Iterable[UnreadableRecord], attribute: str, pattern: str) -> None:
    """Report lost rows under the other system's ids: the key `attribute` holds a reference of the mapping's pattern."""
    for each in lost:
        reference = each.keys.get(attribute)
        id_ = extract_reference_id(reference, pattern) or reference
        keys = {**each.keys, attribute: id_} if id_ is not None else each.keys
        report_unreadable(msgspec.structs.replace(each, keys=keys))


def map_exchange_rate(row: wire.RateRow) -> ErpExchangeRate:
    """Map an exchange rate; NetSuite has one rate type, which is mapped to CORPORATE."""
    return ErpExchangeRate(
        source=row.source, target=row.target, rate=row.rate, rate_type="CORPORATE", effective_date=row.effective
    )
