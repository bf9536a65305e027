"""Creates invoices from REST bodies: items of the `item` sublist become transaction lines, from which totals follow."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from subgraphs.erp.netsuite.twin import refusals
from subgraphs.erp.netsuite.twin.fields import build_reference, format_value, parse_value
from subgraphs.erp.netsuite.twin.records import RecordRepository
from subgraphs.erp.netsuite.twin.refusals import RefusalError
from subgraphs.erp.netsuite.twin.store import Value
from subgraphs.erp.netsuite.twin.tables import BY_NAME, Column, ColumnType

LINE_FIELDS = {
    "item": Column("item", ColumnType.ID, "item", "item"),
    "job": Column("entity", ColumnType.ID, "job", "job"),
    "quantity": Column("quantity", ColumnType.NUMBER, "quantity"),
    "rate": Column("rate", ColumnType.NUMBER, "rate"),
    "amount": Column("foreignamount", ColumnType.NUMBER, "amount"),
    "description": Column("memo", rest="description"),
    "department": Column("department", ColumnType.ID, "department", "department"),
    "class": Column("class", ColumnType.ID, "class", "classification"),
    "location": Column("location", ColumnType.ID, "location", "location"),
}


def create_invoice(records: RecordRepository, values: dict[str, Value], body: Mapping[str, Any], today: date) -> int:
    """Post an invoice and return its id; raise RefusalError for missing values, duplicates and closed periods."""
    store = records.store
    lines = [_build_line(records, position, line) for position, line in enumerate(_get_items(body))]
    if values.get("entity") is None:
        raise refusals.build_missing_values_error(["Customer:Project"])
    if not lines:
        detail = "Error while accessing a resource. You must enter at least one line item for this transaction."
        raise refusals.build_user_error(detail)
    external = values.get("externalid")
    if external is not None and store.find_rows("transaction", externalid=external):
        raise refusals.build_user_error(refusals.DUPLICATE)
    billed = _find_billed_entity(records, values)
    total = -sum((Decimal(str(line["foreignamount"])) for line in lines), Decimal(0))
    given = {name: value for name, value in values.items() if value is not None}
    timestamps = records.build_timestamps(BY_NAME["transaction"])
    header = _build_header(records, billed, total, str(values.get("trandate") or today.isoformat()))
    created = {"createddate": timestamps["lastmodifieddate"], **timestamps}
    id_ = store.insert("transaction", {**header, **given, **created})
    if values.get("tranid") is None:
        store.update("transaction", id_, {"tranid": f"INV{id_}"})
    main: dict[str, Value] = {"mainline": "T", "taxline": "F", "entity": values["entity"], "foreignamount": total}
    for number, line in enumerate([main, *lines]):
        common = {"transaction": id_, "id": number, "linesequencenumber": number, "subsidiary": billed["subsidiary"]}
        store.insert("transactionline", {**common, **line}, key="uniquekey")
    return id_


def _build_header(records: RecordRepository, billed: Mapping[str, Any], total: Decimal, day: str) -> dict[str, Value]:
    """Build the default values of an invoice's header."""
    currency = billed["currency"]
    base = (records.store.find_row("subsidiary", id=billed["subsidiary"]) or {}).get("currency")
    return {
        "type": "CustInvc",
        "status": "A",
        "posting": "T",
        "voided": "F",
        "currency": currency,
        "exchangerate": Decimal(1) if currency == base else _find_rate(records, currency, base, day),
        "foreigntotal": total,
        "foreignamountpaid": Decimal(0),
        "foreignamountunpaid": total,
        "trandate": day,
        "duedate": _compute_due_date(records, billed, day),
        "postingperiod": _find_open_period(records, day),
    }


def _get_items(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    sublist = body.get("item")
    items = sublist.get("items") if isinstance(sublist, Mapping) else None
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def _build_line(records: RecordRepository, position: int, item: Mapping[str, Any]) -> dict[str, Value]:
    """Build the transaction line of one item; the amount defaults to quantity times rate."""
    try:
        values = {
            column.name: parse_value(records.store, column, item[name])
            for name, column in LINE_FIELDS.items()
            if name in item
        }
    except RefusalError as error:
        raise RefusalError(400, "INVALID_CONTENT", error.detail, path=f"item.items[{position}].{error.path}") from error
    if values.get("item") is None:
        raise RefusalError(400, "INVALID_CONTENT", "Please choose an item to add", path=f"item.items[{position}].item")
    quantity, rate = (Decimal(str(values.get(name) or 0)) for name in ("quantity", "rate"))
    amount = values.get("foreignamount")
    line: dict[str, Value] = {"mainline": "F", "taxline": "F", **values, "quantity": -quantity if quantity else None}
    line["foreignamount"] = -(quantity * rate if amount is None else Decimal(str(amount)))
    return line


def _find_billed_entity(records: RecordRepository, values: Mapping[str, Value]) -> dict[str, Any]:
    """Return the customer or project that is billed."""
    store = records.store
    return store.find_row("customer", id=values["entity"]) or store.find_row("job", id=values["entity"]) or {}


def _find_rate(records: RecordRepository, currency: int, base: object, day: str) -> Decimal:
    rates = [
        row
        for row in records.store.find_rows("currencyrate", transactioncurrency=currency)
        if row["basecurrency"] == base and row["effectivedate"] <= day
    ]
    return Decimal(max(rates, key=lambda row: row["effectivedate"])["exchangerate"]) if rates else Decimal(1)


def _compute_due_date(records: RecordRepository, billed: Mapping[str, Any], day: str) -> str:
    terms = records.store.find_row("term", id=billed.get("terms")) if billed.get("terms") else None
    return (date.fromisoformat(day) + timedelta(days=int(terms["daysuntilnetdue"]) if terms else 0)).isoformat()


def _find_open_period(records: RecordRepository, day: str) -> int:
    for row in records.store.find_rows("accountingperiod"):
        if row["startdate"] <= day <= row["enddate"]:
            if row["closed"] == "T" or row["alllocked"] == "T":
                raise refusals.build_user_error(refusals.CLOSED_PERIOD)
            return int(row["id"])
    raise refusals.build_missing_values_error(["Posting Period"])


def build_item_sublist(records: RecordRepository, record: str, id_: int, root: str, *, expand: bool) -> dict[str, Any]:
    """Build the `item` sublist: a link only, or also the lines if `expand` is set."""
    here = f"{root}/record/v1/{record}/{id_}/item"
    rows = records.store.find_rows("transactionline", transaction=id_, mainline="F", taxline="F")
    if not expand:
        return {"links": [{"rel": "self", "href": here}]}
    items = []
    for row in rows:
        fields = {name: _format_line_field(records, name, row, root) for name in LINE_FIELDS}
        items.append({"line": row["id"], **{name: value for name, value in fields.items() if value is not None}})
    return {"links": [{"rel": "self", "href": here}], "items": items, "totalResults": len(items)}


def _format_line_field(records: RecordRepository, name: str, row: Mapping[str, Any], root: str) -> Any:
    column = LINE_FIELDS[name]
    value = row[column.name]
    if value is None or (name == "job" and records.store.find_row("job", id=value) is None):
        return None
    if column.target is not None:
        return build_reference(records.store, BY_NAME[column.target], value, root)
    amount = format_value(records.store, column, value, root)
    return -amount if name in ("quantity", "amount") else amount
