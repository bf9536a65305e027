"""psgw check: every system and the gateway's own things in plain words; the exit code tells the class of what is wrong."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.e2e.commands.running import Ran, Sandbox, interrupted, lasting, psgw
from tests.fixtures.ports import free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


def bad(found: Ran) -> list[tuple[str, str, str]]:
    """(connection, subject, message) of what does not hold."""
    groups = {"gateway": found.json["gateway"], **found.json["connections"]}
    return [
        (name, each["subject"], each["message"]) for name, group in groups.items() for each in group if not each["ok"]
    ]


async def test_nothing_is_wrong_with_the_demo(sandbox: Sandbox) -> None:
    found = await sandbox.psgw("check", "--settings", str(sandbox.settings), "--json")

    assert (found.code, found.err) == (0, "")
    assert found.json["ok"] is True
    assert set(found.json) == {"ok", "gateway", "connections"}
    assert list(found.json["connections"]) == ["crm", "erp", "hcm", "psa"]
    assert [each["subject"] for each in found.json["gateway"]] == ["store", f"issuer {sandbox.issuer}"]
    assert all(set(each) == {"subject", "ok", "message", "remedy"} for each in found.json["gateway"])
    assert bad(found) == []


async def test_people_get_one_table_per_system_with_like_findings_together(sandbox: Sandbox) -> None:
    found = await sandbox.psgw("check", "--settings", str(sandbox.settings))

    titles = [line for line in found.out.splitlines() if not line.startswith(" ")]
    assert (found.code, found.err) == (0, "")
    assert sorted(titles) == ["crm (salesforce)", "erp (netsuite)", "gateway", "hcm (workday)", "psa (kantata)"]
    assert "✗" not in found.out
    assert re.search(r"✓  SuiteQL and \d+ more +Can be read\.", found.out)
    assert "\x1b" not in found.out


async def test_looking_changes_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    store = f"sqlite+aiosqlite:///{sandbox.state}/psgw.sqlite"
    settings = sandbox.written(tmp_path / "psgw.toml", (store, f"sqlite+aiosqlite:///{tmp_path}/none.sqlite"))

    found = await sandbox.psgw("check", "--settings", str(settings), "--json")

    assert found.code == 0
    assert found.json["gateway"][0]["message"] == f"{tmp_path}/none.sqlite will be created when the gateway starts."
    assert not (tmp_path / "none.sqlite").exists()


async def test_what_a_mapping_file_misnames_is_named_and_ends_with_4(sandbox: Sandbox, tmp_path: Path) -> None:
    mapping = (sandbox.state / "mappings" / "kantata.toml").read_text(encoding="utf-8")
    (tmp_path / "wrong.toml").write_text(mapping.replace('"Cost centre"', '"Nobody"'), encoding="utf-8")
    changed = ('"mappings/kantata.toml"', f'"{tmp_path}/wrong.toml"')
    settings = sandbox.written(tmp_path / "psgw.toml", changed)

    found = await sandbox.psgw("check", "--settings", str(settings), "--json")

    assert found.code == 4
    assert bad(found) == [("psa", "custom field Nobody", "There is no field Nobody.")]


async def test_a_system_that_is_not_there_ends_with_3_and_hides_no_other(sandbox: Sandbox, tmp_path: Path) -> None:
    nowhere = free_port()
    address = sandbox.systems["crm"]["address"]
    settings = sandbox.written(tmp_path / "psgw.toml", (address, f"http://127.0.0.1:{nowhere}"))

    found = await sandbox.psgw("check", "--settings", str(settings), "--json")

    assert found.code == 3
    assert bad(found) == [("crm", "address", f"127.0.0.1:{nowhere} refuses the connection.")]
    assert len(found.json["connections"]["erp"]) > 50


async def test_an_issuer_without_keys_is_told(sandbox: Sandbox, tmp_path: Path) -> None:
    gone = f"http://127.0.0.1:{free_port()}/jwks"
    away = sandbox.written(tmp_path / "away.toml", (f"{sandbox.issuer}/jwks", gone))
    other = sandbox.written(tmp_path / "other.toml", (f"{sandbox.issuer}/jwks", f"{sandbox.issuer}/nothing"))

    unreached, elsewhere = await asyncio.gather(
        *(sandbox.psgw("check", "--settings", str(file), "--json") for file in (away, other))
    )

    subject = f"issuer {sandbox.issuer}"
    assert (unreached.code, elsewhere.code) == (3, 4)
    assert bad(unreached) == [("gateway", subject, f"{gone[7:-5]} refuses the connection.")]
    assert bad(elsewhere) == [("gateway", subject, "`jwks_url` answers with HTTP 404.")]


async def test_a_secret_is_told_by_name_and_place_and_never_by_value(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = tmp_path / "crm.secret"
    secret.write_text("a-secret-of-nobody", encoding="utf-8")
    secret.chmod(0o644)
    settings = sandbox.written(
        tmp_path / "psgw.toml",
        ("file:salesforce.secret", f"file:{secret.name}"),
        ("file:kantata.secret", "env:PSGW_TEST_UNSET"),
    )
    text = settings.read_text(encoding="utf-8").replace(f"{sandbox.state}/{secret.name}", str(secret))
    settings.write_text(text, encoding="utf-8")

    found = await sandbox.psgw("check", "--settings", str(settings), "--json")

    assert found.code == 2
    assert bad(found) == [
        ("crm", "secret client_secret", f"{secret} is accessible to other users (0644)."),
        ("crm", "login", "The system does not accept the credentials (HTTP 400)."),
        ("psa", "secret token", "secret variable PSGW_TEST_UNSET is not set."),
    ]
    assert "a-secret-of-nobody" not in found.out + found.err


async def test_settings_that_cannot_work_end_with_2_and_name_every_finding(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('[graph]\ncurency = "EUR"\n[serve]\nport = "x"\n', encoding="utf-8")

    refused = await psgw("check", "--settings", str(tmp_path / "bad.toml"))

    assert (refused.code, refused.out) == (2, "")
    assert "curency" in refused.err
    assert "port" in refused.err


async def test_a_folder_without_settings_is_told_what_is_needed(tmp_path: Path) -> None:
    found = await psgw("check", "--json", home=tmp_path)

    assert found.code == 2
    assert bad(found) == [
        ("gateway", "issuers", "No issuer is configured, so every token is rejected."),
        ("gateway", "connections", "No connection is configured, so the graph has no data."),
    ]


async def test_ctrl_c_ends_it_at_once_and_quietly(sandbox: Sandbox) -> None:
    await sandbox.broken("crm", kind="latency", milliseconds=60_000)

    async with lasting("check", "--settings", str(sandbox.settings), "--seconds", "60") as process:
        assert process.stdout is not None
        first = (await process.stdout.readline()).decode()
        ended = await interrupted(process)
    await sandbox.mended()

    assert first.strip() != ""
    assert ended.code == 130
    assert "crm" not in ended.out
    assert "Traceback" not in ended.err
