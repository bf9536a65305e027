from hypothesis import given
from hypothesis import strategies as st

from gateway.resilience.retry_budget import RetryBudget


def count_granted(budget, now, tries=100):
    return sum(budget.try_spend(now) for _ in range(tries))


def test_without_calls_three_retries_are_granted():
    assert count_granted(RetryBudget(), 0.0) == 3


def test_fifty_calls_grant_a_tenth_of_them_and_three_retries():
    budget = RetryBudget()
    for _ in range(50):
        budget.record_call(0.0)

    assert count_granted(budget, 0.0) == 8


def test_the_budget_is_restored_after_its_window():
    budget = RetryBudget()
    count_granted(budget, 0.0)

    assert not budget.try_spend(9.0)
    assert budget.try_spend(11.0)


@given(st.lists(st.tuples(st.floats(0, 0.5), st.booleans()), max_size=300))
def test_retries_within_a_window_never_exceed_the_ratio(steps):
    budget, now, calls, retries = RetryBudget(), 0.0, [], []
    for wait, retry in steps:
        now += wait
        if not retry:
            budget.record_call(now)
            calls.append(now)
        elif budget.try_spend(now):
            retries.append(now)
            recent = [at for at in calls if at > now - 11.0]
            assert sum(at > now - 9.0 for at in retries) <= 3 + len(recent) // 10
