"""Every invoice of the full-size firm adds up: lines to subtotal, taxes to tax total, both to the total.

That holds in the currency of the invoice, of the legal entity and of the group.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from gateway.canonical.records.erp import ErpInvoice, ErpInvoiceLine
from gateway.canonical.values import Money
from gateway.errors import SourceError
from gateway.ports.base import PageRequest
from gateway.schema.invoice_fields import build_line_amount, build_subtotal, build_tax_total, build_total
from subgraphs.erp.netsuite.adapter import connect
from subgraphs.erp.netsuite.conformance import build_account_connection, load_sandbox_mapping
from subgraphs.erp.netsuite.twin.app import build_twin
from subgraphs.erp.netsuite.twin.settings import TwinSettings, generate_key_pair
from subgraphs.sandbox.firm.scaled import build_scaled_firm
from tests.fixtures.in_process import BASE_URL, build_opener

GROUP_RATES = {"USD": Decimal(1), "EUR": Decimal("1.0837"), "GBP": Decimal("1.2791"), "JPY": Decimal("0.006519")}


async def read_invoices() -> list[tuple[ErpInvoice, Sequence[ErpInvoiceLine]]]:
    firm = build_scaled_firm()
    bare = replace(firm, projects=tuple(replace(each, time_entries=(), expenses=()) for each in firm.projects))
    private, public = generate_key_pair()
    twin = build_twin(bare, TwinSettings(client_id="client", certificate_id="certificate", public_key=public))
    connection = build_account_connection(
        BASE_URL,
        client_id="client",
        certificate_id="certificate",
        private_key=private,
        mapping=load_sandbox_mapping(),
        time_zone="America/New_York",
    )
    port = connect(replace(connection, open_upstream=build_opener(twin)))
    found: list[tuple[ErpInvoice, Sequence[ErpInvoiceLine]]] = []
    async for changes in port.list_changes(ErpInvoice, None):
        ids = [row.native.id for row in changes.rows]
        pages = await port.list_invoice_lines_by_invoice(ids, PageRequest(100)) if ids else {}
        for row in changes.rows:
            page = pages[row.native.id]
            assert not isinstance(page, SourceError)
            found.append((row, page.rows))
    await port.aclose()
    assert len(found) == len(firm.invoices)
    return found


def sum_amounts(amounts: Sequence[Money]) -> Decimal:
    return sum((each.amount for each in amounts), Decimal(0))


async def test_every_invoice_adds_up_in_all_three_currencies() -> None:
    request: Any = None  # the builders of ERP amounts do not read it
    for invoice, lines in await read_invoices():
        subtotal, taxes = build_subtotal(invoice, request), build_tax_total(invoice, request)
        assert subtotal is not None
        assert taxes is not None
        total = build_total(invoice, request)
        amounts = [build_line_amount(line, request) for line in lines]
        rate = GROUP_RATES[invoice.currency]
        views: dict[str, Callable[[Any], Money]] = {
            "transaction": lambda each: each.transaction,
            "functional": lambda each: each.functional,
            "reporting": lambda each, rate=rate: each.transaction.convert(rate, "USD"),  # type: ignore[misc] # bound now
        }

        assert sum_amounts([tax.amount for tax in invoice.taxes]) == taxes.transaction.amount, invoice.number
        line_taxes = [tax.amount for line in lines for tax in line.taxes]
        assert sum_amounts(line_taxes) == taxes.transaction.amount, invoice.number
        for name, view in views.items():
            assert sum_amounts([view(each) for each in amounts]) == view(subtotal).amount, (invoice.number, name)
            assert view(subtotal).amount + view(taxes).amount == view(total).amount, (invoice.number, name)
            assert view(total).round() == view(total), (invoice.number, name)
