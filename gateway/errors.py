"""The error tree.

PsgwError
├── ClientError                  message is safe to show; `code` is stable, `field` names what to mend
│   ├── BadInputError            BAD_USER_INPUT
│   ├── NotAuthenticatedError    UNAUTHENTICATED
│   ├── ForbiddenError           FORBIDDEN, with the scopes that would be enough
│   ├── SourceUnavailableError   SOURCE_UNAVAILABLE, with the system
│   ├── ResidencyBlockedError    RESIDENCY_BLOCKED
│   ├── MappingMissingError      MAPPING_MISSING, with the domain, the connection and the raw code
│   └── LimitExceededError       LIMIT_EXCEEDED
└── InternalError                always masked outside; shown as INTERNAL with an incident id
    ├── ConfigurationError       settings, manifests or mapping files that cannot work; lists every finding
    ├── SourceError              a vendor call that failed; adapters raise it, loaders turn it into a Fault
    ├── StoreUnavailableError    the gateway's own store does not answer; the edge says 503
    └── DeclarationError         a type, field or loader that is declared wrongly; raised at start-up

The docstring of a class with a code of its own says what the code means, who sees it (`Seen:`) and what to do (`Remedy:`); codes that no class carries are in
`EXPLAINED`. The documentation has a page for each, printed from here.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar

from gateway.canonical.fault import Fault, FaultCode


class PsgwError(Exception):
    """Anything that this product raises on purpose."""


class ClientError(PsgwError):
    """A failure whose message derives only from what the caller sent, or is fixed text: safe to show.

    `field` names the input to mend, `retryable` whether the same request may work later.
    """

    code: ClassVar[str] = "CLIENT_ERROR"

    def __init__(self, message: str, *, field: str | None = None, retryable: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.retryable = retryable

    def extensions(self) -> dict[str, object]:
        """Return what stands beside `code` in the GraphQL error's extensions."""
        return {"field": self.field} if self.field else {}


class BadInputError(ClientError):
    """An argument, filter or reference that cannot be answered as given.

    Seen: by whoever sent it, in `errors`; nothing was asked of any system for it.
    Remedy: Read the message: it names the argument and what would be accepted. `field` names the input where one input is to blame. A filter that the
    system behind a list cannot apply is refused in the same way: filter by something else, or read the list without it.
    """

    code = "BAD_USER_INPUT"


class NotAuthenticatedError(ClientError):
    """No token, or one that is not accepted; the cause is never told.

    Seen: by anybody, with `WWW-Authenticate` and the same words for every cause.
    Remedy: Sign in again, or ask the identity provider for a new token. If new tokens are refused too, compare issuer, audience, token type, tenant and clock
    with the `issuers` section of the settings.
    """

    code = "UNAUTHENTICATED"


class LimitExceededError(ClientError):
    """A request that asks for more than the deployment allows.

    Seen: by whoever sent it; the document was measured before anything was run.
    Remedy: The message names the limit. Split the document, ask for smaller pages, or send fewer items in a list.
    """

    code = "LIMIT_EXCEEDED"


class ForbiddenError(ClientError):
    """A field or action whose scopes the caller lacks.

    Seen: by callers without the scope, at every place where the field was asked for; no system was asked for the value, and the rest of the answer is there.
    Introspection without `graphql:explore` is refused as a whole.
    Remedy: Leave the field out, or sign in with one of the groups of scopes in `requiredScopes`: every scope of one group is enough.
    """

    code = "FORBIDDEN"

    def __init__(self, required_scopes: Sequence[Sequence[str]], *, field: str | None = None) -> None:
        super().__init__("The token does not carry the scopes that this needs.", field=field)
        self.required_scopes = [list(group) for group in required_scopes]

    def extensions(self) -> dict[str, object]:
        """Add the scopes, an OR of ANDs, that would be enough."""
        return {**super().extensions(), "requiredScopes": self.required_scopes}


class SourceUnavailableError(ClientError):
    """A value whose only sources could not answer within the request.

    Seen: by everybody who asks for a value of a system that is down, slow or talking nonsense; only its fields are null.
    Remedy: Ask again after `retryAfter` seconds, or later where it is null. `fault` says what happened. If it lasts, `psgw check` shows what the system refuses.
    """

    code = "SOURCE_UNAVAILABLE"

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message, retryable=True)
        self.fault = fault

    def extensions(self) -> dict[str, object]:
        """Add the system, the fault and when to try again (seconds)."""
        after = self.fault.retry_after
        return {
            "system": self.fault.system.value,
            "fault": self.fault.code.value,
            "retryAfter": after.total_seconds() if after is not None else None,
            "correlationId": self.fault.correlation_id,
        }


class ResidencyBlockedError(ClientError):
    """A value that may not leave its data region for this caller.

    Seen: by callers whose token does not name the region of the person or company that the value tells of.
    Remedy: Leave the field out, or ask whoever issues tokens for the region in the claim `regions`. Nothing was fetched.
    """

    code = "RESIDENCY_BLOCKED"


class MappingMissingError(ClientError):
    """A system's code that reference data does not map to one of the firm's.

    Seen: by everybody who asks for the field; the value is null, the record stays.
    Remedy: An operator adds `sourceCode` to the table `[codes.<domain>]` of the connection's mapping file and restarts the gateway.
    """

    code = "MAPPING_MISSING"

    def __init__(self, domain: str, connection: str, source_code: str) -> None:
        super().__init__(
            f"No mapping for {domain} code {source_code!r} of {connection}; add one to the reference data."
        )
        self.domain = domain
        self.connection = connection
        self.source_code = source_code

    def extensions(self) -> dict[str, object]:
        """Add the domain, the connection and the raw code."""
        return {"domain": self.domain, "connection": self.connection, "sourceCode": self.source_code}


