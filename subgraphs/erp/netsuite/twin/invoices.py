"""Invoices written over REST: the lines of the `item` sublist become ledger lines, totals follow, closed periods refuse."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from subgraphs.erp.netsuite.twin import refusals
from subgraphs.erp.netsuite.twin.fields import reference, shown, stored
from subgraphs.erp.netsuite.twin.records import Records
from subgraphs.erp.netsuite.twin.refusals import RefusalError
from subgraphs.erp.netsuite.twin.store import Value
from subgraphs.erp.netsuite.twin.tables import BY_NAME, Column, Kind

LINE_FIELDS = {
    "item": Column("item", Kind.ID, "item", "item"),
    "job": Column("entity", Kind.ID, "job", "job"),
    "quantity": Column("quantity", Kind.NUMBER, "quantity"),
    "rate": Column("rate", Kind.NUMBER, "rate"),
    "amount": Column("foreignamount", Kind.NUMBER, "amount"),
    "description": Column("memo", rest="description"),
    "department": Column("department", Kind.ID, "department", "department"),
    "class": Column("class", Kind.ID, "class", "classification"),
    "location": Column("location", Kind.ID, "location", "location"),
}


def create(records: Records, values: dict[str, Value], body: Mapping[str, Any], today: date) -> int:
    """Post an invoice and return its id; raises RefusalError for missing values, duplicates and closed periods."""
    store = records.store
    lines = [_line(records, position, line) for position, line in enumerate(_items(body))]
    if values.get("entity") is None:
        raise refusals.missing_values(["Customer:Project"])
    if not lines:
        detail = "Error while accessing a resource. You must enter at least one line item for this transaction."
        raise refusals.user_error(detail)
    external = values.get("externalid")
    if external is not None and store.rows("transaction", externalid=external):
        raise refusals.user_error(refusals.DUPLICATE)
    owner = _owner(records, values)
    total = -sum((Decimal(str(line["foreignamount"])) for line in lines), Decimal(0))
    given = {name: value for name, value in values.items() if value is not None}
    touched = records.touched(BY_NAME["transaction"])
    head = _head(records, owner, total, str(values.get("trandate") or today.isoformat()))
    id_ = store.insert("transaction", {**head, **given, "createddate": touched["lastmodifieddate"], **touched})
    if values.get("tranid") is None:
        store.update("transaction", id_, {"tranid": f"INV{id_}"})
    main: dict[str, Value] = {"mainline": "T", "taxline": "F", "entity": values["entity"], "foreignamount": total}
    for number, line in enumerate([main, *lines]):
        place = {"transaction": id_, "id": number, "linesequencenumber": number, "subsidiary": owner["subsidiary"]}
        store.insert("transactionline", {**place, **line}, key="uniquekey")
    return id_


def _head(records: Records, owner: Mapping[str, Any], total: Decimal, day: str) -> dict[str, Value]:
    """What an invoice gets unless the caller says otherwise."""
    base = (records.store.row("subsidiary", id=owner["subsidiary"]) or {}).get("currency")
    return {
        "type": "CustInvc",
        "status": "A",
        "posting": "T",
        "voided": "F",
        "currency": owner["currency"],
        "exchangerate": Decimal(1) if owner["currency"] == base else _rate(records, owner["currency"], base, day),
        "foreigntotal": total,
        "foreignamountpaid": Decimal(0),
        "foreignamountunpaid": total,
        "trandate": day,
        "duedate": _due(records, owner, day),
        "postingperiod": _period(records, day),
    }


def _items(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    sublist = body.get("item")
    items = sublist.get("items") if isinstance(sublist, Mapping) else None
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def _line(records: Records, position: int, item: Mapping[str, Any]) -> dict[str, Value]:
    """Turn one item of the sublist into a ledger line; the amount is the given one or quantity times rate."""
    try:
        values = {
            column.name: stored(records.store, column, item[name])
            for name, column in LINE_FIELDS.items()
            if name in item
        }
    except RefusalError as error:
        raise RefusalError(400, "INVALID_CONTENT", error.detail, path=f"item.items[{position}].{error.path}") from error
    if values.get("item") is None:
        raise RefusalError(400, "INVALID_CONTENT", "Please choose an item to add", path=f"item.items[{position}].item")
    quantity, rate = (Decimal(str(values.get(name) or 0)) for name in ("quantity", "rate"))
    amount = values.get("foreignamount")
    held: dict[str, Value] = {"mainline": "F", "taxline": "F", **values, "quantity": -quantity if quantity else None}
    held["foreignamount"] = -(quantity * rate if amount is None else Decimal(str(amount)))
    return held


def _owner(records: Records, values: Mapping[str, Value]) -> dict[str, Any]:
    """Return the customer or project that is billed."""
    store = records.store
    return store.row("customer", id=values["entity"]) or store.row("job", id=values["entity"]) or {}


def _rate(records: Records, currency: int, base: object, day: str) -> Decimal:
    held = [
        row
        for row in records.store.rows("currencyrate", transactioncurrency=currency)
        if row["basecurrency"] == base and row["effectivedate"] <= day
    ]
    return Decimal(max(held, key=lambda row: row["effectivedate"])["exchangerate"]) if held else Decimal(1)


def _due(records: Records, owner: Mapping[str, Any], day: str) -> str:
    terms = records.store.row("term", id=owner.get("terms")) if owner.get("terms") else None
    return (date.fromisoformat(day) + timedelta(days=int(terms["daysuntilnetdue"]) if terms else 0)).isoformat()


def _period(records: Records, day: str) -> int:
    for row in records.store.rows("accountingperiod"):
        if row["startdate"] <= day <= row["enddate"]:
            if row["closed"] == "T" or row["alllocked"] == "T":
                raise refusals.user_error(refusals.CLOSED_PERIOD)
            return int(row["id"])
    raise refusals.missing_values(["Posting Period"])


def sublist(records: Records, record: str, id_: int, root: str, *, expand: bool) -> dict[str, Any]:
    """Return the `item` sublist: a link, or its lines when expanded."""
    here = f"{root}/record/v1/{record}/{id_}/item"
    rows = records.store.rows("transactionline", transaction=id_, mainline="F", taxline="F")
    if not expand:
        return {"links": [{"rel": "self", "href": here}]}
    items = []
    for row in rows:
        fields = {name: _shown(records, name, row, root) for name in LINE_FIELDS}
        items.append({"line": row["id"], **{name: value for name, value in fields.items() if value is not None}})
    return {"links": [{"rel": "self", "href": here}], "items": items, "totalResults": len(items)}


def _shown(records: Records, name: str, row: Mapping[str, Any], root: str) -> Any:
    column = LINE_FIELDS[name]
    value = row[column.name]
    if value is None or (name == "job" and records.store.row("job", id=value) is None):
        return None
    if column.refers is not None:
        return reference(records.store, BY_NAME[column.refers], value, root)
    amount = shown(records.store, column, value, root)
    return -amount if name in ("quantity", "amount") else amount
