"""Receivables count unapplied payments and journals, as the account's A/R ageing does."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from gateway.canonical.records.erp import ErpReceivables, OpenItemKind
from gateway.canonical.values import Money
from gateway.insight.receivables import AccountsReceivable, compute_receivables
from subgraphs.sandbox.firm.open_credits import OpenCredit
from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures.unwrapping import unwrap

TODAY = date(2026, 11, 20)


def build_credit(code: str, kind: str, amount: str, day: date = TODAY) -> OpenCredit:
    return OpenCredit(
        code=code, kind=kind, customer="C-2002", entity="US01", currency="USD", day=day, amount=Decimal(amount)
    )


def to_dollars(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


async def read_receivables(open_account: Any, open_port: Any, *credit: OpenCredit) -> ErpReceivables:
    account = await open_account(replace(FIRM, open_credits=credit))
    (stated,) = (await open_port(account).get_receivables(["102"], TODAY)).values()
    assert isinstance(stated, ErpReceivables)
    return stated


def state(receivables: ErpReceivables) -> AccountsReceivable:
    return unwrap(compute_receivables(receivables, "USD", "USD", {}))


async def test_an_unapplied_payment_of_5000_against_15000_open_is_10000_net(open_account: Any, open_port: Any) -> None:
    stated = await read_receivables(open_account, open_port, build_credit("P-9", "PAYMENT", "5000"))

    assert [(item.kind, item.open_amount) for item in unwrap(stated.items)] == [
        (OpenItemKind.INVOICE, to_dollars("15000.00")),
        (OpenItemKind.PAYMENT, to_dollars("-5000.00")),
    ]
    assert stated.billed_90_days == (to_dollars("15000.00"),)
    assert (state(stated).total, state(stated).unapplied) == (to_dollars("10000.00"), to_dollars("5000.00"))
    assert state(stated).current == to_dollars("-5000.00")


async def test_a_payment_ages_from_its_day_and_is_no_invoice_of_the_bucket(open_account: Any, open_port: Any) -> None:
    paid = build_credit("P-9", "PAYMENT", "5000", date(2026, 10, 16))

    stated = state(await read_receivables(open_account, open_port, paid))

    (bucket,) = [bucket for bucket in stated.buckets if bucket.label == "31-60"]
    assert (bucket.amount, bucket.invoice_count) == (to_dollars("10000.00"), 1)
    assert stated.current == to_dollars("0.00")


async def test_each_line_of_a_journal_on_the_receivable_account_counts(open_account: Any, open_port: Any) -> None:
    posted = build_credit("J-1", "JOURNAL", "300"), build_credit("J-2", "JOURNAL", "-120")

    stated = await read_receivables(open_account, open_port, *posted)

    journals = [item.open_amount for item in unwrap(stated.items) if item.kind is OpenItemKind.JOURNAL]
    assert journals == [to_dollars("-300.00"), to_dollars("120.00")]
    assert (state(stated).total, state(stated).unapplied) == (to_dollars("14820.00"), to_dollars("0.00"))
