"""Runs loaders for one request: groups keys by connection, cuts chunks, gathers them, and turns every failure into a value."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from gateway.canonical.fault import Fault, FaultCode
from gateway.canonical.native import NativeId
from gateway.canonical.roles import SystemRole
from gateway.errors import ClientError, SourceError
from gateway.loaders.arguments import FrozenArgs
from gateway.loaders.declaration import Loader, LoadKey
from gateway.ports.base import SystemPort

LOG = logging.getLogger(__name__)
SHARE_OF_REMAINING = 0.6

WORDS = {
    FaultCode.TIMEOUT: "did not answer in time",
    FaultCode.UNAVAILABLE: "cannot be reached",
    FaultCode.RATE_LIMITED: "accepts no more calls for now",
    FaultCode.AUTH_EXPIRED: "refused the gateway's credentials",
    FaultCode.PERMISSION_DENIED: "denied a permission that the gateway needs",
    FaultCode.NOT_FOUND: "does not know what was asked for",
    FaultCode.CONTRACT_MISMATCH: "answered something that cannot be read",
    FaultCode.CIRCUIT_OPEN: "is failing and is being left alone for a moment",
}


class Connected(Protocol):
    """What loaders read from, as far as the runtime looks into it: the ports by connection, for their batch limits."""

    @property
    def ports(self) -> Mapping[str, SystemPort]:
        """The connected systems."""


class LoaderRuntime:
    """The loaders of one request. `calls` counts loader calls per loader name; upstream calls are counted where they are sent.

    `deadline` is an instant of the event loop's clock; a call that has not answered by then is cancelled and becomes a Fault.
    """

    def __init__(
        self, loaders: Mapping[str, Loader], sources: Connected, correlation_id: str, deadline: float | None = None
    ) -> None:
        self._loaders = loaders
        self._sources = sources
        self._correlation_id = correlation_id
        self._deadline = deadline
        self.calls: Counter[str] = Counter()

    async def load(self, wanted: Iterable[LoadKey]) -> dict[LoadKey, Any]:
        """Load every key: a record, a page, a value, None, a Fault, or the ClientError that asking for it deserves. Never raises."""
        batches: dict[tuple[str, Hashable], list[Hashable]] = defaultdict(list)
        for name, args, key in wanted:
            batches[name, args].append(key)
        chunks = [
            (name, args, chunk)
            for (name, args), keys in batches.items()
            for chunk in self._chunks(self._loaders[name], keys)
        ]
        answers = await asyncio.gather(*(self._call(name, args, keys) for name, args, keys in chunks))
        return {
            (name, args, key): value
            for (name, args, _), answer in zip(chunks, answers, strict=True)
            for key, value in answer.items()
        }

    def _chunks(self, loader: Loader, keys: Sequence[Hashable]) -> Iterable[list[Hashable]]:
        for connection, group in self._by_connection(keys).items():
            size = self._batch(loader, connection, len(group))
            for start in range(0, len(group), size):
                yield group[start : start + size]

    def _batch(self, loader: Loader, connection: str, rows: int) -> int:
        if isinstance(loader.batch, int):
            return loader.batch
        port = self._sources.ports.get(connection)
        return rows if port is None else loader.batch(port)

    @staticmethod
    def _by_connection(keys: Sequence[Hashable]) -> dict[str, list[Hashable]]:
        groups: dict[str, list[Hashable]] = defaultdict(list)
        for key in keys:
            groups[key.connection if isinstance(key, NativeId) else ""].append(key)
        return groups

    async def _call(self, name: str, args: Hashable, keys: Sequence[Hashable]) -> dict[Hashable, Any]:
        loader = self._loaders[name]
        refused = self._refused(loader, keys[0])
        if refused is not None:
            return dict.fromkeys(keys, refused)
        self.calls[name] += 1
        values = args.value if isinstance(args, FrozenArgs) else {}
        try:
            async with asyncio.timeout(self._share()):
                found = await loader.call(self._sources, keys, values)
            return {key: self._settled(loader.system, key, found.get(key)) for key in keys}
        except ClientError as refusal:
            return dict.fromkeys(keys, refusal)
        except SourceError as error:
            return dict.fromkeys(keys, self._fault(loader.system, keys[0], error))
        except TimeoutError:
            late = SourceError(FaultCode.TIMEOUT, "the request's deadline")
            return dict.fromkeys(keys, self._fault(loader.system, keys[0], late))
        except Exception:
            LOG.exception("loader failed", extra={"loader": name, "correlation_id": self._correlation_id})
            broken = SourceError(FaultCode.UNKNOWN, "loader")
            return dict.fromkeys(keys, self._fault(loader.system, keys[0], broken))

    def _refused(self, loader: Loader, key: Hashable) -> Fault | None:
        """Return why a call is not worth sending: its connection is gone (an old id), or the request's time is over."""
        if isinstance(key, NativeId) and key.connection not in self._sources.ports:
            return self._fault(loader.system, key, SourceError(FaultCode.UNAVAILABLE, "no such connection"))
        if self._deadline is not None and asyncio.get_running_loop().time() >= self._deadline:
            return self._fault(loader.system, key, SourceError(FaultCode.TIMEOUT, "the request's deadline"))
        return None

    def _share(self) -> float | None:
        """Return how many seconds a call may take: a part of what remains, so that a fallback still fits in."""
        if self._deadline is None:
            return None
        return max(0.0, self._deadline - asyncio.get_running_loop().time()) * SHARE_OF_REMAINING

    def _settled(self, system: SystemRole, key: Hashable, value: Any) -> Any:
        return self._fault(system, key, value) if isinstance(value, SourceError) else value

    def _fault(self, system: SystemRole, key: Hashable, error: SourceError) -> Fault:
        """Describe a failure in fixed words: what the source itself said stays in the log."""
        words = WORDS.get(error.code, "failed")
        return Fault(
            system=system,
            code=error.code,
            message=f"The {system.value} {words}.",
            correlation_id=self._correlation_id,
            connection=key.connection if isinstance(key, NativeId) else None,
            retry_after=error.retry_after,
        )
