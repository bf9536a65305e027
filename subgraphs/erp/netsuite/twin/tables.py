"""The account's record catalogue: the tables that SuiteQL reads, and how their columns show in REST records.

Names are the record catalogue's where SuiteQL has a table of its own; fields that begin with `cust` are this account's own.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
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
    kind: Kind = Kind.TEXT
    rest: str | None = None
    refers: str | None = None
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

    def column(self, name: str) -> Column | None:
        """Return a column by name, or None."""
        return next((column for column in self.columns if column.name == name), None)


def _id() -> Column:
    return Column("id", Kind.ID)


def _ref(name: str, table: str, rest: str | None = None, required: str | None = None) -> Column:
    return Column(name, Kind.ID, rest, table, required)


def _number(name: str, rest: str | None = None) -> Column:
    return Column(name, Kind.NUMBER, rest)


def _day(name: str, rest: str | None = None, required: str | None = None) -> Column:
    return Column(name, Kind.DAY, rest, required=required)


def _flag(name: str, rest: str | None = None) -> Column:
    return Column(name, Kind.FLAG, rest)


_NAME = Column("name", rest="name", required="Name")
_EXTERNAL = Column("externalid", rest="externalId")
_MODIFIED = Column("lastmodifieddate", Kind.INSTANT, "lastModifiedDate")
_INACTIVE = _flag("isinactive", "isInactive")
_SUBSIDIARY = _ref("subsidiary", "subsidiary", "subsidiary", "Subsidiary")


def _segment(name: str) -> Table:
    return Table(name, (_id(), _NAME, _EXTERNAL, _INACTIVE), record=name)


TABLES = (
    Table("dual", (Column("dummy"),)),
    Table("currency", (_id(), _NAME, Column("symbol", rest="symbol"), Column("currencyprecision", Kind.ID, "currencyPrecision")), record="currency"),
    Table("currencyrate", (_id(), _ref("basecurrency", "currency"), _ref("transactioncurrency", "currency"), _number("exchangerate"), _day("effectivedate"), _MODIFIED)),
    Table("fiscalcalendar", (_id(), _NAME, Column("fiscalmonth"))),
    Table("nexus", (_id(), Column("country"), Column("description")), display="description"),
    Table("taxtype", (_id(), _NAME)),
    Table("term", (_id(), _NAME, Column("daysuntilnetdue", Kind.ID, "daysUntilNetDue"), _number("discountpercent", "discountPercent"), Column("daysuntilexpiry", Kind.ID, "daysUntilExpiry")), record="term"),
    Table("paymentmethod", (_id(), _NAME)),
    Table("expensecategory", (_id(), _NAME)),
    Table("entitystatus", (Column("key", Kind.ID), _NAME)),
    Table("item", (_id(), Column("itemid"), Column("displayname")), display="itemid", first_id=11),
    _segment("department"),
    _segment("classification"),
    _segment("location"),
    Table(
        "subsidiary",
        (
            _id(), _NAME, _EXTERNAL, Column("country", rest="country"), _ref("currency", "currency", "currency"), _ref("parent", "subsidiary", "parent"),
            _ref("fiscalcalendar", "fiscalcalendar"), _INACTIVE, _MODIFIED, Column("custrecord_ps_region", rest="custrecord_ps_region"),
            Column("custrecord_ps_time_zone", rest="custrecord_ps_time_zone"),
        ),
        record="subsidiary",
    ),
    Table("subsidiarytaxregistration", (_id(), _ref("subsidiary", "subsidiary"), _ref("nexus", "nexus"), Column("taxregistrationnumber"), _day("effectivefrom"), _day("validuntil"))),
    Table(
        "accountingperiod",
        (
            _id(), Column("periodname", rest="periodName"), _day("startdate", "startDate"), _day("enddate", "endDate"), _flag("closed", "closed"),
            _flag("alllocked", "allLocked"), _flag("arlocked", "arLocked"), _flag("isyear", "isYear"), _flag("isquarter", "isQuarter"),
            _flag("isadjust", "isAdjust"), Column("closedondate", Kind.INSTANT),
        ),
        record="accountingPeriod", display="periodname", first_id=501,
    ),
    Table("entityaddress", (Column("nkey", Kind.ID), Column("addr1"), Column("addr2"), Column("city"), Column("state"), Column("zip"), Column("country"))),
    Table(
        "customer",
        (
            _id(), Column("entityid", rest="entityId"), Column("companyname", rest="companyName", required="Company Name"), Column("altname"), _EXTERNAL,
            _ref("parent", "customer", "parent"), _ref("subsidiary", "subsidiary", "subsidiary", "Subsidiary"), _ref("currency", "currency", "currency"),
            _ref("entitystatus", "entitystatus", "entityStatus"), _ref("terms", "term", "terms"), Column("email", rest="email"),
            _number("creditlimit", "creditLimit"), Column("creditholdoverride", rest="creditHoldOverride"), Column("vatregnumber", rest="vatRegNumber"),
            _ref("defaultbillingaddress", "entityaddress"), _ref("defaultshippingaddress", "entityaddress"), _INACTIVE, _MODIFIED,
            Column("custentity_ps_legal_name", rest="custentity_ps_legal_name"), _flag("custentity_ps_tax_complete", "custentity_ps_tax_complete"),
            Column("custentity_ps_tax_treatment", rest="custentity_ps_tax_treatment"),
        ),
        record="customer", display="altname", first_id=101, family="entity",
    ),
    Table(
        "entity", (_id(), Column("entityid"), Column("altname")), display="altname",
        view="SELECT id, entityid, altname FROM customer UNION ALL SELECT id, entityid, companyname FROM job"
        " UNION ALL SELECT id, entityid, firstname || ' ' || lastname FROM employee",
    ),
    Table("customersubsidiaryrelationship", (_id(), _ref("entity", "customer"), _ref("subsidiary", "subsidiary"), _flag("isprimarysub"))),
    Table(
        "job",
        (
            _id(), Column("entityid", rest="entityId", required="Project ID"), Column("companyname", rest="companyName"), _EXTERNAL,
            _ref("parent", "customer", "parent"), _SUBSIDIARY, _ref("currency", "currency", "currency"), _ref("entitystatus", "entitystatus", "entityStatus"),
            _day("startdate", "startDate"), _day("projectedenddate", "projectedEndDate"), Column("projectexpensetype", rest="projectExpenseType"),
            Column("comments", rest="comments"), _INACTIVE, _MODIFIED,
            _ref("custentity_ps_cost_center", "department", "custentity_ps_cost_center"),
            _ref("custentity_ps_service_line", "classification", "custentity_ps_service_line"),
            _ref("custentity_ps_location", "location", "custentity_ps_location"),
        ),
        record="job", display="entityid", first_id=101, family="entity",
    ),
    Table(
        "employee",
        (
            _id(), Column("entityid", rest="entityId"), Column("firstname", rest="firstName"), Column("lastname", rest="lastName"), _EXTERNAL,
            Column("email", rest="email"), _SUBSIDIARY, _ref("department", "department", "department"), _ref("supervisor", "employee", "supervisor"),
            _number("laborcost", "laborCost"), Column("title", rest="title"), _day("hiredate", "hireDate"), _INACTIVE, _MODIFIED,
        ),
        record="employee", display="entityid", first_id=101, family="entity",
    ),
    Table(
        "customrecord_ps_contract",
        (
            _id(), _NAME, _EXTERNAL, Column("custrecord_ps_title", rest="custrecord_ps_title"), Column("custrecord_ps_type", rest="custrecord_ps_type"),
            Column("custrecord_ps_status", rest="custrecord_ps_status"), _ref("custrecord_ps_customer", "customer", "custrecord_ps_customer"),
            _ref("custrecord_ps_subsidiary", "subsidiary", "custrecord_ps_subsidiary"), _ref("custrecord_ps_currency", "currency", "custrecord_ps_currency"),
            _number("custrecord_ps_total", "custrecord_ps_total"), Column("custrecord_ps_purchase_order", rest="custrecord_ps_purchase_order"),
            _INACTIVE, Column("lastmodified", Kind.INSTANT, "lastModified"),
        ),
        record="customrecord_ps_contract", first_id=401,
    ),
    Table(
        "transaction",
        (
            _id(), Column("type"), Column("tranid", rest="tranId"), _EXTERNAL, Column("status"), _day("trandate", "tranDate"), _day("duedate", "dueDate"),
            _ref("postingperiod", "accountingperiod", "postingPeriod"), _flag("posting"), _flag("voided"), _ref("entity", "entity", "entity", "Customer:Project"),
            _ref("currency", "currency", "currency"), _number("exchangerate", "exchangeRate"), _number("foreigntotal", "total"),
            _number("foreignamountpaid", "amountPaid"), _number("foreignamountunpaid", "amountRemaining"), _number("foreignpaymentamountused"),
            _number("foreignpaymentamountunused"), Column("otherrefnum", rest="otherRefNum"), _ref("terms", "term", "terms"), Column("memo", rest="memo"),
            _ref("paymentmethod", "paymentmethod"), Column("createddate", Kind.INSTANT, "createdDate"), _MODIFIED,
            _day("custbody_ps_service_from", "custbody_ps_service_from"), _day("custbody_ps_service_to", "custbody_ps_service_to"),
            _ref("custbody_ps_contract", "customrecord_ps_contract", "custbody_ps_contract"),
        ),
        display="tranid", first_id=1001,
    ),
    Table(
        "transactionline",
        (
            Column("uniquekey", Kind.ID), Column("id", Kind.ID), _ref("transaction", "transaction"), Column("linesequencenumber", Kind.ID), _flag("mainline"),
            _flag("taxline"), _ref("item", "item"), _ref("entity", "entity"), _ref("subsidiary", "subsidiary"), _number("quantity"), _number("rate"),
            _number("foreignamount"), _number("netamount"), Column("memo"), _ref("department", "department"), _ref("class", "classification"),
            _ref("location", "location"), _ref("createdfrom", "transaction"), _ref("category", "expensecategory"), _day("expensedate"),
            _flag("isbillable"), _flag("isnonreimbursable"), _ref("custcol_ps_employee", "employee"), Column("custcol_ps_reference"),
            Column("custcol_ps_task"), Column("custcol_ps_invoice_line", Kind.ID),
        ),
        first_id=90001,
    ),
    Table("transactiontaxdetail", (_ref("transaction", "transaction"), Column("line", Kind.ID), _ref("nexus", "nexus"), _ref("taxtype", "taxtype"), Column("taxcode"), _number("taxrate"), _number("taxbasis"), _number("taxamount"))),
    Table("nexttransactionlink", (_ref("previousdoc", "transaction"), _ref("nextdoc", "transaction"), Column("linktype"), _number("foreignamount"))),
    Table(
        "timebill",
        (
            _id(), _EXTERNAL, _ref("employee", "employee", "employee", "Employee"), _ref("customer", "job", "customer"), _ref("item", "item", "item"),
            _ref("subsidiary", "subsidiary", "subsidiary"), Column("hours", Kind.HOURS, "hours", required="Duration"), _day("trandate", "tranDate", "Date"),
            _flag("isbillable", "isBillable"), _number("rate", "rate"), _number("laborcost"), Column("approvalstatus", rest="approvalStatus"),
            Column("timetype"), Column("memo", rest="memo"), _ref("department", "department", "department"), _ref("class", "classification", "class"),
            _ref("location", "location", "location"), Column("custcol_ps_invoice_line", Kind.ID, "custcol_ps_invoice_line"), _MODIFIED,
        ),
        record="timeBill", first_id=5001,
    ),
)  # fmt: skip

BY_NAME = {table.name: table for table in TABLES}
BY_RECORD = {table.record.lower(): table for table in TABLES if table.record is not None}
