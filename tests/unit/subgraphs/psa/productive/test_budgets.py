"""The budgets of a project are summarized; attributes on which they disagree are None."""

from datetime import date

from subgraphs.psa.productive.budgets import BudgetSummary, summarize_budgets
from subgraphs.psa.productive.wire import DealRow


def build_budget(number: int, **values: object) -> DealRow:
    defaults = {"date": "2026-01-01", "end_date": "2026-06-30", "currency": "EUR", "subsidiary_id": "3"}
    return DealRow(id=number, budget=True, **{**defaults, **values})  # type: ignore[arg-type] # each test gives its field's type


def test_a_project_runs_from_its_first_to_its_last_budget() -> None:
    budgets = [build_budget(1), build_budget(2, date="2026-07-01", end_date="2026-12-31")]

    summary = summarize_budgets(budgets, ["5", "6", "5"])

    assert summary == BudgetSummary(
        start=date(2026, 1, 1), end=date(2026, 12, 31), currency="EUR", subsidiary="3", members=("5", "6")
    )


def test_a_project_with_an_open_ended_budget_has_no_end_date() -> None:
    assert summarize_budgets([build_budget(1), build_budget(2, end_date=None)], []).end is None


def test_a_project_is_delivered_when_all_its_budgets_are() -> None:
    delivered = build_budget(1, delivered_on="2026-06-30")
    last = build_budget(2, delivered_on="2026-07-15")

    assert summarize_budgets([delivered, build_budget(2)], []).delivered is None
    assert summarize_budgets([delivered, last], []).delivered == date(2026, 7, 15)


def test_a_project_with_budgets_in_two_currencies_has_no_currency() -> None:
    summary = summarize_budgets([build_budget(1), build_budget(2, currency="USD", subsidiary_id="1")], [])

    assert (summary.currency, summary.subsidiary) == (None, None)


def test_a_project_without_budgets_has_an_empty_summary() -> None:
    assert summarize_budgets([], []) == BudgetSummary()
