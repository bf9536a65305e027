"""A project's budgets are summed up; what they disagree about is left open."""

from datetime import date

from subgraphs.psa.productive.budgets import Standing, standing
from subgraphs.psa.productive.wire import DealRow


def budget(number: int, **facts: object) -> DealRow:
    given = {"date": "2026-01-01", "end_date": "2026-06-30", "currency": "EUR", "subsidiary_id": "3", **facts}
    return DealRow(id=number, budget=True, **given)  # type: ignore[arg-type]


def test_a_project_lasts_from_its_first_budget_to_its_last() -> None:
    told = standing([budget(1), budget(2, date="2026-07-01", end_date="2026-12-31")], ["5", "6", "5"])

    assert told == Standing(
        start=date(2026, 1, 1), end=date(2026, 12, 31), currency="EUR", subsidiary="3", members=("5", "6")
    )


def test_a_budget_without_end_leaves_the_end_open() -> None:
    assert standing([budget(1), budget(2, end_date=None)], []).end is None


def test_a_project_is_delivered_when_all_its_budgets_are() -> None:
    delivered = budget(1, delivered_on="2026-06-30")

    assert standing([delivered, budget(2)], []).delivered is None
    assert standing([delivered, budget(2, delivered_on="2026-07-15")], []).delivered == date(2026, 7, 15)


def test_budgets_in_two_currencies_have_none() -> None:
    told = standing([budget(1), budget(2, currency="USD", subsidiary_id="1")], [])

    assert (told.currency, told.subsidiary) == (None, None)


def test_a_project_without_budgets_says_nothing() -> None:
    assert standing([], []) == Standing()
