"""SuiteQL statements of master data: one flat join per record type, with the fields that the mapping file names.

The joins are flat because NetSuite refuses GROUP BY over its link tables ("Invalid or unsupported search") and has no
WITH: a batch is one statement whose rows repeat the header for each line, and `mapping.py` groups them. Table and
column names are those of the SuiteQL record catalogue; `check` tests each of them.
Lines of sales transactions have the sign of the general ledger, in which revenue is negative: so are `foreignamount`
and `quantity` on invoices.
"""

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

import msgspec

from gateway.errors import DeclarationError
from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.mapping_file import DimensionOwner, DimensionSource, NetSuiteMapping
from subgraphs.erp.netsuite.suiteql import Fragment, Select, cast_day, cast_instant, check_identifier, join_all

RowT = TypeVar("RowT", bound=wire.Row)


class Statement(msgspec.Struct, Generic[RowT], frozen=True, kw_only=True):
    """A statement without the conditions of one read.

    `key` is the id column. `base_condition` restricts the table to rows of this record type. `feed_table` is the one
    table that has the columns of `key`, `base_condition` and `modified_column`: a change feed reads it without joins.
    """

    row_type: type[RowT]
    columns: Mapping[str, str]
    source: str
    key: str
    order: tuple[str, ...]
    base_condition: Fragment | None = None
    feed_table: str = ""
    modified_column: str | None = None
    reference_column: str | None = None

    def __post_init__(self) -> None:
        unknown = self.columns.keys() - {field.name for field in msgspec.structs.fields(self.row_type)}
        if unknown:
            raise DeclarationError(f"{self.row_type.__name__} has no {', '.join(sorted(unknown))}")

    def select(self, *conditions: Fragment, order: Sequence[str] = ()) -> Select:
        """Build the SELECT of the rows that meet all conditions."""
        return Select(
            columns=self.columns,
            source=self.source,
            where=join_all(self.base_condition, *conditions),
            order=tuple(order) or self.order,
        )


IS_MONTH = Fragment("ap.isyear = 'F' AND ap.isquarter = 'F' AND ap.isadjust = 'F'")
PERIOD_COLUMNS: Mapping[str, str] = {
    "name": "ap.periodname",
    "start_date": cast_day("ap.startdate"),
    "end_date": cast_day("ap.enddate"),
    "closed": "ap.closed",
    "locked": "ap.alllocked",
    "ar_locked": "ap.arlocked",
    "closed_on": cast_instant("ap.closedondate"),
}


def build_columns(alias: str, fields: Mapping[str, str | None]) -> dict[str, str]:
    """Build the columns of the fields that the mapping file names."""
    return {name: f"{alias}.{check_identifier(field)}" for name, field in fields.items() if field is not None}


def build_day_columns(alias: str, fields: Mapping[str, str | None]) -> dict[str, str]:
    """Build the columns of the date fields that the mapping file names."""
    return {name: cast_day(f"{alias}.{field}") for name, field in fields.items() if field is not None}


def build_dimension_joins(mapping: NetSuiteMapping, owner: DimensionOwner, alias: str) -> tuple[dict[str, str], str]:
    """Build the dimension columns of a record type and the joins that read the codes of their values."""
    columns, joins = {}, []
    for position, dimension in enumerate(mapping.dimensions):
        field: str | None = getattr(dimension, owner)
        if field is not None:
            columns[f"dimension_{position}"] = f"x{position}.{check_identifier(dimension.value_code)}"
            on = f"x{position}.id = {alias}.{check_identifier(field)}"
            joins.append(f" LEFT JOIN {check_identifier(dimension.source)} x{position} ON {on}")
    return columns, "".join(joins)


