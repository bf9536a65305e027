"""Responses and errors of the REST API. An error is always an array of `{message, errorCode, fields}`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from starlette.responses import Response

from subgraphs.kit.twin.refusals import VendorRefusalError

Json = object
"""Any JSON value; numbers may be Decimals."""

_ENCODER = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, kw_only=True)
class ApiResponse:
    """A status with a JSON body; None is an empty body."""

    status: int = 200
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        """Return the body as JSON bytes, Decimals as exact numbers."""
        return b"" if self.body is None else _ENCODER.encode(self.body)

    def to_response(self, headers: Mapping[str, str] | None = None) -> Response:
        """Return the HTTP response, with additional headers."""
        body = self.encode()
        media_type = "application/json" if body else None
        return Response(
            body, status_code=self.status, headers={**self.headers, **(headers or {})}, media_type=media_type
        )


class RefusalError(VendorRefusalError):
    """A request that the service refuses; `extra` is merged into the error object (a duplicate result)."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        fields: Sequence[str] | None = None,
        extra: Mapping[str, Json] | None = None,
    ) -> None:
        super().__init__(status, message)
        self.error: dict[str, Json] = {"message": message, "errorCode": code, **(extra or {})}
        if fields is not None:
            self.error["fields"] = list(fields)

    def answer(self) -> ApiResponse:
        """Return the refusal as an answer of its own."""
        return ApiResponse(status=self.status, body=[self.error])

    def to_response(self) -> Response:
        """Return the refusal as an HTTP response."""
        return self.answer().to_response()

    def item(self) -> dict[str, Json]:
        """Return the refusal as one item of a collection's answer, where the code's name is `statusCode`."""
        code = self.error["errorCode"]
        return {
            "success": False,
            "errors": [{"statusCode": code, "message": self.error["message"], "fields": self.error.get("fields", [])}],
        }


def build_not_found() -> RefusalError:
    """Build the error for an unknown resource."""
    return RefusalError(404, "NOT_FOUND", "The requested resource does not exist")
