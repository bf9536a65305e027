"""The lineage of each ERP record attribute, or the reason why Tryton does not support it."""

from gateway.canonical.records.erp import (
    ErpContract,
    ErpCustomer,
    ErpDimension,
    ErpEmployee,
    ErpExpense,
    ErpInvoice,
    ErpInvoiceLine,
    ErpJob,
    ErpLegalEntity,
    ErpPayment,
    ErpReceivables,
    ErpTimePosting,
)
from gateway.ports.lineage import Lineage, Origin, Supplied, Unsupported
from subgraphs.kit.lineage import build_absent_origins
from subgraphs.kit.origins import build_origins
from subgraphs.suite.tryton.ledger import COMPANY, INVOICE, INVOICE_LINE, MOVE_LINE
from subgraphs.suite.tryton.mapping import TrytonMapping
from subgraphs.suite.tryton.records import EMPLOYEE, LINE, PARTY, WORK

_NO_PROJECT_REFERENCE = (
    "Tryton invoices do not refer to a project, and the connection's mapping file names no other source."
)
_LEGAL_ENTITY = {
    "parent_id": "Tryton companies have no parents.",
    "region": "Tryton companies have no data region.",
}
_CUSTOMER = {
    "legal_name": "Tryton parties have one name.",
    "parent_id": "Tryton stores parent parties only with its relationship module.",
    "legal_entity": "Tryton parties belong to every company.",
    "selling_entities": "Tryton parties belong to every company.",
    "credit_limit": "Tryton stores credit limits only with its credit limit module.",
    "credit_hold": "Tryton supports credit hold only with its credit limit module.",
    "tax_profile": "Tryton determines taxes by rules and does not record whether a party's tax data is complete.",
    "shipping_address": "Only the invoice address of a party is read.",
    "dimensions": "Tryton parties have no analytic accounts.",
}
_JOB = {
    "service_line": "Tryton projects have no service line.",
    "dimensions": "Tryton projects have no analytic accounts.",
}
_EMPLOYEE = {"cost_center": "Tryton does not assign employees to cost centres."}
_INVOICE = {
    "contract_number": "Tryton has sales orders but no contracts.",
    "period_start": "Tryton invoices have no service period.",
    "period_end": "Tryton invoices have no service period.",
}
_LINE = {
    "task_reference": "Tryton invoice lines do not refer to a task.",
    "employee_id": "Tryton invoice lines do not refer to an employee.",
    "taxes": "Tryton computes taxes per invoice, not per line.",
    "dimensions": "Tryton posts lines to analytic accounts only with its analytic modules.",
}
_CLAIMED = "lines_to_pay.debit, lines_to_pay.credit, lines_to_pay.amount_second_currency"
_BOOKED_RATE = "booked amount divided by the amount in the second currency"


