"""Settings are read from a file and the environment; all mistakes are reported at once, and secrets are never shown."""

import json

import pytest

from gateway.canonical.roles import DataRegion, SystemRole
from gateway.errors import ConfigurationError
from gateway.settings import Settings, build_json_schema, build_secret_reader, load_settings
from tests.fixtures.unwrapping import unwrap

VALID = """
[store]
url = "postgresql+psycopg://psgw:hush@db/psgw"

[graph]
tenant = "acme"
group_currency = "EUR"

[[connections]]
name = "crm-main"
role = "CRM"
vendor = "salesforce"
base_url = "https://acme.my.salesforce.com"
region = "EU"
time_zone = "Europe/Amsterdam"
mapping = "mappings/salesforce.toml"
options = { api_version = "v67.0" }
secrets = { client_id = "id", client_secret = "env:SF_SECRET" }
"""

SINGLE_SECTIONS_ONLY = "environment variables can set only the keys of single sections, such as PSGW__STORE__URL"


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "psgw.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def collect_findings(path, environment=None):
    with pytest.raises(ConfigurationError) as refused:
        load_settings(path, environment or {})
    return refused.value.findings


def test_the_defaults_without_a_file_are_for_one_machine():
    settings = load_settings(None, {})

    assert settings == Settings()
    assert settings.store.url == "sqlite+aiosqlite:///psgw.sqlite"
    assert settings.graph.deadline_seconds == 10.0
    assert settings.graph.introspection == "scoped"
    assert settings.connections == ()


def test_a_file_is_read_into_typed_values(written, tmp_path):
    settings = load_settings(written(VALID), {})

    (connection,) = settings.connections
    assert (connection.name, connection.role, connection.region) == ("crm-main", SystemRole.CRM, DataRegion.EU)
    assert connection.time_zone == "Europe/Amsterdam"
    assert connection.environment == "PRODUCTION"
    assert connection.allow_private is False
    assert settings.graph.group_currency == "EUR"
    assert settings.home == tmp_path.resolve()


def test_the_environment_overrides_the_file(written):
    settings = load_settings(
        written(VALID), {"PSGW__GRAPH__DEADLINE_SECONDS": "4.5", "PSGW__GRAPH__TENANT": "beta", "HOME": "/"}
    )

    assert settings.graph.deadline_seconds == 4.5
    assert settings.graph.tenant == "beta"
    assert settings.graph.group_currency == "EUR"


def test_all_mistakes_are_reported_at_once(written):
    text = VALID.replace('region = "EU"', 'regoin = "EU"').replace("Europe/Amsterdam", "Europe/Nowhere")
    text = text.replace('group_currency = "EUR"', 'group_currency = "euro"\ndeadline_seconds = 0')

    assert collect_findings(written(text + '\n[stroe]\nurl = "x"\n')) == [
        "graph.group_currency: must match ^[A-Z]{3}$: The currency of group reporting (ISO 4217).",
        (
            "graph.deadline_seconds: must be greater than 0: The time limit of a request in seconds; "
            "fields of a system that has not answered by then are null."
        ),
        "connections.0.region (crm-main): is missing: The region in which the system stores its data.",
        "connections.0.time_zone (crm-main): is not an IANA time zone: The IANA time zone of the system's dates.",
        "connections.0.regoin (crm-main): unknown setting; did you mean region?",
        "stroe: unknown setting; did you mean store?",
    ]


@pytest.mark.parametrize(
    ("environment", "finding"),
    [
        (
            {"PSGW__GRAPH__TENNANT": "x"},
            "PSGW__GRAPH__TENNANT (graph.tennant): unknown setting; did you mean tenant?",
        ),
        (
            {"PSGW__SERVE__PORT": "many"},
            "PSGW__SERVE__PORT (serve.port): must be an integer: The port to listen on.",
        ),
        (
            {"PSGW__ISSUER__AUDIENCE": "x"},
            "PSGW__ISSUER__AUDIENCE (issuer): unknown setting; did you mean issuers?",
        ),
        (
            {"PSGW__CONNECTIONS__CRM": "x"},
            f"PSGW__CONNECTIONS__CRM: {SINGLE_SECTIONS_ONLY}",
        ),
        (
            {"PSGW__GRAPH": "x"},
            f"PSGW__GRAPH: {SINGLE_SECTIONS_ONLY}",
        ),
    ],
)
def test_environment_variables_without_a_setting_are_reported(written, environment, finding):
    assert collect_findings(written(VALID), environment) == [finding]


