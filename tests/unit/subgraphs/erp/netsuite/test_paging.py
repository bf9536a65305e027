"""Pages of lines below many parents, and reads past a thousand rows. Calls are counted by the account."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from gateway.errors import BadInputError
from gateway.ports.base import PageRequest
from gateway.ports.erp import ErpPort
from gateway.ports.where import ExpenseWhere
from subgraphs.sandbox.firm.model import Expense, Firm, Invoice, InvoiceLine
from subgraphs.sandbox.firm.small import FIRM

Ported = Callable[..., ErpPort]


def invoice_of(number: str, lines: int) -> Invoice:
    """An untaxed invoice of C-2001 over PRJ-1001 with lines of 1.00, 2.00, 3.00..."""
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


def firm_with(*invoices: Invoice) -> Firm:
    return replace(FIRM, invoices=invoices)


async def sequences(erp: ErpPort, invoices: list[str], first: int, after: str | None = None) -> dict[str, list[int]]:
    pages = await erp.invoice_lines_by_invoice(invoices, PageRequest(first, after))
    return {invoice: [line.sequence for line in page.rows] for invoice, page in pages.items()}


async def test_walking_by_cursor_covers_every_line_once(opened, ported: Ported):
    account = await opened(firm_with(invoice_of("A", 7)))
    erp = ported(account)
    seen, after, more = [], None, True
    while more:
        page = (await erp.invoice_lines_by_invoice(["1001"], PageRequest(3, after)))["1001"]
        assert page.has_previous is (after is not None)
        seen.append([line.sequence for line in page.rows])
        after, more = page.cursors[-1], page.has_next
    assert seen == [[1, 2, 3], [4, 5, 6], [7]]
    assert await account.calls() == {"suiteql": 3}


async def test_a_page_that_ends_with_the_last_line_has_no_next(opened, ported: Ported):
    account = await opened(firm_with(invoice_of("A", 3)))
    page = (await ported(account).invoice_lines_by_invoice(["1001"], PageRequest(3)))["1001"]
    assert (len(page.rows), page.has_next) == (3, False)


async def test_a_cursor_stays_valid_when_the_row_that_it_names_is_gone(opened, ported: Ported):
    """A position is a place in the order, not a row."""
    account = await opened(firm_with(invoice_of("A", 5)))
    erp = ported(account)
    page = (await erp.invoice_lines_by_invoice(["1001"], PageRequest(2)))["1001"]
    later = await sequences(erp, ["1001"], 2, page.cursors[0])
    assert later == {"1001": [2, 3]}


async def test_fifty_small_parents_cost_one_call(opened, ported: Ported):
    account = await opened(firm_with(*(invoice_of(f"I-{n}", 4) for n in range(50))))
    found = await sequences(ported(account), [str(1001 + n) for n in range(50)], 2)
    assert set(map(tuple, found.values())) == {(1, 2)}
    assert len(found) == 50
    assert await account.calls() == {"suiteql": 1}


async def test_a_long_parent_does_not_starve_the_others(opened, ported: Ported):
    """Lines are read by sequence over all parents, so the first thousand rows hold the first lines of each."""
    account = await opened(firm_with(invoice_of("long", 1500), invoice_of("short", 3)))
    found = await sequences(ported(account), ["1001", "1002"], 5)
    assert found == {"1001": [1, 2, 3, 4, 5], "1002": [1, 2, 3]}
    assert await account.calls() == {"suiteql": 2}  # the second asks for the short one alone and finds its end


async def test_lines_with_taxes_are_not_cut_where_a_call_ends(opened, ported: Ported):
    """A single parent is read by 2 * (first + 1) rows; two taxes a line make the last of them half a line."""
    taxed = replace(
        invoice_of("taxed", 6), taxes=(*FIRM.invoices[2].taxes, *FIRM.invoices[4].taxes, *FIRM.invoices[7].taxes)
    )
    account = await opened(firm_with(taxed))
    erp = ported(account)
    page = (await erp.invoice_lines_by_invoice(["1001"], PageRequest(4)))["1001"]
    assert [line.sequence for line in page.rows] == [1, 2, 3, 4]
    assert page.has_next
    rates = [[(str(tax.rate), str(tax.amount.amount)) for tax in line.taxes] for line in page.rows]
    assert rates[0] == [("0.2", "0.20"), ("0.21", "0.42")]
    assert rates[3] == [("0.2", "0.80"), ("0.21", "1.68")]


async def test_an_invoice_of_more_than_a_thousand_lines_is_read_whole(opened, ported: Ported):
    account = await opened(firm_with(invoice_of("long", 2500)))
    invoice = (await ported(account).invoices(["1001"]))["1001"]
    assert invoice.subtotal.amount == Decimal("3126250.00")
    assert await account.calls() == {"suiteql": 3}


def spending(days: int) -> Firm:
    """PRJ-1001 with two expenses a day of 1.00 and 2.00."""
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


async def test_expenses_walk_by_day_and_then_by_id(opened, ported: Ported):
    account = await opened(spending(3))
    erp = ported(account)
    seen, after, more = [], None, True
    while more:
        page = (await erp.expenses_by_job(["117"], ExpenseWhere(), PageRequest(4, after)))["117"]
        seen.append([row.expense_reference for row in page.rows])
        after, more = page.cursors[-1], page.has_next
    assert seen == [["E-000-1", "E-000-2", "E-001-1", "E-001-2"], ["E-002-1", "E-002-2"]]


async def test_filters_hold_across_pages(opened, ported: Ported):
    account = await opened(spending(5))
    where = ExpenseWhere(incurred_on_from=date(2026, 9, 2), incurred_on_to=date(2026, 9, 3))
    erp = ported(account)
    first = (await erp.expenses_by_job(["117"], where, PageRequest(3)))["117"]
    rest = (await erp.expenses_by_job(["117"], where, PageRequest(3, first.cursors[-1])))["117"]
    assert [row.expense_reference for row in (*first.rows, *rest.rows)] == ["E-001-1", "E-001-2", "E-002-1", "E-002-2"]
    assert (first.has_next, rest.has_next) == (True, False)


async def test_a_cursor_of_another_relation_is_refused(erp, account):
    expenses = await erp.expenses_by_job(["121"], ExpenseWhere(), PageRequest(1))
    with pytest.raises(BadInputError) as raised:
        await erp.invoice_lines_by_invoice(["1001"], PageRequest(1, expenses["121"].cursors[0]))
    assert raised.value.field == "after"
    assert await account.calls() == {"suiteql": 1}


async def test_two_and_a_half_thousand_customers_are_read_in_batches(opened, ported: Ported):
    extra = tuple(replace(FIRM.customers[0], number=f"X-{n}", name=f"Customer {n}", contacts=()) for n in range(2492))
    account = await opened(replace(FIRM, customers=FIRM.customers + extra, invoices=()))
    found = await ported(account).customers([str(id_) for id_ in range(101, 2601)])
    assert len(found) == 2500
    assert found["2600"].name == "Customer 2491"
    assert await account.calls() == {"suiteql": 25}


@pytest.mark.parametrize("change", ["deleted", "inserted", "touched"])
async def test_records_that_change_between_two_pages_cost_no_row_and_double_none(opened, ported: Ported, change: str):
    """By offsets one that goes would move the rest up, and one that comes down: pages go on by id. Of three rows each, five rows hold one record whole."""
    account = await opened(firm_with(*(invoice_of(f"I-{n}", 2) for n in range(9))), most_rows=5)
    await account.control("rows-changed", object="transaction", change=change, path="suiteql", skip=1)
    erp = ported(account)

    found = await erp.invoices([str(1001 + n) for n in range(9)])

    assert set(found) == {str(1001 + n) for n in range(9)}
    assert {invoice.subtotal.amount for invoice in found.values()} == {Decimal("3.00")}
    assert await account.calls() == {"suiteql": 9}
