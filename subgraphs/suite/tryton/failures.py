"""Classification of Tryton's error responses. Only rule and access errors are JSON; else only the status is read.

An unknown field or model answers 500, like a crash; `psgw check` finds it by model. Observed on 8.2.1.
"""

from gateway.errors import SourceError
from gateway.net.message import Response
from subgraphs.kit.failures import by_status


def classify(response: Response) -> SourceError | None:
    """Return the error of a response, or None for success. The server's message is left out: it may quote a record."""
    return by_status(response)
