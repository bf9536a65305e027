"""A twin of a Workday tenant on the true wire format, filled from a made-up firm; state is in memory."""

from subgraphs.hcm.workday.twin.app import build_twin
from subgraphs.hcm.workday.twin.settings import TwinSettings

__all__ = ["TwinSettings", "build_twin"]