def build_subsidiary_statement(mapping: NetSuiteMapping) -> Statement[wire.SubsidiaryRow]:
    """Build the statement of subsidiaries, one row per tax registration."""
    fields = mapping.legal_entity
    return Statement(
        row_type=wire.SubsidiaryRow,
        columns={
            "id": "s.id",
            "name": "s.name",
            "reference": "s.externalid",
            "country": "s.country",
            "currency": "cu.symbol",
            "parent": "s.parent",
            "fiscal_month": "fc.fiscalmonth",
            "modified": cast_instant("s.lastmodifieddate"),
            "registration_nexus": "n.description",
            "registration_country": "n.country",
            "registration_number": "r.taxregistrationnumber",
            "registration_from": cast_day("r.effectivefrom"),
            "registration_to": cast_day("r.validuntil"),
            **build_columns("s", {"region": fields.region, "time_zone": fields.time_zone}),
        },
        source="subsidiary s JOIN currency cu ON cu.id = s.currency"
        " LEFT JOIN fiscalcalendar fc ON fc.id = s.fiscalcalendar"
        " LEFT JOIN subsidiarytaxregistration r ON r.subsidiary = s.id LEFT JOIN nexus n ON n.id = r.nexus",
        key="s.id",
        feed_table="subsidiary s",
        order=("s.id", "r.id"),
        modified_column="s.lastmodifieddate",
        reference_column="s.externalid",
    )


def build_period_statement() -> Statement[wire.PeriodRow]:
    """Build the statement of posting periods: months, without years, quarters and adjustment periods."""
    return Statement(
        row_type=wire.PeriodRow,
        columns={"id": "ap.id", **PERIOD_COLUMNS},
        source="accountingperiod ap",
        key="ap.id",
        order=("ap.startdate", "ap.id"),
        base_condition=IS_MONTH,
    )


def build_dimension_statement(dimension: DimensionSource) -> Statement[wire.DimensionRow]:
    """Build the statement of the values of one dimension."""
    validity = {"valid_from": dimension.valid_from, "valid_to": dimension.valid_to}
    return Statement(
        row_type=wire.DimensionRow,
        columns={
            **build_day_columns("v", validity),
            "id": "v.id",
            "code": f"v.{check_identifier(dimension.value_code)}",
            "name": "v.name",
            "inactive": "v.isinactive",
        },
        source=f"{check_identifier(dimension.source)} v",
        key="v.id",
        order=("v.id",),
    )


def _build_address_columns(alias: str, prefix: str) -> dict[str, str]:
    columns = {"line1": "addr1", "line2": "addr2", "city": "city", "state": "state", "zip": "zip", "country": "country"}
    return {f"{prefix}_{name}": f"{alias}.{column}" for name, column in columns.items()}


_CUSTOMER = {
    "id": "c.id",
    "company_name": "c.companyname",
    "alt_name": "c.altname",
    "parent": "c.parent",
    "status": "c.entitystatus",
    "inactive": "c.isinactive",
    "currency": "cu.symbol",
    "subsidiary": "csr.subsidiary",
    "is_primary": "csr.isprimarysub",
    "terms": "tm.name",
    "net_days": "tm.daysuntilnetdue",
    "discount_percent": "tm.discountpercent",
    "discount_days": "tm.daysuntilexpiry",
    "credit_limit": "c.creditlimit",
    "credit_hold": "c.creditholdoverride",
    "modified": cast_instant("c.lastmodifieddate"),
    **_build_address_columns("ba", "billing"),
    **_build_address_columns("sa", "shipping"),
}


def build_customer_statement(mapping: NetSuiteMapping) -> Statement[wire.CustomerRow]:
    """Build the statement of customers, one row per subsidiary that sells to the customer."""
    fields = mapping.customer
    dimensions, joins = build_dimension_joins(mapping, "on_customer", "c")
    own = {
        "record_number": fields.number,
        "reference": fields.reference,
        "legal_name": fields.legal_name,
        "tax_id": fields.tax_id,
        "tax_complete": fields.tax_complete,
        "tax_treatment": fields.tax_treatment,
        "reverse_charge": fields.reverse_charge,
    }
    columns = build_columns("c", own) | build_day_columns("c", {"exempt_until": fields.exempt_until})
    order: tuple[str, ...] = ("c.id", "csr.subsidiary")
    if fields.tax_registrations is not None:
        columns |= {"tax_nexus": "n.description", "tax_country": "n.country"}
        joins += (
            f" LEFT JOIN {check_identifier(fields.tax_registrations)} tr ON tr.customer = c.id"
            " LEFT JOIN nexus n ON n.id = tr.nexus"
        )
        order = (*order, "tr.id")
    return Statement(
        row_type=wire.CustomerRow,
        columns={**_CUSTOMER, **columns, **dimensions},
        source="customer c LEFT JOIN currency cu ON cu.id = c.currency"
        " LEFT JOIN customersubsidiaryrelationship csr ON csr.entity = c.id LEFT JOIN term tm ON tm.id = c.terms"
        " LEFT JOIN entityaddress ba ON ba.nkey = c.defaultbillingaddress"
        f" LEFT JOIN entityaddress sa ON sa.nkey = c.defaultshippingaddress{joins}",
        key="c.id",
        feed_table="customer c",
        order=order,
        modified_column="c.lastmodifieddate",
        reference_column=f"c.{check_identifier(fields.reference)}",
    )


