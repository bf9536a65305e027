"""The error tree.

PsgwError
├── ClientError                  message is safe to show; `code` is stable, `field` names the input to correct
│   ├── BadInputError            BAD_USER_INPUT
│   ├── AmbiguousReferenceError  AMBIGUOUS_REFERENCE, with the connections of the candidates
│   ├── NotAuthenticatedError    UNAUTHENTICATED
│   ├── ForbiddenError           FORBIDDEN, with the required scopes
│   ├── SourceUnavailableError   SOURCE_UNAVAILABLE, with the system
│   │   └── ContractMismatchError    CONTRACT_MISMATCH, with the connection, the object and the field
│   ├── ResidencyBlockedError    RESIDENCY_BLOCKED
│   ├── MappingMissingError      MAPPING_MISSING, with the domain, the connection and the raw code
│   └── LimitExceededError       LIMIT_EXCEEDED
└── InternalError                never shown; callers see INTERNAL with an incident id
    ├── ConfigurationError       invalid settings, manifests or mapping files; lists every mistake
    ├── SourceError              a vendor call that failed; adapters raise it, loaders turn it into a Fault
    ├── GatewayOverloadedError   the gateway has too much work to read its own index in time; HTTP status 503
    ├── StoreUnavailableError    the gateway's own database does not answer; HTTP status 503
    │   └── StoreFullError       its disk is full
    ├── LeaseLostError           another process reads the change feeds now
    └── DeclarationError         a type, field or loader with an invalid declaration; raised at start-up

The docstring of a class with its own code says what the code means, who sees it (`Seen:`) and what to do (`Remedy:`).
Codes without a class are in `CODE_DESCRIPTIONS`. The documentation's page for each code is generated from this module.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar

from gateway.canonical.fault import Fault, FaultCode


class PsgwError(Exception):
    """The base of all exceptions that this product raises."""


class ClientError(PsgwError):
    """An error whose message is fixed or derives only from the caller's input, so that it is safe to show.

    `field` names the input to correct; `retryable` says whether the same request may succeed later.
    """

    code: ClassVar[str] = "CLIENT_ERROR"

    def __init__(self, message: str, *, field: str | None = None, retryable: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.retryable = retryable

    def build_extensions(self) -> dict[str, object]:
        """Return the GraphQL error's extensions besides `code`."""
        return {"field": self.field} if self.field else {}


class BadInputError(ClientError):
    """An argument, filter or reference is not valid.

    Seen: by the client that sent the request, in `errors`; no system was called for it.
    Remedy: Read the message: it names the argument and the accepted values. `field` names the input if a single one is
    wrong. A filter that the system of a list cannot apply is refused in the same way: use another filter, or read the
    list without it.
    """

    code = "BAD_USER_INPUT"


class AmbiguousReferenceError(ClientError):
    """A reference names several records, so that none of them may be chosen.

    Seen: by the client that sent the reference, if the caller may see more than one of the records; `connections` lists
    the connections that hold them.
    Remedy: Refer to the record by its global id, or by `external` with `connection`.
    """

    code = "AMBIGUOUS_REFERENCE"

    def __init__(self, connections: Sequence[str], *, field: str | None = None) -> None:
        names = ", ".join(connections)
        super().__init__(
            f"The reference names several records, in {names}; use a global id, or an external id with its connection.",
            field=field,
        )
        self.connections = list(connections)

    def build_extensions(self) -> dict[str, object]:
        """Add the connections of the candidates."""
        return {**super().build_extensions(), "connections": self.connections}


class NotAuthenticatedError(ClientError):
    """The access token is missing or not accepted; the reason is not disclosed.

    Seen: by any client, with the header `WWW-Authenticate` and the same message for every reason.
    Remedy: Sign in again, or request a new token from the identity provider. If new tokens are refused too, compare
    their issuer, audience, type, tenant and times with the `issuers` section of the settings; `psgw token inspect`
    shows the reason.
    """

    code = "UNAUTHENTICATED"


