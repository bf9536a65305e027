"""The writing side of a connection: what the gateway asks of an adapter so that each write takes effect once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import msgspec

from gateway.canonical.workflows import WriteOperation
from gateway.ports.commands import Command
from gateway.ports.outcomes import Outcome


class RepeatMode(StrEnum):
    """How a system makes a create safe to repeat."""

    UPSERT = "UPSERT"
    """It creates or updates by an external id: the same id is one record."""
    KEY = "KEY"
    """It remembers idempotency keys: a second request with the key returns the first result."""
    LOOKUP = "LOOKUP"
    """It does neither; the gateway stores the key in a field and searches for it before it sends again."""


class WriteCapability(msgspec.Struct, frozen=True, kw_only=True):
    """What an adapter declares about its writes.

    `batch` is the number of commands per call, `concurrency` of calls at a time. `settle` is how long after sending a
    write without an answer may still take effect or stay invisible to a search; for LOOKUP it must cover the client's
    time-out, the latest effect and the delay of the search index.
    """

    mode: RepeatMode
    batch: int = 1
    concurrency: int = 8
    settle: timedelta = timedelta(minutes=5)


class PendingWrite(msgspec.Struct, frozen=True):
    """One write of the write log. `sent_at` is set as soon as it may have been sent."""

    base: str
    generation: int
    item: str
    command: Command
    attempts: int = 0
    sent_at: datetime | None = None

    @property
    def key(self) -> str:
        """The idempotency key and external id.

        It is the same for every attempt, and another one only after the effect was undone or refused.
        """
        return f"{self.base}-{self.generation}" if self.generation else self.base


class WritePort(Protocol):
    """The writes of one connection. No method raises: a missing answer is Unconfirmed."""

    @property
    def write_capability(self) -> WriteCapability:
        """How the system makes writes safe to repeat."""

    async def send_writes(self, writes: Sequence[PendingWrite]) -> Sequence[Outcome]:
        """Send commands of one class and return their outcomes in the same order."""

    async def find_writes(self, writes: Sequence[PendingWrite]) -> Mapping[str, str] | None:
        """Return the system's ids of the objects that these writes created, by key; None without an answer."""


def requires_lookup(write: PendingWrite, capability: WriteCapability) -> bool:
    """Return whether sending the write a second time could create a second object."""
    return capability.mode is RepeatMode.LOOKUP and write.command.operation is WriteOperation.CREATE
