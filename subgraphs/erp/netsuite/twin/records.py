"""REST records as reads and writes of the store (NetSuite help, section_1545141500 and section_156335203191).

Entities, lists and time records are single rows; `invoices.py` builds invoices.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from subgraphs.erp.netsuite.twin import refusals
from subgraphs.erp.netsuite.twin.fields import format_value, parse_value
from subgraphs.erp.netsuite.twin.refusals import RefusalError
from subgraphs.erp.netsuite.twin.store import Store, Value, format_instant
from subgraphs.erp.netsuite.twin.tables import BY_NAME, BY_RECORD, Column, Table

TRANSACTION_TYPES = {"invoice": "CustInvc", "creditmemo": "CustCred", "customerpayment": "CustPymt"}
_SAFE_EXTERNAL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_READ_ONLY = frozenset(
    {
        "id",
        "lastmodifieddate",
        "lastmodified",
        "createddate",
        "foreigntotal",
        "foreignamountpaid",
        "foreignamountunpaid",
    }
)


class RecordRepository:
    """Reads and writes the records of one account."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self.store = store
        self._now = now

    def get_table(self, record: str) -> Table:
        """Return the table of a record type; raise RefusalError if the type is unknown."""
        name = record.lower()
        table = BY_NAME["transaction"] if name in TRANSACTION_TYPES else BY_RECORD.get(name)
        if table is None:
            raise RefusalError(404, "NOT_FOUND", f"Record type '{record}' does not exist.")
        return table

    def build_conditions(self, record: str) -> dict[str, Value]:
        """Return the column values that distinguish a record type from the others of its table."""
        kind = TRANSACTION_TYPES.get(record.lower())
        return {} if kind is None else {"type": kind}

    def get_row(self, record: str, key: str) -> dict[str, Any]:
        """Return the stored row of a key such as `107` or `eid:CID002`; raise RefusalError if there is none."""
        row = self.find_row(record, key)
        if row is None:
            raise RefusalError(404, "NONEXISTENT_ID", refusals.MISSING)
        return row

    def find_row(self, record: str, key: str) -> dict[str, Any] | None:
        """Return the stored row of a key, or None."""
        table = self.get_table(record)
        if key.startswith("eid:"):
            return self.store.find_row(table.name, externalid=key[4:], **self.build_conditions(record))
        return (
            self.store.find_row(table.name, id=int(key), **self.build_conditions(record)) if key.isdecimal() else None
        )

    def build_body(
        self, record: str, row: Mapping[str, Any], root: str, fields: frozenset[str] | None
    ) -> dict[str, Any]:
        """Build the body of a GET response, without nulls."""
        table = self.get_table(record)
        columns = [Column("id", rest="id"), *(column for column in table.columns if column.rest is not None)]
        values = {
            str(column.rest): format_value(self.store, column, row[column.name], root)
            for column in columns
            if row[column.name] is not None and (fields is None or column.rest in fields)
        }
        return {"links": [{"rel": "self", "href": f"{root}/record/v1/{record}/{row['id']}"}], **values}

    def parse_body(self, record: str, body: Mapping[str, Any], *, strict: bool) -> dict[str, Value]:
        """Return the column values of a body; raise RefusalError for an unknown property if `strict`."""
        table = self.get_table(record)
        columns = {str(column.rest): column for column in table.columns if column.rest is not None}
        known = {name: value for name, value in body.items() if name in columns}
        ignored = {"id", "item", "addressBook", "links"}
        unknown = sorted(body.keys() - known.keys() - ignored)
        if unknown and strict:
            raise RefusalError(400, "INVALID_CONTENT", f"Unknown reference or property: {unknown[0]}.", path=unknown[0])
        return {
            columns[name].name: parse_value(self.store, columns[name], value)
            for name, value in known.items()
            if columns[name].name not in _READ_ONLY
        }

    def create(self, record: str, values: dict[str, Value]) -> int:
        """Insert a record and return its id; raise RefusalError for missing values and duplicates."""
        table = self.get_table(record)
        missing = [column.required for column in table.columns if column.required and values.get(column.name) is None]
        if missing:
            raise refusals.build_missing_values_error(missing)
        self._refuse_duplicate(table, values)
        id_ = self.store.insert(
            table.name,
            {"isinactive": "F", **values, **self.build_timestamps(table)}
            if table.find_column("isinactive")
            else {**values, **self.build_timestamps(table)},
        )
        if table.name == "customer":
            self._complete_customer(id_, values)
        if table.name == "job" and values.get("currency") is None:
            parent = self.store.find_row("customer", id=values.get("parent"))
            self.store.update("job", id_, {"currency": parent["currency"] if parent else None})
        return id_

    def build_timestamps(self, table: Table) -> dict[str, Value]:
        """Return the modification columns of a row that is written now."""
        names = [name for name in ("lastmodifieddate", "lastmodified") if table.find_column(name)]
        return {name: format_instant(self._now()) for name in names}

    def update(self, record: str, id_: int, values: Mapping[str, Value]) -> None:
        """Update columns of a row."""
        table = self.get_table(record)
        self.store.update(table.name, id_, {**values, **self.build_timestamps(table)})

    def _refuse_duplicate(self, table: Table, values: Mapping[str, Value]) -> None:
        for name in ("externalid", "entityid"):
            if (
                table.find_column(name)
                and values.get(name) is not None
                and self.store.find_rows(table.name, **{name: values[name]})
            ):
                raise refusals.build_user_error(refusals.DUPLICATE)

    def _complete_customer(self, id_: int, values: Mapping[str, Value]) -> None:
        subsidiary = self.store.find_row("subsidiary", id=values["subsidiary"])
        defaults: dict[str, Value] = {
            "altname": values["companyname"],
            "entityid": str(id_),
            "entitystatus": 13,
            "creditholdoverride": "AUTO",
        }
        defaults["currency"] = subsidiary["currency"] if subsidiary else None
        self.store.update(
            "customer", id_, {name: value for name, value in defaults.items() if values.get(name) is None}
        )
        relation = {"entity": id_, "subsidiary": values["subsidiary"], "isprimarysub": "T"}
        self.store.insert("customersubsidiaryrelationship", relation)


def parse_external_id(key: str) -> str:
    """Return the external id of an `eid:` key; raise RefusalError for characters that are not allowed."""
    value = key.removeprefix("eid:")
    if not _SAFE_EXTERNAL_ID.fullmatch(value):
        raise RefusalError(
            400, "INVALID_CONTENT", "An external ID may hold letters, digits, underscores and hyphens only."
        )
    return value
