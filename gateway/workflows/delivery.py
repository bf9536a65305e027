"""Delivers writes to a system so that each takes effect once, whatever the system supports and wherever we stop."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from gateway.ports.outcomes import AlreadyApplied, Outcome, Throttled, Unconfirmed
from gateway.ports.write_port import PendingWrite, WriteCapability, WritePort, requires_lookup

BACKOFF: Final = tuple(timedelta(seconds=seconds) for seconds in (0.2, 0.5, 1.0, 2.0, 5.0))
"""The time between attempts if the system names none."""

CommitIntent = Callable[[Sequence[PendingWrite]], Awaitable[None]]


async def deliver_writes(
    port: WritePort, writes: Sequence[PendingWrite], commit_intent: CommitIntent, now: Callable[[], datetime]
) -> dict[str, Outcome]:
    """Deliver writes of one step and return their outcomes by key. Every Unconfirmed and Throttled has an `until`.

    `commit_intent` commits that the writes are about to be sent; it raises if the run belongs to somebody else.
    A system that recognises a key gets the same key again. With any other, a create that may have been sent is left
    alone until the settle time has passed, then searched for, and only then sent again.
    """
    outcomes = await _look_up(port, writes, now)
    unsent = [write for write in writes if write.key not in outcomes]
    if unsent:
        outcomes.update(await _send(port, unsent, commit_intent, now))
    return outcomes


async def _look_up(port: WritePort, writes: Sequence[PendingWrite], now: Callable[[], datetime]) -> dict[str, Outcome]:
    capability = port.write_capability
    outcomes: dict[str, Outcome] = {}
    searched: list[PendingWrite] = []
    for write in writes:
        if write.sent_at is None or not requires_lookup(write, capability):
            continue
        settled_at = write.sent_at + capability.settle
        if settled_at > now():
            outcomes[write.key] = Unconfirmed(settled_at)
        else:
            searched.append(write)
    found = await port.find_writes(searched) if searched else {}
    for write in searched:
        if found is None:
            outcomes[write.key] = Unconfirmed(now() + get_backoff(write))
        elif write.key in found:
            outcomes[write.key] = AlreadyApplied(found[write.key])
    return outcomes


async def _send(
    port: WritePort, writes: Sequence[PendingWrite], commit_intent: CommitIntent, now: Callable[[], datetime]
) -> dict[str, Outcome]:
    capability, began = port.write_capability, now()
    await commit_intent(writes)
    if now() - began > capability.settle / 2:
        # This process was suspended: another may have taken the run over and may be searching by now.
        return {write.key: Unconfirmed(now() + capability.settle) for write in writes}
    sent = await port.send_writes(writes)
    return {
        write.key: _set_retry_time(write, outcome, capability, now())
        for write, outcome in zip(writes, sent, strict=True)
    }


def get_backoff(write: PendingWrite) -> timedelta:
    """Return the time until the next attempt; it grows with the number of attempts."""
    return BACKOFF[min(write.attempts, len(BACKOFF) - 1)]


def _set_retry_time(write: PendingWrite, outcome: Outcome, capability: WriteCapability, now: datetime) -> Outcome:
    if isinstance(outcome, Unconfirmed):
        return Unconfirmed(now + (capability.settle if requires_lookup(write, capability) else get_backoff(write)))
    if isinstance(outcome, Throttled) and (outcome.until is None or outcome.until <= now):
        return Throttled(now + get_backoff(write))
    return outcome