class LimitExceededError(ClientError):
    """The request exceeds a limit of the gateway.

    Seen: by the client that sent the request; the document was measured before execution.
    Remedy: The message names the limit. Split the document, request smaller pages, or send fewer items in a list.
    """

    code = "LIMIT_EXCEEDED"


class ForbiddenError(ClientError):
    """The caller lacks the scopes of a field or action.

    Seen: by callers without the scope, once for every occurrence of the field; no system was called for the value, and
    the rest of the response is complete. Introspection without the scope `graphql:explore` is refused as a whole.
    Remedy: Remove the field, or sign in with all scopes of one of the groups in `requiredScopes`.
    """

    code = "FORBIDDEN"

    def __init__(self, required_scopes: Sequence[Sequence[str]], *, field: str | None = None) -> None:
        super().__init__("The access token lacks the required scopes.", field=field)
        self.required_scopes = [list(group) for group in required_scopes]

    def build_extensions(self) -> dict[str, object]:
        """Add the required scopes: one of the groups, with all of its scopes."""
        return {**super().build_extensions(), "requiredScopes": self.required_scopes}


class SourceUnavailableError(ClientError):
    """No source of a value answered in time.

    Seen: by everybody who requests a value of a system that is unavailable, slow or sends invalid answers; only the
    fields of that system are null.
    Remedy: Retry after `retryAfter` seconds, or later if it is null. `fault` names the failure. If it persists, run
    `psgw check`.
    """

    code = "SOURCE_UNAVAILABLE"

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message, retryable=True)
        self.fault = fault

    def build_extensions(self) -> dict[str, object]:
        """Add the system, the fault and the seconds until a retry."""
        after = self.fault.retry_after
        return {
            "system": self.fault.system.value,
            "fault": self.fault.code.value,
            "retryAfter": after.total_seconds() if after is not None else None,
            "correlationId": self.fault.correlation_id,
        }


class ContractMismatchError(SourceUnavailableError):
    """A system sent a value or a record that cannot be read; the other values and records are complete.

    Seen: by everybody who requests the value, or a value that is computed from it; it is null. The error never contains
    the value.
    Remedy: An operator corrects `field` of `object` in the system of `connection`, or the mapping file if the field has
    another type than the mapping needs. `psgw check` lists the records that the change feeds could not read.
    """

    code = "CONTRACT_MISMATCH"

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.retryable = False

    def build_extensions(self) -> dict[str, object]:
        """Add the system, the connection, and the object and field in the vendor's terms."""
        return {
            "system": self.fault.system.value,
            "connection": self.fault.connection,
            "object": self.fault.object,
            "field": self.fault.field,
            "correlationId": self.fault.correlation_id,
        }


def build_source_error(fault: Fault) -> SourceUnavailableError:
    """Return the error of a fault: ContractMismatchError if it names a single record or value."""
    return SourceUnavailableError(fault) if fault.object is None else ContractMismatchError(fault)


class ResidencyBlockedError(ClientError):
    """The value may not leave its data region for this caller.

    Seen: by callers whose token does not contain the region of the person or company that the value describes. The
    value was not fetched.
    Remedy: Remove the field, or have the region added to the claim `regions` of the token.
    """

    code = "RESIDENCY_BLOCKED"


class MappingMissingError(ClientError):
    """Reference data does not map a raw code of a system to a canonical code.

    Seen: by everybody who requests the field; the value is null, the rest of the record is complete.
    Remedy: An operator adds `sourceCode` to the table `[codes.<domain>]` of the connection's mapping file and restarts
    the gateway.
    """

    code = "MAPPING_MISSING"

    def __init__(self, domain: str, connection: str, source_code: str) -> None:
        super().__init__(
            f"No mapping for {domain} code {source_code!r} of {connection}; add one to the reference data."
        )
        self.domain = domain
        self.connection = connection
        self.source_code = source_code

    def build_extensions(self) -> dict[str, object]:
        """Add the domain, the connection and the raw code."""
        return {"domain": self.domain, "connection": self.connection, "sourceCode": self.source_code}


