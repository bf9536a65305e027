"""What Tryton's refusals mean. Only refusals of a rule or a right come as JSON; the rest are pages for people, of which the status alone is read.

An unknown field or model answers 500 as a crash does, so it is told apart only by `psgw check`, which names each. Observed on 8.2.1.
"""

from gateway.errors import SourceError
from gateway.net.message import Response
from subgraphs.kit.failures import by_status


def classify(response: Response) -> SourceError | None:
    """Return the error that an answer means, or None for success. The server's sentence, which may quote a record, stays out."""
    return by_status(response)
