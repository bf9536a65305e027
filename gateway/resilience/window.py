"""Counts over the last seconds, in a ring of bins."""

from dataclasses import dataclass, field


@dataclass
class RollingCount:
    """How often something happened within the last `span` seconds, exact to one bin (a tenth of the span)."""

    span: float
    _bins: dict[int, int] = field(default_factory=dict)

    _BINS = 10

    def add(self, now: float, count: int = 1) -> None:
        """Count something that happens now."""
        self._forget(now)
        self._bins[self._bin(now)] = self._bins.get(self._bin(now), 0) + count

    def total(self, now: float) -> int:
        """Return what was counted within the span."""
        self._forget(now)
        return sum(self._bins.values())

    def clear(self) -> None:
        """Forget everything."""
        self._bins.clear()

    def _bin(self, now: float) -> int:
        return int(now * self._BINS // self.span)

    def _forget(self, now: float) -> None:
        oldest = self._bin(now) - self._BINS
        for number in [number for number in self._bins if number <= oldest]:
            del self._bins[number]
