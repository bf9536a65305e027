"""Adapters make exactly the listed calls, and every verifier has made the calls that name it."""

import pytest

from tests.clients.calls import CALLS, match_calls
from tests.clients.port_runs import exercise_port, list_port_methods
from tests.clients.verifiers import VERIFIERS
from tests.contract.systems import VENDOR_ROLES, VendorRole

# Tryton's adapter runs against the vendor's own server, so its calls need no verifier.
TWINS = [played for played in VENDOR_ROLES if played.manifest.vendor != "tryton"]


@pytest.mark.parametrize("played", TWINS, ids=str)
async def test_an_adapter_makes_exactly_the_listed_calls(played: VendorRole) -> None:
    run = await exercise_port(played)

    listed, unlisted = match_calls(played.manifest.vendor, run.calls)
    assert list_port_methods(played.role) - run.methods == set()
    assert unlisted == set()
    assert {row for row in CALLS if row.vendor == played.manifest.vendor} - listed == set()


@pytest.mark.parametrize("verifier", VERIFIERS)
async def test_a_verifier_has_made_every_call_that_names_it(run_verifier, verifier: str) -> None:
    vendor, _, name = verifier.partition("/")

    listed, _ = match_calls(vendor, (await run_verifier(verifier)).calls)

    claimed = {row for row in CALLS if row.vendor == vendor and name in row.checked_by}
    assert claimed
    assert claimed - listed == set()


def test_every_listed_call_names_known_verifiers_or_what_is_unchecked() -> None:
    assert {f"{row.vendor}/{verifier}" for row in CALLS for verifier in row.checked_by} == VERIFIERS.keys()
    assert [str(row) for row in CALLS if not row.checked_by and not row.unchecked] == []
    assert len({str(row) for row in CALLS}) == len(CALLS)
    assert {row.vendor for row in CALLS} == {played.manifest.vendor for played in TWINS}
