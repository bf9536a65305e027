"""psgw token: a token of the demo's provider, alone on stdout."""

import re

import pytest

from tests.e2e.commands.running import Sandbox
from tests.fixtures.ports import free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_token_is_alone_on_stdout(sandbox: Sandbox) -> None:
    words = ("--state", str(sandbox.state))

    plain = await sandbox.run_psgw("token", "--role", "finance", *words)
    told = await sandbox.run_psgw("token", "--role", "finance", "--json", *words)

    assert (plain.code, plain.err) == (0, "")
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", plain.out)
    assert set(told.json) == {"access_token", "expires_in", "scope"}


async def test_a_role_that_nobody_has_is_refused_with_the_ones_there_are(sandbox: Sandbox) -> None:
    refused = await sandbox.run_psgw(
        "token", "--role", "king", "--issuer", sandbox.issuer, "--state", str(sandbox.state)
    )

    assert (refused.code, refused.out) == (2, "")
    assert "there is no role king; there are auditor, consultant, finance" in refused.message


async def test_without_a_demo_its_folder_is_asked_for(sandbox: Sandbox) -> None:
    refused = await sandbox.run_psgw("token", "--state", str(sandbox.state / "nowhere"))

    assert (refused.code, refused.out) == (2, "")
    assert "start psgw demo, or name its folder with --state" in refused.message


async def test_without_a_provider_a_token_ends_with_3(sandbox: Sandbox) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"

    refused = await sandbox.run_psgw("token", "--issuer", nowhere, "--state", str(sandbox.state))

    assert (refused.code, refused.out) == (3, "")
    assert "is psgw demo running?" in refused.message
