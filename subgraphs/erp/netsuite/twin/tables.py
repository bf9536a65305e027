"""The account's record catalogue: the tables that SuiteQL reads, and how their columns show in REST records.

Names are the record catalogue's where SuiteQL has a table of its own; fields that begin with `cust` are this account's own.
"""

from dataclasses import dataclass
from enum import StrEnum


class ColumnType(StrEnum):
    """What a column holds; the value is its declared type in the store, whose affinity is text except for ids."""

    ID = "INTEGER"
    TEXT = "PLAIN_TEXT"
    NUMBER = "DECIMAL_TEXT COLLATE NUMERIC_TEXT"
    DAY = "DAY_TEXT"
    INSTANT = "MOMENT_TEXT"
    FLAG = "FLAG_TEXT"
    HOURS = "HOURS_TEXT COLLATE NUMERIC_TEXT"


@dataclass(frozen=True)
class Column:
    """One column. `rest` is its REST name (None: SuiteQL only), `refers` the table that it points to."""

    name: str
    kind: ColumnType = ColumnType.TEXT
    rest: str | None = None
    target: str | None = None
    required: str | None = None


@dataclass(frozen=True)
class Table:
    """One table. `record` is its REST record type, `display` the column that BUILTIN.DF and refName show, `first_id` where ids begin.

    `view` is the statement that it is read from when it holds no rows of its own. Tables of one `family` share their ids.
    """

    name: str
    columns: tuple[Column, ...]
    record: str | None = None
    display: str = "name"
    first_id: int = 1
    view: str | None = None
    family: str | None = None

    def find_column(self, name: str) -> Column | None:
        """Return a column by name, or None."""
        return next((column for column in self.columns if column.name == name), None)


def _make_id() -> Column:
    return Column("id", ColumnType.ID)


def _make_ref(name: str, table: str, rest: str | None = None, required: str | None = None) -> Column:
    return Column(name, ColumnType.ID, rest, table, required)


def _make_number(name: str, rest: str | None = None) -> Column:
    return Column(name, ColumnType.NUMBER, rest)


def _make_day(name: str, rest: str | None = None, required: str | None = None) -> Column:
    return Column(name, ColumnType.DAY, rest, required=required)


def _make_flag(name: str, rest: str | None = None) -> Column:
    return Column(name, ColumnType.FLAG, rest)


_NAME = Column("name", rest="name", required="Name")
_EXTERNAL = Column("externalid", rest="externalId")
_MODIFIED = Column("lastmodifieddate", ColumnType.INSTANT, "lastModifiedDate")
_INACTIVE = _make_flag("isinactive", "isInactive")
_SUBSIDIARY = _make_ref("subsidiary", "subsidiary", "subsidiary", "Subsidiary")


def _make_segment(name: str) -> Table:
    return Table(name, (_make_id(), _NAME, _EXTERNAL, _INACTIVE), record=name)


