"""An unreadable row costs its whole record, so that no sum is that of the rest, and no other record."""

import json
from typing import Any

import pytest

from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.answers import decode_answer


def build_row(id_: Any, line: Any, number: str) -> dict[str, Any]:
    """Build one line of an invoice."""
    return {
        "id": id_,
        "line": line,
        "record_number": number,
        "type": "CustInvc",
        "status": "A",
        "entity": "7",
        "issued": "2026-01-15",
        "currency": "EUR",
        "rate": "1",
        "total": "30",
        "main": "F",
        "tax_line": "F",
        "line_amount": "-10",
    }


def find_incomplete(*rows: Any) -> frozenset[str]:
    """Return the invoices that lack a row of a page."""
    body = json.dumps({"items": rows, "hasMore": False}).encode()
    return decode_answer(body, wire.InvoiceRow, "transaction").incomplete


@pytest.mark.parametrize("line", [None, ["1"], 7.5])
def test_an_invoice_with_an_unreadable_line_is_incomplete(line: Any) -> None:
    rows = [build_row("1", "0", "A"), build_row("1", line, "A"), build_row("2", "0", "B")]

    assert find_incomplete(*rows) == {"1"}


@pytest.mark.parametrize("id_", [None, "", ["1"]])
def test_a_row_without_an_id_belongs_to_the_neighbour_with_its_number(id_: Any) -> None:
    rows = [build_row("1", "0", "A"), build_row(id_, "1", "B"), build_row("2", "2", "B")]

    assert find_incomplete(*rows) == {"2"}


def test_a_row_that_is_no_object_may_belong_to_both_neighbours() -> None:
    rows = [build_row("1", "0", "A"), "x", build_row("2", "0", "B"), build_row("3", "0", "C")]

    assert find_incomplete(*rows) == {"1", "2"}
