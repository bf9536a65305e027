"""Settings: one frozen model per concern, from a TOML file and the environment; unknown keys are refused, all findings come at once.

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
from gateway.findings import findings

PREFIX = "PSGW__"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_CREDENTIALS = re.compile(r"(://[^:/@]*:)[^@]*@")


class Section(BaseModel):
    """A frozen group of settings; what stands below a field is its documentation, in the JSON Schema as well."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class StoreSettings(Section):
    """Where the gateway remembers: SQLite on one machine, PostgreSQL for several."""

    url: Annotated[str, Field(repr=False)] = "sqlite+aiosqlite:///psgw.sqlite"
    """A SQLAlchemy address: `sqlite+aiosqlite:///` and a path, or `postgresql+psycopg://`. It may hold a password and is never printed."""


def _over_tls(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        return url
    raise ValueError("has to be https, or http on loopback")


class IssuerSettings(Section):
    """An issuer of access tokens; see `gateway.auth.issuers`."""

    issuer: str
    """The claim `iss` of its tokens, letter for letter."""
    audience: str
    """What the claim `aud` has to name: this graph."""
    jwks_url: Annotated[str, AfterValidator(_over_tls)]
    """Where its keys are; https except on loopback."""
    token_types: tuple[str, ...] = ("at+jwt", "application/at+jwt")
    """The values of the header `typ` that are accepted; RFC 9068 unless the provider deviates."""
    scope_claim: str = "scope"
    """The claim that holds the scopes, as words or as a list."""
    client_claim: str = "client_id"
    """The claim that names the client."""
    leeway: Annotated[int, Field(ge=0, le=120)] = 30
    """Seconds that the clocks of issuer and gateway may differ."""


class GraphSettings(Section):
    """The firm: its tenant, the currency of group reporting, the seconds that a request may take, who may introspect."""

    tenant: str = "main"
    """The firm; tokens of another tenant see nothing."""
    group_currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    """The currency of group reporting, ISO 4217."""
    deadline_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0
    """How long a request may take; a system that has not answered by then costs its fields."""
    explore: Literal["scoped", "open"] = "scoped"
    """Who may introspect: holders of the scope `graphql:explore`, or everybody with a token."""


class ServeSettings(Section):
    """Where to listen, and to whom."""

    host: str = "127.0.0.1"
    """The address to listen on; `0.0.0.0` in a container."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """The port to listen on."""
    origins: tuple[Annotated[str, Field(pattern=r"^https?://[^/\s]+$")], ...] = ()
    """Origins of pages (`https://portal.example`) that may open a WebSocket, beside the gateway's own."""


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
"""What looking around needs. Money, rates and personal data are asked for when somebody wants to see them."""


class ConsoleSettings(Section):
    """The pages for people, who sign in at a provider as a public client whose redirect is /graphql."""

    enabled: bool = True
    """Whether there are pages at all; without them GET of /graphql is refused."""
    issuer: str | None = None
    """Where people sign in; needed only where there are several issuers."""
    client_id: str = "psgw-console"
    """The public client that the pages are at the provider."""
    scopes: tuple[str, ...] = FIRST_SCOPES
    """What the first sign-in asks for; name here too what the provider wants of its own, such as openid."""


class SyncSettings(Section):
    """How often the change feeds are followed while serving; 0 turns it off."""

    interval_seconds: Annotated[float, Field(ge=0)] = 30.0
    """Seconds between two rounds over the feeds."""


def _known_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("is not an IANA time zone") from None


def _of_a_system(role: SystemRole) -> SystemRole:
    if role is SystemRole.GATEWAY:
        raise ValueError("is the gateway's own")
    return role


class ConnectionSettings(Section):
    """One connection to one system in one role. `mapping` is the path of its mapping file, relative to the settings file."""

    name: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
    """The connection's name, in errors, logs and the card index. Keep it: identities hang on it."""
    role: Annotated[SystemRole, AfterValidator(_of_a_system)]
    """The part that the system plays: CRM, PSA, HCM or ERP."""
    vendor: str
    """Whose system it is; `psgw adapters list` names those that there are."""
    base_url: str
    """The tenant's own address: https, on a host of the vendor."""
    region: DataRegion
    """Where the system keeps its data."""
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    """The IANA zone in which the system's days begin."""
    environment: Literal["PRODUCTION", "SANDBOX", "MOCK"] = "PRODUCTION"
    """What kind of tenant it is; shown to callers, changes nothing."""
    mapping: Path | None = None
    """The mapping file: what differs from tenant to tenant."""
    options: dict[str, Any] = Field(default_factory=dict)
    """The vendor's own options; its guide lists them. Unknown ones are refused."""
    secrets: dict[str, SecretStr] = Field(default_factory=dict)
    """Credentials by name: `file:PATH`, `env:NAME`, or the value itself."""
    allow_private: bool = False
    """Lets `base_url` be http or a private address; meant for systems in the firm's own network."""


class AdapterSettings(Section):
    """Further folders that hold vendor folders, beside the ones that are installed."""

    folders: tuple[Path, ...] = ()
    """Folders of vendor folders, relative to the settings file."""


class Settings(Section):
    """Everything."""

    store: StoreSettings = StoreSettings()
    """Where the gateway remembers."""
    graph: GraphSettings = GraphSettings()
    """The firm."""
    serve: ServeSettings = ServeSettings()
    """Where to listen."""
    console: ConsoleSettings = ConsoleSettings()
    """The pages for people."""
    sync: SyncSettings = SyncSettings()
    """How the card index is kept."""
    adapters: AdapterSettings = AdapterSettings()
    """Vendors outside the package."""
    issuers: tuple[IssuerSettings, ...] = ()
    """Who issues access tokens."""
    connections: tuple[ConnectionSettings, ...] = ()
    """The systems, one connection each."""
    home: Path = Path()
    """The folder of the settings file; relative paths start here."""

    @property
    def sign_in_issuer(self) -> IssuerSettings | None:
        """Where people sign in; None where nothing says which issuer that is."""
        named = self.console.issuer
        fitting = [each for each in self.issuers if named is None or each.issuer == named]
        return fitting[0] if len(fitting) == 1 else None


def load(path: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read settings; raises ConfigurationError with one line for everything that is wrong."""
    values: dict[str, Any] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigurationError([f"{path}: {error.strerror}"]) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError([f"{path}: is not TOML: {error}"]) from None
        values["home"] = path.resolve().parent
    origins = _overlay(values, os.environ if environment is None else environment)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError(findings(error, Settings, values, origins)) from None
    wrong = list(_contradictions(settings))
    if wrong:
        raise ConfigurationError(wrong)
    return settings


def _contradictions(settings: Settings) -> Iterator[str]:
    """Yield what is right by itself and wrong together."""
    names = [connection.name for connection in settings.connections]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"connections: the name {name} is used twice"
    if settings.console.enabled and settings.issuers and settings.sign_in_issuer is None:
        named = settings.console.issuer
        what = "names none of the issuers" if named else "has to name one of the issuers, there are several"
        yield f"console.issuer: {what}: {', '.join(each.issuer for each in settings.issuers)}"


def _overlay(values: dict[str, Any], environment: Mapping[str, str]) -> dict[tuple[Any, ...], str]:
    """Lay the environment over the file, key by key; what is a list in the file stays the file's. Return which variable gave what."""
    origins: dict[tuple[Any, ...], str] = {}
    for name, value in sorted(environment.items()):
        if not name.startswith(PREFIX):
            continue
        section, _, key = name.removeprefix(PREFIX).lower().partition("__")
        if section not in values:
            origins[section,] = name
        group = values.setdefault(section, {})
        if not key or not isinstance(group, dict):
            only = "the environment can set the keys of single sections only, such as PSGW__STORE__URL"
            raise ConfigurationError([f"{name}: {only}"])
        group[key] = _listed(value)
        origins[section, key] = name
    return origins


def _listed(value: str) -> Any:
    """Return the list that a variable holds as JSON; anything else as it is."""
    try:
        return msgspec.json.decode(value, type=list[str])
    except msgspec.MsgspecError:
        return value


def revealer(secret: SecretStr, home: Path) -> Callable[[], str]:
    """Return what reads a secret when it is needed; raises ConfigurationError (then) naming the file or variable, never the value."""

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


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the settings file."""
    return Settings.model_json_schema()


def shown(settings: Settings) -> dict[str, Any]:
    """Return the settings as they may be shown: of a secret only the place where it lies, of the store's address no password."""
    values: dict[str, Any] = settings.model_dump(mode="json")
    values["store"]["url"] = _CREDENTIALS.sub(r"\1***@", settings.store.url)
    for connection, told in zip(settings.connections, values["connections"], strict=True):
        told["secrets"] = {name: _place(secret) for name, secret in connection.secrets.items()}
    return values


def _place(secret: SecretStr) -> str:
    value = secret.get_secret_value()
    return value if value.startswith(("file:", "env:")) else "***"
