"""Writes a firm's invoices, payments, time and expenses as NetSuite posts them.

An invoice has a main line with the total, item lines with the revenue in the sign of the general ledger (negative) and
one tax line; SuiteTax details belong to item lines. Only approved time and expenses are posted.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from gateway.canonical.values import apportion
from subgraphs.erp.netsuite.twin.seed import SEGMENTS, MasterDataSeeder
from subgraphs.erp.netsuite.twin.store import Value
from subgraphs.sandbox.firm.billing_model import Invoice, InvoiceLine, Payment, Tax
from subgraphs.sandbox.firm.model import Expense, Project, TimeEntry
from subgraphs.sandbox.firm.open_credits import OpenCredit

REFERENCE = "PSA-{code}"
_LETTERS = {"DRAFT": "D", "PENDING_APPROVAL": "D", "PAID": "B", "VOID": "V"}
_LINE_COLUMNS = {"COST_CENTER": "department", "SERVICE_LINE": "class", "LOCATION": "location"}
ZERO = Decimal(0)


class TransactionSeeder:
    """Writes the transactions of a firm after its master data."""

    def __init__(self, seed: MasterDataSeeder) -> None:
        self._seed = seed
        self._store = seed.store
        self._projects = {project.code: project for project in seed.firm.projects}
        self._base = {entity.code: entity.currency for entity in seed.firm.entities}
        self._invoices: dict[str, int] = {}
        self._lines: dict[str, int] = {}
        self._costs = {worker.number: worker.cost_rate for worker in seed.firm.workers}

    def seed_transactions(self) -> None:
        """Write the invoices with their payments, then the time and expenses that they bill."""
        for invoice in self._seed.firm.invoices:
            self._insert_invoice(invoice)
        for credit in self._seed.firm.open_credits:
            self._insert_open_credit(credit)
        for project in self._seed.firm.projects:
            if project.code not in self._seed.jobs:
                continue
            for entry in project.time_entries:
                if entry.approval == "APPROVED" and entry.posted:
                    self._insert_time(project, entry)
            for expense in project.expenses:
                if expense.approval == "APPROVED":
                    self._insert_expense(project, expense)

    def _insert_transaction(self, values: Mapping[str, Value]) -> int:
        at = self._seed.clock.tick()
        defaults: dict[str, Value] = {"posting": "T", "voided": "F", "createddate": at, "lastmodifieddate": at}
        return self._store.insert("transaction", {**defaults, **values})

    def _insert_line(self, transaction: int, number: int, values: Mapping[str, Value]) -> int:
        defaults: dict[str, Value] = {
            "id": number,
            "transaction": transaction,
            "linesequencenumber": number,
            "mainline": "F",
            "taxline": "F",
        }
        return self._store.insert("transactionline", {**defaults, **values}, key="uniquekey")

    def _find_period(self, day: date) -> int | None:
        months = self._store.find_rows("accountingperiod", periodname=f"{day:%Y-%m}")
        return months[0]["id"] if months else None

    def _build_dimension_columns(self, project: Project) -> dict[str, Value]:
        codes = ((code, value) for code, value in project.dimensions if code in SEGMENTS)
        return {_LINE_COLUMNS[code]: self._seed.segments.get((code, value)) for code, value in codes}

    def _insert_invoice(self, invoice: Invoice) -> None:
        seed = self._seed
        project = self._projects[invoice.project]
        id_ = self._invoices[invoice.number] = self._insert_transaction(
            {
                **_build_header(invoice),
                "postingperiod": self._find_period(_get_posting_date(invoice)),
                "entity": seed.customers[invoice.customer],
                "currency": seed.currencies[invoice.currency],
                "custbody_ps_contract": seed.contracts[project.contract] if project.contract else None,
            }
        )
        place: dict[str, Value] = {"subsidiary": seed.entities[invoice.entity]}
        main: dict[str, Value] = {
            "mainline": "T",
            "entity": seed.customers[invoice.customer],
            "createdfrom": self._invoices.get(invoice.corrects or ""),
        }
        self._insert_line(id_, 0, {**place, **main, **_build_amounts(invoice.total, invoice.functional_rate)})
        for number, line in enumerate(invoice.lines, start=1):
            self._insert_item_line(id_, number, invoice, project, line)
        for tax in invoice.taxes:
            self._insert_tax(id_, invoice, tax)
        if invoice.tax_total:
            amounts = _build_amounts(-invoice.tax_total, invoice.functional_rate)
            self._insert_line(id_, len(invoice.lines) + 1, {**place, "taxline": "T", **amounts})
        for payment in invoice.payments:
            self._insert_payment(id_, invoice, payment)

    def _insert_item_line(
        self, transaction: int, number: int, invoice: Invoice, project: Project, line: InvoiceLine
    ) -> None:
        seed = self._seed
        self._lines[line.code] = self._insert_line(
            transaction,
            number,
            {
                "item": seed.items[line.kind],
                "entity": seed.jobs.get(project.code),
                "subsidiary": seed.entities[invoice.entity],
                "quantity": -line.quantity,
                "rate": line.unit_rate,
                **_build_amounts(-line.amount, invoice.functional_rate),
                "memo": line.description,
                "custcol_ps_employee": seed.workers.get(line.worker or ""),
                "custcol_ps_task": line.task,
                **self._build_dimension_columns(project),
            },
        )

    def _insert_tax(self, transaction: int, invoice: Invoice, tax: Tax) -> None:
        """Insert the unsigned tax details of the lines, which add up to the tax of the invoice."""
        shares = apportion(tax.amount, [line.amount * tax.rate for line in invoice.lines], invoice.currency)
        for number, (line, share) in enumerate(zip(invoice.lines, shares, strict=True), start=1):
            self._store.add(
                "transactiontaxdetail",
                {
                    "transaction": transaction,
                    "line": number,
                    "nexus": self._seed.nexuses.get(tax.country),
                    "taxtype": self._find_or_insert("taxtype", tax.tax_type),
                    "taxcode": tax.code,
                    "taxrate": tax.rate,
                    "taxbasis": abs(line.amount),
                    "taxamount": abs(share),
                },
            )

    def _find_or_insert(self, table: str, name: str) -> int:
        row = self._store.find_row(table, name=name)
        return row["id"] if row else self._store.insert(table, {"name": name})

    def _insert_payment(self, invoice_id: int, invoice: Invoice, payment: Payment) -> None:
        seed = self._seed
        rate = seed.find_rate(invoice.currency, self._base[invoice.entity], payment.day)
        id_ = self._insert_transaction(
            {
                "type": "CustPymt",
                "tranid": payment.code,
                "externalid": payment.code,
                "status": "C",
                "trandate": payment.day.isoformat(),
                "postingperiod": self._find_period(payment.day),
                "entity": seed.customers[invoice.customer],
                "currency": seed.currencies[invoice.currency],
                "exchangerate": rate,
                "foreigntotal": payment.amount,
                "foreignpaymentamountused": payment.amount,
                "foreignpaymentamountunused": ZERO,
                "otherrefnum": payment.reference,
                "paymentmethod": self._find_or_insert("paymentmethod", payment.method),
            },
        )
        main: dict[str, Value] = {
            "mainline": "T",
            "subsidiary": seed.entities[invoice.entity],
            "entity": seed.customers[invoice.customer],
        }
        self._insert_line(id_, 0, {**main, "foreignamount": payment.amount, "netamount": payment.amount * rate})
        link: dict[str, Value] = {
            "previousdoc": invoice_id,
            "nextdoc": id_,
            "linktype": "Payment",
            "foreignamount": payment.amount,
        }
        self._store.add("nexttransactionlink", link)

    def _insert_open_credit(self, credit: OpenCredit) -> None:
        """Insert a payment without applications, or a journal line on the receivable account."""
        seed, amount, payment = self._seed, credit.amount, credit.kind == "PAYMENT"
        rate = seed.find_rate(credit.currency, self._base[credit.entity], credit.day)
        customer = seed.customers[credit.customer]
        header: dict[str, Value] = {
            "type": "CustPymt" if payment else "Journal",
            "tranid": credit.code,
            "trandate": credit.day.isoformat(),
            "postingperiod": self._find_period(credit.day),
            "currency": seed.currencies[credit.currency],
            "exchangerate": rate,
            "foreigntotal": amount,
        }
        if payment:
            header |= {"status": "C", "entity": customer, "foreignpaymentamountused": ZERO}
            header["foreignpaymentamountunused"] = amount
        line = {"subsidiary": seed.entities[credit.entity], "entity": customer, **_build_amounts(-amount, rate)}
        if not payment:
            line["foreignpaymentamountunused" if amount > 0 else "foreignamountunpaid"] = abs(amount)
        self._insert_line(self._insert_transaction(header), 0, {**line, "mainline": "T" if payment else "F"})

    def _insert_time(self, project: Project, entry: TimeEntry) -> None:
        seed = self._seed
        self._store.insert(
            "timebill",
            {
                "externalid": REFERENCE.format(code=entry.code),
                "employee": seed.workers[entry.worker],
                "customer": seed.jobs[project.code],
                "item": seed.items["TIME"],
                "subsidiary": seed.entities[project.entity],
                "hours": entry.hours,
                "trandate": entry.day.isoformat(),
                "isbillable": "T" if entry.billable else "F",
                "rate": _find_bill_rate(project, entry),
                "laborcost": self._costs[entry.worker],
                "approvalstatus": "3",
                "timetype": "A",
                "memo": entry.note,
                "custcol_ps_invoice_line": self._lines.get(entry.invoice_line or ""),
                "lastmodifieddate": seed.clock.tick(),
                **self._build_dimension_columns(project),
            },
        )

    def _insert_expense(self, project: Project, expense: Expense) -> None:
        """Insert an expense report with one line for the claim."""
        seed = self._seed
        rate = seed.find_rate(expense.currency, self._base[project.entity], expense.day)
        total = _build_amounts(-(expense.amount + expense.tax), rate)
        id_ = self._insert_transaction(
            {
                "type": "ExpRept",
                "tranid": f"EXP-{expense.code}",
                "status": "F",
                "trandate": expense.day.isoformat(),
                "postingperiod": self._find_period(expense.day),
                "entity": seed.workers[expense.worker],
                "currency": seed.currencies[expense.currency],
                "exchangerate": rate,
                "foreigntotal": total["foreignamount"],
            },
        )
        place: dict[str, Value] = {"subsidiary": seed.entities[project.entity]}
        self._insert_line(id_, 0, {**place, "mainline": "T", **total})
        claim = self._build_claim(project, expense)
        self._insert_line(
            id_, 1, {**place, **claim, **_build_amounts(expense.amount, rate), **self._build_dimension_columns(project)}
        )
        if expense.tax:
            self._insert_input_tax(id_, project, expense)

    def _build_claim(self, project: Project, expense: Expense) -> dict[str, Value]:
        return {
            "entity": self._seed.jobs[project.code],
            "category": self._find_or_insert("expensecategory", expense.category),
            "expensedate": expense.day.isoformat(),
            "isbillable": "T" if expense.billable else "F",
            "isnonreimbursable": "F" if expense.reimbursable else "T",
            "custcol_ps_reference": REFERENCE.format(code=expense.code),
        }

    def _insert_input_tax(self, transaction: int, project: Project, expense: Expense) -> None:
        country = next(entity.country for entity in self._seed.firm.entities if entity.code == project.entity)
        self._store.add(
            "transactiontaxdetail",
            {
                "transaction": transaction,
                "line": 1,
                "nexus": self._seed.nexuses[country],
                "taxtype": self._find_or_insert("taxtype", "VAT"),
                "taxcode": f"{country}-VAT",
                "taxrate": (expense.tax / expense.amount).quantize(Decimal("0.0001")),
                "taxbasis": expense.amount,
                "taxamount": expense.tax,
            },
        )


def _get_posting_date(invoice: Invoice) -> date:
    return invoice.issue_date or invoice.period_end


def _build_amounts(amount: Decimal, rate: Decimal) -> dict[str, Value]:
    """Build the amount columns of a line: in the transaction's and in the subsidiary's currency."""
    return {"foreignamount": amount, "netamount": amount * rate}


def _build_header(invoice: Invoice) -> dict[str, Value]:
    """Build the columns of an invoice's or credit memo's header that need no ids."""
    credit = invoice.kind == "CREDIT_MEMO"
    paid = abs(invoice.total) - abs(invoice.balance)
    settled: dict[str, Value] = {"foreignamountpaid": paid, "foreignamountunpaid": invoice.balance}
    if credit:
        settled = {"foreignpaymentamountused": paid, "foreignpaymentamountunused": -invoice.balance}
    return {
        "type": "CustCred" if credit else "CustInvc",
        "tranid": invoice.number,
        "externalid": invoice.number,
        "status": _LETTERS.get(invoice.status, "A"),
        "posting": "F" if invoice.status in ("DRAFT", "PENDING_APPROVAL") else "T",
        "voided": "T" if invoice.status == "VOID" else "F",
        "trandate": _get_posting_date(invoice).isoformat(),
        "duedate": invoice.due_date.isoformat() if invoice.due_date else None,
        "exchangerate": invoice.functional_rate,
        "foreigntotal": invoice.total,
        "otherrefnum": invoice.purchase_order,
        "custbody_ps_service_from": invoice.period_start.isoformat(),
        "custbody_ps_service_to": invoice.period_end.isoformat(),
        **settled,
    }


def _find_bill_rate(project: Project, entry: TimeEntry) -> Decimal | None:
    """Return the bill rate of the worker's assignment to the task, else to the project; None if not billable."""
    if not entry.billable:
        return None
    to_project = [assignment for assignment in project.assignments if assignment.worker == entry.worker]
    to_task = [assignment for assignment in to_project if assignment.task == entry.task]
    return next((assignment.bill_rate for assignment in (*to_task, *to_project)), None)