class InternalError(PsgwError):
    """A failure whose details stay inside."""


class ConfigurationError(InternalError):
    """Settings that cannot work; `findings` holds one line per thing to mend, all of them at once."""

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = list(findings)


class DeclarationError(InternalError, TypeError):
    """A declared type, field or loader breaks a rule of the kernel; found at start-up, never at request time."""


class StoreUnavailableError(InternalError):
    """The gateway's own store refuses, is gone, or does not answer in time: without it nobody's rows can be told apart."""


class SourceError(InternalError):
    """A vendor call that did not give what was asked.

    `detail` may quote the vendor and goes to the log only; `code` and `retry_after` go into the Fault that callers see.
    `retryable` says that the same call may well succeed when it is sent again soon; whether it may be sent again is the request's matter (`safe`).
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


EXPLAINED: Mapping[str, str] = {
    "INTERNAL": """Something failed inside that nobody foresaw. The details are in the log, under the incident id.

Seen: by whoever met it, as an error of one field, or alone when the whole request failed.
Remedy: Give the incident id to whoever runs the gateway; the log has the cause under it. The rest of the answer can be used.""",
    "MISSING_VALUE": """A system sent a record without a value that the contract promises.

Seen: by everybody who asks for the record; the record around the value is null.
Remedy: Complete the record in its system; the path of the error leads to it. Leaving the field out gives the rest of the record.""",
    "GRAPHQL_PARSE_FAILED": """The document is not GraphQL.

Seen: by whoever sent it; `locations` has the line and column.
Remedy: Correct the document at that place.""",
    "GRAPHQL_VALIDATION_FAILED": """The document asks for something that the contract does not have, or does not use it as the contract says.

Seen: by whoever sent it; at most ten errors are listed. Names are never suggested.
Remedy: Compare with the contract (`psgw schema print`).""",
    "UNSUPPORTED_MEDIA_TYPE": """The body is not declared as JSON.

Seen: by whoever sent it.
Remedy: Send `Content-Type: application/json`.""",
    "METHOD_NOT_ALLOWED": """The method is not one that this address answers, or a machine sent GET.

Seen: by whoever sent it; `Allow` names the method. GET is for people: a browser gets the page.
Remedy: Send POST with JSON. A GET that accepts `text/html` opens GraphiQL, unless the settings turn it off.""",
    "ORIGIN_REFUSED": """A page of another origin tried to open a WebSocket.

Seen: by that page, before any token was read.
Remedy: Whoever runs the gateway names the page's origin in `serve.origins`.""",
    "TOO_MANY_CONNECTIONS": """The gateway holds as many WebSockets as it may.

Seen: by whoever tries to open one more, with `Retry-After`.
Remedy: Try again later. Close connections that nobody uses; one connection carries many subscriptions.""",
    "NOT_ACCEPTABLE": """The client accepts neither media type of an answer.

Seen: by whoever sent the request.
Remedy: Accept `application/graphql-response+json` or `application/json`.""",
    "HEAD_TOO_LARGE": """The address and the headers of the request are over the limit.

Seen: by whoever sent it, before any token was read. A head that is still arriving at that size, or after ten seconds, ends the connection with 431 or 408 alone.
Remedy: Send fewer cookies and headers; a document goes into the body.""",
    "BODY_TOO_SLOW": """The body of the request has not arrived in time.

Seen: by whoever sent it; nothing was parsed, and the connection is closed.
Remedy: Send it again. A proxy that holds requests until they are whole spares slow clients this.""",
    "BODY_TOO_LARGE": """The body of the request is over the limit.

Seen: by whoever sent it; nothing was parsed.
Remedy: Send large values as several requests.""",
    "BODY_TOO_DEEP": """The JSON of the request is nested too deep.

Seen: by whoever sent it; nothing was parsed.
Remedy: Flatten the variables.""",
    "NO_BATCHES": """The body is a list of operations.

Seen: by whoever sent it.
Remedy: Send one operation per request; one operation may ask for many root fields.""",
    "MALFORMED_BODY": """The body is not a GraphQL request in JSON.

Seen: by whoever sent it.
Remedy: Send an object with `query` and, where needed, `variables` and `operationName`. NaN and infinities are not JSON.""",
    "ANSWER_TOO_LARGE": """The answer is over the limit and was thrown away.

Seen: by whoever asked.
Remedy: Ask for fewer fields or smaller pages.""",
    "STORE_UNAVAILABLE": """The gateway's own store does not answer, so that nobody's rows can be told apart.

Seen: by everybody, with `Retry-After`; `/readyz` says 503 meanwhile where the store is gone altogether.
Remedy: Try again. If it lasts, whoever runs the gateway looks at the database: whether it is up, has space, and holds no lock (`psgw check`).""",
    "KEYS_UNAVAILABLE": """The keys of the token's issuer cannot be had, so the token can be neither accepted nor refused.

Seen: by callers with tokens of that issuer, with `Retry-After`. Known keys stay in use for a day.
Remedy: Try again. If it lasts, whoever runs the gateway looks at `jwks_url` in the settings and at the way to it.""",
}
"""What the codes mean that no class carries: those of the edge, of documents, and of answers."""
