"""Pages of lines of many parents, and reads of more than 1,000 rows; the twin counts the calls."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from gateway.errors import BadInputError
from gateway.ports.base import PageRequest
from gateway.ports.erp import ErpPort
from gateway.ports.where import ExpenseWhere
from subgraphs.sandbox.firm.billing_model import Invoice, InvoiceLine
from subgraphs.sandbox.firm.model import Expense, Firm
from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures.unwrapping import unwrap

OpenPort = Callable[..., ErpPort]


def build_invoice(number: str, lines: int) -> Invoice:
    """Build an untaxed invoice of C-2001 for PRJ-1001 with lines of 1.00, 2.00, 3.00…"""
    total = Decimal(lines * (lines + 1) // 2)
    return replace(
        FIRM.invoices[0],
        number=number,
        lines=tuple(
            InvoiceLine(
                code=f"{number}/{n}",
                kind="TIME",
                description=f"line {n}",
                quantity=Decimal(1),
                unit_rate=Decimal(n),
                amount=Decimal(n),
            )
            for n in range(1, lines + 1)
        ),
        payments=(),
        subtotal=total,
        total=total,
        balance=total,
    )


def build_firm(*invoices: Invoice) -> Firm:
    return replace(FIRM, invoices=invoices)


async def read_sequences(
    erp: ErpPort, invoices: list[str], first: int, after: str | None = None
) -> dict[str, list[int]]:
    pages = await erp.list_invoice_lines_by_invoice(invoices, PageRequest(first, after))
    return {invoice: [line.sequence for line in unwrap(page).rows] for invoice, page in pages.items()}


async def test_paging_by_cursor_returns_every_line_once(open_account, open_port: OpenPort):
    account = await open_account(build_firm(build_invoice("A", 7)))
    erp = open_port(account)
    seen, after, more = [], None, True
    while more:
        page = unwrap((await erp.list_invoice_lines_by_invoice(["1001"], PageRequest(3, after)))["1001"])
        assert page.has_previous is (after is not None)
        seen.append([line.sequence for line in page.rows])
        after, more = page.cursors[-1], page.has_next
    assert seen == [[1, 2, 3], [4, 5, 6], [7]]
    assert await account.count_calls() == {"suiteql": 3}


async def test_a_page_that_ends_with_the_last_line_has_no_next_page(open_account, open_port: OpenPort):
    account = await open_account(build_firm(build_invoice("A", 3)))
    page = unwrap((await open_port(account).list_invoice_lines_by_invoice(["1001"], PageRequest(3)))["1001"])
    assert (len(page.rows), page.has_next) == (3, False)


async def test_a_page_can_start_after_any_cursor(open_account, open_port: OpenPort):
    """A cursor is a position in the order, so that its row may be deleted."""
    account = await open_account(build_firm(build_invoice("A", 5)))
    erp = open_port(account)
    page = unwrap((await erp.list_invoice_lines_by_invoice(["1001"], PageRequest(2)))["1001"])
    later = await read_sequences(erp, ["1001"], 2, page.cursors[0])
    assert later == {"1001": [2, 3]}


async def test_fifty_small_parents_cost_one_call(open_account, open_port: OpenPort):
    account = await open_account(build_firm(*(build_invoice(f"I-{n}", 4) for n in range(50))))
    lines = await read_sequences(open_port(account), [str(1001 + n) for n in range(50)], 2)
    assert set(map(tuple, lines.values())) == {(1, 2)}
    assert len(lines) == 50
    assert await account.count_calls() == {"suiteql": 1}


async def test_a_long_parent_does_not_displace_the_lines_of_the_others(open_account, open_port: OpenPort):
    """Lines are read by sequence over all parents, so that the first 1,000 rows have the first lines of each."""
    account = await open_account(build_firm(build_invoice("long", 1500), build_invoice("short", 3)))
    lines = await read_sequences(open_port(account), ["1001", "1002"], 5)
    assert lines == {"1001": [1, 2, 3, 4, 5], "1002": [1, 2, 3]}
    assert await account.count_calls() == {"suiteql": 2}  # the second call reads only the short invoice


async def test_a_line_split_between_two_calls_keeps_all_of_its_taxes(open_account, open_port: OpenPort):
    """A single parent is read in pages of 2 * (first + 1) rows; two taxes per line split the last line."""
    taxed = replace(
        build_invoice("taxed", 6), taxes=(*FIRM.invoices[2].taxes, *FIRM.invoices[4].taxes, *FIRM.invoices[7].taxes)
    )
    account = await open_account(build_firm(taxed))
    erp = open_port(account)
    page = unwrap((await erp.list_invoice_lines_by_invoice(["1001"], PageRequest(4)))["1001"])
    assert [line.sequence for line in page.rows] == [1, 2, 3, 4]
    assert page.has_next
    rates = [[(str(tax.rate), str(tax.amount.amount)) for tax in line.taxes] for line in page.rows]
    assert rates[0] == [("0.2", "0.20"), ("0.21", "0.42")]
    assert rates[3] == [("0.2", "0.80"), ("0.21", "1.68")]


async def test_an_invoice_of_more_than_a_thousand_lines_is_read_whole(open_account, open_port: OpenPort):
    account = await open_account(build_firm(build_invoice("long", 2500)))
    invoice = unwrap((await open_port(account).get_invoices(["1001"]))["1001"])
    assert unwrap(invoice.subtotal).amount == Decimal("3126250.00")
    assert await account.count_calls() == {"suiteql": 3}


def build_firm_with_expenses(days: int) -> Firm:
    """Build a firm whose project PRJ-1001 has two expenses per day, of 1.00 and 2.00."""
    start = date(2026, 9, 1)
    expenses = tuple(
        Expense(
            code=f"E-{day:03}-{n}",
            worker="W-1002",
            category="Travel",
            day=start + timedelta(days=day),
            amount=Decimal(n),
            currency="USD",
            approval="APPROVED",
        )
        for day in range(days)
        for n in (1, 2)
    )
    projects = [replace(FIRM.projects[0], expenses=expenses), *FIRM.projects[1:]]
    return replace(FIRM, invoices=(), projects=tuple(projects))


async def test_expenses_are_paged_by_day_and_then_by_id(open_account, open_port: OpenPort):
    account = await open_account(build_firm_with_expenses(3))
    erp = open_port(account)
    seen, after, more = [], None, True
    while more:
        page = unwrap((await erp.list_expenses_by_job(["117"], ExpenseWhere(), PageRequest(4, after)))["117"])
        seen.append([row.expense_reference for row in page.rows])
        after, more = page.cursors[-1], page.has_next
    assert seen == [["E-000-1", "E-000-2", "E-001-1", "E-001-2"], ["E-002-1", "E-002-2"]]


async def test_filters_apply_to_every_page(open_account, open_port: OpenPort):
    account = await open_account(build_firm_with_expenses(5))
    where = ExpenseWhere(incurred_on_from=date(2026, 9, 2), incurred_on_to=date(2026, 9, 3))
    erp = open_port(account)
    first = unwrap((await erp.list_expenses_by_job(["117"], where, PageRequest(3)))["117"])
    rest = unwrap((await erp.list_expenses_by_job(["117"], where, PageRequest(3, first.cursors[-1])))["117"])
    assert [row.expense_reference for row in (*first.rows, *rest.rows)] == ["E-001-1", "E-001-2", "E-002-1", "E-002-2"]
    assert (first.has_next, rest.has_next) == (True, False)


async def test_a_cursor_of_another_relation_is_refused(erp, account):
    expenses = await erp.list_expenses_by_job(["121"], ExpenseWhere(), PageRequest(1))
    with pytest.raises(BadInputError) as raised:
        await erp.list_invoice_lines_by_invoice(["1001"], PageRequest(1, unwrap(expenses["121"]).cursors[0]))
    assert raised.value.field == "after"
    assert await account.count_calls() == {"suiteql": 1}


async def test_2500_customers_are_read_in_25_batches(open_account, open_port: OpenPort):
    extra = tuple(replace(FIRM.customers[0], number=f"X-{n}", name=f"Customer {n}", contacts=()) for n in range(2492))
    account = await open_account(replace(FIRM, customers=FIRM.customers + extra, invoices=()))
    customers = await open_port(account).get_customers([str(id_) for id_ in range(101, 2601)])
    assert len(customers) == 2500
    assert unwrap(customers["2600"]).name == "Customer 2491"
    assert await account.count_calls() == {"suiteql": 25}


@pytest.mark.parametrize("change", ["deleted", "inserted", "touched"])
async def test_records_that_change_between_two_pages_lose_and_repeat_no_row(
    open_account, open_port: OpenPort, change: str
):
    """Offsets would shift after an insert or a delete: pages continue by id.

    An invoice has three rows, so that a page of five rows has one complete invoice.
    """
    account = await open_account(build_firm(*(build_invoice(f"I-{n}", 2) for n in range(9))), most_rows=5)
    await account.inject_fault("rows-changed", object="transaction", change=change, path="suiteql", skip=1)
    erp = open_port(account)

    invoices = await erp.get_invoices([str(1001 + n) for n in range(9)])

    assert set(invoices) == {str(1001 + n) for n in range(9)}
    assert {unwrap(unwrap(invoice).subtotal).amount for invoice in invoices.values()} == {Decimal("3.00")}
    assert await account.count_calls() == {"suiteql": 9}
