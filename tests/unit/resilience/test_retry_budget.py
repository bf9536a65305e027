from hypothesis import given
from hypothesis import strategies as st

from gateway.resilience.retry_budget import RetryBudget


def spent(budget, now, tries=100):
    return sum(budget.spend(now) for _ in range(tries))


def test_a_quiet_system_has_three_retries():
    assert spent(RetryBudget(), 0.0) == 3


def test_a_busy_system_has_a_tenth_of_its_calls_and_three():
    budget = RetryBudget()
    for _ in range(50):
        budget.called(0.0)

    assert spent(budget, 0.0) == 8


def test_the_budget_comes_back_with_time():
    budget = RetryBudget()
    spent(budget, 0.0)

    assert not budget.spend(9.0)
    assert budget.spend(11.0)


@given(st.lists(st.tuples(st.floats(0, 0.5), st.booleans()), max_size=300))
def test_retries_within_a_window_never_exceed_the_share(steps):
    budget, now, calls, retries = RetryBudget(), 0.0, [], []
    for wait, retry in steps:
        now += wait
        if not retry:
            budget.called(now)
            calls.append(now)
        elif budget.spend(now):
            retries.append(now)
            recent = [at for at in calls if at > now - 11.0]
            assert sum(at > now - 9.0 for at in retries) <= 3 + len(recent) // 10
