"""psgw token: prints a token of the demo's provider, and nothing else, on stdout."""

import re

import pytest

from tests.e2e.commands.running import Sandbox
from tests.fixtures.ports import find_free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_stdout_contains_the_token_only(sandbox: Sandbox) -> None:
    options = ("--state", str(sandbox.state))

    plain = await sandbox.run_psgw("token", "--role", "finance", *options)
    result = await sandbox.run_psgw("token", "--role", "finance", "--json", *options)

    assert (plain.code, plain.err) == (0, "")
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", plain.out)
    assert set(result.json) == {"access_token", "expires_in", "scope"}


async def test_an_unknown_role_is_rejected_with_the_known_ones(sandbox: Sandbox) -> None:
    result = await sandbox.run_psgw(
        "token", "--role", "king", "--issuer", sandbox.issuer, "--state", str(sandbox.state)
    )

    assert (result.code, result.out) == (2, "")
    assert "there is no role king; choose from auditor, consultant, finance" in result.message


async def test_without_a_demo_the_message_asks_for_its_folder(sandbox: Sandbox) -> None:
    result = await sandbox.run_psgw("token", "--state", str(sandbox.state / "nowhere"))

    assert (result.code, result.out) == (2, "")
    assert "start psgw demo, or name its folder with --state" in result.message


async def test_without_a_provider_a_token_ends_with_3(sandbox: Sandbox) -> None:
    nowhere = f"http://127.0.0.1:{find_free_port()}"

    result = await sandbox.run_psgw("token", "--issuer", nowhere, "--state", str(sandbox.state))

    assert (result.code, result.out) == (3, "")
    assert "start it with psgw demo" in result.message