TABLES = (
    Table("dual", (Column("dummy"),)),
    Table("currency", (_make_id(), _NAME, Column("symbol", rest="symbol"), Column("currencyprecision", ColumnType.ID, "currencyPrecision")), record="currency"),
    Table("currencyrate", (_make_id(), _make_ref("basecurrency", "currency"), _make_ref("transactioncurrency", "currency"), _make_number("exchangerate"), _make_day("effectivedate"), _MODIFIED)),
    Table("fiscalcalendar", (_make_id(), _NAME, Column("fiscalmonth"))),
    Table("nexus", (_make_id(), Column("country"), Column("description")), display="description"),
    Table("taxtype", (_make_id(), _NAME)),
    Table("term", (_make_id(), _NAME, Column("daysuntilnetdue", ColumnType.ID, "daysUntilNetDue"), _make_number("discountpercent", "discountPercent"), Column("daysuntilexpiry", ColumnType.ID, "daysUntilExpiry")), record="term"),
    Table("paymentmethod", (_make_id(), _NAME)),
    Table("expensecategory", (_make_id(), _NAME)),
    Table("entitystatus", (Column("key", ColumnType.ID), _NAME)),
    Table("item", (_make_id(), Column("itemid"), Column("displayname")), display="itemid", first_id=11),
    _make_segment("department"),
    _make_segment("classification"),
    _make_segment("location"),
    Table(
        "subsidiary",
        (
            _make_id(), _NAME, _EXTERNAL, Column("country", rest="country"), _make_ref("currency", "currency", "currency"), _make_ref("parent", "subsidiary", "parent"),
            _make_ref("fiscalcalendar", "fiscalcalendar"), _INACTIVE, _MODIFIED, Column("custrecord_ps_region", rest="custrecord_ps_region"),
            Column("custrecord_ps_time_zone", rest="custrecord_ps_time_zone"),
        ),
        record="subsidiary",
    ),
    Table("subsidiarytaxregistration", (_make_id(), _make_ref("subsidiary", "subsidiary"), _make_ref("nexus", "nexus"), Column("taxregistrationnumber"), _make_day("effectivefrom"), _make_day("validuntil"))),
    Table(
        "accountingperiod",
        (
            _make_id(), Column("periodname", rest="periodName"), _make_day("startdate", "startDate"), _make_day("enddate", "endDate"), _make_flag("closed", "closed"),
            _make_flag("alllocked", "allLocked"), _make_flag("arlocked", "arLocked"), _make_flag("isyear", "isYear"), _make_flag("isquarter", "isQuarter"),
            _make_flag("isadjust", "isAdjust"), Column("closedondate", ColumnType.INSTANT),
        ),
        record="accountingPeriod", display="periodname", first_id=501,
    ),
    Table("entityaddress", (Column("nkey", ColumnType.ID), Column("addr1"), Column("addr2"), Column("city"), Column("state"), Column("zip"), Column("country"))),
    Table(
        "customer",
        (
            _make_id(), Column("entityid", rest="entityId"), Column("companyname", rest="companyName", required="Company Name"), Column("altname"), _EXTERNAL,
            _make_ref("parent", "customer", "parent"), _make_ref("subsidiary", "subsidiary", "subsidiary", "Subsidiary"), _make_ref("currency", "currency", "currency"),
            _make_ref("entitystatus", "entitystatus", "entityStatus"), _make_ref("terms", "term", "terms"), Column("email", rest="email"),
            _make_number("creditlimit", "creditLimit"), Column("creditholdoverride", rest="creditHoldOverride"), Column("vatregnumber", rest="vatRegNumber"),
            _make_ref("defaultbillingaddress", "entityaddress"), _make_ref("defaultshippingaddress", "entityaddress"), _INACTIVE, _MODIFIED,
            Column("custentity_ps_legal_name", rest="custentity_ps_legal_name"), _make_flag("custentity_ps_tax_complete", "custentity_ps_tax_complete"),
            Column("custentity_ps_tax_treatment", rest="custentity_ps_tax_treatment"),
        ),
        record="customer", display="altname", first_id=101, family="entity",
    ),
    Table(
        "entity", (_make_id(), Column("entityid"), Column("altname")), display="altname",
        view="SELECT id, entityid, altname FROM customer UNION ALL SELECT id, entityid, companyname FROM job"
        " UNION ALL SELECT id, entityid, firstname || ' ' || lastname FROM employee",
    ),
    Table("customersubsidiaryrelationship", (_make_id(), _make_ref("entity", "customer"), _make_ref("subsidiary", "subsidiary"), _make_flag("isprimarysub"))),
    Table(
        "job",
        (
            _make_id(), Column("entityid", rest="entityId", required="Project ID"), Column("companyname", rest="companyName"), _EXTERNAL,
            _make_ref("parent", "customer", "parent"), _SUBSIDIARY, _make_ref("currency", "currency", "currency"), _make_ref("entitystatus", "entitystatus", "entityStatus"),
            _make_day("startdate", "startDate"), _make_day("projectedenddate", "projectedEndDate"), Column("projectexpensetype", rest="projectExpenseType"),
            Column("comments", rest="comments"), _INACTIVE, _MODIFIED,
            _make_ref("custentity_ps_cost_center", "department", "custentity_ps_cost_center"),
            _make_ref("custentity_ps_service_line", "classification", "custentity_ps_service_line"),
            _make_ref("custentity_ps_location", "location", "custentity_ps_location"),
        ),
        record="job", display="entityid", first_id=101, family="entity",
    ),
    Table(
        "employee",
        (
            _make_id(), Column("entityid", rest="entityId"), Column("firstname", rest="firstName"), Column("lastname", rest="lastName"), _EXTERNAL,
            Column("email", rest="email"), _SUBSIDIARY, _make_ref("department", "department", "department"), _make_ref("supervisor", "employee", "supervisor"),
            _make_number("laborcost", "laborCost"), Column("title", rest="title"), _make_day("hiredate", "hireDate"), _INACTIVE, _MODIFIED,
        ),
        record="employee", display="entityid", first_id=101, family="entity",
    ),
    Table(
        "customrecord_ps_contract",
        (
            _make_id(), _NAME, _EXTERNAL, Column("custrecord_ps_title", rest="custrecord_ps_title"), Column("custrecord_ps_type", rest="custrecord_ps_type"),
            Column("custrecord_ps_status", rest="custrecord_ps_status"), _make_ref("custrecord_ps_customer", "customer", "custrecord_ps_customer"),
            _make_ref("custrecord_ps_subsidiary", "subsidiary", "custrecord_ps_subsidiary"), _make_ref("custrecord_ps_currency", "currency", "custrecord_ps_currency"),
            _make_number("custrecord_ps_total", "custrecord_ps_total"), Column("custrecord_ps_purchase_order", rest="custrecord_ps_purchase_order"),
            _INACTIVE, Column("lastmodified", ColumnType.INSTANT, "lastModified"),
        ),
        record="customrecord_ps_contract", first_id=401,
    ),
    Table(
        "transaction",
        (
            _make_id(), Column("type"), Column("tranid", rest="tranId"), _EXTERNAL, Column("status"), _make_day("trandate", "tranDate"), _make_day("duedate", "dueDate"),
            _make_ref("postingperiod", "accountingperiod", "postingPeriod"), _make_flag("posting"), _make_flag("voided"), _make_ref("entity", "entity", "entity", "Customer:Project"),
            _make_ref("currency", "currency", "currency"), _make_number("exchangerate", "exchangeRate"), _make_number("foreigntotal", "total"),
            _make_number("foreignamountpaid", "amountPaid"), _make_number("foreignamountunpaid", "amountRemaining"), _make_number("foreignpaymentamountused"),
            _make_number("foreignpaymentamountunused"), Column("otherrefnum", rest="otherRefNum"), _make_ref("terms", "term", "terms"), Column("memo", rest="memo"),
            _make_ref("paymentmethod", "paymentmethod"), Column("createddate", ColumnType.INSTANT, "createdDate"), _MODIFIED,
            _make_day("custbody_ps_service_from", "custbody_ps_service_from"), _make_day("custbody_ps_service_to", "custbody_ps_service_to"),
            _make_ref("custbody_ps_contract", "customrecord_ps_contract", "custbody_ps_contract"),
        ),
        display="tranid", first_id=1001,
    ),
    Table(
        "transactionline",
        (
            Column("uniquekey", ColumnType.ID), Column("id", ColumnType.ID), _make_ref("transaction", "transaction"), Column("linesequencenumber", ColumnType.ID), _make_flag("mainline"),
            _make_flag("taxline"), _make_ref("item", "item"), _make_ref("entity", "entity"), _make_ref("subsidiary", "subsidiary"), _make_number("quantity"), _make_number("rate"),
            _make_number("foreignamount"), _make_number("netamount"), Column("memo"), _make_ref("department", "department"), _make_ref("class", "classification"),
            _make_ref("location", "location"), _make_ref("createdfrom", "transaction"), _make_ref("category", "expensecategory"), _make_day("expensedate"),
            _make_flag("isbillable"), _make_flag("isnonreimbursable"), _make_ref("custcol_ps_employee", "employee"), Column("custcol_ps_reference"),
            Column("custcol_ps_task"), Column("custcol_ps_invoice_line", ColumnType.ID),
        ),
        first_id=90001,
    ),
    Table("transactiontaxdetail", (_make_ref("transaction", "transaction"), Column("line", ColumnType.ID), _make_ref("nexus", "nexus"), _make_ref("taxtype", "taxtype"), Column("taxcode"), _make_number("taxrate"), _make_number("taxbasis"), _make_number("taxamount"))),
    Table("nexttransactionlink", (_make_ref("previousdoc", "transaction"), _make_ref("nextdoc", "transaction"), Column("linktype"), _make_number("foreignamount"))),
    Table(
        "timebill",
        (
            _make_id(), _EXTERNAL, _make_ref("employee", "employee", "employee", "Employee"), _make_ref("customer", "job", "customer"), _make_ref("item", "item", "item"),
            _make_ref("subsidiary", "subsidiary", "subsidiary"), Column("hours", ColumnType.HOURS, "hours", required="Duration"), _make_day("trandate", "tranDate", "Date"),
            _make_flag("isbillable", "isBillable"), _make_number("rate", "rate"), _make_number("laborcost"), Column("approvalstatus", rest="approvalStatus"),
            Column("timetype"), Column("memo", rest="memo"), _make_ref("department", "department", "department"), _make_ref("class", "classification", "class"),
            _make_ref("location", "location", "location"), Column("custcol_ps_invoice_line", ColumnType.ID, "custcol_ps_invoice_line"), _MODIFIED,
        ),
        record="timeBill", first_id=5001,
    ),
)  # fmt: skip

BY_NAME = {table.name: table for table in TABLES}
BY_RECORD = {table.record.lower(): table for table in TABLES if table.record is not None}
