"""The verifier `schema`: runs an adapter over its twin and validates exchanges against the vendor's documents."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.clients.client_runs import ClientRun
from tests.clients.port_runs import exercise_port
from tests.contract.systems import VENDOR_ROLES


@dataclass(frozen=True, kw_only=True)
class RecordedExchange:
    """One request and its response.

    `sent` and `answered` are the headers of request and response, with lower-case names; `given` is the JSON body of
    the request, None without one; `body` is that of the response.
    """

    path: str
    query: Mapping[str, str]
    sent: Mapping[str, str]
    given: Any
    status: int
    answered: Mapping[str, str]
    body: Any

    @property
    def resource(self) -> str:
        """The last segment of the path, without its suffix."""
        return _parse_resource(self.path)


class Exchange(Protocol):
    """One request and its response, interpreted by one vendor's documents."""

    @property
    def resource(self) -> str:
        """The requested resource."""

    def list_objections(self) -> list[str]:
        """Return the deviations from the vendor's documents as sentences."""


ExchangeT = TypeVar("ExchangeT", bound=Exchange)


@dataclass
class ExchangeRecorder(Generic[ExchangeT]):
    """ASGI middleware that records every exchange; `of` interprets it by the vendor's documents."""

    create: Callable[[RecordedExchange], ExchangeT]
    exchanges: list[ExchangeT] = field(default_factory=list)

    def __call__(self, app: ASGIApp) -> ASGIApp:
        """Return the wrapped application."""

        async def call(scope: Scope, receive: Receive, send: Send) -> None:
            starts, given, body = list[Message](), bytearray(), bytearray()

            async def record_request() -> Message:
                message = await receive()
                given.extend(message.get("body", b""))
                return message

            async def record_response(message: Message) -> None:
                starts.extend([message] if "status" in message else [])
                body.extend(message.get("body", b""))
                await send(message)

            await app(scope, record_request, record_response)
            exchange = RecordedExchange(
                path=scope["path"],
                query=dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)),
                sent=(headers := Headers(scope=scope)),
                given=json.loads(given) if headers.get("content-type") == "application/json" and given else None,
                status=starts[0]["status"],
                answered=Headers(raw=starts[0]["headers"]),
                body=json.loads(body),
            )
            self.exchanges.append(self.create(exchange))

        return call


async def _verify_schema(vendor: str, create: Callable[[RecordedExchange], Exchange]) -> ClientRun:
    (played,) = [played for played in VENDOR_ROLES if played.manifest.vendor == vendor]
    recorder = ExchangeRecorder(create)
    run = await exercise_port(played, recorder)
    objections = {each.resource: found for each in recorder.exchanges if (found := each.list_objections())}
    findings = {
        "objections": sorted({each for found in objections.values() for each in found}),
        "asked": sorted(Counter(exchange.resource for exchange in recorder.exchanges).items()),
    }
    return ClientRun(findings, tuple(each for each in run.calls if _parse_resource(each.path) not in objections))


def build_schema_verifier(
    vendor: str, of: Callable[[RecordedExchange], Exchange]
) -> Callable[[], Awaitable[ClientRun]]:
    """Return the verifier of a vendor's documents; its findings are the requested resources and all objections.

    A call counts as checked only if none of its exchanges has an objection.
    """
    return partial(_verify_schema, vendor, of)


def _parse_resource(path: str) -> str:
    return path.rsplit("/", 1)[-1].partition(".")[0]
