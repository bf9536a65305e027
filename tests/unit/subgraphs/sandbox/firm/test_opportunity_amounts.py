"""Opportunities sum to their amounts, but for three named exceptions, at both scales."""

from decimal import Decimal

import pytest

from subgraphs.sandbox.firm.disagreements import DisagreementKind
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.scaled import build_scaled_firm
from subgraphs.sandbox.firm.small import FIRM

EXCEPTIONS = {"O-3003": Decimal(77000), "O-3010": Decimal(7680), "O-3012": Decimal(50000)}
"""The opportunities whose lines do not sum to the amount, with the sum of their lines."""


@pytest.mark.parametrize("firm", [FIRM, build_scaled_firm()], ids=["small", "scale 1"])
def test_the_lines_of_an_opportunity_sum_to_its_amount_but_for_three_exceptions(firm: Firm) -> None:
    sums = {
        each.number: sum((line.quantity * line.unit_price for line in each.lines), Decimal(0))
        for each in firm.opportunities
    }
    differing = {each.number: sums[each.number] for each in firm.opportunities if sums[each.number] != each.amount}

    assert differing == EXCEPTIONS
    assert {
        each.subject for each in firm.known_disagreements if each.kind is DisagreementKind.AMOUNT_DIFFERS
    } == EXCEPTIONS.keys()
