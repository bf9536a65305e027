"""Repeats a call to the store while its database cannot be reached, within the deadline of the request."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from gateway.errors import StoreUnavailableError
from gateway.resilience.deadline import compute_remaining

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")

MAX_SECONDS: Final = 30.0
"""How long a call without a deadline is repeated: a restart of a database takes seconds."""
_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 0.5


async def repeat_while_unreachable(call: Callable[[], Awaitable[Result]]) -> Result:
    """Call until the store answers. Raise its last error at the deadline; other errors at once.

    A call must be repeatable as a whole: a read, or a transaction that decides and writes again.
    """
    clock = asyncio.get_running_loop()
    until = clock.time() + compute_remaining(clock.time(), MAX_SECONDS)
    pause = _FIRST_PAUSE
    while True:
        try:
            return await call()
        except StoreUnavailableError as error:
            if not error.retryable or clock.time() + pause >= until:
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def repeatable(
    method: Callable[Arguments, Coroutine[Any, Any, Result]],
) -> Callable[Arguments, Coroutine[Any, Any, Result]]:
    """Declare that a method only reads the store, so that it is repeated while the store cannot be reached."""

    @wraps(method)
    async def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        return await repeat_while_unreachable(lambda: method(*args, **kwargs))

    return call
