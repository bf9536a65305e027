"""Refusals of a twin: raised where the reason is found, answered in the vendor's error format."""

from abc import ABC, abstractmethod

from starlette.requests import Request
from starlette.responses import Response


class VendorRefusalError(Exception, ABC):
    """A request that a twin refuses. Each vendor's subclass builds the answer in the vendor's error format."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

    @abstractmethod
    def to_response(self) -> Response:
        """Return the refusal as an HTTP response."""


def answer_refusal(_: Request, error: Exception) -> Response:
    """Handle a refusal for Starlette; raise any other error again."""
    if not isinstance(error, VendorRefusalError):
        raise error
    return error.to_response()
