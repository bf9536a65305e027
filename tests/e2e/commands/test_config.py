"""psgw config: what settings there can be, and which are in force; never a secret."""

from pathlib import Path

from tests.e2e.commands.running import run_psgw

SETTINGS = """\
[store]
url = "postgresql+psycopg://psgw:hidden-of-nobody@db.example/psgw"

[[connections]]
name = "crm"
role = "CRM"
vendor = "salesforce"
base_url = "https://acme.my.salesforce.com"
region = "US"
secrets = { client_id = "inline-of-nobody", client_secret = "file:crm.secret" }
"""


async def test_the_schema_of_the_settings_is_json_schema() -> None:
    printed = await run_psgw("config", "schema")

    assert printed.code == 0
    assert {"issuers", "connections", "store"} <= printed.json["properties"].keys()
    assert printed.json["additionalProperties"] is False


async def test_settings_in_force_are_shown_with_the_environment_and_without_secrets(tmp_path: Path) -> None:
    (tmp_path / "psgw.toml").write_text(SETTINGS, encoding="utf-8")

    shown = await run_psgw("config", "show", home=tmp_path, env={"PSGW__GRAPH__TENANT": "acme"})

    assert shown.code == 0
    assert shown.json["graph"]["tenant"] == "acme"
    assert shown.json["serve"]["port"] == 8000
    assert shown.json["store"]["url"] == "postgresql+psycopg://psgw:***@db.example/psgw"
    assert shown.json["connections"][0]["secrets"] == {"client_id": "***", "client_secret": "file:crm.secret"}
    assert "of-nobody" not in shown.out


async def test_settings_that_cannot_work_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "psgw.toml").write_text("[serve]\nports = 1\n", encoding="utf-8")

    refused = await run_psgw("config", "show", home=tmp_path)

    assert (refused.code, refused.out) == (2, "")
    assert "serve.ports" in refused.message
