"""What one caller may use per minute: requests, cost and processor time. A pure state machine that takes `now`.

Each amount refills continuously and is full after a minute without use. Processor time is known only after the work,
so a balance may become negative; then the caller waits until it has refilled.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import NamedTuple

PERIOD_SECONDS = 60.0
MAX_CALLERS = 10_000


class Usage(NamedTuple):
    """Amounts of one minute: requests, cost (fields of the responses) and seconds of processor time."""

    requests: float = 0.0
    cost: float = 0.0
    cpu_seconds: float = 0.0


@dataclass
class _Account:
    """The amounts that a caller has left."""

    left: Usage
    updated_at: float


class CallerBudget:
    """The budgets of all callers. Callers without recent use are forgotten, which equals a full budget."""

    def __init__(self, allowance: Usage, max_callers: int = MAX_CALLERS) -> None:
        self._allowance = allowance
        self._max_callers = max_callers
        self._accounts: OrderedDict[Hashable, _Account] = OrderedDict()

    def compute_wait(self, caller: Hashable, now: float, requests: int = 1) -> float:
        """Return the seconds until the caller may send so many requests; 0 if it may send them now."""
        left = self._refill(caller, now).left
        missing = (requests - left.requests, -left.cost, -left.cpu_seconds)
        return max(
            0.0, *(amount / allowed * PERIOD_SECONDS for amount, allowed in zip(missing, self._allowance, strict=True))
        )

    def charge(self, caller: Hashable, used: Usage, now: float) -> None:
        """Subtract what the caller has used."""
        account = self._refill(caller, now)
        account.left = Usage(*(left - amount for left, amount in zip(account.left, used, strict=True)))

    def _refill(self, caller: Hashable, now: float) -> _Account:
        account = self._accounts.get(caller)
        if account is None:
            account = self._accounts[caller] = _Account(self._allowance, now)
            if len(self._accounts) > self._max_callers:
                self._accounts.popitem(last=False)
        self._accounts.move_to_end(caller)
        share = max(0.0, now - account.updated_at) / PERIOD_SECONDS
        account.left = Usage(
            *(min(allowed, left + allowed * share) for left, allowed in zip(account.left, self._allowance, strict=True))
        )
        account.updated_at = now
        return account
