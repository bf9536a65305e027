"""The record attributes that a composed field is read from: their vendor fields are the field's lineage.

A field that reads one named attribute of a record needs no entry: its declaration names the attribute.
"""

from collections.abc import Mapping

from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmAccount, CrmContact, CrmContract, CrmOpportunity
from gateway.canonical.records.erp import (
    ErpContract,
    ErpCustomer,
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
from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.records.psa import (
    PsaAssignment,
    PsaDemand,
    PsaExpense,
    PsaMilestone,
    PsaProject,
    PsaTask,
    PsaTimeEntry,
)

ReadAttributes = Mapping[type[Record], str]

COMPOSED_FIELDS: Mapping[tuple[str, str], ReadAttributes] = {
    ("Customer", "accountOwner"): {CrmAccount: "owner"},
    ("Customer", "taxProfile"): {ErpCustomer: "tax_profile"},
    ("Customer", "dimensions"): {ErpCustomer: "dimensions"},
    ("Customer", "hierarchy"): {CrmAccount: "parent_id"},
    ("Customer", "contacts"): {CrmContact: "account_id"},
    ("Customer", "opportunities"): {CrmOpportunity: "account_id"},
    ("Customer", "contracts"): {CrmContract: "account_id", ErpContract: "customer_id"},
    ("Customer", "projects"): {PsaProject: "client_id"},
    ("Customer", "invoices"): {ErpInvoice: "customer_id"},
    ("Customer", "accountsReceivable"): {ErpReceivables: "items"},
    ("Contract", "projects"): {PsaProject: "contract_number"},
    ("Opportunity", "lines"): {CrmOpportunity: "lines"},
    ("Opportunity", "serviceLine"): {CrmOpportunity: "service_line"},
    ("Project", "health"): {PsaProject: "health"},
    ("Project", "serviceLine"): {ErpJob: "service_line", PsaProject: "service_line"},
    ("Project", "dimensions"): {ErpJob: "dimensions", PsaProject: "dimensions"},
    ("Project", "tasks"): {PsaTask: "project_id"},
    ("Project", "milestones"): {PsaMilestone: "project_id"},
    ("Project", "resourceDemands"): {PsaDemand: "project_id"},
    ("Project", "assignments"): {PsaAssignment: "project_id"},
    ("Project", "timeEntries"): {PsaTimeEntry: "project_id"},
    ("Project", "expenses"): {PsaExpense: "project_id", ErpExpense: "job_id"},
    ("Project", "invoices"): {ErpInvoice: "job_ids"},
    ("Resource", "costCenter"): {HcmWorker: "cost_center", ErpEmployee: "cost_center"},
    ("Resource", "skills"): {HcmWorker: "skills"},
    ("Resource", "availability"): {HcmWorker: "standard_weekly_hours"},
    ("Resource", "assignments"): {PsaAssignment: "user_id"},
    ("Resource", "timeEntries"): {PsaTimeEntry: "user_id"},
    ("ResourceDemand", "skills"): {PsaDemand: "skills"},
    ("TimeEntry", "dimensions"): {ErpTimePosting: "dimensions"},
    ("Expense", "amount"): {PsaExpense: "amount", ErpExpense: "amount"},
    ("Invoice", "status"): {ErpInvoice: "status"},
    ("Invoice", "exchangeRate"): {ErpInvoice: "functional_rate"},
    ("Invoice", "subtotal"): {ErpInvoice: "subtotal"},
    ("Invoice", "taxTotal"): {ErpInvoice: "tax_total"},
    ("Invoice", "total"): {ErpInvoice: "total"},
    ("Invoice", "taxes"): {ErpInvoice: "taxes"},
    ("Invoice", "lines"): {ErpInvoiceLine: "invoice_id"},
    ("Invoice", "payments"): {ErpPayment: "applied"},
    ("InvoiceLine", "amount"): {ErpInvoiceLine: "amount"},
    ("InvoiceLine", "tax"): {ErpInvoiceLine: "taxes"},
    ("InvoiceLine", "dimensions"): {ErpInvoiceLine: "dimensions"},
    ("Payment", "amount"): {ErpPayment: "amount"},
    ("Payment", "appliedTo"): {ErpPayment: "applied"},
    ("LegalEntity", "taxRegistrations"): {ErpLegalEntity: "tax_registrations"},
    ("LegalEntity", "openPeriods"): {ErpLegalEntity: "periods"},
}
