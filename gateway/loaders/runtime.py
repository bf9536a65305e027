"""Runs loaders for one request: groups and splits keys, and returns every failure as a value."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from gateway.canonical.fault import Fault, FaultCode, describe_fault
from gateway.canonical.native import NativeId
from gateway.canonical.roles import SystemRole
from gateway.errors import ClientError, SourceError, StoreUnavailableError
from gateway.loaders.arguments import FrozenArgs
from gateway.loaders.declaration import Loader, LoadKey
from gateway.loaders.unreadable import add_unreadable
from gateway.ports.base import SystemPort
from gateway.ports.unreadable import collect_unreadable

LOG = logging.getLogger(__name__)
SHARE_OF_REMAINING = 0.6
INDEX_SECONDS = 1.0
"""What a read of the gateway's own card index may take, even past the deadline that a slow system has used up.

It takes milliseconds; a read that takes longer shows that the gateway has too much work.
"""


class ConnectedPorts(Protocol):
    """The part of the loaders' sources that the runtime reads: the ports by connection, for their batch limits."""

    @property
    def ports(self) -> Mapping[str, SystemPort]:
        """The connected systems."""


class LoaderRuntime:
    """The loaders of one request.

    `calls` counts loader calls per loader name; upstream calls are counted where they are sent.

    `deadline` is an instant of the event loop's clock. A call that has not answered by then is cancelled and becomes a
    Fault. `is_gateway_overloaded` says that a read of the gateway's own index did not end in time.
    """

    def __init__(
        self, loaders: Mapping[str, Loader], sources: ConnectedPorts, correlation_id: str, deadline: float | None = None
    ) -> None:
        self._loaders = loaders
        self._sources = sources
        self._correlation_id = correlation_id
        self._deadline = deadline
        self.calls: Counter[str] = Counter()
        self.is_gateway_overloaded = False

    async def load(self, wanted: Iterable[LoadKey]) -> dict[LoadKey, Any]:
        """Return per key a record, a page, a value, None, a Fault, or a ClientError caused by the key's arguments.

        Never raises.
        """
        batches: dict[tuple[str, Hashable], list[Hashable]] = defaultdict(list)
        for name, args, key in wanted:
            batches[name, args].append(key)
        chunks = [
            (name, args, chunk)
            for (name, args), keys in batches.items()
            for chunk in self._split(self._loaders[name], keys)
        ]
        answers = await asyncio.gather(*(self._call(name, args, keys) for name, args, keys in chunks))
        return {
            (name, args, key): value
            for (name, args, _), answer in zip(chunks, answers, strict=True)
            for key, value in answer.items()
        }

    def _split(self, loader: Loader, keys: Sequence[Hashable]) -> Iterable[list[Hashable]]:
        for connection, group in self._group_by_connection(keys).items():
            size = self._choose_batch_size(loader, connection, len(group))
            for start in range(0, len(group), size):
                yield group[start : start + size]

    def _choose_batch_size(self, loader: Loader, connection: str, rows: int) -> int:
        if isinstance(loader.batch, int):
            return loader.batch
        port = self._sources.ports.get(connection)
        return rows if port is None else loader.batch(port)

    @staticmethod
    def _group_by_connection(keys: Sequence[Hashable]) -> dict[str, list[Hashable]]:
        groups: dict[str, list[Hashable]] = defaultdict(list)
        for key in keys:
            groups[key.connection if isinstance(key, NativeId) else ""].append(key)
        return groups

    async def _call(self, name: str, args: Hashable, keys: Sequence[Hashable]) -> dict[Hashable, Any]:
        loader = self._loaders[name]
        fault = self._find_fault(loader, keys[0])
        if fault is not None:
            return dict.fromkeys(keys, fault)
        self.calls[name] += 1
        values = args.value if isinstance(args, FrozenArgs) else {}
        timeout = self._compute_timeout(loader.system)
        try:
            with collect_unreadable() as lost:
                async with asyncio.timeout(timeout):
                    found = await loader.call(self._sources, keys, values)
            answer = {key: self._to_value(loader.system, key, found.get(key)) for key in keys}
            return add_unreadable(loader, answer, lost, self._correlation_id) if lost else answer
        except ClientError as error:
            return dict.fromkeys(keys, error)
        except SourceError as error:
            failure = error
        except TimeoutError:
            self.is_gateway_overloaded |= loader.system is SystemRole.GATEWAY
            failure = SourceError(FaultCode.TIMEOUT, "the request's deadline")
        except StoreUnavailableError:  # the store logs the start and the end of an outage
            failure = SourceError(FaultCode.UNAVAILABLE, "the store")
        except Exception:
            LOG.exception("loader failed", extra={"loader": name, "correlation_id": self._correlation_id})
            failure = SourceError(FaultCode.UNKNOWN, "loader")
        return dict.fromkeys(keys, self._to_fault(loader.system, keys[0], failure))

    def _find_fault(self, loader: Loader, key: Hashable) -> Fault | None:
        """Return the fault of a call that must not be sent: no such connection, or the deadline has passed."""
        if isinstance(key, NativeId) and key.connection not in self._sources.ports:
            return self._to_fault(loader.system, key, SourceError(FaultCode.UNAVAILABLE, "no such connection"))
        if loader.system is SystemRole.GATEWAY:
            return None
        if self._deadline is not None and asyncio.get_running_loop().time() >= self._deadline:
            return self._to_fault(loader.system, key, SourceError(FaultCode.TIMEOUT, "the request's deadline"))
        return None

    def _compute_timeout(self, system: SystemRole) -> float | None:
        """Return the seconds that a call may take: a share of the remaining time, which leaves some for a fallback."""
        if self._deadline is None:
            return None
        least = INDEX_SECONDS if system is SystemRole.GATEWAY else 0.0
        return max(least, (self._deadline - asyncio.get_running_loop().time()) * SHARE_OF_REMAINING)

    def _to_value(self, system: SystemRole, key: Hashable, value: Any) -> Any:
        return self._to_fault(system, key, value) if isinstance(value, SourceError) else value

    def _to_fault(self, system: SystemRole, key: Hashable, error: SourceError) -> Fault:
        """Describe a failure in fixed text: the source's own message goes to the log only."""
        return Fault(
            system=system,
            code=error.code,
            message=f"{describe_fault(error.code, f'The {system.value}')}.",
            correlation_id=self._correlation_id,
            connection=key.connection if isinstance(key, NativeId) else None,
            retry_after=error.retry_after,
        )
