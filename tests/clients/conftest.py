"""Runs each judge of the twins once, however many tests look at what it found."""

from collections.abc import Awaitable, Callable

import pytest

from tests.clients.driving import ClientRun
from tests.clients.judges import VERIFIERS


@pytest.fixture(scope="session")
def judged() -> Callable[[str], Awaitable[ClientRun]]:
    """`await judged("salesforce/jsforce")`: what the judge found. The first call of a machine installs its environment."""
    done: dict[str, ClientRun] = {}

    async def once(name: str) -> ClientRun:
        if name not in done:
            done[name] = await VERIFIERS[name]()
        return done[name]

    return once