class InternalError(PsgwError):
    """An error whose details are never shown to callers."""


class ConfigurationError(InternalError):
    """The settings are not valid; `findings` has one line for every mistake."""

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = list(findings)


class DeclarationError(InternalError, TypeError):
    """A declared type, field or loader breaks a rule of the kernel; found at start-up, never at request time."""


class StoreUnavailableError(InternalError):
    """The gateway's own database does not answer in time; without it row rules cannot be applied.

    `retryable`: the same call may succeed as soon as the database accepts connections again.
    """

    def __init__(self, reason: str, *, retryable: bool = False) -> None:
        super().__init__(reason)
        self.retryable = retryable


class StoreFullError(StoreUnavailableError):
    """The disk of the gateway's own database is full: it can be read, but not written."""


class LeaseLostError(InternalError):
    """Another process reads the change feeds now; this one may no longer write what it has read."""


class GatewayOverloadedError(InternalError):
    """The gateway did not read its own card index within the deadline, because it has too much work."""


class SourceError(InternalError):
    """A call to a vendor failed.

    `detail` may quote the vendor and goes to the log only; `code` and `retry_after` go into the Fault that callers see.
    `retryable` says that the same call may succeed soon; whether it may be repeated depends on the request (`safe`).
    """

    def __init__(
        self,
        code: FaultCode,
        detail: str,
        *,
        retry_after: timedelta | None = None,
        status: int | None = None,
        retryable: bool = False,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
        self.status = status
        self.retryable = retryable


CODE_DESCRIPTIONS: Mapping[str, str] = {
    "INTERNAL": """An unexpected error in the gateway. The log has the details under the incident id.

Seen: by the client that sent the request, as an error of one field, or alone if the whole request failed.
Remedy: Report the incident id to the operator of the gateway. The rest of the response is valid.""",
    "MISSING_VALUE": """A system sent a record without a value that is non-null in the schema.

Seen: by everybody who requests the value; the record that contains it is null.
Remedy: Complete the record in its system; the path of the error shows which one. Without the field, the rest of the
record is available.""",
    "GRAPHQL_PARSE_FAILED": """The document is not valid GraphQL syntax.

Seen: by the client that sent the request; `locations` has line and column.
Remedy: Correct the document at that location.""",
    "GRAPHQL_VALIDATION_FAILED": """The document does not match the schema.

Seen: by the client that sent the request; at most ten errors are listed. Names are never suggested.
Remedy: Compare the document with the schema (`psgw schema print`).""",
    "UNSUPPORTED_MEDIA_TYPE": """The request body is not declared as JSON.

Seen: by the client that sent the request.
Remedy: Send `Content-Type: application/json`.""",
    "UNSUPPORTED_CONTENT_ENCODING": """The request body is compressed.

Seen: by the client that sent the request; nothing was read of the body.
Remedy: Send the body without `Content-Encoding`.""",
    "METHOD_NOT_ALLOWED": """The URL does not support the method, or the operation does not.

Seen: by the client that sent the request; `Allow` lists the supported methods. A GET that prefers `text/html` gets the
page; another GET is executed only if `serve.get_queries` is on, and only as a query.
Remedy: Send POST with JSON.""",
    "NOT_FOUND": """There is nothing at the URL.

Seen: by the client that sent the request.
Remedy: The graph is at `/graphql`, without a slash at the end.""",
    "AMBIGUOUS_HOST": """The request has more than one `Host` header.

Seen: by the client that sent the request, before any token was read.
Remedy: Send one `Host` header. Check the proxies between client and gateway: each may have used another host.""",
    "PERSISTED_QUERY_NOT_SUPPORTED": """The request has the hash of a query, but not the query.

Seen: by clients with a persisted-query link, such as Apollo's; they send the query itself after this error.
Remedy: Send `query`. Remove the link from the client to save one request per operation.""",
    "ORIGIN_NOT_ALLOWED": """A web page of another origin tried to send a request or to open a WebSocket.

Seen: by that page, before any token was read. A browser reports the refused request as a CORS error.
Remedy: An operator adds the page's origin to `serve.origins` in the settings.""",
    "TOO_MANY_CONNECTIONS": """The limit of open WebSocket connections is reached.

Seen: by the client that opens another connection, with `Retry-After`.
Remedy: Retry later. Close unused connections; one connection carries many subscriptions.""",
    "TOO_MANY_REQUESTS": """The caller has used up its budget, or sends more operations at once than can be finished.

Seen: by the caller whose budget is used up, with `Retry-After`; other callers are not affected. The cost of an
operation is the number of fields that its response may have.
Remedy: Wait for the seconds in `Retry-After`. Send fewer operations at once. Request fewer fields and smaller pages; an
operator can change the `budget` section of the settings.""",
    "OVERLOADED": """The gateway has more operations than it can finish within the deadline.

Seen: by callers whose operation was refused before it was executed, with `Retry-After`.
Remedy: Retry after the seconds in `Retry-After`. If it persists, the operator runs more replicas.""",
    "NOT_ACCEPTABLE": """The client accepts neither media type of the response.

Seen: by the client that sent the request.
Remedy: Accept `application/graphql-response+json` or `application/json`.""",
    "HEADERS_TOO_LARGE": """The URL and headers of the request exceed the limit.

Seen: by the client that sent the request, before any token was read. If the headers are still incomplete at that size
or after ten seconds, the connection is closed with status 431 or 408 only.
Remedy: Send fewer cookies and headers, and the document in the body.""",
    "REQUEST_TIMEOUT": """The request body did not arrive in time.

Seen: by the client that sent the request; nothing was parsed, and the connection is closed.
Remedy: Retry. For slow clients, use a reverse proxy that buffers requests.""",
    "BODY_TOO_LARGE": """The request body exceeds the limit.

Seen: by the client that sent the request; nothing was parsed.
Remedy: Split large inputs into several requests.""",
    "BODY_TOO_DEEP": """The JSON of the request is nested too deeply, or has too many values.

Seen: by the client that sent the request; nothing was parsed.
Remedy: Flatten the variables.""",
    "BATCHING_NOT_SUPPORTED": """The request body is a list of operations; batching is not supported.

Seen: by the client that sent the request.
Remedy: Send one operation per request; an operation may have several root fields.""",
    "MALFORMED_BODY": """The body or the URL is not a GraphQL request.

Seen: by the client that sent the request.
Remedy: Send a JSON object with `query` and, if needed, `variables` and `operationName`, in UTF-8. NaN and Infinity are
not JSON. In a URL, `variables` and `extensions` are JSON objects.""",
    "RESPONSE_TOO_LARGE": """The response exceeds the limit and was discarded.

Seen: by the client that sent the request.
Remedy: Request fewer fields or smaller pages.""",
    "STORE_UNAVAILABLE": """The gateway's own database does not answer, so that row rules cannot be applied.

Seen: by everybody, with `Retry-After`, after the request has waited for its deadline; `/readyz` returns 503.
Remedy: Retry. If it persists, the operator checks whether the database is running, has space and is not locked (`psgw
check`).""",
    "KEYS_UNAVAILABLE": """The keys of the token's issuer cannot be fetched, so the token cannot be verified.

Seen: by callers with tokens of that issuer, with `Retry-After`. Known keys stay in use for a day.
Remedy: Retry. If it persists, the operator checks `jwks_url` in the settings and the network path to it.""",
}
"""The meaning of the codes without a class: those of HTTP, of documents and of responses."""
