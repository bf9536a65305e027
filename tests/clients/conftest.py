"""Runs each verifier of the twins at most once per session."""

from collections.abc import Awaitable, Callable

import pytest

from tests.clients.client_runs import ClientRun
from tests.clients.verifiers import VERIFIERS


@pytest.fixture(scope="session")
def run_verifier() -> Callable[[str], Awaitable[ClientRun]]:
    """`await run_verifier("salesforce/jsforce")` returns its run; the first run installs its environment."""
    runs: dict[str, ClientRun] = {}

    async def run(name: str) -> ClientRun:
        if name not in runs:
            runs[name] = await VERIFIERS[name]()
        return runs[name]

    return run
