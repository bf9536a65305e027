"""Runs an adapter over its twin and holds every exchange against the vendor's documents: the judge called `schema`."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.clients.driving import ClientRun
from tests.clients.ports import exercise_port
from tests.contract.systems import PLAYED


@dataclass(frozen=True, kw_only=True)
class Passed:
    """A call and its answer, as they went by. Headers are in lower case; `given` is the call's JSON, None where it had none."""

    path: str
    query: Mapping[str, str]
    sent: Mapping[str, str]
    given: Any
    status: int
    answered: Mapping[str, str]
    body: Any

    @property
    def resource(self) -> str:
        """The last part of the path, without its suffix."""
        return _parse_resource(self.path)


class Exchange(Protocol):
    """A call and its answer, as one vendor's documents see them."""

    @property
    def resource(self) -> str:
        """The list that was asked for."""

    def objections(self) -> list[str]:
        """Return what the vendor's documents do not know, or know otherwise, in words."""


ExchangeT = TypeVar("ExchangeT", bound=Exchange)


@dataclass
class Reading(Generic[ExchangeT]):
    """ASGI: reads every exchange with an application; `of` sees it with the vendor's eyes."""

    of: Callable[[Passed], ExchangeT]
    exchanges: list[ExchangeT] = field(default_factory=list)

    def __call__(self, app: ASGIApp) -> ASGIApp:
        """Return the application, read."""

        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            starts, given, body = list[Message](), bytearray(), bytearray()

            async def read() -> Message:
                message = await receive()
                given.extend(message.get("body", b""))
                return message

            async def sent(message: Message) -> None:
                starts.extend([message] if "status" in message else [])
                body.extend(message.get("body", b""))
                await send(message)

            await app(scope, read, sent)
            passed = Passed(
                path=scope["path"],
                query=dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)),
                sent=(headers := Headers(scope=scope)),
                given=json.loads(given) if headers.get("content-type") == "application/json" and given else None,
                status=starts[0]["status"],
                answered=Headers(raw=starts[0]["headers"]),
                body=json.loads(body),
            )
            self.exchanges.append(self.of(passed))

        return served


async def _verify_schema(vendor: str, of: Callable[[Passed], Exchange]) -> ClientRun:
    (played,) = [played for played in PLAYED if played.manifest.vendor == vendor]
    reading = Reading(of)
    run = await exercise_port(played, reading)
    objections = {each.resource: objected for each in reading.exchanges if (objected := each.objections())}
    told = {
        "objections": sorted({each for objected in objections.values() for each in objected}),
        "asked": sorted(Counter(exchange.resource for exchange in reading.exchanges).items()),
    }
    return ClientRun(told, tuple(each for each in run.calls if _parse_resource(each.path) not in objections))


def build_schema_verifier(vendor: str, of: Callable[[Passed], Exchange]) -> Callable[[], Awaitable[ClientRun]]:
    """Return the judge that tells what was asked and every objection; a call counts as checked only when there is none to any of its exchanges."""
    return partial(_verify_schema, vendor, of)


def _parse_resource(path: str) -> str:
    return path.rsplit("/", 1)[-1].partition(".")[0]
