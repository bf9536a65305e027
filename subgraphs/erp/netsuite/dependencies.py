"""The attributes of records that depend on each column of NetSuite's rows, besides those that the lineage names."""

from collections.abc import Mapping, Sequence

Dependencies = Mapping[str, Sequence[str]]

BASE: Dependencies = {"modified": ("modified_at",), "reference": ("references",)}
_TAX_COLUMNS = ("tax_type", "tax_nexus", "tax_country", "tax_rate", "tax_basis", "tax_amount", "tax_code")
_DIMENSION_COLUMNS = tuple(f"dimension_{position}" for position in range(8))
_DIMENSIONS: Dependencies = dict.fromkeys(_DIMENSION_COLUMNS, ("dimensions",))
SUBSIDIARY: Dependencies = {
    **BASE,
    "reference": ("references", "code"),
    "parent": ("parent_id",),
    "fiscal_month": ("fiscal_year_start_month",),
    "time_zone": ("time_zone",),
    "region": ("region",),
    "registration_nexus": ("tax_registrations",),
    "registration_country": ("tax_registrations",),
    "registration_number": ("tax_registrations",),
    "registration_from": ("tax_registrations",),
    "registration_to": ("tax_registrations",),
}
CUSTOMER: Dependencies = {
    **BASE,
    **_DIMENSIONS,
    **dict.fromkeys(("terms", "net_days", "discount_percent", "discount_days"), ("payment_terms",)),
    **dict.fromkeys(
        (
            "tax_id",
            "tax_complete",
            "tax_treatment",
            "exempt_until",
            "reverse_charge",
            "tax_nexus",
            "tax_country",
        ),
        ("tax_profile",),
    ),
    **{
        f"{of}_{part}": (f"{of}_address",)
        for of in ("billing", "shipping")
        for part in ("line1", "line2", "city", "state", "zip", "country")
    },
    "company_name": ("name",),
    "alt_name": ("name",),
    "legal_name": ("legal_name",),
    "record_number": ("number", "display_number"),
    "parent": ("parent_id",),
    "status": ("status",),
    "inactive": ("status",),
    "currency": ("default_currency", "credit_limit"),
    "subsidiary": ("legal_entity", "selling_entities"),
    "is_primary": ("legal_entity",),
    "credit_limit": ("credit_limit",),
    "credit_hold": ("credit_hold",),
}
JOB: Dependencies = {
    **BASE,
    **dict.fromkeys(_DIMENSION_COLUMNS, ("dimensions", "service_line")),
    "code": ("code", "display_number"),
    "name": ("name",),
    "customer": ("customer_id",),
    "status": ("status",),
    "start_date": ("start_date",),
    "end_date": ("end_date",),
    "subsidiary": ("legal_entity",),
    "currency": ("currency",),
}
EMPLOYEE: Dependencies = {
    **BASE,
    **dict.fromkeys(_DIMENSION_COLUMNS, ("cost_center",)),
    "worker_number": ("worker_number", "display_number"),
    "email": ("email",),
    "subsidiary": ("legal_entity",),
    "currency": ("cost_rate",),
    "labor_cost": ("cost_rate",),
}
CONTRACT: Dependencies = {
    **BASE,
    "type": ("type",),
    "status": ("status",),
    "customer": ("customer_id",),
    "subsidiary": ("legal_entity",),
    "currency": ("currency", "total_value"),
    "total": ("total_value",),
    "purchase_order": ("purchase_order_number",),
}
INVOICE: Dependencies = {
    **BASE,
    **dict.fromkeys(_TAX_COLUMNS, ("taxes",)),
    "record_number": ("number", "display_number"),
    "entity_customer": ("customer_id",),
    "entity_job": ("job_ids",),
    "due": ("due_date",),
    "period_start": ("period_start",),
    "period_end": ("period_end",),
    "unpaid": ("balance",),
    "unused": ("balance",),
    "purchase_order": ("purchase_order_number",),
    "contract": ("contract_number",),
    "line_amount": ("subtotal", "tax_total", "taxes", "line_amounts"),
    "line_job": ("job_ids",),
    "subsidiary": ("legal_entity",),
    "base_currency": ("functional_currency",),
    "created_from": ("corrects_id",),
}
INVOICE_LINE: Dependencies = {
    **BASE,
    **_DIMENSIONS,
    **dict.fromkeys(_TAX_COLUMNS, ("taxes",)),
    "kind": ("kind", "description"),
    "item_name": ("description",),
    "description": ("description",),
    "job": ("job_id",),
    "task": ("task_reference",),
    "employee": ("employee_id",),
    "quantity": ("quantity",),
    "unit_rate": ("unit_rate",),
    "amount": ("amount",),
    "base_currency": ("functional_currency",),
}
PAYMENT: Dependencies = {
    **BASE,
    "record_number": ("display_number",),
    "base_currency": ("functional_currency",),
    "method": ("method",),
    "bank_reference": ("reference",),
    "document": ("applied",),
    "document_amount": ("applied",),
}
EXPENSE: Dependencies = {
    **BASE,
    **_DIMENSIONS,
    "report": ("display_number",),
    "reference": ("references", "expense_reference"),
    "job": ("job_id",),
    "category": ("category",),
    "base_amount": ("functional_amount",),
    "base_currency": ("functional_amount",),
    "billable": ("billable", "billing"),
    "not_reimbursable": ("reimbursable", "reimbursement"),
    "billed_type": ("billing",),
    "billed_status": ("billing",),
    "tax_amount": ("tax",),
}
TIME: Dependencies = {
    **BASE,
    **_DIMENSIONS,
    "reference": ("references", "entry_reference"),
    "hours": ("hours", "bill_amount", "cost_amount"),
    "billable": ("billing",),
    "rate": ("bill_rate", "bill_amount"),
    "labor_cost": ("cost_amount",),
    "currency": ("bill_rate", "bill_amount"),
    "base_currency": ("cost_amount",),
    "billed_line": ("invoice_line_id",),
    "billed_invoice": ("invoice_id",),
    "billed_type": ("billing",),
    "billed_status": ("billing",),
    "period_name": ("period",),
    "period_start_date": ("period",),
    "period_end_date": ("period",),
    "period_closed": ("period",),
    "period_locked": ("period",),
    "period_ar_locked": ("period",),
    "period_closed_on": ("period",),
}

ALIASES: Mapping[str, str] = {
    "bank_reference": "otherrefnum",
    "base_amount": "netamount",
    "billable": "isbillable",
    "created_from": "createdfrom",
    "due": "duedate",
    "labor_cost": "laborcost",
    "line_amount": "foreignamount",
    "modified": "lastmodifieddate",
    "not_reimbursable": "isnonreimbursable",
    "purchase_order": "otherrefnum",
    "tax_amount": "taxamount",
    "tax_basis": "taxbasis",
    "tax_rate": "taxrate",
    "unpaid": "foreignamountunpaid",
    "unused": "foreignpaymentamountunused",
}
"""The fields of the columns whose names are our own."""
