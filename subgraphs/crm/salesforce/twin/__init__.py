"""A twin of a Salesforce org on the true wire format, filled from a made-up firm; state is in memory."""

from subgraphs.crm.salesforce.twin.app import TwinSettings, build_twin
from subgraphs.crm.salesforce.twin.tokens import Client

__all__ = ["Client", "TwinSettings", "build_twin"]
