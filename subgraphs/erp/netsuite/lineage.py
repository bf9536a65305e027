"""The lineage of each record type in this account: the source of each attribute, or why it is unsupported."""

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
from gateway.ports.lineage import Lineage, Origin, Supplied, Unsupported
from subgraphs.erp.netsuite.mapping_file import DimensionOwner, NetSuiteMapping
from subgraphs.kit.lineage import build_absent_origins

_NOT_MAPPED = Unsupported("The connection's mapping file names no field for this attribute.")
_NO_CONTRACT = "The connection's mapping file names no record type for contracts."
_NO_SUITE_TAX = Unsupported("The account does not use SuiteTax, so that SuiteQL has no tax details.")
_NO_ONE_WORLD = Unsupported("The account does not use OneWorld: it has one legal entity and no subsidiaries.")
_SUBSIDIARY_TABLES = frozenset({"subsidiary", "customersubsidiaryrelationship", "fiscalcalendar"})
_COMPANY_KEYS = {
    "name": "name",
    "country": "country",
    "functional_currency": "currency",
    "time_zone": "time_zone",
    "region": "region",
    "fiscal_year_start_month": "fiscal_year_start_month",
}
_TAX = "SuiteTax details, summed by jurisdiction, type and rate"
_ISO_CODE = "as its ISO 4217 code"


def build_lineage(mapping: NetSuiteMapping) -> Lineage:
    """Build the lineage of every record type from the mapping file."""
    lineage: Lineage = {
        ErpLegalEntity: _describe_legal_entity(mapping),
        ErpDimension: _describe_dimension(),
        ErpCustomer: _describe_customer(mapping),
        ErpContract: _describe_contract(mapping),
        ErpJob: _describe_job(mapping),
        ErpEmployee: _describe_employee(mapping),
        ErpInvoice: _describe_invoice(mapping),
        ErpInvoiceLine: _describe_invoice_line(mapping),
        ErpPayment: _describe_payment(),
        ErpExpense: _describe_expense(mapping),
        ErpTimePosting: _describe_time_posting(mapping),
        ErpReceivables: _describe_receivables(),
    }
    return {record: _adapt_origins(origins, mapping) for record, origins in lineage.items()}


