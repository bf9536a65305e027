"""Tokens of twins whose vendors issue tokens that do not expire."""

import hmac
from dataclasses import dataclass, field


@dataclass
class StaticToken:
    """A token that is valid until revoked."""

    value: str = field(repr=False)
    revoked: bool = False

    def is_(self, given: str) -> bool:
        """Return whether a given token is this one and not revoked."""
        return hmac.compare_digest(given.encode(), self.value.encode()) and not self.revoked
