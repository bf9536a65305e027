"""Count events over a rolling time window."""

from dataclasses import dataclass, field


@dataclass
class RollingCount:
    """Counts events within the last `span` seconds, exact to one bin (a tenth of the span)."""

    span: float
    _bins: dict[int, int] = field(default_factory=dict)

    _BINS = 10

    def add(self, now: float, count: int = 1) -> None:
        """Count an event that happens now."""
        self._drop_expired(now)
        self._bins[self._get_bin(now)] = self._bins.get(self._get_bin(now), 0) + count

    def get_total(self, now: float) -> int:
        """Return the count within the span."""
        self._drop_expired(now)
        return sum(self._bins.values())

    def clear(self) -> None:
        """Reset the count to 0."""
        self._bins.clear()

    def _get_bin(self, now: float) -> int:
        return int(now * self._BINS // self.span)

    def _drop_expired(self, now: float) -> None:
        oldest = self._get_bin(now) - self._BINS
        for number in [number for number in self._bins if number <= oldest]:
            del self._bins[number]
