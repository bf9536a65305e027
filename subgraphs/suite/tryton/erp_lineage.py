"""Where each attribute of finance's records comes from in Tryton, or why it has no place there."""

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
from gateway.ports.lineage import Absent, Lineage, Origin, Supplied
from subgraphs.kit.lineage import build_absent_origins
from subgraphs.kit.origins import origins
from subgraphs.suite.tryton.ledger import COMPANY, INVOICE, INVOICE_LINE, MOVE_LINE
from subgraphs.suite.tryton.mapping import TrytonMapping
from subgraphs.suite.tryton.records import EMPLOYEE, LINE, PARTY, WORK

_UNLED = "Tryton leads from an invoice to no project, and the connection's mapping file names no other way."
_LEGAL_ENTITY = {
    "parent_id": "Tryton companies have no parents.",
    "region": "Tryton companies belong to no data region.",
}
_CUSTOMER = {
    "legal_name": "Tryton parties have one name.",
    "parent_id": "Tryton knows no parents of parties without its relationship module.",
    "legal_entity": "Tryton parties belong to every company.",
    "selling_entities": "Tryton parties belong to every company.",
    "credit_limit": "Tryton limits no credit without its credit limit module.",
    "credit_hold": "Tryton holds no credit without its credit limit module.",
    "tax_profile": "Tryton decides taxes by rules, and judges no party's data complete.",
    "shipping_address": "The addresses of a party are not read beyond the one for invoices.",
    "dimensions": "Tryton parties carry no analytic accounts.",
}
_JOB = {
    "service_line": "Tryton projects belong to no service line.",
    "dimensions": "Tryton projects carry no analytic accounts.",
}
_EMPLOYEE = {"cost_center": "Tryton assigns employees to no cost centre."}
_INVOICE = {
    "contract_number": "Tryton has sales, and no standing contracts.",
    "period_start": "Tryton notes no period of service on an invoice.",
    "period_end": "Tryton notes no period of service on an invoice.",
}
_LINE = {
    "task_reference": "Tryton leads from time to the line that bills it, and not back to one task.",
    "employee_id": "Tryton leads from time to the line that bills it, and not back to one person.",
    "taxes": "Tryton computes taxes of the whole invoice.",
    "dimensions": "Tryton books lines to analytic accounts only with its analytic modules.",
}
_BOOKED = "booked amount divided by the amount in the second currency"


def erp_lineage(mapping: TrytonMapping) -> Lineage:
    """Return the lineage of everything that a finance system is asked for, as the mapping file makes it."""
    return {
        ErpLegalEntity: origins(
            ErpLegalEntity,
            COMPANY,
            _LEGAL_ENTITY,
            code="party.code",
            name="party.name",
            country=("party.addresses.country.code", "the first"),
            functional_currency="currency.code",
            time_zone="timezone",
            tax_registrations=("party.identifiers", "those with a type"),
            fiscal_year_start_month=("account.fiscalyear.start_date", "of the latest"),
            periods=("account.period", "open or closed; a locked one is closed"),
        ),
        ErpDimension: build_absent_origins(
            ErpDimension, "Tryton has no dimensions without its analytic account module."
        ),
        ErpCustomer: origins(
            ErpCustomer,
            PARTY,
            _CUSTOMER,
            name="name",
            number="code",
            status=("active", "active or inactive"),
            default_currency="customer_currency.code",
            payment_terms=("customer_payment_term", "where they are a number of days"),
            billing_address=("addresses", "the one for invoices, else the first"),
        ),
        ErpContract: build_absent_origins(ErpContract, "Tryton has sales, and no standing contracts."),
        ErpJob: origins(
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
        ErpEmployee: origins(
            ErpEmployee,
            EMPLOYEE,
            _EMPLOYEE,
            worker_number="party.code",
            email="party.email",
            legal_entity="company.party.code",
            cost_rate=("cost_price", "today's, in the company's currency"),
        ),
        ErpInvoice: {
            **origins(
                ErpInvoice,
                INVOICE,
                _INVOICE,
                number="number",
                kind=("total_amount", "a negative one is a credit note's"),
                status="state",
                customer_id="party",
                legal_entity="company.party.code",
                issue_date="invoice_date",
                due_date=("lines_to_pay.maturity_date", "the last"),
                currency="currency.code",
                functional_currency="company.currency.code",
                functional_rate=("lines_to_pay", _BOOKED),
                subtotal="untaxed_amount",
                tax_total="tax_amount",
                total="total_amount",
                balance="amount_to_pay",
                taxes="taxes",
                corrects_id=("lines.origin", "the invoice of the first line that it was made from"),
                purchase_order_number="reference",
            ),
            "job_ids": _led(mapping, INVOICE, "description"),
        },
        ErpInvoiceLine: {
            **origins(
                ErpInvoiceLine,
                INVOICE_LINE,
                _LINE,
                invoice_id="invoice",
                sequence=("sequence", "0 where nobody has moved the line"),
                kind="product.template.name",
                description="description",
                quantity="quantity",
                unit_rate="unit_price",
                amount="amount",
                functional_rate=("invoice.lines_to_pay", _BOOKED),
                functional_currency="invoice.company.currency.code",
            ),
            "job_id": _led(mapping, INVOICE_LINE, "invoice.description"),
        },
        ErpPayment: origins(
            ErpPayment,
            MOVE_LINE,
            {},
            received_on="date",
            amount=("amount_second_currency", "else debit and credit, sign turned"),
            functional_rate=("debit, credit", _BOOKED),
            functional_currency="company.currency.code",
            applied=("account.invoice.payment_lines", "each settles one invoice"),
            reference="move_description_used",
            method="journal.name",
        ),
        ErpExpense: build_absent_origins(ErpExpense, "Tryton keeps no expenses of projects."),
        ErpTimePosting: origins(
            ErpTimePosting,
            LINE,
            {},
            entry_reference=("description", "in brackets where the mapping file says so, else the id"),
            hours=("duration", "in hours"),
            billing=("invoice_line", "invoiced, drafted, open, or unpriced where the work has no price"),
            bill_rate=("invoice_line.unit_price", "until it is billed the work's list price"),
            bill_amount=("duration", "hours times the rate"),
            cost_amount=("cost_price", "hours times the cost of the day"),
            period=("account.period", "of the company and the day"),
            invoice_id="invoice_line.invoice",
            invoice_line_id="invoice_line",
        ),
        ErpReceivables: origins(
            ErpReceivables,
            INVOICE,
            {},
            customer_id="party",
            as_of=("invoice_date", "the day that is asked for"),
            items=("amount_to_pay", "and what was paid after the day"),
            billed_90_days=("total_amount", "in the company's currency, as booked"),
        ),
    }


def _led(mapping: TrytonMapping, model: str, field: str) -> Origin:
    """Say where an invoice's project comes from."""
    if not mapping.project_in_description:
        return Absent(_UNLED)
    return Supplied(model, field, "the project whose number it starts with")
