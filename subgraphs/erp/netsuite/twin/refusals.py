"""Refusals: the REST error body (NetSuite help, section_156570709583) with the texts seen on live accounts."""

from collections.abc import Mapping

from starlette.responses import JSONResponse

from subgraphs.kit.twin.refusals import VendorRefusalError

_TITLES = {
    400: ("Bad Request", "15.5.1"),
    401: ("Unauthorized", "15.5.2"),
    403: ("Forbidden", "15.5.4"),
    404: ("Not Found", "15.5.5"),
    405: ("Method Not Allowed", "15.5.6"),
    429: ("Too Many Requests", ""),
    500: ("Internal Server Error", "15.6.1"),
    503: ("Service Unavailable", "15.6.4"),
}
DUPLICATE = "Error while accessing a resource. This entity already exists."
NO_PERMISSION = "Error while accessing a resource. Your current role does not have permission to perform this action."
CLOSED_PERIOD = "Error while accessing a resource. You cannot create or change transactions in a closed period."
CONCURRENCY = "Concurrent request limit exceeded. Request blocked."
LOGIN = (
    "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at "
    "Setup > Users/Roles > User Management > View Login Audit Trail."
)
MISSING = "The record instance does not exist. Provide a valid record instance ID."


class RefusalError(VendorRefusalError):
    """A request that the account refuses."""

    def __init__(self, status: int, code: str, detail: str, *, path: str | None = None) -> None:
        super().__init__(status, detail)
        self.code = code
        self.detail = detail
        self.path = path

    def to_response(self) -> JSONResponse:
        """Return the refusal as an HTTP response."""
        return build_refusal(self.status, self.code, self.detail, path=self.path)


def build_refusal(
    status: int,
    code: str,
    detail: str,
    *,
    path: str | None = None,
    title: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Build an error response; the title is the status's unless one is given."""
    usual, section = _TITLES[status]
    entry = {"detail": detail, "o:errorCode": code} | ({"o:errorPath": path} if path else {})
    body = {
        "type": f"https://www.rfc-editor.org/rfc/rfc9110.html#section-{section or '15.5'}",
        "title": title or usual,
        "status": status,
        "o:errorDetails": [entry],
    }
    return JSONResponse(body, status, headers, media_type="application/vnd.oracle.resource+json; type=error")


def build_user_error(detail: str) -> RefusalError:
    """Return the catch-all refusal; only its `detail` says what is wrong."""
    return RefusalError(400, "USER_ERROR", detail)


def build_missing_values_error(labels: list[str]) -> RefusalError:
    """Return the refusal of a record that lacks mandatory fields."""
    return build_user_error(f"Error while accessing a resource. Please enter value(s) for: {', '.join(labels)}")
