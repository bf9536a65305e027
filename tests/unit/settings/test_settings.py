import json

import pytest

from gateway.canonical.roles import DataRegion, SystemRole
from gateway.errors import ConfigurationError
from gateway.settings import Settings, json_schema, load, revealer

SOUND = """
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


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "psgw.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def findings_of(path, environment=None):
    with pytest.raises(ConfigurationError) as refused:
        load(path, environment or {})
    return refused.value.findings


def test_without_a_file_the_defaults_serve_one_machine():
    settings = load(None, {})

    assert settings == Settings()
    assert settings.store.url == "sqlite+aiosqlite:///psgw.sqlite"
    assert settings.graph.deadline_seconds == 10.0
    assert settings.graph.explore == "scoped"
    assert settings.connections == ()


def test_a_file_is_read_into_typed_values(written, tmp_path):
    settings = load(written(SOUND), {})

    (connection,) = settings.connections
    assert (connection.name, connection.role, connection.region) == ("crm-main", SystemRole.CRM, DataRegion.EU)
    assert connection.time_zone == "Europe/Amsterdam"
    assert connection.environment == "PRODUCTION"
    assert connection.allow_private is False
    assert settings.graph.group_currency == "EUR"
    assert settings.home == tmp_path.resolve()


def test_the_environment_stands_above_the_file(written):
    settings = load(
        written(SOUND), {"PSGW__GRAPH__DEADLINE_SECONDS": "4.5", "PSGW__GRAPH__TENANT": "beta", "HOME": "/"}
    )

    assert settings.graph.deadline_seconds == 4.5
    assert settings.graph.tenant == "beta"
    assert settings.graph.group_currency == "EUR"


def test_everything_that_is_wrong_is_told_at_once(written):
    text = SOUND.replace('region = "EU"', 'regoin = "EU"').replace("Europe/Amsterdam", "Europe/Nowhere")
    text = text.replace('group_currency = "EUR"', 'group_currency = "euro"\ndeadline_seconds = 0')

    assert findings_of(written(text + '\n[stroe]\nurl = "x"\n')) == [
        "graph.group_currency: has to fit ^[A-Z]{3}$: The currency of group reporting, ISO 4217.",
        "graph.deadline_seconds: has to be more than 0: How long a request may take; a system that has not answered by then costs its fields.",
        "connections.0.region (crm-main): is missing: Where the system keeps its data.",
        "connections.0.time_zone (crm-main): is not an IANA time zone: The IANA zone in which the system's days begin.",
        "connections.0.regoin (crm-main): there is no such setting; region is meant?",
        "stroe: there is no such setting; store is meant?",
    ]


@pytest.mark.parametrize(
    ("environment", "finding"),
    [
        (
            {"PSGW__GRAPH__TENNANT": "x"},
            "PSGW__GRAPH__TENNANT (graph.tennant): there is no such setting; tenant is meant?",
        ),
        (
            {"PSGW__SERVE__PORT": "many"},
            "PSGW__SERVE__PORT (serve.port): has to be a whole number: The port to listen on.",
        ),
        (
            {"PSGW__ISSUER__AUDIENCE": "x"},
            "PSGW__ISSUER__AUDIENCE (issuer): there is no such setting; issuers is meant?",
        ),
        (
            {"PSGW__CONNECTIONS__CRM": "x"},
            "PSGW__CONNECTIONS__CRM: the environment can set the keys of single sections only, such as PSGW__STORE__URL",
        ),
        (
            {"PSGW__GRAPH": "x"},
            "PSGW__GRAPH: the environment can set the keys of single sections only, such as PSGW__STORE__URL",
        ),
    ],
)
def test_an_environment_that_fits_nothing_is_told(written, environment, finding):
    assert findings_of(written(SOUND), environment) == [finding]


@pytest.mark.parametrize("origin", ["portal.example", "https://portal.example/", "ws://portal.example", "*"])
def test_an_origin_is_a_scheme_and_a_host_and_nothing_more(written, origin):
    (finding,) = findings_of(written(f'[serve]\norigins = ["{origin}"]\n'))

    assert finding.startswith("serve.origins.0: has to fit ^https?://")


def test_two_connections_of_one_name_are_refused(written):
    block = SOUND[SOUND.index("[[connections]]") :]

    assert findings_of(written(SOUND + block)) == ["connections: the name crm-main is used twice"]


@pytest.mark.parametrize("content", [b"= nothing", b"\xff\xfe\x00"])
def test_a_file_that_is_not_toml_is_told(tmp_path, content):
    path = tmp_path / "psgw.toml"
    path.write_bytes(content)

    (finding,) = findings_of(path)

    assert finding.startswith(f"{path}: is not TOML: ")


def test_a_missing_file_is_told(tmp_path):
    assert findings_of(tmp_path / "none.toml") == [f"{tmp_path / 'none.toml'}: No such file or directory"]


def test_settings_cannot_be_changed(written):
    settings = load(written(SOUND), {})

    with pytest.raises(ValueError, match="frozen"):
        settings.graph.tenant = "other"


def test_secrets_are_shown_nowhere(written):
    text = SOUND.replace("env:SF_SECRET", "hush")

    settings = load(written(text), {})

    shown = repr(settings) + settings.model_dump_json(exclude={"store"})
    assert "hush" not in shown


def test_a_wrong_value_next_to_a_secret_does_not_show_it(written):
    text = SOUND.replace('"env:SF_SECRET"', '["hush"]')

    assert "hush" not in str(findings_of(written(text)))


def test_a_secret_is_a_file_a_variable_or_the_value(written, tmp_path, monkeypatch):
    (tmp_path / "key.pem").write_text("from file\n", encoding="utf-8")
    monkeypatch.setenv("PSGW_TEST_SECRET", "from environment")
    text = SOUND.replace(
        'secrets = { client_id = "id", client_secret = "env:SF_SECRET" }',
        'secrets = { a = "file:key.pem", b = "env:PSGW_TEST_SECRET", c = "plain:value" }',
    )
    settings = load(written(text), {})

    secrets = {name: revealer(secret, settings.home)() for name, secret in settings.connections[0].secrets.items()}

    assert secrets == {"a": "from file", "b": "from environment", "c": "plain:value"}


def test_a_rotated_secret_file_is_read_again(written, tmp_path):
    (tmp_path / "key").write_text("one", encoding="utf-8")
    settings = load(written(SOUND.replace("env:SF_SECRET", "file:key")), {})
    reveal = revealer(settings.connections[0].secrets["client_secret"], settings.home)

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
def test_a_secret_that_is_not_there_is_named_when_it_is_needed(written, secret, finding):
    settings = load(written(SOUND.replace("env:SF_SECRET", secret)), {})

    with pytest.raises(ConfigurationError) as refused:
        revealer(settings.connections[0].secrets["client_secret"], settings.home)()

    assert refused.value.findings == [finding]


def test_the_schema_describes_every_section():
    schema = json_schema()

    assert json.loads(json.dumps(schema)) == schema
    assert schema["additionalProperties"] is False
    assert {"store", "graph", "serve", "sync", "adapters", "issuers", "connections"} <= schema["properties"].keys()


def issuer(name):
    return f"""
