"""What an account is: the token of its registered application, its limit, and what the token's user may not see."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class TwinSettings:
    """One account. `denied` holds resources that the token's user may not read; without `financial_access` money is missing from projects and resources."""

    token: str = field(repr=False)
    concurrency: int = 10
    denied: frozenset[str] = frozenset()
    financial_access: bool = True
