"""Amounts on a customer's account that belong to no invoice."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class OpenCredit:
    """An amount that a customer has paid, or that a journal has posted, without an invoice; in `currency`.

    `kind` is PAYMENT, or JOURNAL for a line on the receivable account. A negative journal amount is a debit.
    """

    code: str
    kind: str
    customer: str
    entity: str
    currency: str
    day: date
    amount: Decimal
