"""psgw config: the schema of the settings, and the effective settings without secrets."""

from pathlib import Path

from tests.e2e.commands.running import run_psgw

SETTINGS = """\
[store]
url = "postgresql+psycopg://psgw:hidden-value@db.example/psgw"

[[connections]]
name = "crm"
role = "CRM"
vendor = "salesforce"
base_url = "https://acme.my.salesforce.com"
region = "US"
secrets = { client_id = "inline-value", client_secret = "file:crm.secret" }
"""


async def test_the_schema_of_the_settings_is_a_json_schema() -> None:
    result = await run_psgw("config", "schema")

    assert result.code == 0
    assert {"issuers", "connections", "store"} <= result.json["properties"].keys()
    assert result.json["additionalProperties"] is False


async def test_effective_settings_include_the_environment_and_no_secret(tmp_path: Path) -> None:
    (tmp_path / "psgw.toml").write_text(SETTINGS, encoding="utf-8")

    result = await run_psgw("config", "show", home=tmp_path, env={"PSGW__GRAPH__TENANT": "acme"})

    assert result.code == 0
    assert result.json["graph"]["tenant"] == "acme"
    assert result.json["serve"]["port"] == 8000
    assert result.json["store"]["url"] == "postgresql+psycopg://psgw:***@db.example/psgw"
    assert result.json["connections"][0]["secrets"] == {"client_id": "***", "client_secret": "file:crm.secret"}
    assert "-value" not in result.out


async def test_invalid_settings_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "psgw.toml").write_text("[serve]\nports = 1\n", encoding="utf-8")

    result = await run_psgw("config", "show", home=tmp_path)

    assert (result.code, result.out) == (2, "")
    assert "serve.ports" in result.message