@pytest.mark.parametrize("origin", ["portal.example", "https://portal.example/", "ws://portal.example", "*"])
def test_an_origin_consists_of_scheme_and_host_only(written, origin):
    (finding,) = collect_findings(written(f'[serve]\norigins = ["{origin}"]\n'))

    assert finding.startswith("serve.origins.0: must match ^https?://")


def test_two_connections_with_the_same_name_are_refused(written):
    block = VALID[VALID.index("[[connections]]") :]

    assert collect_findings(written(VALID + block)) == ["connections: the name crm-main is used twice"]


@pytest.mark.parametrize("content", [b"= nothing", b"\xff\xfe\x00"])
def test_a_file_that_is_not_toml_is_reported(tmp_path, content):
    path = tmp_path / "psgw.toml"
    path.write_bytes(content)

    (finding,) = collect_findings(path)

    assert finding.startswith(f"{path}: is not valid TOML: ")


def test_a_missing_file_is_reported(tmp_path):
    assert collect_findings(tmp_path / "none.toml") == [f"{tmp_path / 'none.toml'}: No such file or directory"]


def test_settings_cannot_be_changed(written):
    settings = load_settings(written(VALID), {})

    with pytest.raises(ValueError, match="frozen"):
        settings.graph.tenant = "other"


def test_secrets_are_never_shown(written):
    text = VALID.replace("env:SF_SECRET", "hush")

    settings = load_settings(written(text), {})

    shown = repr(settings) + settings.model_dump_json(exclude={"store"})
    assert "hush" not in shown


def test_the_report_of_a_wrong_secret_does_not_show_its_value(written):
    text = VALID.replace('"env:SF_SECRET"', '["hush"]')

    assert "hush" not in str(collect_findings(written(text)))


def test_a_secret_is_a_file_a_variable_or_the_value(written, tmp_path, monkeypatch):
    (tmp_path / "key.pem").write_text("from file\n", encoding="utf-8")
    monkeypatch.setenv("PSGW_TEST_SECRET", "from environment")
    text = VALID.replace(
        'secrets = { client_id = "id", client_secret = "env:SF_SECRET" }',
        'secrets = { a = "file:key.pem", b = "env:PSGW_TEST_SECRET", c = "plain:value" }',
    )
    settings = load_settings(written(text), {})

    secrets = {
        name: build_secret_reader(secret, settings.home)() for name, secret in settings.connections[0].secrets.items()
    }

    assert secrets == {"a": "from file", "b": "from environment", "c": "plain:value"}


def test_a_rotated_secret_file_is_read_again(written, tmp_path):
    (tmp_path / "key").write_text("one", encoding="utf-8")
    settings = load_settings(written(VALID.replace("env:SF_SECRET", "file:key")), {})
    reveal = build_secret_reader(settings.connections[0].secrets["client_secret"], settings.home)

    before = reveal()
    (tmp_path / "key").write_text("two", encoding="utf-8")

    assert (before, reveal()) == ("one", "two")


@pytest.mark.parametrize(
    ("secret", "finding"),
    [
        ("file:none", "secret file none: No such file or directory"),
        ("env:PSGW_TEST_NONE", "secret variable PSGW_TEST_NONE is not set"),
    ],
)
def test_a_missing_secret_is_named_when_it_is_read(written, secret, finding):
    settings = load_settings(written(VALID.replace("env:SF_SECRET", secret)), {})

    with pytest.raises(ConfigurationError) as refused:
        build_secret_reader(settings.connections[0].secrets["client_secret"], settings.home)()

    assert refused.value.findings == [finding]