def build_erp_lineage(mapping: TrytonMapping) -> Lineage:
    """Return the lineage of the ERP role under a mapping file."""
    return {
        ErpLegalEntity: build_origins(
            ErpLegalEntity,
            COMPANY,
            _LEGAL_ENTITY,
            code="party.code",
            name="party.name",
            country=("party.addresses.country.code", "the first"),
            functional_currency="currency.code",
            time_zone="timezone",
            tax_registrations=("party.identifiers", "only those with a type"),
            fiscal_year_start_month=("account.fiscalyear.start_date", "of the latest"),
            periods=("account.period", "open or closed; a locked one is closed"),
        ),
        ErpDimension: build_absent_origins(
            ErpDimension, "Tryton has no dimensions without its analytic account module."
        ),
        ErpCustomer: build_origins(
            ErpCustomer,
            PARTY,
            _CUSTOMER,
            name="name",
            number="code",
            status=("active", "active or inactive"),
            default_currency="customer_currency.code",
            payment_terms=("customer_payment_term", "if they are a number of days"),
            billing_address=("addresses", "the invoice address, else the first"),
        ),
        ErpContract: build_absent_origins(ErpContract, "Tryton has sales orders but no contracts."),
        ErpJob: build_origins(
            ErpJob,
            WORK,
            _JOB,
            code="number",
            name="name",
            status="status.name",
            start_date="timesheet_start_date",
            end_date="timesheet_end_date",
            customer_id="party",
            legal_entity="company.party.code",
            currency="company.currency.code",
        ),
        ErpEmployee: build_origins(
            ErpEmployee,
            EMPLOYEE,
            _EMPLOYEE,
            worker_number="party.code",
            email="party.email",
            legal_entity="company.party.code",
            cost_rate=("cost_price", "today's, in the company's currency"),
        ),
        ErpInvoice: {
            **build_origins(
                ErpInvoice,
                INVOICE,
                _INVOICE,
                number="number",
                kind=("total_amount", "a negative total is a credit note"),
                status="state",
                customer_id="party",
                legal_entity="company.party.code",
                issue_date="invoice_date",
                due_date=("lines_to_pay.maturity_date", "the last"),
                currency="currency.code",
                functional_currency="company.currency.code",
                functional_rate=(
                    _CLAIMED,
                    _BOOKED_RATE,
                ),
                subtotal="untaxed_amount",
                tax_total="tax_amount",
                total="total_amount",
                balance="amount_to_pay",
                taxes="taxes",
                line_amounts=("lines.amount", "of lines of type line"),
                corrects_id=("lines.origin", "the invoice of the first corrected line"),
                purchase_order_number="reference",
            ),
            "job_ids": _build_project_origin(mapping, INVOICE, "description"),
        },
        ErpInvoiceLine: {
            **build_origins(
                ErpInvoiceLine,
                INVOICE_LINE,
                _LINE,
                invoice_id="invoice",
                issue_date="invoice.invoice_date",
                sequence=("sequence", "0 unless a user has moved the line"),
                kind="product.template.name",
                description="description",
                quantity="quantity",
                unit_rate="unit_price",
                amount="amount",
                functional_rate=("invoice.lines_to_pay", _BOOKED_RATE),
                functional_currency="invoice.company.currency.code",
            ),
            "job_id": _build_project_origin(mapping, INVOICE_LINE, "invoice.description"),
        },
        ErpPayment: build_origins(
            ErpPayment,
            MOVE_LINE,
            {},
            received_on="date",
            amount=("amount_second_currency", "else debit and credit, with inverted sign"),
            functional_rate=("debit, credit", _BOOKED_RATE),
            functional_currency="company.currency.code",
            applied=("account.invoice.payment_lines", "each line settles one invoice"),
            reference="move_description_used",
            method="journal.name",
        ),
        ErpExpense: build_absent_origins(ErpExpense, "Tryton does not store project expenses."),
        ErpTimePosting: build_origins(
            ErpTimePosting,
            LINE,
            {"dimensions": "Tryton time sheets have no analytic accounts."},
            entry_reference=("description", "in brackets if the mapping file says so, else the id"),
            hours=("duration", "in hours"),
            billing=(
                "invoice_line.id, invoice_line.invoice",
                "invoiced, drafted, open, or unpriced without a price",
            ),
            bill_rate=("invoice_line.unit_price", "before billing the work's list price"),
            bill_amount=("duration", "hours times the rate"),
            cost_amount=("cost_price", "hours times the cost price of the day"),
            period=("account.period", "of the company and the day"),
            invoice_id="invoice_line.invoice",
            invoice_line_id="invoice_line.id",
        ),
        ErpReceivables: build_origins(
            ErpReceivables,
            INVOICE,
            {},
            customer_id="party",
            as_of=("invoice_date", "the requested day"),
            items=(
                "amount_to_pay",
                "plus payments after the day, and the open receivable lines that belong to no invoice",
            ),
            billed_90_days=("total_amount", "in the company's currency, as booked"),
        ),
    }


def _build_project_origin(mapping: TrytonMapping, model: str, field: str) -> Origin:
    """Return the origin of an invoice's project."""
    if not mapping.project_in_description:
        return Unsupported(_NO_PROJECT_REFERENCE)
    return Supplied(model, field, "the project number at its start")
