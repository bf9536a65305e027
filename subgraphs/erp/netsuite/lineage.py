"""Where each attribute of each record comes from in this account, or why there is none."""

from collections.abc import Mapping

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
from gateway.canonical.states import DimensionKind
from gateway.ports.lineage import Absent, Lineage, Origin, Supplied
from subgraphs.erp.netsuite.custom import NetSuiteMapping, Owner
from subgraphs.kit.lineage import build_absent_origins

_UNNAMED = Absent("The connection's mapping file names no field of the account for it.")
_NO_CONTRACT = "The connection's mapping file names no record type that holds contracts."
_TAX = "SuiteTax details, summed by place, type and rate"


def lineage_of(mapping: NetSuiteMapping) -> Lineage:
    """Return the lineage of every record class, as the mapping file makes it."""
    return {
        ErpLegalEntity: _legal_entity(mapping),
        ErpDimension: _dimension(),
        ErpCustomer: _customer(mapping),
        ErpContract: _contract(mapping),
        ErpJob: _job(mapping),
        ErpEmployee: _employee(mapping),
        ErpInvoice: _invoice(mapping),
        ErpInvoiceLine: _invoice_line(mapping),
        ErpPayment: _payment(),
        ErpExpense: _expense(mapping),
        ErpTimePosting: _time(mapping),
        ErpReceivables: _receivables(),
    }


def _named(table: str, field: str | None, transformation: str | None = None) -> Origin:
    return _UNNAMED if field is None else Supplied(table, field, transformation)


def _plain(table: str, fields: Mapping[str, str]) -> dict[str, Origin]:
    return {attribute: Supplied(table, field) for attribute, field in fields.items()}


def _tags(mapping: NetSuiteMapping, owner: Owner, table: str) -> Origin:
    fields = [field for source in mapping.dimensions if (field := getattr(source, owner)) is not None]
    return Supplied(table, ", ".join(fields), "each value's code") if fields else _UNNAMED


def _tag(mapping: NetSuiteMapping, owner: Owner, table: str, kind: DimensionKind) -> Origin:
    source = next((source for source in mapping.dimensions if source.kind == kind), None)
    return _named(table, getattr(source, owner) if source else None, "the value's code")


