"""Runs each verifier of the twins at most once per session."""

import pytest

from tests.clients.client_runs import ClientRun, RunVerifier
from tests.clients.verifiers import VERIFIERS


@pytest.fixture(scope="session")
def run_verifier() -> RunVerifier:
    """`await run_verifier("salesforce/jsforce")` returns its run; the first run installs its environment."""
    runs: dict[str, ClientRun] = {}

    async def run(name: str) -> ClientRun:
        if name not in runs:
            runs[name] = await VERIFIERS[name]()
        return runs[name]

    return run
