"""psgw check: findings on every system and on the gateway itself; the exit code is the class of the worst one."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.e2e.commands.running import CommandResult, Sandbox, interrupt, run_psgw, start_psgw
from tests.fixtures.ports import find_free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


def list_failed(found: CommandResult) -> list[tuple[str, str, str]]:
    """Return (connection, subject, message) of each failed finding."""
    groups = {"gateway": found.json["gateway"], **found.json["connections"]}
    return [
        (name, each["subject"], each["message"]) for name, group in groups.items() for each in group if not each["ok"]
    ]


async def test_the_demo_has_no_failed_finding(sandbox: Sandbox) -> None:
    found = await sandbox.run_psgw("check", "--settings", str(sandbox.settings), "--json")

    assert (found.code, found.err) == (0, "")
    assert found.json["ok"] is True
    assert set(found.json) == {"ok", "gateway", "connections"}
    assert list(found.json["connections"]) == ["crm", "erp", "hcm", "psa"]
    assert [each["subject"] for each in found.json["gateway"]] == ["store", f"issuer {sandbox.issuer}"]
    assert all(set(each) == {"subject", "ok", "message", "remedy"} for each in found.json["gateway"])
    assert list_failed(found) == []


async def test_text_output_has_one_table_per_system_and_groups_equal_findings(sandbox: Sandbox) -> None:
    found = await sandbox.run_psgw("check", "--settings", str(sandbox.settings))

    titles = [line for line in found.out.splitlines() if not line.startswith(" ")]
    assert (found.code, found.err) == (0, "")
    assert sorted(titles) == ["crm (salesforce)", "erp (netsuite)", "gateway", "hcm (workday)", "psa (kantata)"]
    assert "✗" not in found.out
    assert re.search(r"✓  SuiteQL and \d+ more +Can be read\.", found.out)
    assert "\x1b" not in found.out


async def test_a_check_creates_no_store(sandbox: Sandbox, tmp_path: Path) -> None:
    store = f"sqlite+aiosqlite:///{sandbox.state}/psgw.sqlite"
    settings = sandbox.write_settings(tmp_path / "psgw.toml", (store, f"sqlite+aiosqlite:///{tmp_path}/none.sqlite"))

    found = await sandbox.run_psgw("check", "--settings", str(settings), "--json")

    assert found.code == 0
    assert found.json["gateway"][0]["message"] == f"{tmp_path}/none.sqlite will be created when the gateway starts."
    assert not (tmp_path / "none.sqlite").exists()


async def test_a_misnamed_field_of_a_mapping_file_is_named_and_ends_with_4(sandbox: Sandbox, tmp_path: Path) -> None:
    mapping = (sandbox.state / "mappings" / "kantata.toml").read_text(encoding="utf-8")
    (tmp_path / "wrong.toml").write_text(mapping.replace('"Cost centre"', '"Nobody"'), encoding="utf-8")
    changed = ('"mappings/kantata.toml"', f'"{tmp_path}/wrong.toml"')
    settings = sandbox.write_settings(tmp_path / "psgw.toml", changed)

    found = await sandbox.run_psgw("check", "--settings", str(settings), "--json")

    assert found.code == 4
    assert list_failed(found) == [("psa", "custom field Nobody of Workspace", "There is no field Nobody.")]


async def test_an_unreachable_system_ends_with_3_and_hides_no_other(sandbox: Sandbox, tmp_path: Path) -> None:
    nowhere = find_free_port()
    address = sandbox.systems["crm"]["address"]
    settings = sandbox.write_settings(tmp_path / "psgw.toml", (address, f"http://127.0.0.1:{nowhere}"))

    found = await sandbox.run_psgw("check", "--settings", str(settings), "--json")

    assert found.code == 3
    assert list_failed(found) == [("crm", "address", f"127.0.0.1:{nowhere} refuses the connection.")]
    assert len(found.json["connections"]["erp"]) > 50


async def test_an_issuer_without_keys_is_reported(sandbox: Sandbox, tmp_path: Path) -> None:
    gone = f"http://127.0.0.1:{find_free_port()}/jwks"
    away = sandbox.write_settings(tmp_path / "away.toml", (f"{sandbox.issuer}/jwks", gone))
    other = sandbox.write_settings(tmp_path / "other.toml", (f"{sandbox.issuer}/jwks", f"{sandbox.issuer}/nothing"))

    unreached, elsewhere = await asyncio.gather(
        *(sandbox.run_psgw("check", "--settings", str(file), "--json") for file in (away, other))
    )

    subject = f"issuer {sandbox.issuer}"
    assert (unreached.code, elsewhere.code) == (3, 4)
    assert list_failed(unreached) == [("gateway", subject, f"{gone[7:-5]} refuses the connection.")]
    assert list_failed(elsewhere) == [("gateway", subject, "`jwks_url` answers with HTTP 404.")]


async def test_a_secret_is_reported_by_name_and_location_and_never_by_value(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = tmp_path / "crm.secret"
    secret.write_text("a-wrong-secret", encoding="utf-8")
    secret.chmod(0o644)
    settings = sandbox.write_settings(
        tmp_path / "psgw.toml",
        ("file:salesforce.secret", f"file:{secret.name}"),
        ("file:kantata.secret", "env:PSGW_TEST_UNSET"),
    )
    text = settings.read_text(encoding="utf-8").replace(f"{sandbox.state}/{secret.name}", str(secret))
    settings.write_text(text, encoding="utf-8")

    found = await sandbox.run_psgw("check", "--settings", str(settings), "--json")

    assert found.code == 2
    assert list_failed(found) == [
        ("crm", "secret client_secret", f"{secret} is accessible to other users (0644)."),
        ("crm", "login", "The system does not accept the credentials (HTTP 400)."),
        ("psa", "secret token", "secret variable PSGW_TEST_UNSET is not set."),
    ]
    assert "a-wrong-secret" not in found.out + found.err


async def test_invalid_settings_end_with_2_and_name_every_finding(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('[graph]\ncurency = "EUR"\n[serve]\nport = "x"\n', encoding="utf-8")

    result = await run_psgw("check", "--settings", str(tmp_path / "bad.toml"))

    assert (result.code, result.out) == (2, "")
    assert "curency" in result.err
    assert "port" in result.err


async def test_without_settings_the_missing_sections_are_reported(tmp_path: Path) -> None:
    found = await run_psgw("check", "--json", home=tmp_path)

    assert found.code == 2
    assert list_failed(found) == [
        ("gateway", "issuers", "No issuer is configured, so every token is rejected."),
        ("gateway", "connections", "No connection is configured, so the graph has no data."),
    ]


async def test_ctrl_c_stops_the_check_at_once_without_a_trace(sandbox: Sandbox) -> None:
    await sandbox.inject("crm", kind="latency", milliseconds=60_000)

    async with start_psgw("check", "--settings", str(sandbox.settings), "--seconds", "60") as process:
        assert process.stdout is not None
        first = (await process.stdout.readline()).decode()
        result = await interrupt(process)
    await sandbox.clear()

    assert first.strip() != ""
    assert result.code == 130
    assert "crm" not in result.out
    assert "Traceback" not in result.err