[[issuers]]
issuer = "https://{name}.example"
audience = "https://graph.example"
jwks_url = "https://{name}.example/jwks"
"""


def test_people_sign_in_at_the_only_issuer_there_is(written):
    settings = load(written(issuer("login")), {})

    assert settings.sign_in_issuer.issuer == "https://login.example"
    assert settings.console.client_id == "psgw-console"
    assert "projects:read" in settings.console.scopes
    assert "customers.finance:read" not in settings.console.scopes


def test_of_several_issuers_the_console_names_one(written):
    both = issuer("staff") + issuer("machines")

    chosen = load(written(both + '[console]\nissuer = "https://staff.example"'), {})
    unused = load(written(both + "[console]\nenabled = false"), {})

    assert chosen.sign_in_issuer.issuer == "https://staff.example"
    assert unused.sign_in_issuer is None


@pytest.mark.parametrize("named", ["", '[console]\nissuer = "https://other.example"'])
def test_a_console_that_does_not_know_where_people_sign_in_is_refused_with_the_choice(written, named):
    (finding,) = findings_of(written(issuer("staff") + issuer("machines") + named))

    assert finding.startswith("console.issuer: ")
    assert finding.endswith(": https://staff.example, https://machines.example")


def test_without_issuers_nobody_can_sign_in(written):
    assert load(None, {}).sign_in_issuer is None


def test_a_key_that_holds_a_list_comes_from_the_environment_as_json(written):
    environment = {"PSGW__SERVE__ORIGINS": '["https://a.example", "https://b.example"]'}

    assert load(written(SOUND), environment).serve.origins == ("https://a.example", "https://b.example")


def test_a_connection_does_not_play_the_gateway(written):
    assert findings_of(written(SOUND.replace('"CRM"', '"GATEWAY"'))) == [
        "connections.0.role (crm-main): is the gateway's own: The part that the system plays: CRM, PSA, HCM or ERP."
    ]


@pytest.mark.parametrize(
    ("_case", "text", "finding"),
    [
        (
            "a key for a section",
            'store = "sqlite"',
            "store: has to be a section of its own: Where the gateway remembers.",
        ),
        (
            "a section for a list",
            '[connections]\nname = "crm"',
            "connections: has to be a list: The systems, one connection each.",
        ),
        (
            "a number for text",
            "[graph]\ntenant = 7",
            "graph.tenant: has to be text in quotes: The firm; tokens of another tenant see nothing.",
        ),
        ("nothing like it", "[sync]\nevery = 3", "sync.every: there is no such setting; there are interval_seconds"),
    ],
)
def test_a_mistake_is_told_in_words(written, _case, text, finding):
    assert findings_of(written(text)) == [finding]


@pytest.mark.parametrize("url", ["http://login.example/keys", "ftp://login.example/keys", "login.example/keys", ""])
def test_keys_of_an_issuer_are_fetched_over_tls_alone(written, url):
    issuer = f'[[issuers]]\nissuer = "https://login.example"\naudience = "x"\njwks_url = "{url}"\n'

    (finding,) = findings_of(written(issuer))

    assert finding.startswith("issuers.0.jwks_url (https://login.example): has to be https, or http on loopback")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_keys_of_an_issuer_on_this_machine_need_no_tls(written, host):
    issuer = f'[[issuers]]\nissuer = "x"\naudience = "x"\njwks_url = "http://{host}:8001/keys"\n'

    assert load(written(issuer), {}).issuers[0].jwks_url == f"http://{host}:8001/keys"
