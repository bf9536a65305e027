"""Classification of Tryton's error responses. Only rule and access errors are JSON; else only the status is read.

An unknown field or model answers 500, like a crash; `psgw check` finds it by model. Observed on 8.2.1.
"""

from gateway.errors import SourceError
from gateway.net.message import UpstreamResponse
from subgraphs.kit.failures import classify_status


def classify(response: UpstreamResponse) -> SourceError | None:
    """Return the error of a response, or None for success. The server's message is left out: it may quote a record."""
    return classify_status(response)