def _adapt_origins(origins: Mapping[str, Origin], mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    """Replace the tables that an account without OneWorld, SuiteTax or multiple currencies does not have."""
    return {name: _adapt_origin(name, origin, mapping) for name, origin in origins.items()}


def _adapt_origin(name: str, origin: Origin, mapping: NetSuiteMapping) -> Origin:
    if not isinstance(origin, Supplied):
        return origin
    if not mapping.features.suite_tax and origin.object == "transactiontaxdetail":
        return _NO_SUITE_TAX
    if mapping.company is None:
        return origin
    if origin.object == "subsidiarytaxregistration" or (name == "parent_id" and origin.object == "subsidiary"):
        return _NO_ONE_WORLD
    if origin.object in _SUBSIDIARY_TABLES or origin.field == "subsidiary":
        return Supplied("mapping file", f"company.{_COMPANY_KEYS.get(name, 'code')}")
    return origin


def _describe_field(table: str, field: str | None, transformation: str | None = None) -> Origin:
    return _NOT_MAPPED if field is None else Supplied(table, field, transformation)


def _describe_fields(table: str, fields: Mapping[str, str]) -> dict[str, Origin]:
    return {attribute: Supplied(table, field) for attribute, field in fields.items()}


def _describe_dimensions(mapping: NetSuiteMapping, owner: DimensionOwner, table: str) -> Origin:
    fields = [field for source in mapping.dimensions if (field := getattr(source, owner)) is not None]
    return Supplied(table, ", ".join(fields), "each value's code") if fields else _NOT_MAPPED


def _describe_dimension_value(
    mapping: NetSuiteMapping, owner: DimensionOwner, table: str, kind: DimensionKind
) -> Origin:
    source = next((source for source in mapping.dimensions if source.kind == kind), None)
    return _describe_field(table, getattr(source, owner) if source else None, "the value's code")


def _describe_legal_entity(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    plain = {"name": "name", "country": "country", "parent_id": "parent"}
    return {
        **_describe_fields("subsidiary", plain),
        "code": Supplied("subsidiary", "id", "mapped by LEGAL_ENTITY codes, else externalid, else the id"),
        "functional_currency": Supplied("subsidiary", "currency", _ISO_CODE),
        "time_zone": _describe_field("subsidiary", mapping.legal_entity.time_zone),
        "region": _describe_field("subsidiary", mapping.legal_entity.region),
        "tax_registrations": Supplied("subsidiarytaxregistration", "taxregistrationnumber", "with the nexus"),
        "fiscal_year_start_month": Supplied("fiscalcalendar", "fiscalmonth", "as a number"),
        "periods": Supplied("accountingperiod", "closed, alllocked, arlocked", "a locked period is SOFT_CLOSED"),
    }


def _describe_dimension() -> Mapping[str, Origin]:
    mapped = Supplied("mapping file", "dimensions")
    values = Supplied("department, classification, location, custom segments", "id, name, isinactive")
    return {"code": mapped, "name": mapped, "kind": mapped, "required_on": mapped, "values": values}


def _describe_customer(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    fields = mapping.customer
    tax = Supplied("customer", f"{fields.tax_complete}, {fields.tax_id}, {fields.tax_treatment}")
    return {
        "name": Supplied("customer", "companyname", "else altname"),
        "legal_name": _describe_field("customer", fields.legal_name),
        "number": Supplied("customer", fields.number),
        "parent_id": Supplied("customer", "parent"),
        "status": Supplied("customer", "entitystatus", "its id; `inactive` when isinactive is set"),
        "default_currency": Supplied("customer", "currency", _ISO_CODE),
        "legal_entity": Supplied("customersubsidiaryrelationship", "subsidiary", "the primary one"),
        "selling_entities": Supplied("customersubsidiaryrelationship", "subsidiary"),
        "payment_terms": Supplied("term", "name, daysuntilnetdue, discountpercent, daysuntilexpiry"),
        "credit_limit": Supplied("customer", "creditlimit"),
        "credit_hold": Supplied(
            "customer", "creditholdoverride", "ON or OFF; AUTO is decided per order and is not readable"
        ),
        "tax_profile": _NOT_MAPPED if fields.tax_complete is None else tax,
        "billing_address": Supplied("entityaddress", "defaultbillingaddress"),
        "shipping_address": Supplied("entityaddress", "defaultshippingaddress"),
        "dimensions": _describe_dimensions(mapping, "on_customer", "customer"),
    }


def _describe_contract(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    fields = mapping.contract
    if fields is None:
        return build_absent_origins(ErpContract, _NO_CONTRACT)
    table = fields.record
    return {
        "number": Supplied(table, fields.number),
        "type": _describe_field(table, fields.type),
        "status": _describe_field(table, fields.status),
        "customer_id": _describe_field(table, fields.customer),
        "legal_entity": _describe_field(table, fields.subsidiary),
        "currency": _describe_field(table, fields.currency, _ISO_CODE),
        "total_value": _describe_field(table, fields.total if fields.currency else None),
        "purchase_order_number": _describe_field(table, fields.purchase_order),
    }


def _describe_job(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    plain = {"name": "companyname", "start_date": "startdate", "end_date": "projectedenddate", "customer_id": "parent"}
    return {
        **_describe_fields("job", {**plain, "legal_entity": "subsidiary", "code": mapping.job.code}),
        "status": Supplied("job", "entitystatus", "its id"),
        "currency": Supplied("job", "currency", _ISO_CODE),
        "service_line": _describe_dimension_value(mapping, "on_job", "job", DimensionKind.SERVICE_LINE),
        "dimensions": _describe_dimensions(mapping, "on_job", "job"),
    }


def _describe_employee(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    return {
        "worker_number": Supplied("employee", mapping.employee.worker_number),
        "email": Supplied("employee", "email"),
        "legal_entity": Supplied("employee", "subsidiary"),
        "cost_center": _describe_dimension_value(mapping, "on_employee", "employee", DimensionKind.COST_CENTER),
        "cost_rate": Supplied("employee", "laborcost", "per hour, in the subsidiary's currency"),
    }


def _describe_invoice(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    fields = mapping.invoice
    contract = fields.contract if mapping.contract else None
    plain = {"number": "tranid", "kind": "type", "issue_date": "trandate", "due_date": "duedate"}
    return {
        **_describe_fields(
            "transaction", {**plain, "purchase_order_number": "otherrefnum", "functional_rate": "exchangerate"}
        ),
        "status": Supplied("transaction", "status", "with the type, such as CustInvc:A"),
        "customer_id": Supplied("transaction", "entity", "the project's customer where a project is billed"),
        "legal_entity": Supplied("transactionline", "subsidiary", "of the main line"),
        "job_ids": Supplied("transactionline", "entity", "where it is a project"),
        "contract_number": _describe_field("transaction", contract, "the contract record's number"),
        "period_start": _describe_field("transaction", fields.period_start),
        "period_end": _describe_field("transaction", fields.period_end),
        "currency": Supplied("transaction", "currency", _ISO_CODE),
        "functional_currency": Supplied("subsidiary", "currency", _ISO_CODE),
        "subtotal": Supplied("transaction", "foreigntotal", "less the tax lines"),
        "tax_total": Supplied("transactionline", "foreignamount", "of the tax lines, negated"),
        "total": Supplied("transaction", "foreigntotal"),
        "balance": Supplied(
            "transaction", "foreignamountunpaid", "for a credit memo foreignpaymentamountunused, negated"
        ),
        "taxes": Supplied("transactiontaxdetail", "taxrate, taxbasis, taxamount", _TAX),
        "line_amounts": Supplied("transactionline", "foreignamount", "of the item lines, negated"),
        "corrects_id": Supplied("transactionline", "createdfrom", "of a credit memo's main line"),
    }


def _describe_invoice_line(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    fields = mapping.invoice_line
    return {
        **_describe_fields(
            "transactionline", {"invoice_id": "transaction", "sequence": "linesequencenumber", "unit_rate": "rate"}
        ),
        "issue_date": Supplied("transaction", "trandate"),
        "kind": Supplied("item", "itemid"),
        "description": Supplied("transactionline", "memo", "else the item's name"),
        "job_id": Supplied("transactionline", "entity", "where it is a project"),
        "task_reference": _describe_field("transactionline", fields.task),
        "employee_id": _describe_field("transactionline", fields.employee),
        "quantity": Supplied("transactionline", "quantity", "negated"),
        "amount": Supplied("transactionline", "foreignamount", "negated"),
        "functional_rate": Supplied("transaction", "exchangerate"),
        "functional_currency": Supplied("subsidiary", "currency", _ISO_CODE),
        "taxes": Supplied("transactiontaxdetail", "taxrate, taxbasis, taxamount", _TAX),
        "dimensions": _describe_dimensions(mapping, "on_line", "transactionline"),
    }


def _describe_payment() -> Mapping[str, Origin]:
    plain = {
        "received_on": "trandate",
        "amount": "foreigntotal",
        "functional_rate": "exchangerate",
        "reference": "otherrefnum",
    }
    return {
        **_describe_fields("transaction", plain),
        "functional_currency": Supplied("subsidiary", "currency", _ISO_CODE),
        "applied": Supplied("nexttransactionlink", "previousdoc, foreignamount"),
        "method": Supplied("paymentmethod", "name"),
    }


def _describe_expense(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    reimbursement = Supplied("transaction", "status", "mapped by the mapping file's table `reimbursement`")
    return {
        "expense_reference": _describe_field(
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
        "reimbursable": Supplied("transactionline", "isnonreimbursable", "negated"),
        "approval": Supplied("transaction", "status", "with the type, such as ExpRept:F"),
        "billing": Supplied(
            "transactionline", "isbillable", "with the billing document's status, if a billing line is mapped"
        ),
        "reimbursement": reimbursement if mapping.reimbursement else _NOT_MAPPED,
        "dimensions": _describe_dimensions(mapping, "on_line", "transactionline"),
    }


def _describe_time_posting(mapping: NetSuiteMapping) -> Mapping[str, Origin]:
    fields = mapping.time
    line = fields.invoice_line
    return {
        "entry_reference": Supplied("timebill", fields.reference, f"the id inside {fields.pattern}"),
        "hours": Supplied("timebill", "hours"),
        "billing": Supplied(
            "timebill", "isbillable", "with the billing document's status, if a billing line is mapped"
        ),
        "bill_rate": Supplied("timebill", "rate", "in the project's currency"),
        "bill_amount": Supplied("timebill", "rate", "hours times rate"),
        "cost_amount": Supplied("timebill", "laborcost", "hours times labour cost, in the subsidiary's currency"),
        "period": Supplied("accountingperiod", "periodname", "the month that contains trandate"),
        "invoice_id": _describe_field("timebill", line, "the transaction of the billing line"),
        "invoice_line_id": _describe_field("timebill", line),
        "dimensions": _describe_dimensions(mapping, "on_time", "timebill"),
    }


def _describe_receivables() -> Mapping[str, Origin]:
    request = Supplied("request", "customer, day")
    return {
        "customer_id": request,
        "as_of": request,
        "items": Supplied(
            "transaction",
            "foreignamountunpaid, foreignpaymentamountunused",
            "of invoices, credits, payments and journals",
        ),
        "billed_90_days": Supplied("transaction", "foreigntotal, exchangerate", "summed in the subsidiary's currency"),
    }
