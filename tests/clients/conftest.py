"""Runs each judge of the twins once, however many tests look at what it found."""

from collections.abc import Awaitable, Callable

import pytest

from tests.clients.driving import Ran
from tests.clients.judges import JUDGES


@pytest.fixture(scope="session")
def judged() -> Callable[[str], Awaitable[Ran]]:
    """`await judged("salesforce/jsforce")`: what the judge found. The first call of a machine installs its environment."""
    done: dict[str, Ran] = {}

    async def once(name: str) -> Ran:
        if name not in done:
            done[name] = await JUDGES[name]()
        return done[name]

    return once
