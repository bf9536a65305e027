"""Twin of a Salesforce org: the vendor's wire format over a generated firm, with state in memory."""

from subgraphs.crm.salesforce.twin.app import TwinSettings, build_twin
from subgraphs.crm.salesforce.twin.tokens import ConnectedApp

__all__ = ["ConnectedApp", "TwinSettings", "build_twin"]
