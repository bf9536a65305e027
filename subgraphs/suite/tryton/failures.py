"""Classification of Tryton's error responses. Only rule and access errors are JSON; else only the status is read.

An unknown field or model answers 500, like a crash; `psgw check` finds it by model. Observed on 8.2.1. Every error of
the database is a 503 whose page quotes it (trytond 8.2, `wsgi.py`): PostgreSQL's wordings of a timeout and of too many
connections tell an overloaded server.
"""

from typing import Final

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import UpstreamResponse
from subgraphs.kit.failures import classify_status

_UNAVAILABLE: Final = 503
_WORDINGS: Final = {
    b"due to statement timeout": FaultCode.TIMEOUT,
    b"due to lock timeout": FaultCode.TIMEOUT,
    b"too many clients already": FaultCode.RATE_LIMITED,
    b"remaining connection slots": FaultCode.RATE_LIMITED,
    b"get a connection after": FaultCode.RATE_LIMITED,
}
"""PostgreSQL's errors 57014, 55P03 and 53300, and that of an exhausted pool of psycopg."""


def classify(response: UpstreamResponse) -> SourceError | None:
    """Return the error of a response, or None for success. The server's message is left out: it may quote a record."""
    error = classify_status(response)
    if error is None or error.status != _UNAVAILABLE:
        return error
    code = next((code for wording, code in _WORDINGS.items() if wording in response.body), error.code)
    return SourceError(code, error.detail, status=error.status, retryable=True)
