"""Twin of a Workday tenant: the vendor's wire format over a generated firm, with state in memory."""

from subgraphs.hcm.workday.twin.app import build_twin
from subgraphs.hcm.workday.twin.settings import TwinSettings

__all__ = ["TwinSettings", "build_twin"]
