"""Receivables of a real Tryton server count unapplied payments and journals, as its aged balance does."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from gateway.canonical.records.erp import OpenItemKind
from gateway.canonical.roles import SystemRole
from gateway.canonical.values import Money
from subgraphs.sandbox.tryton.databases import ADMINISTRATOR, DATABASES, PASSWORD, Databases
from subgraphs.sandbox.tryton.rpc import Rpc
from subgraphs.sandbox.tryton.server import run_server
from subgraphs.suite.tryton.adapter import connect
from subgraphs.suite.tryton.conformance import build_connection
from tests.fixtures.unwrapping import unwrap

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAY = date(2026, 11, 20)
PAID_ON, BOOKED_ON = date(2026, 11, 10), date(2026, 11, 12)


@pytest.fixture(scope="module")
def ledger(tryton: tuple[str, Databases]) -> Iterator[tuple[str, str, str]]:
    """A server of our own with a payment on account of 5,000, a journal of 300 to be paid, and a draft of 900."""
    _, databases = tryton
    name = DATABASES["erp"]
    with run_server(databases.home, {name: databases.files[name]}) as base_url:
        rpc = Rpc(base_url, name, ADMINISTRATOR, PASSWORD)
        try:
            customer = _post_lines(rpc)
        finally:
            rpc.close()
        yield base_url, databases.keys["erp"], customer


def _post_lines(rpc: Rpc) -> str:
    """Post a payment and a journal of the first American customer, and leave a draft; return the customer's id."""
    (invoice, *_) = rpc.search("account.invoice", [["number", "=", "INV-US-0001"]], ["party", "company", "account"])
    party, company = invoice["party"], invoice["company"]
    domain = [["company", "=", company], ["type.receivable", "=", False], ["type", "!=", None], ["closed", "!=", True]]
    other = rpc.search("account.account", [*domain, ["party_required", "=", False]], ["name"])[0]["id"]
    for kind, amount, day, posts in (
        ("cash", Decimal("-5000.00"), PAID_ON, True),
        ("general", Decimal("300.00"), BOOKED_ON, True),
        ("general", Decimal("900.00"), BOOKED_ON, False),
    ):
        (journal, *_) = rpc.search("account.journal", [["type", "=", kind]], ["name"])
        zero = Decimal("0.00")
        debit, credit = max(amount, zero), max(-amount, zero)
        claim = {"account": invoice["account"], "party": party, "debit": debit, "credit": credit}
        counter = {"account": other, "debit": credit, "credit": debit}
        (period, *_) = rpc.search(
            "account.period",
            [["start_date", "<=", day], ["end_date", ">=", day], ["fiscalyear.company", "=", company]],
            ["name"],
        )
        values = {"journal": journal["id"], "date": day, "period": period["id"], "company": company}
        (move,) = rpc.create("account.move", {**values, "lines": [["create", [claim, counter]]]}, company=company)
        if posts:
            rpc.press("account.move", "post", [move], company=company)
    return str(party)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def port(ledger: tuple[str, str, str]) -> AsyncIterator[Any]:
    """The ERP port on that server."""
    base_url, key, _ = ledger
    opened: Any = connect(build_connection(base_url, SystemRole.ERP, key))
    yield opened
    await opened.aclose()


async def test_unapplied_payments_and_journals_are_open_items(port: Any, ledger: tuple[str, str, str]) -> None:
    customer = ledger[2]

    stated = (await port.get_receivables([customer], DAY))[customer]

    found = [(item.kind, item.open_amount, item.issue_date, item.due_date) for item in unwrap(stated.items)]
    others = [item for item in found if item[0] not in {OpenItemKind.INVOICE, OpenItemKind.CREDIT_MEMO}]
    assert others == [
        (OpenItemKind.PAYMENT, Money(Decimal("-5000.00"), "USD"), PAID_ON, PAID_ON),
        (OpenItemKind.JOURNAL, Money(Decimal("300.00"), "USD"), BOOKED_ON, BOOKED_ON),
    ]
    assert {item.legal_entity for item in unwrap(stated.items)} == {"US01"}


async def test_a_line_counts_from_its_own_day(port: Any, ledger: tuple[str, str, str]) -> None:
    customer = ledger[2]

    before = (await port.get_receivables([customer], date(2026, 11, 11)))[customer]

    assert [item.kind for item in unwrap(before.items) if item.kind is not OpenItemKind.INVOICE] == [
        OpenItemKind.PAYMENT
    ]


async def test_applied_payments_are_no_items_of_their_own(port: Any, ledger: tuple[str, str, str]) -> None:
    invoices = ["1", "2", "3", "4", "5", "6", "7", "8", "9"]
    customers = {each.customer_id for each in (await port.get_invoices(invoices)).values()} - {ledger[2]}

    found = await port.get_receivables(sorted(customers), DAY)

    kinds = {item.kind for stated in found.values() for item in unwrap(stated.items)}
    assert set(found) == customers
    assert kinds <= {OpenItemKind.INVOICE, OpenItemKind.CREDIT_MEMO}
