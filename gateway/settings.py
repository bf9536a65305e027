"""Settings: one frozen model per concern, from a TOML file and the environment.

Unknown keys are refused; all mistakes are reported at once.

Environment: `PSGW__SECTION__KEY`, e.g. `PSGW__STORE__URL`. A secret is `file:PATH`, `env:NAME`, or the value itself.
"""

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from gateway.canonical.roles import DataRegion, SystemRole
from gateway.errors import ConfigurationError
from gateway.findings import describe_errors

PREFIX = "PSGW__"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_CREDENTIALS = re.compile(r"(://[^:/@]*:)[^@]*@")


class Section(BaseModel):
    """A frozen group of settings. The string below a field is its documentation, also in the JSON Schema."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class StoreSettings(Section):
    """The gateway's database: SQLite for one process, PostgreSQL for several."""

    url: Annotated[str, Field(repr=False)] = "sqlite+aiosqlite:///psgw.sqlite"
    """A SQLAlchemy URL: `sqlite+aiosqlite:///PATH` or `postgresql+psycopg://...`. Its password is never printed."""


def _require_tls(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        return url
    raise ValueError("must be https, or http on loopback")


class IssuerSettings(Section):
    """A trusted issuer of access tokens."""

    issuer: str
    """The exact value of the claim `iss` in its tokens."""
    audience: str
    """The value that the claim `aud` must contain: the identifier of this graph."""
    jwks_url: Annotated[str, AfterValidator(_require_tls)]
    """The URL of its JSON Web Key Set; https except on loopback."""
    token_types: tuple[str, ...] = ("at+jwt", "application/at+jwt")
    """Accepted values of the header `typ`; change the RFC 9068 defaults only for a provider that deviates."""
    scope_claim: str = "scope"
    """The claim with the scopes, as a space-separated string or a list."""
    client_claim: str = "client_id"
    """The claim with the client id."""
    leeway: Annotated[int, Field(ge=0, le=120)] = 30
    """Accepted clock skew between issuer and gateway, in seconds."""
    max_lifetime: Annotated[int, Field(ge=60)] = 86_400
    """The longest accepted lifetime of a token, from `iat` to `exp`, in seconds; by default a day."""


class GraphSettings(Section):
    """The graph: tenant, group currency, request deadline and introspection."""

    tenant: str = "main"
    """The tenant that this gateway serves; tokens of another tenant see nothing."""
    group_currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    """The currency of group reporting (ISO 4217)."""
    deadline_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0
    """The time limit of a request in seconds; fields of a system that has not answered by then are null."""
    introspection: Literal["scoped", "open"] = "scoped"
    """Who may run introspection: `scoped` for tokens with the scope `graphql:explore`, `open` for every valid token."""


class ServeSettings(Section):
    """The HTTP server."""

    host: str = "127.0.0.1"
    """The address to listen on; use `0.0.0.0` in a container."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """The port to listen on."""
    origins: tuple[Annotated[str, Field(pattern=r"^https?://[^/\s]+$")], ...] = ()
    """Origins of web pages (`https://portal.example`) that may send requests and open a WebSocket, besides the
    gateway's own."""
    get_queries: bool = False
    """Whether GET /graphql executes the query in its URL. URLs are logged by proxies, so it is off by default."""


class BudgetSettings(Section):
    """What one caller may use per minute in one process: user and client of a token together are one caller."""

    requests_per_minute: Annotated[int, Field(gt=0)] = 3000
    """Requests over HTTP, and operations over WebSocket."""
    cost_per_minute: Annotated[int, Field(gt=0)] = 2_000_000
    """Fields that the responses may have, counted before execution: those of a list count once per row of its page."""
    cpu_seconds_per_minute: Annotated[float, Field(gt=0)] = 30.0
    """Seconds of processor time for reading documents and for execution."""


FIRST_SCOPES = (
    "customers:read",
    "opportunities:read",
    "contracts:read",
    "projects:read",
    "resources:read",
    "staffing:read",
    "time:read",
    "invoices:read",
    "systems:read",
    "graphql:explore",
)
"""The scopes for a first look. Scopes for amounts, rates and personal data are requested when a user needs them."""


class ConsoleSettings(Section):
    """The web pages. Users sign in at the identity provider through a public client with the redirect URI /graphql."""

    enabled: bool = True
    """Whether the gateway serves the pages; if not, GET /graphql is refused."""
    issuer: str | None = None
    """The issuer at which users sign in; required only if there are several issuers."""
    client_id: str = "psgw-console"
    """The client id of the pages at the identity provider (a public client)."""
    scopes: tuple[str, ...] = FIRST_SCOPES
    """Scopes that the first sign-in requests; add scopes that the provider itself requires, such as openid."""


class SyncSettings(Section):
    """How often the change feeds are read while the gateway serves requests."""

    interval_seconds: Annotated[float, Field(ge=0)] = 30.0
    """Seconds between two rounds over the feeds; 0 disables them."""
    lease_seconds: Annotated[float, Field(ge=2, le=300)] = 10.0
    """One of several processes reads the feeds; when it dies, another one takes over within this time."""


def _require_time_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("is not an IANA time zone") from None


def _require_system_role(role: SystemRole) -> SystemRole:
    if role is SystemRole.GATEWAY:
        raise ValueError("is reserved for the gateway itself")
    return role


class ConnectionSettings(Section):
    """One connection to one system in one role."""

    name: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
    """The name in errors, logs and the card index. Do not change it later: canonical ids depend on it."""
    role: Annotated[SystemRole, AfterValidator(_require_system_role)]
    """The role of the system: CRM, PSA, HCM or ERP."""
    vendor: str
    """The vendor of the system; `psgw adapters list` shows the installed ones."""
    base_url: str
    """The URL of the tenant: https, on a host of the vendor."""
    region: DataRegion
    """The region in which the system stores its data."""
    time_zone: Annotated[str, AfterValidator(_require_time_zone)] = "UTC"
    """The IANA time zone of the system's dates."""
    environment: Literal["PRODUCTION", "SANDBOX", "MOCK"] = "PRODUCTION"
    """The kind of tenant; shown to callers, without any effect."""
    mapping: Path | None = None
    """The mapping file with the tenant's own fields and codes; relative to the settings file."""
    options: dict[str, Any] = Field(default_factory=dict)
    """Options of the vendor, listed in its guide. Unknown options are refused."""
    secrets: dict[str, SecretStr] = Field(default_factory=dict)
    """Credentials by name: `file:PATH`, `env:NAME`, or the value itself."""
    allow_private: bool = False
    """Allow http and private addresses in `base_url`, for systems in the own network."""


class AdapterSettings(Section):
    """Folders with adapters, besides the installed ones."""

    folders: tuple[Path, ...] = ()
    """Folders that contain vendor folders, relative to the settings file."""


class Settings(Section):
    """All settings of the gateway."""

    store: StoreSettings = StoreSettings()
    """The gateway's database."""
    graph: GraphSettings = GraphSettings()
    """The graph."""
    serve: ServeSettings = ServeSettings()
    """The HTTP server."""
    budget: BudgetSettings = BudgetSettings()
    """What one caller may use."""
    console: ConsoleSettings = ConsoleSettings()
    """The web pages."""
    sync: SyncSettings = SyncSettings()
    """Updates of the card index."""
    adapters: AdapterSettings = AdapterSettings()
    """Adapters outside the package."""
    issuers: tuple[IssuerSettings, ...] = ()
    """The trusted issuers of access tokens."""
    connections: tuple[ConnectionSettings, ...] = ()
    """The connected systems, one section each."""
    home: Path = Path()
    """The folder of the settings file; relative paths start here."""

    @property
    def sign_in_issuer(self) -> IssuerSettings | None:
        """The issuer at which users sign in; None if the settings do not determine one."""
        chosen = self.console.issuer
        candidates = [each for each in self.issuers if chosen is None or each.issuer == chosen]
        return candidates[0] if len(candidates) == 1 else None


def load_settings(path: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """Load the settings. Raises ConfigurationError with one line per mistake."""
    values: dict[str, Any] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigurationError([f"{path}: {error.strerror}"]) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError([f"{path}: is not valid TOML: {error}"]) from None
        values["home"] = path.resolve().parent
    origins = _apply_environment(values, os.environ if environment is None else environment)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError(describe_errors(error, Settings, values, origins)) from None
    contradictions = list(_find_contradictions(settings))
    if contradictions:
        raise ConfigurationError(contradictions)
    return settings


def _find_contradictions(settings: Settings) -> Iterator[str]:
    """Yield mistakes that concern several values together."""
    names = [connection.name for connection in settings.connections]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"connections: the name {name} is used twice"
    if settings.console.enabled and settings.issuers and settings.sign_in_issuer is None:
        chosen = settings.console.issuer
        mistake = "is not a configured issuer; use one of" if chosen else "is required with several issuers; use one of"
        yield f"console.issuer: {mistake}: {', '.join(each.issuer for each in settings.issuers)}"


def _apply_environment(values: dict[str, Any], environment: Mapping[str, str]) -> dict[tuple[Any, ...], str]:
    """Override values with the environment, key by key, except in lists of sections.

    Return the variable of each overridden value.
    """
    origins: dict[tuple[Any, ...], str] = {}
    for name, value in sorted(environment.items()):
        if not name.startswith(PREFIX):
            continue
        section, _, key = name.removeprefix(PREFIX).lower().partition("__")
        if section not in values:
            origins[section,] = name
        group = values.setdefault(section, {})
        if not key or not isinstance(group, dict):
            rule = "environment variables can set only the keys of single sections, such as PSGW__STORE__URL"
            raise ConfigurationError([f"{name}: {rule}"])
        group[key] = _parse_list(value)
        origins[section, key] = name
    return origins


def _parse_list(value: str) -> Any:
    """Return the list of a variable that contains a JSON array of strings; other values unchanged."""
    try:
        return msgspec.json.decode(value, type=list[str])
    except msgspec.MsgspecError:
        return value


def build_secret_reader(secret: SecretStr, home: Path) -> Callable[[], str]:
    """Return a function that reads a secret.

    It raises ConfigurationError with the name of the file or variable, never the value.
    """

    def reveal() -> str:
        kind, _, rest = secret.get_secret_value().partition(":")
        if kind == "file":
            try:
                return (home / rest).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ConfigurationError([f"secret file {rest}: {error.strerror}"]) from None
        if kind == "env":
            if rest not in os.environ:
                raise ConfigurationError([f"secret variable {rest} is not set"])
            return os.environ[rest]
        return secret.get_secret_value()

    return reveal


def build_json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the settings file."""
    return Settings.model_json_schema()


def redact_settings(settings: Settings) -> dict[str, Any]:
    """Return the settings for display: secrets only as references, the store's URL without its password."""
    values: dict[str, Any] = settings.model_dump(mode="json")
    values["store"]["url"] = _CREDENTIALS.sub(r"\1***@", settings.store.url)
    for connection, section in zip(settings.connections, values["connections"], strict=True):
        section["secrets"] = {name: _redact_secret(secret) for name, secret in connection.secrets.items()}
    return values


def _redact_secret(secret: SecretStr) -> str:
    value = secret.get_secret_value()
    return value if value.startswith(("file:", "env:")) else "***"
