"""The token of a twin whose vendor gives one that does not expire."""

import hmac
from dataclasses import dataclass, field


@dataclass
class StaticToken:
    """A token that holds until it is revoked."""

    value: str = field(repr=False)
    revoked: bool = False

    def is_(self, given: str) -> bool:
        """Tell whether this is the token, while it holds."""
        return hmac.compare_digest(given.encode(), self.value.encode()) and not self.revoked
