"""A twin of a Kantata account on the true wire format, filled from an example firm; state is in memory."""

from subgraphs.psa.kantata.twin.app import build_twin
from subgraphs.psa.kantata.twin.settings import TwinSettings

__all__ = ["TwinSettings", "build_twin"]
