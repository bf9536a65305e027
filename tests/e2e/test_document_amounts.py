"""Every amount below a dated document is restated at the rates of the document's day, and its parts add up."""

from decimal import Decimal
from typing import Any

from tests.fixtures.firm import RunningFirm

RATE = "rate { rate effectiveDate }"
INVOICE = """query Invoice($code: String!) { invoice(ref: {code: $code}) {
  subtotal { reporting { amount } } taxTotal { reporting { amount } } total { reporting { amount } rate { rate } }
  balance { converted(to: "USD") { amount %(rate)s } }
  taxes { amount { amount converted(to: "USD") { amount %(rate)s } } taxable { converted(to: "USD") { amount } } }
  lines { nodes { amount { reporting { amount %(rate)s } } unitRate { converted(to: "USD") { amount %(rate)s } } } }
  payments { amount { reporting { amount %(rate)s } } appliedTo { amount { converted(to: "USD") { amount } } } }
} }""" % {"rate": RATE}  # noqa: UP031 -- GraphQL braces
ON_30_SEPTEMBER = {"rate": "1.25", "effectiveDate": "2026-01-01"}


async def read_invoice(firm: RunningFirm, code: str) -> dict[str, Any]:
    answer = await firm.execute(INVOICE, {"code": code})
    assert answer.errors == []
    assert answer.data is not None
    invoice: dict[str, Any] = answer.data["invoice"]
    return invoice


async def test_a_line_is_restated_at_the_rate_of_its_invoice_like_the_subtotal(firm: RunningFirm) -> None:
    """Today's rate is 1.28: at that rate the line would be 10,240.00 under a subtotal of 10,000.00."""
    invoice = await read_invoice(firm, "INV-NL-0001")

    assert invoice["subtotal"] == {"reporting": {"amount": "10000.00"}}
    (line,) = invoice["lines"]["nodes"]
    assert line["amount"] == {"reporting": {"amount": "10000.00", "rate": ON_30_SEPTEMBER}}
    assert line["unitRate"]["converted"] == {"amount": "10000.00", "rate": ON_30_SEPTEMBER}
    (tax,) = invoice["taxes"]
    assert tax["amount"] == {"amount": "1680.00", "converted": {"amount": "2100.00", "rate": ON_30_SEPTEMBER}}
    assert tax["taxable"] == {"converted": {"amount": "10000.00"}}
    assert invoice["taxTotal"] == {"reporting": {"amount": "2100.00"}}
    assert invoice["total"] == {"reporting": {"amount": "12100.00"}, "rate": {"rate": "1.25"}}
    assert invoice["balance"]["converted"] == {"amount": "0.00", "rate": ON_30_SEPTEMBER}


async def test_a_payment_is_restated_at_the_rate_of_the_day_of_receipt(firm: RunningFirm) -> None:
    invoice = await read_invoice(firm, "INV-NL-0001")

    (payment,) = invoice["payments"]
    received = payment["amount"]["reporting"]
    assert Decimal(received["amount"]) == Decimal("9680.00") * Decimal(received["rate"]["rate"])
    assert received["rate"]["effectiveDate"] <= "2026-10-14"
    assert payment["appliedTo"] == [{"amount": {"converted": {"amount": received["amount"]}}}]


async def test_the_caller_may_name_another_day(firm: RunningFirm) -> None:
    answer = await firm.execute(
        """{ invoice(ref: {code: "INV-NL-0001"}) { total { transaction {
          onItsDay: converted(to: "USD") { rate { effectiveDate } }
          later: converted(to: "USD", asOf: "2026-11-20") { rate { effectiveDate } }
        } } } }"""
    )

    assert answer.errors == []
    assert answer.data is not None
    total = answer.data["invoice"]["total"]["transaction"]
    assert total["onItsDay"] == {"rate": {"effectiveDate": "2026-01-01"}}
    assert total["later"]["rate"]["effectiveDate"] == "2026-11-01"


async def test_receivables_are_the_balances_restated_as_the_invoices_are(firm: RunningFirm) -> None:
    answer = await firm.execute(
        """{ customers { nodes {
          accountsReceivable(currency: "USD") { total { amount } }
          invoices { nodes { balance { converted(to: "USD") { amount } } } }
        } } }"""
    )

    assert answer.errors == []
    assert answer.data is not None
    for customer in answer.data["customers"]["nodes"]:
        balances = [invoice["balance"]["converted"]["amount"] for invoice in customer["invoices"]["nodes"]]
        if customer["accountsReceivable"] is not None:
            owed = Decimal(customer["accountsReceivable"]["total"]["amount"])
            assert owed == sum(map(Decimal, balances), Decimal(0))