def _legal_entity(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    plain = {"name": "name", "country": "country", "parent_id": "parent"}
    return {
        **_plain("subsidiary", plain),
        "code": Supplied("subsidiary", "id", "by the code table LEGAL_ENTITY, else externalid, else the id"),
        "functional_currency": Supplied("subsidiary", "currency", "as its ISO 4217 code"),
        "time_zone": _named("subsidiary", mapping.legal_entity.time_zone),
        "region": _named("subsidiary", mapping.legal_entity.region),
        "tax_registrations": Supplied("subsidiarytaxregistration", "taxregistrationnumber", "with the nexus"),
        "fiscal_year_start_month": Supplied("fiscalcalendar", "fiscalmonth", "as a number"),
        "periods": Supplied("accountingperiod", "closed, alllocked, arlocked", "a locked period is SOFT_CLOSED"),
    }


def _dimension() -> Mapping[str, Origin]:
    named = Supplied("mapping file", "dimensions")
    values = Supplied("department, classification, location, custom segments", "id, name, isinactive")
    return {"code": named, "name": named, "kind": named, "required_on": named, "values": values}


def _customer(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    fields = mapping.customer
    tax = Supplied("customer", f"{fields.tax_complete}, {fields.tax_id}, {fields.tax_treatment}")
    return {
        "name": Supplied("customer", "companyname", "else altname"),
        "legal_name": _named("customer", fields.legal_name),
        "number": Supplied("customer", fields.number),
        "parent_id": Supplied("customer", "parent"),
        "status": Supplied("customer", "entitystatus", "its id; `inactive` when isinactive is set"),
        "default_currency": Supplied("customer", "currency", "as its ISO 4217 code"),
        "legal_entity": Supplied("customersubsidiaryrelationship", "subsidiary", "the primary one"),
        "selling_entities": Supplied("customersubsidiaryrelationship", "subsidiary"),
        "payment_terms": Supplied("term", "name, daysuntilnetdue, discountpercent, daysuntilexpiry"),
        "credit_limit": Supplied("customer", "creditlimit"),
        "credit_hold": Supplied(
            "customer", "creditholdoverride", "ON and OFF; AUTO is decided per order and unknown here"
        ),
        "tax_profile": _UNNAMED if fields.tax_complete is None else tax,
        "billing_address": Supplied("entityaddress", "defaultbillingaddress"),
        "shipping_address": Supplied("entityaddress", "defaultshippingaddress"),
        "dimensions": _tags(mapping, "on_customer", "customer"),
    }


def _contract(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    fields = mapping.contract
    if fields is None:
        return build_absent_origins(ErpContract, _NO_CONTRACT)
    table = fields.record
    return {
        "number": Supplied(table, fields.number),
        "type": _named(table, fields.type),
        "status": _named(table, fields.status),
        "customer_id": _named(table, fields.customer),
        "legal_entity": _named(table, fields.subsidiary),
        "currency": _named(table, fields.currency, "as its ISO 4217 code"),
        "total_value": _named(table, fields.total if fields.currency else None),
        "purchase_order_number": _named(table, fields.purchase_order),
    }


def _job(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    plain = {"name": "companyname", "start_date": "startdate", "end_date": "projectedenddate", "customer_id": "parent"}
    return {
        **_plain("job", {**plain, "legal_entity": "subsidiary", "code": mapping.job.code}),
        "status": Supplied("job", "entitystatus", "its id"),
        "currency": Supplied("job", "currency", "as its ISO 4217 code"),
        "service_line": _tag(mapping, "on_job", "job", DimensionKind.SERVICE_LINE),
        "dimensions": _tags(mapping, "on_job", "job"),
    }


def _employee(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    return {
        "worker_number": Supplied("employee", mapping.employee.worker_number),
        "email": Supplied("employee", "email"),
        "legal_entity": Supplied("employee", "subsidiary"),
        "cost_center": _tag(mapping, "on_employee", "employee", DimensionKind.COST_CENTER),
        "cost_rate": Supplied("employee", "laborcost", "per hour, in the subsidiary's currency"),
    }


def _invoice(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    fields = mapping.invoice
    contract = fields.contract if mapping.contract else None
    plain = {"number": "tranid", "kind": "type", "issue_date": "trandate", "due_date": "duedate"}
    return {
        **_plain("transaction", {**plain, "purchase_order_number": "otherrefnum", "functional_rate": "exchangerate"}),
        "status": Supplied("transaction", "status", "with the type, such as CustInvc:A"),
        "customer_id": Supplied("transaction", "entity", "the project's customer where a project is billed"),
        "legal_entity": Supplied("transactionline", "subsidiary", "of the main line"),
        "job_ids": Supplied("transactionline", "entity", "where it is a project"),
        "contract_number": _named("transaction", contract, "the contract record's number"),
        "period_start": _named("transaction", fields.period_start),
        "period_end": _named("transaction", fields.period_end),
        "currency": Supplied("transaction", "currency", "as its ISO 4217 code"),
        "functional_currency": Supplied("subsidiary", "currency", "as its ISO 4217 code"),
        "subtotal": Supplied("transaction", "foreigntotal", "less the tax lines"),
        "tax_total": Supplied("transactionline", "foreignamount", "of the tax lines, sign turned"),
        "total": Supplied("transaction", "foreigntotal"),
        "balance": Supplied(
            "transaction", "foreignamountunpaid", "of a credit memo foreignpaymentamountunused, negated"
        ),
        "taxes": Supplied("transactiontaxdetail", "taxrate, taxbasis, taxamount", _TAX),
        "corrects_id": Supplied("transactionline", "createdfrom", "of a credit memo's main line"),
    }


def _invoice_line(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    fields = mapping.invoice_line
    return {
        **_plain(
            "transactionline", {"invoice_id": "transaction", "sequence": "linesequencenumber", "unit_rate": "rate"}
        ),
        "kind": Supplied("item", "itemid"),
        "description": Supplied("transactionline", "memo", "else the item's name"),
        "job_id": Supplied("transactionline", "entity", "where it is a project"),
        "task_reference": _named("transactionline", fields.task),
        "employee_id": _named("transactionline", fields.employee),
        "quantity": Supplied("transactionline", "quantity", "sign turned"),
        "amount": Supplied("transactionline", "foreignamount", "sign turned"),
        "functional_rate": Supplied("transaction", "exchangerate"),
        "functional_currency": Supplied("subsidiary", "currency", "as its ISO 4217 code"),
        "taxes": Supplied("transactiontaxdetail", "taxrate, taxbasis, taxamount", _TAX),
        "dimensions": _tags(mapping, "on_line", "transactionline"),
    }


def _payment() -> Mapping[str, Origin]:
    plain = {
        "received_on": "trandate",
        "amount": "foreigntotal",
        "functional_rate": "exchangerate",
        "reference": "otherrefnum",
    }
    return {
        **_plain("transaction", plain),
        "functional_currency": Supplied("subsidiary", "currency", "as its ISO 4217 code"),
        "applied": Supplied("nexttransactionlink", "previousdoc, foreignamount"),
        "method": Supplied("paymentmethod", "name"),
    }


def _expense(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    reimbursement = Supplied("transaction", "status", "by the mapping file's table reimbursement")
    return {
        "expense_reference": _named(
            "transactionline", mapping.expense.reference, f"the id inside {mapping.expense.pattern}"
        ),
        "job_id": Supplied("transactionline", "entity", "where it is a project"),
        "employee_id": Supplied("transaction", "entity"),
        "category": Supplied("expensecategory", "name"),
        "incurred_on": Supplied("transactionline", "expensedate"),
        "amount": Supplied("transactionline", "foreignamount"),
        "functional_amount": Supplied("transactionline", "netamount"),
        "tax": Supplied("transactiontaxdetail", "taxamount", "summed"),
        "billable": Supplied("transactionline", "isbillable"),
        "reimbursable": Supplied("transactionline", "isnonreimbursable", "turned round"),
        "approval": Supplied("transaction", "status", "with the type, such as ExpRept:F"),
        "billing": Supplied(
            "transactionline", "isbillable", "with the billing document's status, where a line is named"
        ),
        "reimbursement": reimbursement if mapping.reimbursement else _UNNAMED,
        "dimensions": _tags(mapping, "on_line", "transactionline"),
    }


def _time(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    fields = mapping.time
    line = fields.invoice_line
    return {
        "entry_reference": Supplied("timebill", fields.reference, f"the id inside {fields.pattern}"),
        "hours": Supplied("timebill", "hours"),
        "billing": Supplied("timebill", "isbillable", "with the billing document's status, where a line is named"),
        "bill_rate": Supplied("timebill", "rate", "in the project's currency"),
        "bill_amount": Supplied("timebill", "rate", "hours times rate"),
        "cost_amount": Supplied("timebill", "laborcost", "hours times labour cost, in the subsidiary's currency"),
        "period": Supplied("accountingperiod", "periodname", "the month that holds trandate"),
        "invoice_id": _named("timebill", line, "the transaction of the line"),
        "invoice_line_id": _named("timebill", line),
    }


def _receivables() -> Mapping[str, Origin]:
    asked = Supplied("request", "customer, day")
    return {
        "customer_id": asked,
        "as_of": asked,
        "items": Supplied(
            "transaction", "foreignamountunpaid, foreignpaymentamountunused", "plus what was settled after the day"
        ),
        "billed_90_days": Supplied("transaction", "foreigntotal, exchangerate", "summed in the subsidiary's currency"),
    }
