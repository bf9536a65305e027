"""psgw token inspect: why a token is accepted or rejected; the token and its signature are never printed."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.e2e.commands.running import CommandResult, Sandbox, run_psgw
from tests.fixtures.ports import find_free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def issue_token(sandbox: Sandbox, role: str = "finance") -> str:
    return (await sandbox.run_psgw("token", "--role", role, "--state", str(sandbox.state))).out.strip()


def is_hidden(found: CommandResult, text: str) -> bool:
    """Return whether neither the token nor its signature is in the output."""
    parts: Sequence[str] = text.split(".")
    return all(part not in found.out + found.err for part in parts)


async def test_a_token_of_the_demo_is_accepted_from_standard_input(sandbox: Sandbox) -> None:
    text = await issue_token(sandbox, "consultant")

    found = await run_psgw(
        "token", "inspect", "--state", str(sandbox.state), stdin=text + "\n", home=sandbox.state.parent
    )

    assert (found.code, found.err) == (0, "")
    assert found.out.startswith("✓ accepted        The gateway accepts this token.\n")
    assert "role-consultant" in found.out
    assert is_hidden(found, text)


async def test_json_output_has_the_same_keys_for_every_result(sandbox: Sandbox) -> None:
    text = await issue_token(sandbox)
    arguments = ("token", "inspect", "--settings", str(sandbox.settings), "--json")

    good = await run_psgw(*arguments, f"Bearer {text}")
    bad = await run_psgw(*arguments, "invalid")

    keys = ["accepted", "keys", "refusals", "header", "claims", "times", "scopes", "rows"]
    assert (good.code, list(good.json)) == (0, keys)
    assert (bad.code, list(bad.json)) == (4, keys)
    assert good.json["accepted"] is True
    assert good.json["rows"]["legal_entities"] == "*"
    assert "customers.finance:read" in good.json["scopes"]["known"]
    assert bad.json["refusals"][0]["cause"] == "form"
    assert is_hidden(good, text)


async def test_a_changed_token_for_another_gateway_is_rejected_for_both_reasons(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    text = await issue_token(sandbox)
    changed = text[:-6] + ("AAAAAA" if not text.endswith("AAAAAA") else "BBBBBB")
    settings = sandbox.write_settings(tmp_path / "psgw.toml", ("https://graph.psgw.example", "https://another.example"))

    found = await run_psgw("token", "inspect", "--settings", str(settings), "--json", changed)

    assert found.code == 4
    assert found.json["accepted"] is False
    assert [each["cause"] for each in found.json["refusals"]] == ["signature", "aud"]
    assert found.json["refusals"][1]["message"] == (
        "It is for https://graph.psgw.example; this gateway is https://another.example."
    )
    assert is_hidden(found, changed)


async def test_without_the_issuers_keys_the_claims_are_shown_and_it_ends_with_3(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    text = await issue_token(sandbox)
    settings = sandbox.write_settings(
        tmp_path / "psgw.toml", (f"{sandbox.issuer}/jwks", f"http://127.0.0.1:{find_free_port()}/jwks")
    )

    found = await run_psgw("token", "inspect", "--settings", str(settings), "--json", text)

    assert (found.code, found.json["accepted"], found.json["keys"]) == (3, False, False)
    assert found.json["claims"]["sub"] == "role-finance"


async def test_without_settings_no_token_is_inspected(tmp_path: Path) -> None:
    result = await run_psgw("token", "inspect", "a.b.c", home=tmp_path)

    assert (result.code, result.out) == (2, "")
    assert "name a settings file with --settings, or start psgw demo" in result.message