def test_the_schema_describes_every_section():
    schema = build_json_schema()

    assert json.loads(json.dumps(schema)) == schema
    assert schema["additionalProperties"] is False
    assert {"store", "graph", "serve", "sync", "adapters", "issuers", "connections"} <= schema["properties"].keys()


def build_issuer(name):
    return f"""
[[issuers]]
issuer = "https://{name}.example"
audience = "https://graph.example"
jwks_url = "https://{name}.example/jwks"
"""


def test_users_sign_in_at_the_only_issuer(written):
    settings = load_settings(written(build_issuer("login")), {})

    assert unwrap(settings.sign_in_issuer).issuer == "https://login.example"
    assert settings.console.client_id == "psgw-console"
    assert "projects:read" in settings.console.scopes
    assert "customers.finance:read" not in settings.console.scopes


def test_with_several_issuers_the_console_setting_selects_one(written):
    both = build_issuer("staff") + build_issuer("machines")

    chosen = load_settings(written(both + '[console]\nissuer = "https://staff.example"'), {})
    unused = load_settings(written(both + "[console]\nenabled = false"), {})

    assert unwrap(chosen.sign_in_issuer).issuer == "https://staff.example"
    assert unused.sign_in_issuer is None


@pytest.mark.parametrize("named", ["", '[console]\nissuer = "https://other.example"'])
def test_an_ambiguous_sign_in_issuer_is_refused_with_the_possible_values(written, named):
    (finding,) = collect_findings(written(build_issuer("staff") + build_issuer("machines") + named))

    assert finding.startswith("console.issuer: ")
    assert finding.endswith(": https://staff.example, https://machines.example")


def test_without_issuers_there_is_no_sign_in_issuer(written):
    assert load_settings(None, {}).sign_in_issuer is None


def test_a_list_is_given_in_the_environment_as_json(written):
    environment = {"PSGW__SERVE__ORIGINS": '["https://a.example", "https://b.example"]'}

    assert load_settings(written(VALID), environment).serve.origins == ("https://a.example", "https://b.example")


def test_a_connection_cannot_have_the_role_gateway(written):
    assert collect_findings(written(VALID.replace('"CRM"', '"GATEWAY"'))) == [
        (
            "connections.0.role (crm-main): is reserved for the gateway itself: "
            "The role of the system: CRM, PSA, HCM or ERP."
        )
    ]


@pytest.mark.parametrize(
    ("_case", "text", "finding"),
    [
        (
            "a key for a section",
            'store = "sqlite"',
            "store: must be a section: The gateway's database.",
        ),
        (
            "a section for a list",
            '[connections]\nname = "crm"',
            "connections: must be a list: The connected systems, one section each.",
        ),
        (
            "a number for text",
            "[graph]\ntenant = 7",
            (
                "graph.tenant: must be a string in quotes: "
                "The tenant that this gateway serves; tokens of another tenant see nothing."
            ),
        ),
        (
            "nothing like it",
            "[sync]\nevery = 3",
            "sync.every: unknown setting; known settings are interval_seconds, lease_seconds",
        ),
    ],
)
def test_a_mistake_is_described_with_the_documentation_of_the_key(written, _case, text, finding):
    assert collect_findings(written(text)) == [finding]


@pytest.mark.parametrize("url", ["http://login.example/keys", "ftp://login.example/keys", "login.example/keys", ""])
def test_the_key_set_url_of_an_issuer_must_be_https(written, url):
    issuer = f'[[issuers]]\nissuer = "https://login.example"\naudience = "x"\njwks_url = "{url}"\n'

    (finding,) = collect_findings(written(issuer))

    assert finding.startswith("issuers.0.jwks_url (https://login.example): must be https, or http on loopback")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_the_key_set_url_on_loopback_may_be_http(written, host):
    issuer = f'[[issuers]]\nissuer = "x"\naudience = "x"\njwks_url = "http://{host}:8001/keys"\n'

    assert load_settings(written(issuer), {}).issuers[0].jwks_url == f"http://{host}:8001/keys"