def build_job_statement(mapping: NetSuiteMapping) -> Statement[wire.JobRow]:
    """Build the statement of projects."""
    fields = mapping.job
    dimensions, joins = build_dimension_joins(mapping, "on_job", "j")
    return Statement(
        row_type=wire.JobRow,
        columns={
            "id": "j.id",
            "name": "j.companyname",
            "customer": "j.parent",
            "status": "j.entitystatus",
            "start_date": cast_day("j.startdate"),
            "end_date": cast_day("j.projectedenddate"),
            "subsidiary": "j.subsidiary",
            "currency": "cu.symbol",
            "modified": cast_instant("j.lastmodifieddate"),
            **build_columns("j", {"code": fields.code, "reference": fields.reference}),
            **dimensions,
        },
        source=f"job j LEFT JOIN currency cu ON cu.id = j.currency{joins}",
        key="j.id",
        feed_table="job j",
        order=("j.id",),
        modified_column="j.lastmodifieddate",
        reference_column=f"j.{check_identifier(fields.reference)}",
    )


def build_employee_statement(mapping: NetSuiteMapping) -> Statement[wire.EmployeeRow]:
    """Build the statement of employees, with the hourly labour cost in the subsidiary's currency."""
    fields = mapping.employee
    dimensions, joins = build_dimension_joins(mapping, "on_employee", "e")
    return Statement(
        row_type=wire.EmployeeRow,
        columns={
            "id": "e.id",
            "email": "e.email",
            "subsidiary": "e.subsidiary",
            "currency": "cu.symbol",
            "labor_cost": "e.laborcost",
            "modified": cast_instant("e.lastmodifieddate"),
            **build_columns("e", {"worker_number": fields.worker_number, "reference": fields.reference}),
            **dimensions,
        },
        source="employee e LEFT JOIN subsidiary s ON s.id = e.subsidiary LEFT JOIN currency cu ON cu.id = s.currency"
        + joins,
        key="e.id",
        feed_table="employee e",
        order=("e.id",),
        modified_column="e.lastmodifieddate",
        reference_column=f"e.{check_identifier(fields.reference)}",
    )


def build_contract_statement(mapping: NetSuiteMapping) -> Statement[wire.ContractRow] | None:
    """Build the statement of contracts, or return None if the mapping file names no custom record for them."""
    fields = mapping.contract
    if fields is None:
        return None
    record = check_identifier(fields.record)
    own = {
        "record_number": fields.number,
        "reference": fields.reference,
        "type": fields.type,
        "status": fields.status,
        "customer": fields.customer,
        "subsidiary": fields.subsidiary,
        "total": fields.total,
        "purchase_order": fields.purchase_order,
    }
    columns = {"id": "k.id", "modified": cast_instant("k.lastmodified"), **build_columns("k", own)}
    joins = ""
    if fields.currency is not None:
        columns["currency"] = "cu.symbol"
        joins = f" LEFT JOIN currency cu ON cu.id = k.{check_identifier(fields.currency)}"
    return Statement(
        row_type=wire.ContractRow,
        columns=columns,
        source=f"{record} k{joins}",
        key="k.id",
        feed_table=f"{record} k",
        order=("k.id",),
        modified_column="k.lastmodified",
        reference_column=f"k.{check_identifier(fields.reference)}",
    )
