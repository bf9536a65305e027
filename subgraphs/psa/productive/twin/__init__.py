"""A twin of a Productive organization on the true wire format, filled from an example firm; state is in memory."""

from subgraphs.psa.productive.twin.app import build_twin
from subgraphs.psa.productive.twin.settings import TwinSettings

__all__ = ["TwinSettings", "build_twin"]
